/** The subtitle editor: video and tools beside the list of cues. */
import { html, useEffect, useMemo, useRef, useState } from "../../vendor/htm-preact.js";
import { media as api } from "../api.js";
import { lastBefore } from "../cues.js";
import { Autosave, Saving, TrackNotes, useAutosave, useTrouble } from "../drafts/editing.js";
import { isDraftOf } from "../drafts/lines.js";
import { t, useWords } from "../i18n.js";
import { languageName } from "../languages.js";
import { useStyles } from "../loading.js";
import { Notices } from "../notices.js";
import { Player } from "../player.js";
import { handlers } from "../timeline/editing.js";
import { Timeline } from "../timeline/timeline.js";
import { Button, Empty, Skeletons } from "../ui.js";
import { useAddress } from "./address.js";
import { BesideField, useBeside, usePairs } from "./beside.js";
import { besideCommands, useChecks, useColumn } from "./columns.js";
import { commands } from "./commands.js";
import { CueList } from "./cuelist.js";
import { useEdited } from "./edited.js";
import { FindBar, useFind } from "./findbar.js";
import { keymapOf } from "./keymap.js";
import { KEYS_KEPT, KeysDialog, commandFor, numberKey } from "./keys.js";
import { usePicture } from "./picture.js";
import { playback } from "./playback.js";
import { Problems } from "./problems.js";
import { NOTHING, chosen, kept, only } from "./selection.js";
import { useStored } from "./settings.js";
import { staysAsItIs } from "./storing.js";
import { Timing } from "./timing.js";
import { Exports, Options, Tools } from "./tools.js";

await useWords("editor");
await useStyles("editor");

const OPTIONS = { follow: true, ripple: false, frames: false, fps: "", limits: {} };

/** Whether nothing that takes keys has the focus: a deleted cue has taken it along, or the view was just opened, and its heading has it. */
const isNowhere = (target) => target === document.body || target.matches("main h1");

