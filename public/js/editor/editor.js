/** The subtitle editor: video and tools beside the list of cues. */
import { html, useEffect, useMemo, useRef, useState } from "../../vendor/htm-preact.js";
import { media as api } from "../api.js";
import { lastBefore } from "../cues.js";
import { Saving, TrackNotes, useTrack } from "../drafts/editing.js";
import { t, useWords } from "../i18n.js";
import { useStyles } from "../loading.js";
import { Notices } from "../notices.js";
import { Player } from "../player.js";
import { link } from "../router.js";
import { handlers } from "../timeline/editing.js";
import { Timeline } from "../timeline/timeline.js";
import { Button, Empty, Skeletons } from "../ui.js";
import { plainLines } from "../vtt.js";
import { BesideField, useBeside } from "./beside.js";
import { limitsFor, problemsOf } from "./checks.js";
import { commands } from "./commands.js";
import { CueList } from "./cuelist.js";
import { useEdited } from "./edited.js";
import { FindBar, useFind } from "./findbar.js";
import { useMissing } from "./glyphs.js";
import { keymapOf } from "./keymap.js";
import { KEYS_KEPT, KeysDialog, commandFor, numberKey } from "./keys.js";
import { usePicture } from "./picture.js";
import { playback } from "./playback.js";
import { Problems } from "./problems.js";
import { NOTHING, chosen, kept, only } from "./selection.js";
import { useStored } from "./settings.js";
import { isFit as canStore, staysAsItIs } from "./storing.js";
import { Timing } from "./timing.js";
import { Options, Tools } from "./tools.js";

await useWords("editor");
await useStyles("editor");

const OPTIONS = { follow: true, ripple: false, frames: false, fps: "", limits: {} };
const NO_CUES = [];

