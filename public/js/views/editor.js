/** The subtitle editor: cues beside the video; saving makes a new version. */
import { html, useEffect, useMemo, useRef, useState } from "../../vendor/htm-preact.js";
import { media as api } from "../api.js";
import { addAfter, change, faults, lastBefore, merge, remove, shift, split } from "../cues.js";
import { shortTitle, timecode } from "../format.js";
import { useAction, useLoaded } from "../hooks.js";
import { t, useWords } from "../i18n.js";
import { Notices } from "../notices.js";
import { Player } from "../player.js";
import { NO_SUBTITLES, readSubtitles } from "../reading.js";
import { link } from "../router.js";
import { Button, Empty, NumberField, Page, Skeletons, Trouble, announce } from "../ui.js";
import { plainLines, readTime, serialise } from "../vtt.js";
import { withTimes, withoutTimes } from "../wordtimes.js";

await useWords("editor");

export const name = "subtitles";
const UNDO_MAX = 100;
const SEEK_MS = 1000;

/** The edited file with undo: `{file, cues, edit, undo, redo, changed, saved}`. */
function useEdited(file) {
  const [state, setState] = useState(null);
  useEffect(() => {
    setState({ file, cues: file.cues, past: [], future: [], saved: file.cues });
  }, [file]);
  const edit = (next) => setState((s) => {
    const cues = typeof next === "function" ? next(s.cues) : next;
    return cues === s.cues ? s : { ...s, cues, past: [...s.past.slice(-UNDO_MAX), s.cues], future: [] };
  });
  const step = (from, to) => () => setState((s) => {
    if (!s[from].length) return s;
    return { ...s, cues: s[from].at(-1), [from]: s[from].slice(0, -1), [to]: [...s[to], s.cues] };
  });
  return { ...state, edit, undo: step("past", "future"), redo: step("future", "past"), changed: state !== null && state.cues !== state.saved, saved: () => setState((s) => ({ ...s, saved: s.cues })) };
}

function TimeInput({ label, value, onValue }) {
  const [text, setText] = useState(timecode(value));
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    setText(timecode(value));
    setWrong(false);
  }, [value]);
  const done = () => {
    const ms = readTime(text);
    setWrong(ms === null);
    if (ms !== null && ms !== value) onValue(ms);
    else if (ms !== null) setText(timecode(value));
  };
  return html`<input type="text" inputmode="decimal" aria-label=${label} aria-invalid=${wrong ? "true" : undefined} value=${text} onInput=${(event) => setText(event.target.value)} onBlur=${done} onKeyDown=${(event) => event.key === "Enter" && done()} />`;
}

/** What is said in another language while a cue is shown: the texts of the cues whose middle lies in it. */
function besides(cue, other) {
  if (!other.length) return "";
  const inside = other.filter(({ startMs, endMs }) => cue.startMs <= (startMs + endMs) / 2 && (startMs + endMs) / 2 < cue.endMs);
  return inside.map(({ text }) => plainLines(text).join(" ")).join(" ");
}

function CueRow({ cue, index, current, playing, fault, beside, act }) {
  const n = index + 1;
  return html`<li class=${`cue${current ? " current" : ""}${playing ? " playing" : ""}`} data-cue=${index} onfocusin=${() => act.focus(index)}>
    <span class="cue-number">${n}</span>
    <div class="cue-times"><${TimeInput} label=${t("editor.start", { n })} value=${cue.startMs} onValue=${(startMs) => act.change(index, { startMs })} />
      <${TimeInput} label=${t("editor.end", { n })} value=${cue.endMs} onValue=${(endMs) => act.change(index, { endMs })} /></div>
    <textarea rows="2" dir="auto" aria-label=${t("editor.text", { n })} value=${withoutTimes(cue.text)} onInput=${(event) => act.change(index, { text: withTimes(event.target.value, cue.text) })} onKeyDown=${(event) => act.key(event, index)}></textarea>
    <div class="cue-tools"><${Button} small kind="quiet" icon="play" aria-label=${t("editor.goTo", { n })} onClick=${() => act.seek(cue.startMs)} />
      <${Button} small kind="quiet bad" icon="trash" aria-label=${t("editor.remove", { n })} onClick=${() => act.remove(index)} /></div>
    ${beside && html`<p class="note cue-beside" dir="auto">${beside}</p>`}
    ${fault && html`<p class="form-error cue-fault">${t(`editor.${fault}`)}</p>`}</li>`;
}

const KEYS = [["Ctrl", "Enter", "split"], ["Ctrl", "M", "merge"], ["Ctrl", "I", "add"], ["Ctrl", "⌫", "delete"], ["Ctrl", "[  ]", "times"], ["Ctrl", "S", "save"], ["Ctrl", "Z", "undo"], ["Alt", "↑ ↓", "move"], ["Alt", "← →", "seek"], ["Alt", "P", "play"]];

