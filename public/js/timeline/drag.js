/** What a drag, or a key, makes of the times of cues. Pure. */
import { frameMs, nearest, snapped } from "./snap.js";

export const SHORTEST_MS = 100;
const FREE = { targets: [], reachMs: 0, kinds: new Set(), rate: null };

/**
 * The times of `cues` after the `part` (`start`, `end` or `body`) of `grabbed`, one of them, was dragged by `byMs`:
 * `{times, at}`, `times` as `[key, startMs, endMs]`, `at` the edge that has snapped, `{ms, kind}`, or null.
 *
 * By an edge `grabbed` alone changes, and stays `SHORTEST_MS` long; by its body all move alike, none before 0. `snaps`
 * as `snapped` takes them; null: nothing snaps.
 */
export function dragged(cues, grabbed, part, byMs, snaps) {
  return part === "body" ? moved(cues, grabbed, byMs, snaps ?? FREE) : resized(grabbed, part, byMs, snaps ?? FREE);
}

function resized({ key, startMs, endMs }, part, byMs, snaps) {
  const wanted = snapped((part === "start" ? startMs : endMs) + byMs, snaps);
  const ms = part === "start" ? Math.max(0, Math.min(wanted.ms, endMs - SHORTEST_MS)) : Math.max(wanted.ms, startMs + SHORTEST_MS);
  const at = wanted.kind && ms === wanted.ms ? wanted : null;
  return { times: [part === "start" ? [key, ms, endMs] : [key, startMs, ms]], at };
}

function moved(cues, grabbed, byMs, snaps) {
  const least = -Math.min(...cues.map(({ startMs }) => startMs));
  const [start, end] = [grabbed.startMs + byMs, grabbed.endMs + byMs];
  const [onStart, onEnd] = [start, end].map((ms) => nearest(ms, snaps.targets, snaps.reachMs));
  const byEnd = onEnd && (!onStart || Math.abs(onEnd.ms - end) < Math.abs(onStart.ms - start));
  const wanted = byEnd ? onEnd : snapped(start, snaps);
  const by = Math.max(least, wanted.ms - (byEnd ? grabbed.endMs : grabbed.startMs));
  const at = wanted.kind && (byEnd ? grabbed.endMs : grabbed.startMs) + by === wanted.ms ? wanted : null;
  return { times: cues.map(({ key, startMs, endMs }) => [key, startMs + by, endMs + by]), at };
}

/** The times of `cues` after the `part` of `current` was moved by so many frames. */
export function nudged(cues, current, part, frames, rate) {
  const edge = part === "end" ? current.endMs : current.startMs;
  const step = frameMs(rate);
  // From frame to frame, wherever the edge is: a step from between two of them leads to the next.
  const at = Math.round((frames > 0 ? Math.floor(edge / step + 0.02) : Math.ceil(edge / step - 0.02)) + frames) * step;
  return dragged(cues, current, part, Math.round(at) - edge, null).times;
}

/** The span of a new cue that was drawn from one time to another; null where it is too short to be meant. */
export function drawn(fromMs, toMs, snaps) {
  const [startMs, endMs] = [Math.min(fromMs, toMs), Math.max(fromMs, toMs)].map((ms) => Math.max(0, snapped(ms, snaps ?? FREE).ms));
  return endMs - startMs >= SHORTEST_MS ? { startMs, endMs } : null;
}