/** Keys of the editor, also such that are pressed where nothing has the focus. */
function useKeys(act, actBeside, keymap) {
  const press = useRef(null);
  press.current = (event) => {
    if (event.defaultPrevented) return; // It was the timeline's.
    const command = commandFor(event, keymap);
    if (!command) return;
    event.preventDefault();
    event.stopPropagation();
    const isBeside = event.target.matches("[data-beside]");
    (isBeside ? actBeside : act)[command](command === "split" && event.target.matches("[data-cue] textarea") ? event.target.selectionStart : undefined);
  };
  useEffect(() => {
    const listen = (event) => isNowhere(event.target) && press.current(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
  return (event) => press.current(event);
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

const nameOf = (known) => (known?.language ? languageName(known.language) : t("editor.noLanguage"));

/** What is told of the columns below the tools, with the name of each where there are two; `isWaiting`: the second one is to come. */
function Notes({ item, versions, columns, isWaiting }) {
  const isShown = ({ line }) => columns.some(({ known }) => known && isDraftOf(line, known.inputId, versions, known.language ?? null));
  const elsewhere = isWaiting ? null : columns[0].track.elsewhere.find((draft) => !isShown(draft));
  return columns.map(({ edited, track, known }, at) => {
    const kept = staysAsItIs(edited.file);
    const lost = track.notices.filter(({ code }) => code === "edited_tags_left_out"); // What the last save could not keep of the file.
    return html`<${TrackNotes} key=${known?.inputId} ...${{ track, edited }} mediaId=${item.mediaId} name=${columns.length > 1 ? nameOf(known) : undefined} elsewhere=${at === 0 && elsewhere} />
      ${edited.file.kind !== "webvtt" && html`<div class=${`banner${kept ? "" : " warn"}`}><p>${t(`editor.${kept ? "staysAsItIs" : "becomesWebvtt"}`)}</p></div>`}
      <${Notices} notices=${[...edited.file.notices, ...lost]} />`;
  });
}

/** The version that was stored last of what one was edited into: `[stored(known), note(known, inputId)]`. */
function useLastStored() {
  const [last, setLast] = useState({}); // The version that was opened -> the last one of it.
  const note = (known, inputId) => setLast((before) => ({ ...before, [known?.inputId]: inputId }));
  return [(known) => last[known?.inputId] ?? known?.inputId, note];
}

/** Save what has changed, the first column last: the newest version is the media's own. */
async function saveAll(columns) {
  const changed = columns.filter((column) => column.edited.changed);
  if (changed.every(({ isFit }) => isFit)) for (const { track } of changed.reverse()) await track.save();
}

/** The commands of both columns, made once; `state` is what they find when they are given. */
function useCommands(state) {
  const now = useRef(null);
  now.current = state;
  return useMemo(() => {
    const made = commands(() => now.current);
    return [{ ...made, numberKey: (event, key) => numberKey(event, key, made) }, besideCommands(() => now.current)];
  }, []);
}

/** The second column as the list shows it: a text that is edited, or read; `{pairs, isEdited, problems, language}`, null for none. */
function useSecond(cues, beside, column, checks) {
  const pairs = usePairs(cues, column.edited ? column.cues : beside.file?.cues);
  const isEdited = column.edited !== undefined && column.track.isOpen;
  return useMemo(() => pairs && { pairs, isEdited, problems: checks.problems, language: beside.known?.language, name: nameOf(beside.known) }, [pairs, isEdited, checks.problems, beside.known]);
}

/**
 * `known`: the version that is edited, one of `versions`; `besideId`: the one beside it at first; `atMs`:
 * where the cue is that gets the focus, null for none; `query`: of the address.
 */
export function Editor({ item, known, versions, besideId, file, atMs, query }) {
  const { mediaId } = item;
  const [chosenId, setChosenId] = useState(besideId);
  const beside = useBeside(mediaId, known?.inputId, chosenId);
  const edits = useEdited({ main: file, beside: beside.isOther ? beside.file : null });
  const [isAuto, setAuto] = useAutosave();
  const keepAddress = useAddress(mediaId, query, chosenId);
  const [stored, noteStored] = useLastStored();
  const main = useColumn(edits.main, { mediaId, known, versions, isAuto, onStored: (inputId) => (keepAddress(inputId), noteStored(known, inputId)) });
  const second = useColumn(edits.beside, { mediaId, known: beside.known, versions: beside.versions, isAuto, onStored: (inputId) => noteStored(beside.known, inputId) });
  const { edited, cues } = main;
  const columns = [{ ...main, known }, { ...second, known: beside.known }].filter((column) => column.edited);
  const trouble = useTrouble(columns.some((column) => column.edited.changed));
  const [chosenBefore, setSelection] = useState(NOTHING);
  const selection = useMemo(() => kept(chosenBefore, cues), [chosenBefore, cues]);
  const selected = useMemo(() => [...chosen(selection)], [selection]);
  const [options, setOptions] = useStored("media-jobs-editor", OPTIONS);
  const [keys, setKeys] = useStored(KEYS_KEPT, { preset: "own", changes: {} });
  const [playing, setPlaying] = useState(null);
  const [looping, setLooping] = useState(false);
  const video = useRef(null);
  const list = useRef(null);
  const finding = useRef(null);
  const [panels, setPanels, openPanel] = usePanels(finding);
  const isOpen = edited !== undefined && main.track.isOpen; // What is typed before would not be kept.
  const picture = usePicture(video, isOpen);
  const fps = Number(options.fps) || picture.fps || 25;
  const about = { options, setOptions, durationMs: picture.durationMs };
  const checks = useChecks(cues, known?.language, about);
  const otherChecks = useChecks(second.cues, beside.known?.language, about);
  const shown = useSecond(cues, beside, second, otherChecks);
  const player = useMemo(() => playback(video, () => setLooping(false)), []);
  const other = shown?.isEdited ? { cues: second.cues, pairs: shown.pairs, name: beside.known?.language ? shown.name : t("editor.secondColumn") } : null;
  const find = useFind({ edited: { ...edited, cues }, selection, list, isOpen: panels.find, second: other });
  finding.current = find;
  const save = () => saveAll(columns);
  const [act, actBeside] = useCommands({ edited: { ...edited, cues }, selection, setSelection, options, setOptions, problems: checks.problems, list, video, player, looping, setLooping, fps, open: openPanel, save, other: { edited: second.edited, problems: otherChecks.problems, pairs: shown?.pairs } });
  const onKeyDown = useKeys(act, actBeside, useMemo(() => (isOpen ? keymapOf(keys) : new Map()), [keys, isOpen]));
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
  const source = item.inputs.video;
  const show = (key, how) => list.current?.show(key, how);
  return html`<div class="editor" onKeyDown=${onKeyDown}>
    <${Timeline} ...${{ cues, selected, videoRef: video, current: selection.current, durationMs: picture.durationMs, fps: picture.fps, mediaId, inputId: source?.inputId, follows: options.follow }} onFollows=${(follow) => setOptions({ follow })} ...${handlers({ edited, act, show })} />
    <div class="editor-view">${source && html`<${Player} src=${api.contentPath(mediaId, source.inputId)} cues=${cues} videoRef=${video} onTime=${onTime} label=${item.title} />`}
      <${Tools} ...${{ edited, cues, act, selection, looping, hasVideo: Boolean(source) }} />
      <${Saving} ...${{ columns, trouble, save }} />
      <${Notes} ...${{ item, versions, columns }} isWaiting=${chosenId !== null && !beside.file && !beside.error} /></div>
    <div class="editor-list">${cues.length > 0 && html`<${Problems} ...${checks} act=${act} />`}
      ${cues.length > 0 && second.edited && html`<${Problems} ...${otherChecks} name=${nameOf(beside.known)} act=${actBeside} />`}
      ${panels.find && html`<${FindBar} find=${find} other=${other?.name} focus=${panels.asked} withReplace=${panels.replace} onClose=${() => setPanels({ find: false, replace: false })} />`}
      ${cues.length === 0 ? html`<${Empty} icon="subtitles" title=${t("editor.noCues")}><p>${t("editor.emptyText")}</p><div class="actions"><${Button} kind="primary" icon="plus" onClick=${() => act.add()}>${t("editor.add")}<//></div><//>`
      : html`<${CueList} listRef=${list} second=${shown} spoken=${known?.language} found=${find.marks} problems=${checks.problems} ...${{ cues, selection, playing, act, actBeside }} />`}</div>
    <div class="editor-more"><${Autosave} ...${{ isAuto, setAuto }} />
      <details class="card" open=${panels.times} onToggle=${(event) => setPanels({ times: event.target.open })}><summary>${t("editor.shift")}</summary><${Timing} ...${{ edited, selection, fps, video }} second=${other} /></details>
      <details class="card"><summary>${t("editor.options")}</summary><${Options} ...${{ options, setOptions, fps: picture.fps }}><${BesideField} ...${{ versions, beside }} edited=${known?.inputId} value=${chosenId} onValue=${setChosenId} /><//></details>
      <${Exports} ...${{ mediaId, columns, stored }} /></div>
    ${panels.keys && html`<${KeysDialog} chosen=${keys} onChange=${setKeys} onClose=${() => setPanels({ keys: false })} />`}</div>`;
}
