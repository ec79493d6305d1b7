/**
 * What a person does to a list of cues: each function returns a new list.
 *
 * A cue that is edited has a `key`, a positive integer that no other of its file has: every edit keeps it, and no file
 * holds it. Those that are loaded have their number in the file, so that two tabs know them by the same; a new one has
 * a random one above all numbers, which no other tab gives to another.
 */
import { firstTime, placeIn, withoutTimes } from "./wordtimes.js";

const GAP_MS = 40; // One frame at 25 a second: adjacent cues stay distinguishable.
const LENGTH_MS = 2000;
const SHORTEST_MS = 100;

const NEW_KEYS = 2 ** 32;

/** The key of a new cue. */
export const newKey = () => {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return NEW_KEYS + (high >>> 12) * NEW_KEYS + low;
};

/** Cues of a file, with keys; those that have one keep it. */
export const keyed = (cues) => cues.map((cue, index) => (cue.key ? cue : { ...cue, key: index + 1 }));

/** Where the cue of `key` is; -1: nowhere. */
export const indexOf = (cues, key) => cues.findIndex((cue) => cue.key === key);

const blank = (startMs, endMs) => ({ key: newKey(), startMs, endMs, text: "", id: "", settings: "", before: [] });

/** A new cue behind the one at `index` (-1: before all), as long as the gap allows. */
export function addAfter(cues, index, atMs = null) {
  const previous = cues[index];
  const next = cues[index + 1];
  const start = atMs ?? (previous ? previous.endMs + GAP_MS : 0);
  const room = next && next.startMs > start ? next.startMs - GAP_MS : start + LENGTH_MS;
  const end = Math.max(Math.min(start + LENGTH_MS, room), start + SHORTEST_MS);
  return [...cues.slice(0, index + 1), blank(start, end), ...cues.slice(index + 1)];
}

/** Where a cue that begins at `atMs` belongs: the index of the last cue that begins before it. */
export const lastBefore = (cues, atMs) => cues.findLastIndex((cue) => cue.startMs <= atMs);

/**
 * Two cues of the one at `index`: its text is parted at `caret`, a place in it without the times of its words.
 * Its time is parted at `atMs` where that lies inside, otherwise where the second text's first word is said or, if
 * that is not known, by the share of the text.
 */
export function split(cues, index, caret, atMs = null) {
  const cue = cues[index];
  const place = placeIn(cue.text, caret);
  const first = cue.text.slice(0, place).trim();
  const [saidMs, second] = firstTime(cue.text.slice(place).trim());
  const length = withoutTimes(cue.text).length;
  const share = length ? caret / length : 0.5;
  const span = cue.endMs - cue.startMs;
  const isInside = (ms) => ms !== null && ms > cue.startMs + SHORTEST_MS && ms < cue.endMs - SHORTEST_MS;
  const wanted = isInside(atMs) ? atMs : isInside(saidMs) ? saidMs : cue.startMs + Math.round(span * Math.min(0.9, Math.max(0.1, share)));
  const two = [
    { ...cue, endMs: wanted, text: first },
    { ...cue, key: newKey(), startMs: wanted, text: second, id: "", before: [] },
  ];
  return [...cues.slice(0, index), ...two, ...cues.slice(index + 1)];
}

/** One cue of the one at `index` and the next. */
export function merge(cues, index) {
  const [one, two] = [cues[index], cues[index + 1]];
  if (!two) return cues;
  const text = [one.text, two.text].filter((part) => part !== "").join("\n");
  const merged = { ...one, endMs: Math.max(one.endMs, two.endMs), text, before: [...one.before, ...two.before] };
  return [...cues.slice(0, index), merged, ...cues.slice(index + 2)];
}

/** Without the cue at `index`; comments that stood above it stay, above the next. */
export function remove(cues, index) {
  const kept = cues[index].before;
  const rest = cues.toSpliced(index, 1);
  if (kept.length && rest[index]) {
    return rest.with(index, { ...rest[index], before: [...kept, ...rest[index].before] });
  }
  return rest;
}

export const change = (cues, index, values) => cues.with(index, { ...cues[index], ...values });

/** The cues that are shown at `atMs`. */
export const shownAt = (cues, atMs) => cues.filter((cue) => cue.startMs <= atMs && atMs < cue.endMs);
