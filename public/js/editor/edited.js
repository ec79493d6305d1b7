/** What is edited, in one column or two, with one undo by action over both. */
import { useEffect, useState } from "../../vendor/htm-preact.js";
import { keyed } from "../cues.js";

export const NO_COLUMNS = { columns: {}, past: [], future: [] };

const isOther = (name) => (action) => action.name !== name;
const withColumn = (state, name, values) => ({ ...state, columns: { ...state.columns, [name]: { ...state.columns[name], ...values } } });

/** With `file` in the column `name`, null: with no such column; its actions before are forgotten. */
export function afterOpening(state, name, file) {
  if (!file && !state.columns[name]) return state;
  const { [name]: _, ...columns } = state.columns;
  const cues = file && keyed(file.cues);
  const opened = file ? { [name]: { opened: file, file, cues, saved: cues } } : {};
  return { columns: { ...columns, ...opened }, past: state.past.filter(isOther(name)), future: state.future.filter(isOther(name)) };
}

/** After the cues of the column `name` have become `next` by an action; the same state where nothing has changed. */
export function afterEdit(state, name, next, { label, merge } = {}) {
  const column = state.columns[name];
  const cues = typeof next === "function" ? next(column.cues) : next;
  if (cues === column.cues) return state;
  const last = state.past.at(-1);
  const isGoingOn = merge !== undefined && last?.name === name && last.merge === merge && !state.future.length && column.cues !== column.saved;
  const past = isGoingOn ? state.past : [...state.past, { name, cues: column.cues, label, merge }];
  return { ...withColumn(state, name, { cues }), past, future: [] };
}

/** One action back (`past` to `future`) or forth. */
export function afterStep(state, from, to) {
  const action = state[from].at(-1);
  if (!action) return state;
  const { name, cues } = action;
  return { ...withColumn(state, name, { cues }), [from]: state[from].slice(0, -1), [to]: [...state[to], { ...action, cues: state.columns[name].cues, merge: undefined }] };
}

/**
 * The columns of `files`, by name; a file that is null, or not there yet, is no column:
 * `{file, opened, cues, stored, edit, undo, redo, past, future, changed, saved, rebase}` of each.
 *
 * `edit(next, {label, merge})`: `next` are the cues, or a function of the present ones; `label`, the key of a message,
 * names the action where it can be undone; actions in a row with the same `merge` are one. `past` and `future` are
 * actions of all columns, `{label, …}`, the next to be undone or done again at their ends. `saved(cues)`: these are stored;
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
      edit: (next, about) => act((before) => afterEdit(before, name, next, about)),
      saved: (stored) => act((before) => withColumn(before, name, { saved: stored })),
      rebase: (other) => act((before) => withColumn(before, name, { file: other })),
    }];
  }));
}