/** Keys of the editor, also such that are pressed where nothing has the focus: a deleted cue takes it along. */
function useKeys(act, keymap) {
  const press = useRef(null);
  press.current = (event) => {
    if (event.defaultPrevented) return; // It was the timeline's.
    const command = commandFor(event, keymap);
    if (!command) return;
    event.preventDefault();
    event.stopPropagation();
    act[command](command === "split" && event.target.matches("[data-cue] textarea") ? event.target.selectionStart : undefined);
  };
  useEffect(() => {
    const listen = (event) => event.target === document.body && press.current(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
  return (event) => press.current(event);
}

/** The limits that hold, and those of the script that the file is written in. */
function useLimits(cues, language, options, setOptions) {
  const usual = useMemo(() => limitsFor(cues.slice(0, 500).map(({ text }) => plainLines(text).join(" ")).join(" "), language), [cues.length > 0, language]);
  const script = usual.isWide ? "wide" : "narrow";
  const limits = useMemo(() => ({ ...usual, ...options.limits[script] }), [usual, options.limits]);
  const onLimits = (fields) => setOptions({ limits: { ...options.limits, [script]: fields ? { ...options.limits[script], ...fields } : {} } });
  return { limits, usual, onLimits };
}

/** Which parts are open, and the commands that open them. */
function usePanels(find) {
  const [open, setOpen] = useState({ find: false, replace: false, times: false, keys: false, asked: 0 });
  const set = (fields) => setOpen((before) => ({ ...before, asked: before.asked + 1, ...fields }));
  const run = (name) => {
    if (name === "find") set({ find: true });
    else if (name === "replace") set({ find: true, replace: true });
    else if (name.startsWith("find")) {
      if (!open.find) set({ find: true });
      find.current?.go(name === "findNext" ? 1 : -1);
    } else set({ [name]: true });
  };
  return [open, set, run];
}

/**
 * `known`: the version that is edited, one of `versions`; `besideId`: the one that is read beside it at first; `atMs`:
 * where the cue is that gets the focus, null for none; `query`: of the address.
 */
export function Editor({ item, known, versions, besideId, file, atMs, query }) {
  const edited = useEdited(file);
  const cues = edited.cues ?? NO_CUES;
  const [chosenBefore, setSelection] = useState(NOTHING);
  const selection = useMemo(() => kept(chosenBefore, cues), [chosenBefore, cues]);
  const selected = useMemo(() => [...chosen(selection)], [selection]);
  const [options, setOptions] = useStored("media-jobs-editor", OPTIONS);
  const [keys, setKeys] = useStored(KEYS_KEPT, { preset: "own", changes: {} });
  const [playing, setPlaying] = useState(null);
  const [looping, setLooping] = useState(false);
  const [other, setOther] = useState(besideId);
  const video = useRef(null);
  const list = useRef(null);
  const finding = useRef(null);
  const [panels, setPanels, openPanel] = usePanels(finding);
  const beside = useBeside(item.mediaId, versions, other);
  const isFit = useMemo(() => canStore(cues), [cues]);
  const track = useTrack({ edited, mediaId: item.mediaId, known, versions, file, isFit });
  const isOpen = edited.cues !== undefined && track.isOpen; // What is typed before would not be kept.
  const picture = usePicture(video, isOpen);
  const fps = Number(options.fps) || picture.fps || 25;
  const { limits, usual, onLimits } = useLimits(cues, known?.language, options, setOptions);
  const missing = useMissing(cues);
  const problems = useMemo(() => problemsOf(cues, limits, { durationMs: picture.durationMs, missing }), [cues, limits, picture.durationMs, missing]);
  const lost = track.notices.filter(({ code }) => code === "edited_tags_left_out"); // What the last save could not keep of the file.
  const player = useMemo(() => playback(video, () => setLooping(false)), []);
  const find = useFind({ edited: { ...edited, cues }, selection, list, isOpen: panels.find });
  finding.current = find;
  const now = useRef(null);
  now.current = { edited: { ...edited, cues }, selection, setSelection, options, setOptions, problems, list, video, player, looping, setLooping, fps, open: openPanel, save: () => edited.changed && isFit && track.save() };
  const act = useMemo(() => {
    const made = commands(() => now.current);
    return { ...made, numberKey: (event, key) => numberKey(event, key, made) };
  }, []);
  const onKeyDown = useKeys(act, useMemo(() => (isOpen ? keymapOf(keys) : new Map()), [keys, isOpen]));
  useEffect(() => {
    if (!isOpen || !cues.length || atMs === null) return;
    const { key } = cues[Math.max(0, lastBefore(cues, atMs))];
    setSelection(only(key));
    list.current?.show(key, { focus: "text" });
    if (video.current) video.current.currentTime = atMs / 1000;
  }, [isOpen]);
  if (!isOpen) return html`<${Skeletons} kind="block" count=${1} />`;
  const onTime = (ms) => {
    const key = cues.find((cue) => cue.startMs <= ms && ms < cue.endMs)?.key ?? null;
    setPlaying(key);
    if (key !== null && key !== playing && options.follow && !video.current?.paused) list.current?.show(key);
  };
  const readBeside = (inputId) => {
    setOther(inputId);
    history.replaceState(null, "", link("media", item.mediaId, "subtitles", { ...query, beside: inputId }));
  };
  const source = item.inputs.video;
  const show = (key, about) => list.current?.show(key, about);
  return html`<div class="editor" onKeyDown=${onKeyDown}>
    <${Timeline} ...${{ cues, selected, videoRef: video, current: selection.current, durationMs: picture.durationMs, fps: picture.fps, mediaId: item.mediaId, inputId: source?.inputId }} ...${handlers({ edited, act, show })} />
    <div class="editor-view">${source && html`<${Player} src=${api.contentPath(item.mediaId, source.inputId)} cues=${cues} videoRef=${video} onTime=${onTime} label=${item.title} />`}
      <${Tools} ...${{ edited, cues, act, selection, looping, hasVideo: Boolean(source) }} />
      <${Saving} ...${{ track, edited, isFit }} />
      <${TrackNotes} ...${{ track, edited, mediaId: item.mediaId }} />
      ${edited.file.kind !== "webvtt" && html`<div class=${`banner${staysAsItIs(edited.file) ? "" : " warn"}`}><p>${t(`editor.${staysAsItIs(edited.file) ? "staysAsItIs" : "becomesWebvtt"}`)}</p></div>`}
      <${Notices} notices=${[...edited.file.notices, ...lost]} />
      <details class="card" open=${panels.times} onToggle=${(event) => setPanels({ times: event.target.open })}><summary>${t("editor.shift")}</summary><${Timing} ...${{ edited, selection, fps, video }} /></details>
      <details class="card"><summary>${t("editor.options")}</summary><${Options} ...${{ options, setOptions, fps: picture.fps }}><${BesideField} ...${{ versions, beside }} edited=${known?.inputId} value=${other} onValue=${readBeside} /><//></details></div>
    <div class="editor-list">${cues.length > 0 && html`<${Problems} ...${{ problems, limits, usual, onLimits, act }} />`}
      ${panels.find && html`<${FindBar} find=${find} focus=${panels.asked} withReplace=${panels.replace} onClose=${() => setPanels({ find: false, replace: false })} />`}
      ${cues.length === 0 ? html`<${Empty} icon="subtitles" title=${t("editor.noCues")}><p>${t("editor.emptyText")}</p><div class="actions"><${Button} kind="primary" icon="plus" onClick=${() => act.add()}>${t("editor.add")}<//></div><//>`
      : html`<${CueList} listRef=${list} beside=${beside.of} spoken=${known?.language} spokenBeside=${beside.language} found=${find.marks} ...${{ cues, selection, playing, problems, act }} />`}</div>
    ${panels.keys && html`<${KeysDialog} chosen=${keys} onChange=${setKeys} onClose=${() => setPanels({ keys: false })} />`}</div>`;
}
