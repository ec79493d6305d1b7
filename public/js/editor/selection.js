/** Which cues are chosen. Pure: a selection is `{current, anchor, keys}`, `keys` a Set, empty where `current` alone is meant. */

const NONE = new Set();
export const NOTHING = { current: null, anchor: null, keys: NONE };

/** One cue alone. */
export const only = (key) => ({ current: key, anchor: key, keys: NONE });

/** What is chosen: the keys in a Set. */
export const chosen = ({ current, keys }) => (keys.size ? keys : current === null ? NONE : new Set([current]));

/** From the anchor to the cue of `key`. */
export function extended(selection, cues, key) {
  const places = new Map(cues.map((cue, index) => [cue.key, index]));
  const from = places.get(selection.anchor) ?? places.get(selection.current) ?? places.get(key);
  const to = places.get(key);
  if (to === undefined) return selection;
  const keys = cues.slice(Math.min(from, to), Math.max(from, to) + 1).map((cue) => cue.key);
  return { current: key, anchor: cues[from].key, keys: new Set(keys) };
}

/** With the cue of `key` if it was not among the chosen, without it if it was. */
export function toggled(selection, key) {
  const keys = new Set(chosen(selection));
  if (!keys.delete(key)) keys.add(key);
  return { current: key, anchor: key, keys };
}

export const all = (cues, { current, anchor }) => ({ current, anchor, keys: new Set(cues.map((cue) => cue.key)) });

/** Without the cues that are no more; the same selection where all are there. */
export function kept(selection, cues) {
  const there = new Set(cues.map((cue) => cue.key));
  const isGone = (key) => key !== null && !there.has(key);
  if (!isGone(selection.current) && !isGone(selection.anchor) && [...selection.keys].every((key) => there.has(key))) return selection;
  const key = (one) => (isGone(one) ? null : one);
  return { current: key(selection.current), anchor: key(selection.anchor), keys: new Set([...selection.keys].filter((one) => there.has(one))) };
}
