/** To what the edges of cues snap: frames, other cues, the playhead, speech. Pure. */

export const SNAPS = ["frame", "cue", "playhead", "speech"];

/** Frames per second as a ratio, those of television as what they are; null where they are not known. */
export function rateOf(fps) {
  if (!fps) return null;
  const whole = Math.round(fps);
  const isOfTelevision = Math.abs((fps * 1001) / 1000 - whole) < 0.01 && Math.abs(fps - whole) > 0.01;
  return isOfTelevision ? { numerator: whole * 1000, denominator: 1001 } : { numerator: Math.round(fps * 1000), denominator: 1000 };
}

/** How long a frame stands, in ms; `rate` is `{numerator, denominator}` in frames per second, or null. */
export const frameMs = (rate) => (rate ? (1000 * rate.denominator) / rate.numerator : 40);

/** The time at which the frame nearest to `ms` begins, in whole ms. */
export function frameAt(ms, rate) {
  const step = frameMs(rate);
  return Math.round(Math.round(ms / step) * step);
}

/** `{ms, kind}` of everything in a span that edges snap to, frames aside; `moved`: the keys of the cues that move. */
export function targetsOf({ cues, moved, playheadMs, speech, kinds, fromMs, toMs }) {
  const found = [];
  const add = (ms, kind) => ms >= fromMs && ms <= toMs && found.push({ ms, kind });
  if (kinds.has("cue")) {
    for (const { key, startMs, endMs } of cues) {
      if (moved.has(key)) continue;
      add(startMs, "cue");
      add(endMs, "cue");
    }
  }
  if (kinds.has("playhead") && playheadMs !== null) add(Math.round(playheadMs), "playhead");
  if (kinds.has("speech")) {
    for (const { startMs, endMs } of speech) {
      add(startMs, "speech");
      add(endMs, "speech");
    }
  }
  return found;
}

/** The target nearest to `ms`, null where none is within `reachMs`; of two that are as near, the one that comes first. */
export function nearest(ms, targets, reachMs) {
  let best = null;
  for (const target of targets) {
    const far = Math.abs(target.ms - ms);
    if (far <= reachMs && (!best || far < Math.abs(best.ms - ms))) best = target;
  }
  return best;
}

/** Where an edge at `ms` comes to stand: `{ms, kind}`; without a target near it on a frame, if those are wanted. */
export function snapped(ms, { targets, reachMs, kinds, rate }) {
  const target = nearest(ms, targets, reachMs);
  if (target) return target;
  return kinds.has("frame") && rate ? { ms: frameAt(ms, rate), kind: "frame" } : { ms: Math.round(ms), kind: null };
}
