/** What is edited, in one column or two, with one undo by action over both. */
import { useEffect, useState } from "../../vendor/htm-preact.js";
import { keyed } from "../cues.js";

export const NO_COLUMNS = { columns: {}, past: [], future: [] };

const withColumn = (state, name, values) => ({ ...state, columns: { ...state.columns, [name]: { ...state.columns[name], ...values } } });
const withCues = (state, all) => Object.entries(all).reduce((next, [name, cues]) => withColumn(next, name, { cues }), state);

/** Actions without what they did to the column `name`. */
const without = (actions, name) => actions.flatMap((action) => {
  const { [name]: own, ...cues } = action.cues;
  return Object.keys(cues).length ? [own ? { ...action, cues } : action] : [];
});

/** With `file` in the column `name`, null: with no such column; its actions before are forgotten. */
export function afterOpening(state, name, file) {
  if (!file && !state.columns[name]) return state;
  const { [name]: _, ...columns } = state.columns;
  const cues = file && keyed(file.cues);
  const opened = file ? { [name]: { opened: file, file, cues, saved: cues } } : {};
  return { columns: { ...columns, ...opened }, past: without(state.past, name), future: without(state.future, name) };
}

/**
 * After an action: `changes` are the next cues of columns by name, or functions of the present ones. The same state where
 * nothing has changed.
 */
export function afterEdit(state, changes, { label, merge } = {}) {
  const { columns, past, future } = state;
  const asked = Object.entries(changes).filter(([name]) => columns[name]).map(([name, next]) => [name, typeof next === "function" ? next(columns[name].cues) : next]);
  const next = Object.fromEntries(asked.filter(([name, cues]) => cues !== columns[name].cues));
  const names = Object.keys(next);
  if (!names.length) return state;
  const last = past.at(-1);
  const isSame = merge !== undefined && last?.merge === merge && Object.keys(last.cues).join() === names.join();
  const isGoingOn = isSame && !future.length && names.every((name) => columns[name].cues !== columns[name].saved);
  const before = Object.fromEntries(names.map((name) => [name, columns[name].cues]));
  return { ...withCues(state, next), past: isGoingOn ? past : [...past, { cues: before, label, merge }], future: [] };
}

/** One action back (`past` to `future`) or forth. */
export function afterStep(state, from, to) {
  const action = state[from].at(-1);
  if (!action) return state;
  const now = Object.fromEntries(Object.keys(action.cues).map((name) => [name, state.columns[name].cues]));
  return { ...withCues(state, action.cues), [from]: state[from].slice(0, -1), [to]: [...state[to], { ...action, cues: now, merge: undefined }] };
}

/**
 * The columns of `files`, by name; a file that is null, or not there yet, is no column:
 * `{file, opened, cues, stored, edit, editAll, undo, redo, past, future, changed, saved, rebase}` of each.
 *
 * `edit(next, {label, merge})`: `next` are the cues, or a function of the present ones; `label`, the key of a message,
 * names the action where it can be undone; actions in a row with the same `merge` are one. `editAll({name: next}, …)` is one
 * action on several columns. `past` and `future` are actions of all columns, `{label, …}`, the next to be undone or done again at their ends. `saved(cues)`: these are stored;
 * `stored` are they. `rebase(file)`: the cues are from now on an edit of another file than the one that was `opened`. What
 * is done to a column that was opened anew meanwhile does nothing.
 */
export function useEdited(files) {
  const [state, setState] = useState(NO_COLUMNS);
  for (const name of ["main", "beside"]) useEffect(() => setState((before) => afterOpening(before, name, files[name])), [files[name]]);
  const step = (from, to) => () => setState((before) => afterStep(before, from, to));
  const { past, future } = state;
  const shared = { past, future, undo: step("past", "future"), redo: step("future", "past") };
  return Object.fromEntries(Object.entries(state.columns).map(([name, { opened, file, cues, saved }]) => {
    const act = (change) => setState((before) => (before.columns[name]?.opened === opened ? change(before) : before));
    return [name, {
      ...shared, opened, file, cues, stored: saved, changed: cues !== saved,
      edit: (next, about) => act((before) => afterEdit(before, { [name]: next }, about)),
      editAll: (changes, about) => act((before) => afterEdit(before, changes, about)),
      saved: (stored) => act((before) => withColumn(before, name, { saved: stored })),
      rebase: (other) => act((before) => withColumn(before, name, { file: other })),
    }];
  }));
}
