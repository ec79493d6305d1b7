/** Burn subtitles: the style on the right, what it will look like on the left. */
import { html, useMemo, useRef, useState } from "../../vendor/htm-preact.js";
import { jobs, media, newKey, presets as presetsApi } from "../api.js";
import { PRESETS, difference, presetStyles } from "../burnstyle.js";
import { forgetKept, useKept } from "../drafts/kept.js";
import { useAction, useLoaded } from "../hooks.js";
import { t } from "../i18n.js";
import { Notices } from "../notices.js";
import { goFromHere } from "../router.js";
import { SUBTITLE_FILES, SourceFields, isSubtitles, prepare, useDrop, useSource } from "../source.js";
import { Stage } from "../stage.js";
import { TimeField } from "../timefield.js";
import { TrackFields, useTracks } from "../tracks.js";
import { Button, Check, ColourField, NumberField, RangeField, Segments, SelectField, TextField, Trouble, announce } from "../ui.js";

const ENGINE = "burner-ffmpeg";
const CORNERS = ["top-left", "top", "top-right", "left", "center", "right", "bottom-left", "bottom", "bottom-right"];
const START = {
  preset: "default",
  ...presetStyles("default"),
  bilingual: false,
  overlaps: "stack",
  cueSettings: "ignore",
  assStyling: "restyle",
  missingGlyphs: "warn",
  dynamicRange: "sdr",
  codec: "h264",
  quality: "standard",
  speed: "fast",
};
const WATERMARK = { text: "", position: "top-right", fontSize: 28, textColor: "#FFFFFF", opacity: 0.6, margin: 40 };
const HINT = {
  ...{ text: "", startS: 0, position: "top", animation: "fade", fontSize: 36, textColor: "#FFFFFF", backgroundColor: "#000000" },
  ...{ backgroundOpacity: 0.6, outlineColor: "#000000", outlineWidth: 0, bold: false, italic: false, marginV: 60, marginH: 96 },
};
const STARTS = { overlaps: "stack", cueSettings: "ignore", assStyling: "restyle", missingGlyphs: "warn", dynamicRange: "sdr", codec: "h264", quality: "standard", speed: "fast" };

/** The options as they are sent: only what differs from where the job begins. */
export function optionsToSend(look, { tracks = 1 } = {}) {
  const from = presetStyles(look.preset);
  const two = look.bilingual || tracks > 1;
  const sent = { preset: look.preset, bilingual: look.bilingual && tracks === 1 };
  for (const name of ["style", "secondaryStyle"]) {
    const changed = difference(look[name], from[name]);
    if (Object.keys(changed).length && (name === "style" || two)) sent[name] = changed;
  }
  if (look.recut && !sent.bilingual) sent.recut = look.recut;
  for (const [name, start] of Object.entries(STARTS)) if (look[name] !== start) sent[name] = look[name];
  if (look.watermark?.text) sent.watermark = look.watermark;
  if (look.hint?.text) sent.hint = look.hint;
  return sent;
}

/** A look from stored options: the preset below, what is said above it. */
export function lookFrom(options) {
  const from = presetStyles(options.preset ?? "default");
  const { style, secondaryStyle, ...rest } = options;
  return { ...START, ...rest, style: { ...from.style, ...style }, secondaryStyle: { ...from.secondaryStyle, ...secondaryStyle } };
}

