/** Download by address, with what else is wanted of it. */
import { html, useRef, useState } from "../../vendor/htm-preact.js";
import { jobs, newKey } from "../api.js";
import { forgetKept, useKept } from "../drafts/kept.js";
import { useAction } from "../hooks.js";
import { t } from "../i18n.js";
import { sharedLink } from "../paste.js";
import { go } from "../router.js";
import { Button, Check, Field, NumberField, SelectField, TextField, Trouble, useId } from "../ui.js";

const ENGINE = "media-downloader";
const MODES = ["full", "audio", "metadata", "comments", "list"];

function Modes({ value, onValue }) {
  const name = useId("mode");
  return html`<fieldset class="stack"><legend>${t("download.mode")}</legend><div class="mode-list">${MODES.map((mode) => html`<label class="mode" key=${mode}>
    <input type="radio" name=${name} checked=${mode === value} onChange=${() => onValue(mode)} /><strong>${t(`mode.${mode}`)}</strong><span class="note">${t(`mode.${mode}_note`)}</span></label>`)}</div></fieldset>`;
}

/** The options as they are sent: only those of the mode. */
function optionsToSend(form) {
  const options = { url: sharedLink(form.url), mode: form.mode };
  if (form.mode === "full") options.maxHeight = form.maxHeight;
  if (["full", "audio", "metadata"].includes(form.mode)) {
    options.subtitles = form.subtitles;
    options.thumbnail = form.thumbnail;
    const languages = form.languages.split(/[\s,]+/).filter(Boolean);
    if (languages.length && form.subtitles !== "none") options.subtitleLanguages = languages;
  }
  if (form.mode === "comments") Object.assign(options, { maxComments: form.maxComments, commentsOrder: form.commentsOrder });
  if (form.mode === "list") Object.assign(options, { maxEntries: form.maxEntries, firstEntry: form.firstEntry });
  if (form.cookies.trim()) options.cookies = form.cookies;
  if (form.proxy.trim()) options.proxy = form.proxy.trim();
  return options;
}

function Wishes({ form, set }) {
  const heights = [480, 720, 1080, 1440, 2160].map((h) => [String(h), t(`height.${h}`)]);
  const named = (prefix, keys) => keys.map((key) => [key, t(`${prefix}.${key}`)]);
  if (form.mode === "comments") {
    return html`<div class="fields"><${NumberField} label=${t("download.maxComments")} min=${1} max=${500} value=${form.maxComments} onValue=${set("maxComments")} />
      <${SelectField} label=${t("download.order")} value=${form.commentsOrder} options=${named("order", ["top", "new"])} onValue=${set("commentsOrder")} /></div>`;
  }
  if (form.mode === "list") {
    return html`<div class="fields"><${NumberField} label=${t("download.firstEntry")} min=${1} max=${100000} value=${form.firstEntry} onValue=${set("firstEntry")} />
      <${NumberField} label=${t("download.maxEntries")} min=${1} max=${500} value=${form.maxEntries} onValue=${set("maxEntries")} /></div>`;
  }
  return html`<div class="stack"><div class="fields">
      ${form.mode === "full" && html`<${SelectField} label=${t("download.height")} value=${String(form.maxHeight)} options=${heights} onValue=${(h) => set("maxHeight")(Number(h))} />`}
      <${SelectField} label=${t("download.subtitles")} value=${form.subtitles} options=${named("subs", ["none", "manual", "automatic", "any"])} onValue=${set("subtitles")} />
      ${form.subtitles !== "none" && html`<${TextField} label=${t("download.languages")} placeholder="en, zh-Hans" value=${form.languages} onValue=${set("languages")} />`}</div>
    <${Check} label=${t("download.thumbnail")} checked=${form.thumbnail} onValue=${set("thumbnail")} /></div>`;
}

const START = { url: "", mode: "full", maxHeight: 1080, subtitles: "none", languages: "", thumbnail: true, maxComments: 100, commentsOrder: "top", maxEntries: 100, firstEntry: 1, cookies: "", proxy: "" };

export function Download({ mediaId, again, kept }) {
  const [form, setForm] = useKept(`${kept}form`, () => ({ ...START, ...again }), { secrets: ["cookies", "proxy"] });
  const [fault, setFault] = useState("");
  const key = useRef(newKey());
  const set = (name) => (value) => setForm((before) => ({ ...before, [name]: value }));
  const [submit, { busy, error }] = useAction(async (event) => {
    event.preventDefault();
    if (!sharedLink(form.url)) {
      setFault(t("download.noUrl"));
      return;
    }
    setFault("");
    const job = await jobs.create({ engine: ENGINE, options: optionsToSend(form), ...(mediaId ? { mediaId } : {}) }, key.current);
    key.current = newKey();
    forgetKept(kept);
    go("jobs", job.jobId);
  });
  return html`<form class="columns" onSubmit=${submit} novalidate><section class="card stack">
      <${TextField} label=${t("download.url")} type="url" inputmode="url" placeholder="https://…" spellcheck="false" value=${form.url} error=${fault} aria-invalid=${fault ? "true" : undefined} onValue=${set("url")} />
      <${Wishes} ...${{ form, set }} />
      <details><summary>${t("download.access")}</summary><div class="stack"><p class="note">${t("download.accessNote")}</p>
        <${Field} label=${t("download.cookies")} note=${t("download.cookiesNote")} control=${(id, about) => html`<textarea id=${id} aria-describedby=${about} rows="4" spellcheck="false" value=${form.cookies} onInput=${(event) => set("cookies")(event.target.value)}></textarea>`} />
        <${TextField} label=${t("download.proxy")} placeholder="http://…" value=${form.proxy} onValue=${set("proxy")} /></div></details>
      <div class="submit-bar"><${Trouble} error=${error} /><${Button} kind="primary wide" type="submit" icon="download" busy=${busy}>${t("download.submit")}<//></div></section>
    <section class="card"><${Modes} value=${form.mode} onValue=${set("mode")} /></section></form>`;
}
