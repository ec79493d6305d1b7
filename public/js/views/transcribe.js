/** Transcribe: write down what is said in a video or a recording. */
import { html, useRef, useState } from "../../vendor/htm-preact.js";
import { jobs, newKey } from "../api.js";
import { forgetKept, useKept } from "../drafts/kept.js";
import { engineName } from "../engines.js";
import { useAction } from "../hooks.js";
import { t } from "../i18n.js";
import { languageOptions, remember, remembered } from "../languages.js";
import { Player } from "../player.js";
import { goFromHere } from "../router.js";
import { SourceFields, isSound, isVideo, prepare, useDrop, useSource } from "../source.js";
import { Button, Check, Empty, Field, NumberField, SelectField, TextField, Trouble } from "../ui.js";

export const ENGINE = "asr-pipeline";
const TERMS_MAX = 100; // What the API takes; a term has up to 80 characters.
const TERM_MAX = 80;

/** The limits of a cue that all scripts share; "": what the rules of the script say. */
const CUES = { linesMax: 2, lineCharsMax: "", charsPerSMax: "", durationSMin: 0.833, durationSMax: 7 };

/** The terms of a text: one a line, or with commas between them. */
export const termsOf = (text) => [...new Set(text.split(/[\n,，、;；]+/).map((term) => term.trim()).filter(Boolean))];

/** The options as they are sent: only what differs from where the engine begins. */
export function optionsToSend(form) {
  const options = {};
  const vocabulary = termsOf(form.vocabulary);
  if (form.language) options.language = form.language;
  if (vocabulary.length) options.vocabulary = vocabulary;
  if (form.model.trim()) options.model = form.model.trim();
  if (!form.voiceActivity) options.voiceActivity = false;
  if (!form.wordTimes) options.wordTimes = false;
  const cues = Object.entries(form.cues).filter(([name, value]) => value !== "" && value !== CUES[name]);
  if (cues.length) options.cues = Object.fromEntries(cues);
  return options;
}

function vocabularyFault(text) {
  const terms = termsOf(text);
  if (terms.length > TERMS_MAX) return t("transcribe.tooMany", { n: terms.length, most: TERMS_MAX });
  const long = terms.find((term) => term.length > TERM_MAX);
  return long ? t("transcribe.tooLong", { term: `${long.slice(0, 20)}…`, most: TERM_MAX }) : "";
}

function CueFields({ value, set }) {
  const usual = t("cues.usual");
  return html`<details><summary>${t("slot.subtitles")}</summary><div class="fields">
    <${SelectField} label=${t("cues.linesMax")} value=${String(value.linesMax)} options=${["1", "2"].map((n) => [n, n])} onValue=${(n) => set("linesMax")(Number(n))} />
    <${NumberField} label=${t("cues.lineCharsMax")} optional placeholder=${usual} min=${8} max=${80} value=${value.lineCharsMax} onValue=${set("lineCharsMax")} />
    <${NumberField} label=${t("cues.charsPerSMax")} optional placeholder=${usual} min=${3} max=${40} value=${value.charsPerSMax} onValue=${set("charsPerSMax")} />
    <${NumberField} label=${t("cues.durationSMin")} min=${0.5} max=${3} step="any" unit="s" value=${value.durationSMin} onValue=${set("durationSMin")} />
    <${NumberField} label=${t("cues.durationSMax")} min=${2} max=${20} step="any" unit="s" value=${value.durationSMax} onValue=${set("durationSMax")} /></div></details>`;
}

export function Transcribe({ mediaId, again, kept }) {
  const source = useSource(mediaId, null, kept);
  const [form, setForm] = useKept(`${kept}form`, () => ({ language: remembered("spoken"), vocabulary: "", model: "", voiceActivity: true, wordTimes: true, ...again, cues: { ...CUES, ...again?.cues } }));
  const [share, setShare] = useState(null);
  const key = useRef(newKey());
  const isFilm = (file) => isVideo(file) || isSound(file);
  const drop = useDrop(source, () => false, isFilm);
  const set = (name) => (value) => setForm((before) => ({ ...before, [name]: value }));
  const setCue = (name) => (value) => setForm((before) => ({ ...before, cues: { ...before.cues, [name]: value } }));
  const [submit, { busy, error }] = useAction(async (event) => {
    event.preventDefault();
    const goOn = goFromHere();
    if (source.video) setShare(0);
    remember("spoken", form.language);
    const id = await prepare(source, async () => {}, setShare).finally(() => setShare(null));
    const job = await jobs.create({ engine: ENGINE, mediaId: id, options: optionsToSend(form) }, key.current);
    key.current = newKey();
    forgetKept(kept);
    goOn("jobs", job.jobId);
  });
  const fault = vocabularyFault(form.vocabulary);
  const missing = source.hasVideo ? "" : t("transcribe.needSound");
  const languages = [["", t("transcribe.detect")], ...languageOptions(form.language).slice(1)];
  return html`<form ...${drop} onSubmit=${submit}><div class="columns">
    <div class="stack">${source.src ? html`<${Player} src=${source.src} label=${t("burn.preview")} />` : html`<section class="card"><${Empty} icon="wave" title=${t("transcribe.drop")} /></section>`}
      <${SourceFields} source=${source} share=${share} accept="video/*,audio/*,.mkv,.mka" label=${t("upload.recording")} /></div>
    <div class="stack"><section class="card stack" aria-labelledby="speech"><h2 id="speech">${t("transcribe.speech")}</h2>
        <${SelectField} label=${t("transcribe.language")} note=${t("transcribe.languageNote")} value=${form.language} options=${languages} onValue=${set("language")} />
        <${Field} label=${t("transcribe.vocabulary")} note=${t("transcribe.vocabularyNote")} error=${fault} control=${(id, about) => html`<textarea id=${id} aria-describedby=${about} aria-invalid=${fault ? "true" : undefined} rows="3" spellcheck="false"
          value=${form.vocabulary} onInput=${(event) => set("vocabulary")(event.target.value)}></textarea>`} />
        <${Check} label=${t("transcribe.wordTimes")} note=${t("transcribe.wordTimesNote")} checked=${form.wordTimes} onValue=${set("wordTimes")} />
        <${CueFields} value=${form.cues} set=${setCue} />
        <details><summary>${t("transcribe.more")}</summary><div class="stack">
          <${Check} label=${t("transcribe.voiceActivity")} note=${t("transcribe.voiceActivityNote")} checked=${form.voiceActivity} onValue=${set("voiceActivity")} />
          <${TextField} label=${t("transcribe.model")} note=${t("transcribe.modelNote")} placeholder="large-v3" spellcheck="false" value=${form.model} onValue=${set("model")} /></div></details></section>
      <div class="submit-bar"><${Trouble} error=${error} />
        <${Button} kind="primary wide" type="submit" icon="wave" busy=${busy} disabled=${Boolean(missing || fault)}>${engineName(ENGINE)}<//>
        ${missing && html`<p class="note">${missing}</p>`}</div></div></div></form>`;
}