function StyleFields({ value, onChange }) {
  const set = (name) => (given) => onChange({ ...value, [name]: given });
  const positions = ["top", "center", "bottom"].map((key) => [key, t(`place.${key}`)]);
  return html`<div class="stack">
    <${Segments} label=${t("burn.position")} hideLabel=${false} value=${value.position} options=${positions} onValue=${set("position")} />
    <div class="fields">
      <${RangeField} label=${t("burn.fontSize")} min=${12} max=${72} value=${value.fontSize} shown=${`${value.fontSize} px`} onValue=${set("fontSize")} />
      <${RangeField} label=${t("burn.backgroundOpacity")} min=${0} max=${1} step=${0.05} value=${value.backgroundOpacity}
        shown=${`${Math.round(value.backgroundOpacity * 100)} %`} onValue=${set("backgroundOpacity")} />
      <${RangeField} label=${t("burn.cornerRadius")} min=${0} max=${72} value=${value.cornerRadius ?? 0} shown=${`${value.cornerRadius ?? 0} px`} onValue=${set("cornerRadius")} />
      <${RangeField} label=${t("burn.outlineWidth")} min=${0} max=${8} step=${0.5} value=${value.outlineWidth} shown=${`${value.outlineWidth} px`} onValue=${set("outlineWidth")} />
      <${RangeField} label=${t("burn.marginV")} min=${0} max=${500} step=${5} value=${value.marginV} shown=${`${value.marginV} px`} onValue=${set("marginV")} />
      <${ColourField} label=${t("burn.textColor")} value=${value.textColor} onValue=${set("textColor")} />
      <${ColourField} label=${t("burn.backgroundColor")} value=${value.backgroundColor} onValue=${set("backgroundColor")} />
      <${ColourField} label=${t("burn.outlineColor")} value=${value.outlineColor} onValue=${set("outlineColor")} />
      <div class="twice"><${SelectField} label=${t("burn.highlight")} value=${value.highlight ?? "none"} options=${["none", "word", "fill", "box", "single"].map((key) => [key, t(`highlight.${key}`)])} onValue=${set("highlight")} /></div>
      <${ColourField} label=${t("burn.highlightColor")} value=${value.highlightColor ?? "#FFD60A"} onValue=${set("highlightColor")} />
      <${NumberField} label=${t("burn.marginH")} min=${0} max=${900} value=${value.marginH ?? 96} unit="px" onValue=${set("marginH")} />
    </div>
    <div class="actions"><${Check} label=${t("burn.bold")} checked=${value.bold} onValue=${set("bold")} />
      <${Check} label=${t("burn.italic")} checked=${value.italic} onValue=${set("italic")} />
      <${Check} label=${t("burn.boxLines")} checked=${value.box === "lines"} onValue=${(on) => set("box")(on ? "lines" : "block")} /></div></div>`;
}

function Presets({ look, setLook }) {
  const stored = useLoaded(() => presetsApi.list(), []);
  const [name, setName] = useKept("burn/preset", "");
  const [save, saving] = useAction(async () => {
    await presetsApi.create({ name: name.trim(), engine: ENGINE, options: optionsToSend(look) });
    setName("");
    stored.reload();
    announce(t("burn.presetSaved"));
  });
  const own = (stored.data?.items ?? []).filter((preset) => preset.engine === ENGINE);
  return html`<div class="stack"><div class="presets" role="group" aria-label=${t("burn.presets")}>
      ${Object.keys(PRESETS).map((key) => html`<button key=${key} type="button" class="chip" title=${t(`preset_look.${key}`)} aria-pressed=${look.preset === key}
        onClick=${() => setLook({ ...look, preset: key, ...presetStyles(key) })}>${t(`preset.${key}`)}</button>`)}
      ${own.map((preset) => html`<button key=${preset.presetId} type="button" class="chip" onClick=${() => setLook(lookFrom(preset.options))}>${preset.name}</button>`)}</div>
    ${!stored.error && html`<details><summary>${t("burn.savePreset")}</summary><div class="stack"><${Trouble} error=${saving.error} />
      <${TextField} label=${t("burn.presetName")} value=${name} maxlength="100" onValue=${setName} />
      <${Button} disabled=${!name.trim()} busy=${saving.busy} onClick=${save}>${t("ui.save")}<//></div></details>`}</div>`;
}

