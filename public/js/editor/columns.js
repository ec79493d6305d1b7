/** The columns of the editor: what is edited in each, what is wrong with it, and what keys do in the second. */
import { useMemo } from "../../vendor/htm-preact.js";
import { indexOf, newKey } from "../cues.js";
import { useTrack } from "../drafts/editing.js";
import { plainLines } from "../vtt.js";
import { withSaid } from "./beside.js";
import { limitsFor, problemsOf } from "./checks.js";
import { commands } from "./commands.js";
import { useMissing } from "./glyphs.js";
import { only } from "./selection.js";
import { isFit as canStore } from "./storing.js";

const NO_CUES = [];
const SAMPLED = 500;

/** A column of `edited`, undefined while it is not there: `{edited, cues, isFit, track}`. `about`: the rest of what `useTrack` is told. */
export function useColumn(edited, about) {
  const cues = edited?.cues ?? NO_CUES;
  const isFit = useMemo(() => canStore(cues), [cues]);
  return { edited, cues, isFit, track: useTrack({ ...about, edited, isFit }) };
}

/** The limits that hold for cues, and those of the script that they are written in; and what is wrong by them. */
export function useChecks(cues, language, { options, setOptions, durationMs }) {
  const usual = useMemo(() => limitsFor(cues.slice(0, SAMPLED).map(({ text }) => plainLines(text).join(" ")).join(" "), language), [cues.length > 0, language]);
  const script = usual.isWide ? "wide" : "narrow";
  const limits = useMemo(() => ({ ...usual, ...options.limits[script] }), [usual, options.limits]);
  const onLimits = (fields) => setOptions({ limits: { ...options.limits, [script]: fields ? { ...options.limits[script], ...fields } : {} } });
  const missing = useMissing(cues);
  const problems = useMemo(() => problemsOf(cues, limits, { durationMs, missing }), [cues, limits, durationMs, missing]);
  return { limits, usual, onLimits, problems };
}

/**
 * The commands on the second column. `now()` as for `commands`, of the first, with `other`: `{edited, problems, pairs}` of the second.
 *
 * In it nothing is chosen but the cue whose field has the focus, which `focus(key)` tells, null for a field of none.
 */
export function besideCommands(now) {
  let current = null;
  const rowOf = (key) => [...now().other.pairs].find(([, cues]) => cues.some((cue) => cue.key === key))?.[0];
  const list = { current: { show: (key, about) => now().list.current?.show(rowOf(key), { ...about, focus: about.focus && "beside", beside: key }) } };
  const setSelection = (next) => {
    ({ current } = typeof next === "function" ? next(only(current)) : next);
  };
  const own = commands(() => ({ ...now(), ...now().other, selection: only(current), setSelection, list }));
  /** To the row above or below, whether anything stands beside it or not. */
  const move = (by) => () => {
    const { cues } = now().edited;
    const row = cues[indexOf(cues, now().selection.current) + by];
    if (row) now().list.current?.show(row.key, { focus: "beside" });
  };
  return {
    ...own,
    previous: move(-1),
    next: move(1),
    nextOrNew: move(1),
    extendUp() {},
    extendDown() {},
    save: () => now().save(),
    focus: (key) => setSelection(only(key)),
    /** A field that is empty is no cue: what is typed into one becomes a cue with the times of its row. */
    write: (row, cue, text) => {
      if (cue) return own.type(cue.key, text);
      const key = newKey();
      return now().other.edited.edit((cues) => withSaid(cues, key, row, text), { label: "editor.did_type", merge: `type-${key}` });
    },
    leave: (cue) => cue?.text === "" && now().other.edited.edit((cues) => cues.filter(({ key }) => key !== cue.key), { label: "editor.did_remove" }),
  };
}
