/** The file that is edited, with undo by action. */
import { useEffect, useState } from "../../vendor/htm-preact.js";
import { keyed } from "../cues.js";

const beginning = (file) => {
  const cues = keyed(file.cues);
  return { file, cues, past: [], future: [], saved: cues };
};

/** After `cues` have become `next` by an action; the same state where nothing has changed. */
export function afterEdit(state, next, { label, merge } = {}) {
  const cues = typeof next === "function" ? next(state.cues) : next;
  if (cues === state.cues) return state;
  const last = state.past.at(-1);
  const isGoingOn = merge !== undefined && last?.merge === merge && !state.future.length && state.cues !== state.saved;
  const past = isGoingOn ? state.past : [...state.past, { cues: state.cues, label, merge }];
  return { ...state, cues, past, future: [] };
}

/** One action back (`past` to `future`) or forth. */
export function afterStep(state, from, to) {
  const action = state[from].at(-1);
  if (!action) return state;
  return { ...state, cues: action.cues, [from]: state[from].slice(0, -1), [to]: [...state[to], { ...action, cues: state.cues, merge: undefined }] };
}

/**
 * `{file, cues, stored, edit, undo, redo, past, future, changed, saved, rebase}`; `cues` is undefined before the first is there.
 *
 * `edit(next, {label, merge})`: `next` are the cues, or a function of the present ones; `label`, the key of a message,
 * names the action where it can be undone; actions in a row with the same `merge` are one. `past` and `future` are
 * actions, `{label, …}`, the next to be undone or done again at their ends. `saved(cues)`: these are stored; `stored` are
 * they. `rebase(file)`: the cues are from now on an edit of another file.
 */
export function useEdited(file) {
  const [state, setState] = useState(null);
  useEffect(() => setState(beginning(file)), [file]);
  const edit = (next, about) => setState((before) => afterEdit(before, next, about));
  const step = (from, to) => () => setState((before) => afterStep(before, from, to));
  const saved = (cues) => setState((before) => ({ ...before, saved: cues }));
  const rebase = (other) => setState((before) => ({ ...before, file: other }));
  return { ...state, stored: state?.saved, rebase, edit, undo: step("past", "future"), redo: step("future", "past"), changed: state !== null && state.cues !== state.saved, saved };
}
