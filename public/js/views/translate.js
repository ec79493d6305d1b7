/** Translate a version of subtitles, or the comments of a video, into another language. */
import { html, useEffect, useRef } from "../../vendor/htm-preact.js";
import { jobs, media as api, newKey } from "../api.js";
import { forgetKept, useKept } from "../drafts/kept.js";
import { engineName } from "../engines.js";
import { shortTitle } from "../format.js";
import { useAction, useLoaded } from "../hooks.js";
import { t } from "../i18n.js";
import { languageName, languageOptions, remember, remembered } from "../languages.js";
import { go } from "../router.js";
import { versionName } from "../tracks.js";
import { Button, Field, NumberField, Segments, SelectField, TextField, Trouble } from "../ui.js";

export const ENGINE = "subtitle-translator";
const CHOICES = 100;
const TERMS_MAX = 200; // What the API takes.

/** The terms of a text of lines `source = target`: `{terms, fault}`, the first line that is none as the fault. */
export function glossaryOf(text) {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  const terms = lines.map((line) => line.split(/\s*(?:=|→|->|\t)\s*/));
  const fault = lines.find((_, index) => terms[index].length !== 2 || terms[index].some((part) => !part)) ?? "";
  return { terms: fault ? [] : terms.map(([source, target]) => ({ source, target })), fault };
}

/** The options as they are sent: only what differs from where the engine begins. */
export function optionsToSend(form) {
  const options = { mode: form.mode, to: form.to };
  const { terms } = glossaryOf(form.glossary);
  if (form.from) options.from = form.from;
  if (form.style.trim()) options.style = form.style.trim();
  if (terms.length) options.glossary = terms;
  if (form.model.trim()) options.model = form.model.trim();
  if (form.maxTokens > 0) options.budget = { maxTokens: form.maxTokens };
  return options;
}

/** A media of the library and one of its versions of subtitles. */
function useVersions(chosen) {
  const item = useLoaded(async () => (chosen ? api.get(chosen) : null), [chosen]);
  const versions = useLoaded(async () => (chosen ? (await api.versions(chosen, "subtitles")).items : []), [chosen]);
  return { item, versions, error: item.error ?? versions.error };
}

function missingOf(form, { chosen, item, version }) {
  if (!chosen) return t("translate.needMedia");
  if (!item) return t("ui.loading");
  if (form.mode === "subtitles" && !version) return t("translate.needSubtitles");
  if (form.mode === "comments" && !item.inputs["comments-data"]) return t("comments.needComments");
  if (!form.to) return t("translate.needLanguage");
  if (form.to === (form.from || (form.mode === "subtitles" && version.language))) return t("translate.sameLanguage");
  return "";
}

function Wishes({ form, set, fault, isComments }) {
  return html`<section class="card stack" aria-labelledby="manner"><h2 id="manner">${t("translate.manner")}</h2>
    <${Field} label=${t("translate.style")} note=${t("translate.styleNote")} control=${(id, about) => html`<textarea id=${id} aria-describedby=${about} rows="3" maxlength="1000" value=${form.style}
      onInput=${(event) => set("style")(event.target.value)}></textarea>`} />
    <${Field} label=${t("translate.glossary")} note=${t("translate.glossaryNote")} error=${fault} control=${(id, about) => html`<textarea id=${id} aria-describedby=${about} aria-invalid=${fault ? "true" : undefined} rows="4" spellcheck="false"
      placeholder=${t("translate.glossaryExample")} value=${form.glossary} onInput=${(event) => set("glossary")(event.target.value)}></textarea>`} />
    <details><summary>${t("translate.more")}</summary><div class="stack">
      <${TextField} label=${t("transcribe.model")} note=${t("transcribe.modelNote")} spellcheck="false" value=${form.model} onValue=${set("model")} />
      <${NumberField} label=${t("translate.budget")} note=${t("translate.budgetNote")} optional min=${1000} step=${1000} value=${form.maxTokens} onValue=${set("maxTokens")} /></div></details></section>`;
}

