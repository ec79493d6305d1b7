/**
 * What a person does to several cues at once, and to their times. Pure: each function returns a new list, the same one
 * where nothing changes. `keys` are a Set of cues' keys, null for all of them; times are whole ms, and none is before 0.
 */
import { indexOf, merge } from "../cues.js";
import { movedBy, timesIn, withEachTime, withoutTimes } from "../wordtimes.js";

/** Pictures a second as they are named, and as they are. */
export const RATES = [
  ["23.976", 24_000 / 1001],
  ["24", 24],
  ["25", 25],
  ["29.97", 30_000 / 1001],
  ["30", 30],
  ["47.952", 48_000 / 1001],
  ["48", 48],
  ["50", 50],
  ["59.94", 60_000 / 1001],
  ["60", 60],
];

const isIn = (keys) => (cue) => keys === null || keys.has(cue.key);
const whole = (ms) => Math.max(0, Math.round(ms));

/** Each cue of `keys` with its times, and those of its words, put through `place`. */
function mapped(cues, keys, place) {
  const chosen = isIn(keys);
  if (!cues.some(chosen)) return cues;
  return cues.map((cue) => (chosen(cue) ? { ...cue, startMs: whole(place(cue.startMs)), endMs: whole(place(cue.endMs)), text: withEachTime(cue.text, place) } : cue));
}

/** When the first of them begins, in ms; Infinity where there is none. */
export const firstOf = (cues, keys) => cues.filter(isIn(keys)).reduce((least, { startMs }) => Math.min(least, startMs), Infinity);

/** Earlier or later by `byMs`; as far as the first of all that move, which begins at `firstMs`, can go. */
export function shifted(cues, keys, byMs, firstMs = firstOf(cues, keys)) {
  const by = Math.max(Math.round(byMs), -firstMs);
  return Number.isFinite(by) && by ? mapped(cues, keys, (ms) => ms + by) : cues;
}

/** The keys of the cue of `key` and of all that begin with it or later. */
export function fromHere(cues, key) {
  const cue = cues[indexOf(cues, key)];
  return new Set(cue ? cues.filter(({ startMs }) => startMs >= cue.startMs).map((one) => one.key) : []);
}

/** All times `factor` times as far from `firstMs`, the start of the first. */
export const stretched = (cues, keys, factor, firstMs = firstOf(cues, keys)) =>
  factor > 0 && factor !== 1 && Number.isFinite(firstMs) ? mapped(cues, keys, (ms) => firstMs + (ms - firstMs) * factor) : cues;

/** Moved and stretched so that what is at `from[0]` and `from[1]` comes to be at `to[0]` and `to[1]`. */
export function fitted(cues, keys, from, to) {
  const factor = (to[1] - to[0]) / (from[1] - from[0]);
  return Number.isFinite(factor) && factor > 0 ? mapped(cues, keys, (ms) => to[0] + (ms - from[0]) * factor) : cues;
}

/** For a video whose pictures were shown at `from` a second and are at `to`. */
export const atOtherRate = (cues, keys, from, to) => (from === to ? cues : mapped(cues, keys, (ms) => (ms * from) / to));

/** The time of the frame that is nearest to `ms`. */
export const nearestFrame = (ms, fps) => whole((Math.round((ms * fps) / 1000) * 1000) / fps);

/** The start or end of another cue that is nearest to `ms`, at most `withinMs` away; else `ms`. */
export function nearestEdge(cues, keys, ms, withinMs) {
  let nearest = ms;
  let least = withinMs + 1;
  for (const cue of cues) {
    for (const edge of keys.has(cue.key) ? [] : [cue.startMs, cue.endMs]) {
      if (Math.abs(edge - ms) < least) [nearest, least] = [edge, Math.abs(edge - ms)];
    }
  }
  return nearest;
}

/** Starts and ends on frames; a cue keeps at least one. */
export const onFrames = (cues, keys, fps) => {
  const chosen = isIn(keys);
  return cues.map((cue) => {
    if (!chosen(cue)) return cue;
    const startMs = nearestFrame(cue.startMs, fps);
    const endMs = Math.max(nearestFrame(cue.endMs, fps), nearestFrame(startMs + 1000 / fps, fps));
    return startMs === cue.startMs && endMs === cue.endMs ? cue : { ...cue, startMs, endMs };
  });
};

/**
 * With the times of `changes`, `[[key, startMs, endMs]]`. Words move with a cue whose start and end move alike.
 *
 * `ripple`: what begins at or after the end of a changed cue moves with that end.
 */
export function withTimes(cues, changes, { ripple = false } = {}) {
  const wanted = new Map(changes.map(([key, startMs, endMs]) => [key, [whole(startMs), whole(endMs)]]));
  const changed = cues.map((cue) => {
    const [startMs, endMs] = wanted.get(cue.key) ?? [cue.startMs, cue.endMs];
    if (startMs === cue.startMs && endMs === cue.endMs) return cue;
    const by = startMs - cue.startMs;
    return { ...cue, startMs, endMs, text: by && by === endMs - cue.endMs ? movedBy(cue.text, by) : cue.text };
  });
  if (changed.every((cue, index) => cue === cues[index])) return cues;
  return ripple ? rippled(cues, changed, new Set(wanted.keys())) : changed;
}

function rippled(before, after, keys) {
  const ends = before.flatMap((cue, index) => (keys.has(cue.key) ? [[cue.endMs, after[index].endMs - cue.endMs]] : []));
  const [endMs, by] = ends.reduce((last, one) => (one[0] >= last[0] ? one : last));
  const behind = new Set(before.filter((cue) => !keys.has(cue.key) && cue.startMs >= endMs).map((cue) => cue.key));
  return behind.size ? shifted(after, behind, by) : after;
}

/** One cue of each run of neighbours in `keys`. */
export function joined(cues, keys) {
  const left = [];
  let goesOn = false;
  for (const cue of cues) {
    const isChosen = keys.has(cue.key);
    if (isChosen && goesOn) left.push(...merge([left.pop(), cue], 0));
    else left.push(cue);
    goesOn = isChosen;
  }
  return left.length === cues.length ? cues : left;
}

/** Without the cues of `keys`; comments that stood above them stay, above the next. */
export function without(cues, keys) {
  const left = [];
  let above = [];
  for (const cue of cues) {
    if (keys.has(cue.key)) above = [...above, ...cue.before];
    else {
      left.push(above.length ? { ...cue, before: [...above, ...cue.before] } : cue);
      above = [];
    }
  }
  return left.length === cues.length ? cues : left;
}

/**
 * Where the text of a cue, without the times of its words, is to be parted at `atMs`: between two words, by their times
 * or, where it has none, by the share of the text.
 */
export function caretAt(cue, atMs) {
  const timed = timesIn(cue.text);
  const shown = withoutTimes(cue.text);
  const nearest = (places, wanted) => places.reduce((best, one) => (Math.abs(one[0] - wanted) < Math.abs(best[0] - wanted) ? one : best))[1];
  if (timed.length) return nearest(timed.map(({ at, ms }) => [ms, at]), atMs);
  const share = (atMs - cue.startMs) / Math.max(1, cue.endMs - cue.startMs);
  const wanted = Math.min(1, Math.max(0, share)) * shown.length;
  const words = [...new Intl.Segmenter(undefined, { granularity: "word" }).segment(shown)].filter(({ index, isWordLike }) => index > 0 && isWordLike);
  return words.length ? nearest(words.map(({ index }) => [index, index]), wanted) : Math.round(wanted);
}
