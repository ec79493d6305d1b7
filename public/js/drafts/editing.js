/** The editor's side of drafts: what is kept, merged and saved of the track that is edited, and what a person is told of it. */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../../vendor/htm-preact.js";
import { moment, timecode } from "../format.js";
import { read, t, useWords, write } from "../i18n.js";
import { link } from "../router.js";
import { Button, Check, Trouble, announce } from "../ui.js";
import { plainLines } from "../vtt.js";
import { onTrouble, troubleNow } from "./store.js";
import { Track } from "./track.js";

await useWords("drafts");

const AUTOSAVE = "media-jobs-autosave"; // "off": saved on demand alone.
const SHOWN_MAX = 10;

const NOTHING = { isOpen: false, restoredMs: 0, mergedMs: 0, conflicts: [], others: 0, elsewhere: [], savedMs: 0, busy: false, error: null, learned: 0, notices: [] };

/** Whether versions are saved by themselves, `[isAuto, setAuto]`; kept in this browser. */
export function useAutosave() {
  const [isAuto, setAuto] = useState(() => read(AUTOSAVE) !== "off");
  return [isAuto, (on) => {
    write(AUTOSAVE, on ? "" : "off");
    setAuto(on);
  }];
}

/** "forbidden" or "full" where this browser keeps nothing; before it is left, it asks whoever has `isChanged` something then. */
export function useTrouble(isChanged) {
  const [trouble, setTrouble] = useState(troubleNow);
  useEffect(() => onTrouble(setTrouble), []);
  const isLost = isChanged && trouble !== "";
  useEffect(() => {
    // Everything else is in this browser when the page has gone.
    if (!isLost) return undefined;
    const ask = (event) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [isLost]);
  return trouble;
}

/**
 * A track that is edited as `edited` says, undefined while there is none: `{save, settle, discard, …}` and what is to be told of
 * it: `isOpen`, from when on edits are kept, so that there are to be none before; since when
 * edits were restored, when a version was made that was merged in, `conflicts` as `mergeCues` tells them, how many `others`
 * edit it too, edits of other versions that are kept `elsewhere`, when it was saved by itself, how many corrections were
 * `learned`, `notices` of the last save; `busy`, `error`. `onStored(inputId)`: a version was stored, maybe after it was left.
 */
export function useTrack({ edited, mediaId, known, versions, isFit, isAuto, onStored }) {
  const [told, setTold] = useState(NOTHING);
  const held = useRef({}); // What is so now of a file; one that was left keeps what was so last.
  const file = edited?.opened;
  if (held.current.file !== file) held.current = { file };
  Object.assign(held.current, { edited, isFit, isAuto });
  const track = useRef(null);
  useEffect(() => {
    if (!file) return undefined;
    const own = held.current;
    setTold({ ...NOTHING, file });
    const show = (values) => own === held.current && setTold((before) => ({ ...before, ...values }));
    const opened = new Track({ mediaId, known, versions, file, editing: () => own, show, onStored });
    track.current = opened;
    opened.open();
    return () => opened.close();
  }, [file]);
  useLayoutEffect(() => track.current?.changed(), [edited?.cues]);
  return {
    ...told,
    isOpen: told.isOpen && told.file === file,
    save: async () => (await track.current.save()) && announce(t("editor.saved")),
    /** Decide about a conflict, with theirs or as it is. */
    settle(conflict, isTheirs) {
      if (isTheirs) track.current.edit((cues) => withTheirs(cues, conflict), { label: "drafts.did_choose" });
      const conflicts = told.conflicts.filter((one) => one !== conflict);
      setTold((before) => ({ ...before, conflicts }));
      if (conflicts.length === 0) track.current.settled();
    },
    discard: () => track.current.edit(() => edited.stored, { label: "drafts.did_discard" }),
  };
}

/** `cues` with what theirs is of a conflict, or without the cue that one of both has removed. */
function withTheirs(cues, { key, fields, theirs }) {
  if (fields.length === 0) return cues.filter((cue) => cue.key !== key);
  const { startMs, endMs } = theirs;
  const chosen = Object.assign({}, ...fields.map((field) => (field === "times" ? { startMs, endMs } : { [field]: theirs[field] })));
  return cues.map((cue) => (cue.key === key ? { ...cue, ...chosen } : cue));
}

const span = ({ startMs, endMs }) => `${timecode(startMs)} – ${timecode(endMs)}`;

/** What of a cue the conflict is about, in a line. */
function said(cue, fields) {
  if (!cue) return t("drafts.removed");
  const text = plainLines(cue.text).join(" / ");
  return fields.includes("times") ? `${span(cue)} ${text}` : text;
}

function Conflict({ conflict, number, onSettle }) {
  const { fields, mine, theirs } = conflict;
  return html`<li class="stack"><p><strong>${t("drafts.conflict", { n: number })}</strong> ${t("drafts.mine")}: <q dir="auto">${said(mine, fields)}</q> · ${t("drafts.theirs")}: <q dir="auto">${said(theirs, fields)}</q></p>
    <div class="actions"><${Button} small onClick=${() => onSettle(conflict, false)}>${t(fields.length ? "drafts.keepMine" : "drafts.keepCue")}<//>
      <${Button} small onClick=${() => onSettle(conflict, true)}>${t(fields.length ? "drafts.takeTheirs" : "drafts.removeCue")}<//></div></li>`;
}

/**
 * What happened to what is edited, where a person has to know. `name`: which of two columns is meant; `elsewhere`: the edit of
 * another version that is told of.
 */
export function TrackNotes({ track, edited, mediaId, name, elsewhere }) {
  const { restoredMs, mergedMs, conflicts, others } = track;
  const numberOf = ({ key }) => edited.cues.findIndex((cue) => cue.key === key) + 1;
  const whose = name && html`<strong>${name}: </strong>`;
  return html`${restoredMs > 0 && edited.changed && html`<div class="banner" role="status"><p>${whose}${t("drafts.restored", { when: moment(restoredMs) })}</p><${Button} small onClick=${track.discard}>${t("drafts.discard")}<//></div>`}
    ${others > 0 && html`<div class="banner" role="status"><p>${whose}${t("drafts.others")}</p></div>`}
    ${elsewhere && html`<div class="banner" role="status"><p>${t("drafts.elsewhere", { when: moment(elsewhere.atMs) })} <a href=${link("media", mediaId, "subtitles", { version: elsewhere.line.root })}>${t("drafts.open")}</a></p></div>`}
    ${mergedMs > 0 && html`<div class="banner" role="status"><p>${whose}${t("drafts.merged", { when: moment(mergedMs) })}</p></div>`}
    ${conflicts.length > 0 && html`<section class="banner warn stack" aria-label=${name ? `${t("drafts.conflicts")}: ${name}` : t("drafts.conflicts")}><p role="alert">${whose}${t("drafts.decide", { n: conflicts.length })}</p>
      <ul class="plain stack">${conflicts.slice(0, SHOWN_MAX).map((conflict) => html`<${Conflict} key=${conflict.key} conflict=${conflict} number=${numberOf(conflict)} onSettle=${track.settle} />`)}</ul></section>`}`;
}

const latest = (numbers) => Math.max(0, ...numbers);

export const Autosave = ({ isAuto, setAuto }) => html`<${Check} label=${t("drafts.auto")} note=${t("drafts.autoNote")} checked=${isAuto} onValue=${setAuto} />`;

/** Saving what is edited on demand, `[{track, edited, isFit}]` of each column, and what of it is saved. */
export function Saving({ columns, trouble, save }) {
  const changed = columns.filter(({ edited }) => edited.changed);
  const tracks = columns.map(({ track }) => track);
  const [savedMs, learned] = [latest(tracks.map((track) => track.savedMs)), latest(tracks.map((track) => track.learned))];
  const unsaved = trouble ? t("editor.unsaved") : `${t("editor.unsaved")} · ${t("drafts.here")}`;
  const state = changed.length ? unsaved : learned ? t("editor.learned", { n: learned }) : savedMs ? t("drafts.saved", { when: moment(savedMs) }) : t("editor.noChanges");
  const canSave = changed.length > 0 && changed.every(({ isFit }) => isFit);
  return html`${tracks.map((track, at) => html`<${Trouble} key=${at} error=${track.error} />`)}<div class="actions"><${Button} kind="primary" icon="check" busy=${tracks.some(({ busy }) => busy)} disabled=${!canSave} onClick=${save}>${t("editor.save")}<//>
      <span class="note" role="status">${state}</span></div>
    ${trouble && html`<div class="banner warn" role="alert"><p>${t(`drafts.${trouble}`)}</p></div>`}`;
}
