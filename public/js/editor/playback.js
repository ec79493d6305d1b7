/** A part of the video that is played once or again and again. */

const AROUND_MS = 500;
const BEFORE_MS = 100; // A video begins at the frame that is nearest.

/** Of what is played around a cue: `[startMs, endMs]`. */
export const PARTS = {
  playCue: ({ startMs, endMs }) => [startMs, endMs],
  playBefore: ({ startMs }) => [Math.max(0, startMs - AROUND_MS), startMs],
  playAfter: ({ endMs }) => [endMs, endMs + AROUND_MS],
  playFirst: ({ startMs, endMs }) => [startMs, Math.min(endMs, startMs + AROUND_MS)],
  playLast: ({ startMs, endMs }) => [Math.max(startMs, endMs - AROUND_MS), endMs],
};

/**
 * Plays parts of the video of `ref`: `{play, stop}`. `spanOf()` answers `[startMs, endMs]`, which may change meanwhile,
 * null: no more. `onEnd()` once nothing is played by it any more.
 */
export function playback(ref, onEnd) {
  let part = null;
  const stop = () => {
    if (!part) return;
    part = null;
    onEnd();
  };
  const watch = () => {
    const video = ref.current;
    const span = part?.spanOf();
    if (!video || !span || video.paused) return stop();
    const ms = video.currentTime * 1000;
    const isBehind = ms >= span[1];
    if (isBehind && !part.again) {
      stop();
      return video.pause();
    }
    if (isBehind || (part.again && ms < span[0] - BEFORE_MS)) video.currentTime = span[0] / 1000;
    return requestAnimationFrame(watch);
  };
  const play = async (spanOf, again = false) => {
    const video = ref.current;
    const span = spanOf();
    if (!video || !span) return stop();
    const isWatched = part !== null;
    part = { spanOf, again };
    video.currentTime = span[0] / 1000;
    try {
      await video.play();
    } catch {
      return stop(); // A pause came first.
    }
    return !isWatched && requestAnimationFrame(watch);
  };
  return { play, stop };
}