const Keys = () => html`<details class="card"><summary>${t("editor.keys")}</summary><dl class="keys">${KEYS.map(([one, two, what]) =>
  html`<dt><kbd>${one}</kbd> <kbd>${two}</kbd></dt><dd>${t(`editor.key_${what}`)}</dd>`)}</dl></details>`;

/** What each key does, to the cue at `index` (-1: none has the focus). */
function onKey(event, index, act) {
  const ctrl = event.ctrlKey || event.metaKey;
  const commands = ctrl
    ? { Enter: act.split, m: act.merge, i: act.add, Backspace: act.remove, "[": act.setStart, "]": act.setEnd, s: act.save, z: event.shiftKey ? act.redo : act.undo, y: act.redo }
    : event.altKey ? { ArrowUp: (i) => act.move(i - 1), ArrowDown: (i) => act.move(i + 1), ArrowLeft: () => act.skip(-SEEK_MS), ArrowRight: () => act.skip(SEEK_MS), p: act.toggle } : {};
  const command = commands[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!command) return;
  event.preventDefault();
  event.stopPropagation();
  command(index, event.target.selectionStart ?? null);
}

function focusCue(index) {
  requestAnimationFrame(() => {
    const row = document.querySelector(`[data-cue="${index}"]`);
    row?.querySelector("textarea")?.focus();
    row?.scrollIntoView({ block: "nearest" });
  });
}

/** The commands of the editor on what is edited and on the video. */
function commands({ edited, video, setCurrent, save }) {
  const { cues, edit } = edited;
  // Of the video itself: its events come up to a quarter of a second apart.
  const atMs = () => (video.current?.currentTime ?? 0) * 1000;
  const seek = (ms) => {
    if (video.current) video.current.currentTime = Math.max(0, ms / 1000);
  };
  const act = {
    focus: setCurrent,
    seek,
    save,
    undo: edited.undo,
    redo: edited.redo,
    change: (index, values) => edit((all) => change(all, index, values)),
    remove: (index) => {
      if (index < 0 || !cues[index]) return;
      edit(remove(cues, index));
      focusCue(Math.min(index, cues.length - 2));
    },
    split: (index, caret) => {
      if (index < 0 || !cues[index]) return;
      edit(split(cues, index, caret ?? Math.floor(withoutTimes(cues[index].text).length / 2), atMs()));
      focusCue(index + 1);
    },
    merge: (index) => {
      if (cues[index + 1]) edit(merge(cues, index));
      focusCue(index);
    },
    add: (index) => {
      const behind = index >= 0 ? index : lastBefore(cues, atMs());
      edit(addAfter(cues, behind, index >= 0 ? null : atMs()));
      focusCue(behind + 1);
    },
    setStart: (index) => index >= 0 && act.change(index, { startMs: Math.round(atMs()) }),
    setEnd: (index) => index >= 0 && act.change(index, { endMs: Math.round(atMs()) }),
    move: (index) => cues[index] && focusCue(index),
    skip: (ms) => seek(atMs() + ms),
    toggle: () => video.current && (video.current.paused ? video.current.play().catch(() => {}) : video.current.pause()),
  };
  act.key = (event, index) => onKey(event, index, act);
  return act;
}

function Tools({ edited, act, current }) {
  const [by, setBy] = useState(0);
  return html`<div class="card stack"><div class="actions">
      <${Button} small icon="plus" onClick=${() => act.add(current)}>${t("editor.add")}<//>
      <${Button} small icon="split" disabled=${current < 0} onClick=${() => act.split(current, null)}>${t("editor.split")}<//>
      <${Button} small icon="merge" disabled=${!edited.cues[current + 1] || current < 0} onClick=${() => act.merge(current)}>${t("editor.merge")}<//>
      <span class="actions push"><${Button} small kind="quiet" icon="undo" aria-label=${t("editor.undo")} title=${t("editor.undo")} disabled=${!edited.past.length} onClick=${edited.undo} />
      <${Button} small kind="quiet" icon="redo" aria-label=${t("editor.redo")} title=${t("editor.redo")} disabled=${!edited.future.length} onClick=${edited.redo} /></span></div>
    <details><summary>${t("editor.shift")}</summary><div class="actions with-field"><${NumberField} label=${t("editor.shiftBy")} value=${by} step=${0.1} unit="s" onValue=${setBy} />
      <${Button} disabled=${!by || !edited.cues.length} onClick=${() => edited.edit(shift(edited.cues, Math.round(by * 1000)))}>${t("editor.shiftAll")}<//></div></details></div>`;
}

