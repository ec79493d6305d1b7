/** The peaks of a video, which the burner makes when they are first asked for. */
import { useEffect, useState } from "../../vendor/htm-preact.js";
import { media as api } from "../api.js";
import { readPeaks } from "./peaks.js";

const AGAIN_MS = 1000;
const NOTHING = { state: "none", progress: null, peaks: null };

const pause = (signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, AGAIN_MS);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });

/** Ask until they are there; null once `signal` is aborted. */
async function peaksOf(mediaId, inputId, signal, onProgress) {
  while (!signal.aborted) {
    try {
      const answer = await api.peaks(mediaId, inputId, signal);
      if (answer.status === 200) return readPeaks(await answer.arrayBuffer());
      onProgress((await answer.json()).progress);
    } catch (error) {
      if (!signal.aborted && error.status !== 429) throw error;
    }
    await pause(signal);
  }
  return null;
}

/**
 * `{state, progress, peaks, retry}` of a version of a video, `inputId` undefined where there is none.
 *
 * `state` is `none`, `making` with the progress (0 to 1), `ready`, `silent` (it has no sound), `unreadable`, or `failed`.
 */
export function usePeaks(mediaId, inputId) {
  const [found, setFound] = useState(NOTHING);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    setFound(NOTHING);
    if (!inputId) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    setFound({ ...NOTHING, state: "making" });
    peaksOf(mediaId, inputId, signal, (progress) => setFound({ ...NOTHING, state: "making", progress })).then(
      (peaks) => peaks && setFound({ state: peaks.levels[0].length ? "ready" : "silent", progress: null, peaks }),
      (error) => !signal.aborted && setFound({ ...NOTHING, state: error.status === 409 ? "unreadable" : "failed" }),
    );
    return () => controller.abort();
  }, [mediaId, inputId, tries]);
  return { ...found, retry: () => setTries((count) => count + 1) };
}
