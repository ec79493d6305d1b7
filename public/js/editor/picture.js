/** What the browser tells of a video: how long it is, where it is, and how many pictures a second it has. */
import { useEffect, useState } from "../../vendor/htm-preact.js";
import { RATES } from "./operations.js";

const LOOKED_AT_S = 0.8;

/** The standard rate of frames at these times, in s; null where they are of none. */
export function rateOf(times) {
  const sorted = [...new Set(times)].sort((one, other) => one - other);
  const span = sorted.at(-1) - sorted[0];
  const least = sorted.slice(1).reduce((shortest, time, index) => Math.min(shortest, time - sorted[index]), Infinity);
  if (!(span >= LOOKED_AT_S)) return null;
  const rate = Math.round(span / least) / span;
  const [, nearest] = RATES.reduce((best, one) => (Math.abs(one[1] - rate) < Math.abs(best[1] - rate) ? one : best));
  return Math.abs(nearest - rate) < nearest * 0.0004 ? nearest : null;
}

/** `{durationMs, fps}` of the video of `ref`; 0 and null until they are known. The rate is seen while it plays. */
export function usePicture(ref, isThere) {
  const [picture, setPicture] = useState({ durationMs: 0, fps: null });
  useEffect(() => {
    const video = ref.current;
    if (!video) return undefined;
    const measure = () => setPicture((before) => ({ ...before, durationMs: Number.isFinite(video.duration) ? Math.round(video.duration * 1000) : 0 }));
    let handle = 0;
    const times = [];
    const look = (_, { mediaTime }) => {
      if (times.length && (mediaTime <= times.at(-1) || mediaTime > times.at(-1) + 0.5)) times.length = 0;
      times.push(mediaTime);
      const fps = rateOf(times);
      if (fps) setPicture((before) => ({ ...before, fps }));
      else if (mediaTime - times[0] < 2 * LOOKED_AT_S) handle = video.requestVideoFrameCallback(look);
    };
    handle = video.requestVideoFrameCallback?.(look);
    video.addEventListener("durationchange", measure);
    measure();
    return () => {
      video.removeEventListener("durationchange", measure);
      video.cancelVideoFrameCallback?.(handle);
    };
  }, [isThere]);
  return picture;
}