/** `known`: the version that is edited; `other`: cues to be read beside them; `atMs`: where the cue with the focus is. */
function Editor({ item, known, other, file, atMs }) {
  const edited = useEdited(file);
  const [current, setCurrent] = useState(-1);
  const [playing, setPlaying] = useState(-1);
  const video = useRef(null);
  const [learned, setLearned] = useState(0); // How many corrections of a translation the last save has taught.
  const [save, { busy, error }] = useAction(async () => {
    const stored = await api.putSubtitles(item.mediaId, serialise({ ...edited.file, cues: edited.cues }), undefined, known?.language, known?.inputId);
    edited.saved();
    setLearned(stored.pairsLearned ?? 0);
    announce(t("editor.saved"));
  });
  const wrong = useMemo(() => (edited.cues ? faults(edited.cues) : new Map()), [edited.cues]);
  const blocking = [...wrong.values()].some((fault) => fault === "order") || !edited.cues?.some((cue) => cue.text.trim());
  useEffect(() => {
    if (!edited.changed) return undefined;
    const ask = (event) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [edited.changed]);
  const onBody = useRef(null);
  useEffect(() => {
    // A cue that is deleted takes the focus with it: keys pressed before the next has it are the page's.
    const listen = (event) => event.target === document.body && onBody.current?.(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
  useEffect(() => {
    if (!edited.cues?.length || atMs === null) return;
    focusCue(Math.max(0, lastBefore(edited.cues, atMs)));
    if (video.current) video.current.currentTime = atMs / 1000;
  }, [edited.cues !== undefined]);
  if (!edited.cues) return html`<${Skeletons} kind="block" count=${1} />`;
  const act = commands({ edited, video, setCurrent, save: () => edited.changed && !blocking && save() });
  onBody.current = (event) => act.key(event, current);
  const onTime = (ms) => {
    setPlaying(edited.cues.findIndex((cue) => cue.startMs <= ms && ms < cue.endMs));
  };
  const source = item.inputs.video;
  return html`<div class="editor" onKeyDown=${(event) => act.key(event, current)}>
    <div class="editor-view">${source && html`<${Player} src=${api.contentPath(item.mediaId, source.inputId)} cues=${edited.cues} videoRef=${video} onTime=${onTime} label=${item.title} />`}
      <${Tools} ...${{ edited, act, current }} />
      ${edited.file.kind !== "webvtt" && html`<div class="banner warn"><p>${t("editor.becomesWebvtt")}</p></div>`}
      <${Notices} notices=${edited.file.notices} />
      <${Trouble} error=${error} />
      <div class="actions"><${Button} kind="primary" icon="check" busy=${busy} disabled=${!edited.changed || blocking} onClick=${save}>${t("editor.save")}<//>
        <span class="note" role="status">${edited.changed ? t("editor.unsaved") : learned ? t("editor.learned", { n: learned }) : t("editor.noChanges")}</span></div><${Keys} /></div>
    ${edited.cues.length === 0 ? html`<${Empty} icon="subtitles" title=${t("editor.empty")}><p>${t("editor.emptyText")}</p><div class="actions"><${Button} kind="primary" icon="plus" onClick=${() => act.add(-1)}>${t("editor.add")}<//></div><//>`
      : html`<ol class="cues" aria-label=${t("editor.cues")}>${edited.cues.map((cue, index) => html`<${CueRow} key=${index} ...${{ cue, index, act }} current=${index === current} playing=${index === playing} fault=${wrong.get(index)} beside=${besides(cue, other)} />`)}</ol>`}</div>`;
}

/** The version of which `version` is a translation, also after edits; undefined where it is none. */
export function translatedFrom(versions, version) {
  const parentOf = ({ parent }) => versions.find(({ inputId }) => inputId === parent);
  let one = version;
  while (one?.origin === "edit") one = parentOf(one);
  return one?.origin === "translation" ? one.parent : undefined;
}

const textOf = async (mediaId, inputId) => readSubtitles(await api.text(mediaId, inputId));

/** A version of a media's subtitles, the media's own unless one is named, and what is to be read beside it. */
async function loadEdited(mediaId, version, beside) {
  const [item, { items }] = await Promise.all([api.get(mediaId), api.versions(mediaId, "subtitles")]);
  // Where the list does not have it, the server says so with its text.
  const known = version ? items.find(({ inputId }) => inputId === version) ?? { inputId: version } : item.inputs.subtitles;
  const source = beside ?? translatedFrom(items, known);
  const [file, other] = await Promise.all([known ? textOf(mediaId, known.inputId) : NO_SUBTITLES, source ? textOf(mediaId, source) : NO_SUBTITLES]);
  return { item, known, file, other: other.cues };
}

export function View({ route }) {
  const mediaId = route.segments[1];
  const { version, at, beside, run } = route.query;
  const loaded = useLoaded(() => loadEdited(mediaId, version, beside), [mediaId, version, beside]);
  const { item, known, other, file } = loaded.data ?? {};
  const back = run ? [t("editor.backToRun"), link("runs", run)] : [item ? shortTitle(item.title) : t("nav.library"), item ? link("media", mediaId) : link("library")];
  return html`<${Page} back=${back} title=${t("editor.title")} lead=${t("editor.lead")}><${Trouble} error=${loaded.error} onRetry=${loaded.reload} />
    ${item ? html`<${Editor} key=${version} ...${{ item, known, other, file }} atMs=${at >= 0 ? Number(at) : null} />` : !loaded.error && html`<${Skeletons} kind="block" count=${1} />`}<//>`;
}
