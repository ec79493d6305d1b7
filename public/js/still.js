/** A frame of the video as it will be burned, from the burner. */
import { useEffect, useRef, useState } from "../vendor/htm-preact.js";

const AGAIN_MS = 1000;
const NOTHING = { url: "", progress: null, busy: false, error: null };

const pause = (signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, AGAIN_MS);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });

/** Ask until the frame is there; null once `signal` is aborted. */
async function frameOf(ask, signal, onProgress) {
  while (!signal.aborted) {
    try {
      const answer = await ask(signal);
      if (answer.status === 200) return await answer.blob();
      onProgress((await answer.json()).progress);
    } catch (error) {
      if (!signal.aborted && error.status !== 429) throw error;
    }
    await pause(signal);
  }
  return null;
}

/** `[still, show, hide]`: `show(ask)` requests it by `ask(signal)`; `key` names what it would show. */
export function useStill(key) {
  const [still, setStill] = useState(NOTHING);
  const running = useRef(null);
  const hide = () => {
    running.current?.abort();
    running.current = null;
    setStill((before) => {
      if (before.url) URL.revokeObjectURL(before.url);
      return NOTHING;
    });
  };
  useEffect(() => hide, [key]);
  const show = async (ask) => {
    hide();
    const controller = new AbortController();
    running.current = controller;
    setStill({ ...NOTHING, busy: true });
    try {
      const frame = await frameOf(ask, controller.signal, (progress) => setStill((before) => ({ ...before, progress })));
      if (frame) setStill({ ...NOTHING, url: URL.createObjectURL(frame) });
    } catch (error) {
      if (!controller.signal.aborted) setStill({ ...NOTHING, error });
    }
  };
  return [still, show, hide];
}