const START = { mode: "subtitles", from: "", style: "", glossary: "", model: "", maxTokens: "" };

export function Translate({ mediaId, inputId, again, kept }) {
  const list = useLoaded(() => api.list({ limit: CHOICES }), []);
  const [chosen, setChosen] = useKept(`${kept}media`, mediaId ?? "");
  const [wanted, setWanted] = useKept(`${kept}version`, inputId ?? "");
  const [form, setForm] = useKept(`${kept}form`, () => ({ ...START, to: remembered("target"), ...again }));
  const { item, versions, error: unread } = useVersions(chosen);
  const key = useRef(newKey());
  const set = (name) => (value) => setForm((before) => ({ ...before, [name]: value }));
  const listed = versions.data ?? [];
  const version = listed.find((one) => one.inputId === wanted) ?? listed[0];
  useEffect(() => {
    if (item.data && !item.data.inputs.subtitles && item.data.inputs["comments-data"]) set("mode")("comments");
  }, [item.data]);
  const [submit, { busy, error }] = useAction(async (event) => {
    event.preventDefault();
    remember("target", form.to);
    const inputs = form.mode === "subtitles" ? { subtitles: version.inputId } : undefined;
    const job = await jobs.create({ engine: ENGINE, mediaId: chosen, inputs, options: optionsToSend(form) }, key.current);
    key.current = newKey();
    forgetKept(kept);
    go("jobs", job.jobId);
  });
  const { terms, fault: line } = glossaryOf(form.glossary);
  const fault = line ? t("translate.noTerm", { line: line.slice(0, 60) }) : terms.length > TERMS_MAX ? t("transcribe.tooMany", { n: terms.length, most: TERMS_MAX }) : "";
  const missing = missingOf(form, { chosen, item: item.data, version });
  const titles = (list.data?.items ?? []).map((one) => [one.mediaId, shortTitle(one.title)]);
  if (item.data && !titles.some(([id]) => id === chosen)) titles.push([chosen, shortTitle(item.data.title)]);
  const stored = form.mode === "subtitles" && version?.language ? t("translate.asStored", { language: languageName(version.language) }) : t("transcribe.detect");
  return html`<form class="columns" onSubmit=${submit}><div class="stack"><section class="card stack" aria-labelledby="source"><h2 id="source">${t("source.title")}</h2>
        <${Trouble} error=${list.error ?? unread} onRetry=${list.error ? list.reload : versions.reload} />
        <${SelectField} label=${t("source.media")} value=${chosen} options=${[["", t("translate.choose")], ...titles]} onValue=${setChosen} />
        <${Segments} label=${t("translate.what")} hideLabel=${false} value=${form.mode} options=${[["subtitles", t("slot.subtitles")], ["comments", t("slot.comments")]]} onValue=${set("mode")} />
        ${form.mode === "subtitles" && version && html`<${SelectField} label=${t("translate.version")} value=${version.inputId} options=${listed.map((one, index) => [one.inputId, versionName(one, listed.length - index)])} onValue=${setWanted} />`}
        <div class="fields"><${SelectField} label=${t("translate.from")} value=${form.from} options=${[["", stored], ...languageOptions(form.from).slice(1)]} onValue=${set("from")} />
          <${SelectField} label=${t("translate.to")} value=${form.to} options=${[["", t("translate.choose")], ...languageOptions(form.to).slice(1)]} onValue=${set("to")} /></div></section></div>
    <div class="stack"><${Wishes} ...${{ form, set, fault }} />
      <div class="submit-bar"><${Trouble} error=${error} />
        <${Button} kind="primary wide" type="submit" icon="globe" busy=${busy} disabled=${Boolean(missing || fault)}>${engineName(ENGINE)}<//>
        ${missing && html`<p class="note">${missing}</p>`}</div></div></form>`;
}
