/** Start a recipe: from a link, or from a media, to what is wanted of it. */
import { html, useRef, useState } from "../../vendor/htm-preact.js";
import { newKey, recipes as api } from "../api.js";
import { forgetKept, useKept } from "../drafts/kept.js";
import { useAction, useLoaded } from "../hooks.js";
import { read, t, write } from "../i18n.js";
import { languageOptions, remember, remembered } from "../languages.js";
import { sharedLink } from "../paste.js";
import { chainOf, titleOf } from "../recipes.js";
import { goFromHere } from "../router.js";
import { SourceFields, isSound, isVideo, prepare, useDrop, useSource } from "../source.js";
import { Button, Segments, SelectField, Skeletons, TextField, Trouble, useId } from "../ui.js";

const LAST = "media-jobs-recipe"; // Which recipe was started last.

/** Under which name the language of a parameter is remembered: what is spoken, or what it is to become. */
const useOf = (parameter) => (parameter.name === "to" ? "target" : "spoken");

/** What a parameter is before a person says it: a language as it was last. */
const beginOf = (parameter) => (parameter.kind === "language" && remembered(useOf(parameter))) || parameter.default || "";

function Choice({ recipes, value, onValue }) {
  const name = useId("recipe");
  return html`<fieldset class="stack"><legend>${t("recipe.which")}</legend><div class="mode-list">${recipes.map((recipe) => html`<label class="mode" key=${recipe.name}>
    <input type="radio" name=${name} checked=${recipe.name === value} onChange=${() => onValue(recipe.name)} /><strong>${titleOf(recipe)}</strong><span class="note">${chainOf(recipe)}</span></label>`)}</div></fieldset>`;
}

function Parameter({ parameter, value, onValue }) {
  const label = titleOf(parameter);
  if (parameter.kind !== "language") return html`<${TextField} label=${label} value=${value} onValue=${onValue} />`;
  const none = parameter.required ? t("translate.choose") : parameter.name === "to" ? t("recipe.notTranslated") : t("transcribe.detect");
  return html`<${SelectField} label=${label} value=${value} options=${[["", none], ...languageOptions(value).slice(1)]} onValue=${onValue} />`;
}

/** Where the run gets its video: a link, or a media of the library or from this computer. */
function Origin({ recipe, isLink, setWantsLink, link, setLink, source, fault, share }) {
  const ways = [["link", t("recipe.link")], ["media", t("recipe.media")]];
  return html`${recipe.source === "either" && html`<${Segments} label=${t("recipe.from")} value=${isLink ? "link" : "media"} options=${ways} onValue=${(way) => setWantsLink(way === "link")} />`}
    ${isLink ? html`<section class="card"><${TextField} label=${t("download.url")} type="url" inputmode="url" placeholder="https://…" spellcheck="false" value=${link} note=${t("recipe.paste")} error=${fault} aria-invalid=${fault ? "true" : undefined} onValue=${setLink} /></section>`
      : html`<${SourceFields} source=${source} share=${share} accept="video/*,audio/*,.mkv,.mka" label=${t("upload.recording")} />`}`;
}

function Form({ list, url, mediaId, kept }) {
  const source = useSource(mediaId, null, kept);
  const [wantsLink, setWantsLink] = useKept(`${kept}wantsLink`, !mediaId);
  const [link, setLink] = useKept(`${kept}link`, url ?? "");
  const isFitting = ({ source: from }) => !mediaId || from !== "url";
  const [wanted, setWanted] = useKept(`${kept}recipe`, () => (list.find((one) => one.name === read(LAST) && isFitting(one)) ?? list.find(isFitting))?.name);
  const [given, setGiven] = useKept(`${kept}given`, {});
  const [fault, setFault] = useState("");
  const [share, setShare] = useState(null);
  const key = useRef(newKey());
  const recipe = list.find(({ name }) => name === wanted) ?? list[0];
  const isLink = recipe.source === "url" || (recipe.source === "either" && wantsLink);
  const valueOf = (parameter) => given[parameter.name] ?? beginOf(parameter);
  const parameters = Object.fromEntries(recipe.parameters.map((parameter) => [parameter.name, valueOf(parameter)]).filter(([, value]) => value));
  const unsaid = recipe.parameters.find((parameter) => parameter.required && !parameters[parameter.name]);
  const missing = !isLink && !source.hasVideo ? t("transcribe.needSound") : unsaid ? t("recipe.need", { what: titleOf(unsaid) }) : "";
  const [submit, { busy, error }] = useAction(async (event) => {
    event.preventDefault();
    const goOn = goFromHere();
    const isFaulty = isLink && !sharedLink(link);
    setFault(isFaulty ? t("download.noUrl") : "");
    if (isFaulty) return;
    write(LAST, recipe.name);
    recipe.parameters.filter(({ kind }) => kind === "language").forEach((parameter) => remember(useOf(parameter), valueOf(parameter)));
    if (!isLink && source.video) setShare(0);
    const from = isLink ? { url: sharedLink(link) } : { mediaId: await prepare(source, async () => {}, setShare).finally(() => setShare(null)) };
    const run = await api.start(recipe.name, { ...from, parameters }, key.current);
    key.current = newKey();
    forgetKept(kept);
    goOn("runs", run.runId);
  });
  const taken = { ...source, setVideo: (file) => {
    setWantsLink(false);
    source.setVideo(file);
  } };
  const drop = useDrop(taken, () => false, (file) => isVideo(file) || isSound(file));
  return html`<form ...${drop} onSubmit=${submit} novalidate><div class="columns"><section class="card"><${Choice} recipes=${list} value=${recipe.name} onValue=${setWanted} /></section>
    <div class="stack"><${Origin} ...${{ recipe, isLink, setWantsLink, link, setLink, source, fault, share }} />
      ${recipe.parameters.length > 0 && html`<section class="card stack" aria-label=${t("recipe.parameters")}>${recipe.parameters.map((parameter) => html`<${Parameter} key=${parameter.name} parameter=${parameter}
        value=${valueOf(parameter)} onValue=${(value) => setGiven((before) => ({ ...before, [parameter.name]: value }))} />`)}</section>`}
      <div class="submit-bar"><${Trouble} error=${error} /><${Button} kind="primary wide" type="submit" icon="play" busy=${busy} disabled=${Boolean(missing)}>${t("recipe.start")}<//>
        ${missing && html`<p class="note">${missing}</p>`}</div></div></div></form>`;
}

export function Recipe({ mediaId, url, kept }) {
  const loaded = useLoaded(() => api.list(), []);
  if (!loaded.data) return html`<${Trouble} error=${loaded.error} onRetry=${loaded.reload} />${!loaded.error && html`<${Skeletons} kind="block" count=${1} />`}`;
  return html`<${Form} list=${loaded.data.items} ...${{ url, mediaId, kept }} />`;
}