function Output({ look, set }) {
  const named = (prefix, keys) => keys.map((key) => [key, t(`${prefix}.${key}`)]);
  return html`<details class="card"><summary>${t("burn.output")}</summary><div class="fields">
    <${SelectField} label=${t("burn.quality")} value=${look.quality} options=${named("quality", ["small", "standard", "high"])} onValue=${set("quality")} />
    <${SelectField} label=${t("burn.codec")} value=${look.codec} options=${named("codec", ["h264", "hevc", "av1"])} onValue=${set("codec")} />
    <${SelectField} label=${t("burn.dynamicRange")} value=${look.dynamicRange} options=${named("dynamicRange", ["sdr", "keep"])} onValue=${set("dynamicRange")} />
    <${SelectField} label=${t("burn.speed")} value=${look.speed} options=${named("speed", ["fastest", "fast", "medium", "slow"])} onValue=${set("speed")} />
    <${SelectField} label=${t("burn.overlaps")} value=${look.overlaps} options=${named("overlaps", ["stack", "cut", "fail"])} onValue=${set("overlaps")} />
    <${SelectField} label=${t("burn.cueSettings")} value=${look.cueSettings} options=${named("cueSettings", ["ignore", "follow"])} onValue=${set("cueSettings")} />
    <${SelectField} label=${t("burn.assStyling")} value=${look.assStyling} options=${named("assStyling", ["restyle", "keep"])} onValue=${set("assStyling")} />
    <${SelectField} label=${t("burn.missingGlyphs")} value=${look.missingGlyphs} options=${named("missingGlyphs", ["warn", "fail"])} onValue=${set("missingGlyphs")} /></div></details>`;
}

function Marks({ look, set }) {
  const mark = look.watermark ?? WATERMARK;
  const hint = look.hint ?? HINT;
  const corners = CORNERS.map((key) => [key, t(`place.${key}`)]);
  return html`<details class="card"><summary>${t("burn.marks")}</summary><div class="stack">
    <div class="fields"><div class="wide"><${TextField} label=${t("burn.watermark")} maxlength="100" value=${mark.text} onValue=${(text) => set("watermark")({ ...mark, text })} /></div>
      <${SelectField} label=${t("burn.position")} value=${mark.position} options=${corners} onValue=${(position) => set("watermark")({ ...mark, position })} />
      <${RangeField} label=${t("burn.opacity")} min=${0.05} max=${1} step=${0.05} value=${mark.opacity} shown=${`${Math.round(mark.opacity * 100)} %`} onValue=${(opacity) => set("watermark")({ ...mark, opacity })} /></div>
    <hr class="rule" />
    <div class="fields"><div class="wide"><${TextField} label=${t("burn.hint")} maxlength="500" value=${hint.text} onValue=${(text) => set("hint")({ ...hint, text })} /></div>
      <${SelectField} label=${t("burn.position")} value=${hint.position} options=${corners} onValue=${(position) => set("hint")({ ...hint, position })} />
      <${SelectField} label=${t("burn.animation")} value=${hint.animation} options=${["none", "fade", "slide"].map((key) => [key, t(`animation.${key}`)])} onValue=${(animation) => set("hint")({ ...hint, animation })} />
      <${TimeField} label=${t("burn.from")} value=${hint.startS * 1000} onValue=${(ms) => set("hint")({ ...hint, startS: ms / 1000 })} />
      <${TimeField} label=${t("burn.to")} optional value=${hint.endS === undefined ? null : hint.endS * 1000} afterMs=${hint.startS * 1000} onValue=${(ms) => set("hint")({ ...hint, endS: ms === null ? undefined : ms / 1000 })} /></div></div></details>`;
}

/** What the burner would burn, and how it is asked what that looks like; null while there is nothing. */
function burnerOf(source, tracks, look) {
  if (!tracks.own && !source.text) return null;
  const options = previewed(optionsToSend(look, { tracks: tracks.hasSecond ? 2 : 1 }));
  const first = tracks.own ? { inputId: tracks.own } : { subtitles: source.text };
  const second = tracks.file ? { subtitlesSecondary: tracks.file.subtitles.text } : tracks.other ? { secondaryInputId: tracks.other } : {};
  const asked = { options, ...first, ...second };
  const named = tracks.own || tracks.other ? source.chosen : null;
  const stored = source.item?.inputs.video && !source.video;
  return {
    key: JSON.stringify([asked, named]),
    layer: (span, signal) => media.previewBurn(named, { ...asked, ...span }, signal),
    still: stored ? (place, signal) => media.previewBurn(source.chosen, { kind: "still", ...asked, ...place }, signal) : null,
  };
}

/** The options without those that change nothing of what is seen. */
const previewed = ({ codec, quality, speed, missingGlyphs, dynamicRange, ...seen }) => seen;

export function Burn({ mediaId, query, again, kept }) {
  const source = useSource(mediaId, "subtitles", kept);
  const [look, setLook] = useKept(`${kept}look`, () => (again ? lookFrom(again) : START));
  const [second, setSecond] = useKept(`${kept}which`, "style");
  const [share, setShare] = useState(null);
  const key = useRef(newKey());
  const drop = useDrop(source, isSubtitles);
  const tracks = useTracks(source, query, kept);
  const { cues, notices } = tracks.shown;
  const others = tracks.hasSecond ? tracks.secondShown.cues : null;
  const set = (name) => (value) => setLook((before) => ({ ...before, [name]: value }));
  const [submit, { busy, error }] = useAction(async (event) => {
    event.preventDefault();
    const goOn = goFromHere();
    if (source.video) setShare(0);
    let [stored, storedSecond] = [null, null];
    const put = async (mediaId, text) => {
      // The newest version is the media's own: that is the first track.
      storedSecond = await tracks.store(mediaId);
      stored = (await media.putSubtitles(mediaId, text, "UTF-8", tracks.language)).inputId;
    };
    const id = await prepare(source, put, setShare).finally(() => setShare(null));
    storedSecond ??= await tracks.store(id);
    const options = optionsToSend(look, { tracks: tracks.hasSecond ? 2 : 1 });
    const job = await jobs.create({ engine: ENGINE, mediaId: id, inputs: tracks.inputs(stored, storedSecond), options }, key.current);
    key.current = newKey();
    forgetKept(kept);
    goOn("jobs", job.jobId);
  });
  const two = look.bilingual || tracks.hasSecond;
  const which = two ? second : "style";
  const languages = tracks.hasSecond ? ["track.first", "track.second"] : ["burn.first", "burn.second"];
  const burner = useMemo(() => burnerOf(source, tracks, look), [source.chosen, source.item, source.video, source.text, tracks.own, tracks.other, tracks.file, look]);
  const missing = !source.hasVideo ? t("burn.needVideo") : !source.hasText ? t("burn.needSubtitles") : source.attachment && cues.length === 0 ? t("burn.noCues") : "";
  return html`<form ...${drop} onSubmit=${submit}><div class="maker">
    <div class="maker-view stack"><${Stage} src=${source.src} cues=${cues} second=${others} options=${look} burner=${burner} label=${t("burn.preview")} empty=${t("burn.drop")} />
      ${cues.length > 0 && html`<p class="note">${t("burn.cues", { n: cues.length })}</p>`}
      <${Notices} notices=${source.attachment?.doubtful ? [] : notices} /></div>
    <div class="stack"><${SourceFields} source=${source} kind="subtitles" accept=${SUBTITLE_FILES} share=${share}><${Trouble} error=${tracks.error} /><${TrackFields} tracks=${tracks} /><//>
      <section class="card stack" aria-labelledby="look"><h2 id="look">${t("burn.style")}</h2><${Presets} ...${{ look, setLook }} />
        ${!tracks.hasSecond && html`<${Check} label=${t("burn.bilingual")} note=${t("burn.bilingualNote")} checked=${look.bilingual} onValue=${set("bilingual")} />`}
        ${(tracks.hasSecond || !look.bilingual) && html`<${Check} label=${t("burn.recut")} note=${t("burn.recutNote")} checked=${Boolean(look.recut)} onValue=${(on) => set("recut")(on ? {} : undefined)} />`}
        ${two && html`<${Segments} label=${t("burn.which")} value=${second} onValue=${setSecond} options=${[["style", t(languages[0])], ["secondaryStyle", t(languages[1])]]} />`}
        <${StyleFields} value=${look[which]} onChange=${set(which)} /></section>
      <${Marks} ...${{ look, set }} /><${Output} ...${{ look, set }} />
      <div class="submit-bar"><${Trouble} error=${error} />
        <${Button} kind="primary wide" type="submit" icon="subtitles" busy=${busy} disabled=${Boolean(missing)}>${t("burn.submit")}<//>
        ${missing && html`<p class="note">${missing}</p>`}</div></div></div></form>`;
}
