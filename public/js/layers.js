/**
 * The text of a burn as the burner draws it, fetched when it is needed and ahead of time.
 *
 * A strip is what one answer of the server brings: `times` (n + 1 of them, in ms), `box` and `size` (in the
 * same pixels), and `bitmap`, n pictures of the box below each other, each from its time until before the
 * next.
 */
import { useEffect, useRef, useState } from "../vendor/htm-preact.js";

const SETTLE_MS = 250; // A form, or a place in the video, has come to rest.
const AHEAD_MS = 3000; // So much is there before it is played.
const ASKED_MS = 8000;
const BUSY_MS = 1500;
const AGAIN_MS = 15_000;
const STRIPS_MAX = 12;

/** The strip that has the picture of a time, and which of its pictures that is; null where none has. */
export function pictureAt(strips, atMs) {
  for (const strip of strips) {
    const { times } = strip;
    if (times[0] <= atMs && atMs < times.at(-1)) return { strip, index: times.findLastIndex((time) => time <= atMs) };
  }
  return null;
}

/** The first time from `fromMs` to `untilMs` of which no strip has the picture; null if there is none. */
export function uncovered(strips, fromMs, untilMs) {
  let atMs = fromMs;
  for (let found = pictureAt(strips, atMs); found; found = pictureAt(strips, atMs)) {
    atMs = found.strip.times.at(-1);
    if (atMs > untilMs) return null;
  }
  return atMs;
}

/** What an answer says of its pictures: `{times, box, size}`. */
export function placesOf(headers) {
  const numbers = (name) => (headers.get(name) ?? "").split(",").map(Number);
  const [x, y, width, height] = numbers("x-layer-box");
  return { times: numbers("x-layer-times-ms"), box: { x, y, width, height }, size: numbers("x-layer-size") };
}

async function stripOf(answer) {
  return { ...placesOf(answer.headers), bitmap: await createImageBitmap(await answer.blob()) };
}

const NOTHING = { key: "", strips: [], retryAtMs: 0 };

/**
 * What the burner draws at `atMs`: `{found, state}`, where `found` is as `pictureAt` says; the state is `exact`,
 * `drawing`, `refused`, `unanswered`, or `approximate` where nothing is asked.
 *
 * `ask(span, signal)` requests `{atS, untilS}`; `key` names what it asks for, empty for nothing.
 */
export function useLayer(ask, key, atMs, playing) {
  const [state, setState] = useState(NOTHING);
  const flight = useRef(null);
  const { strips, retryAtMs } = state.key === key ? state : NOTHING;
  const wantedMs = key && Date.now() >= retryAtMs ? uncovered(strips, atMs, atMs + (playing ? AHEAD_MS : 0)) : null;

  const land = () => {
    clearTimeout(flight.current?.timer);
    flight.current?.controller.abort();
    flight.current = null;
  };
  useEffect(() => land, []);
  useEffect(() => {
    const under = flight.current;
    const serves = under?.key === key && under.fromMs <= wantedMs && wantedMs <= under.untilMs;
    if (under && !serves) land();
    if (wantedMs === null || (under && serves)) return;
    const controller = new AbortController();
    const untilMs = playing ? wantedMs + ASKED_MS : wantedMs;
    const span = { atS: wantedMs / 1000, untilS: untilMs / 1000 };
    const kept = (more) => (before) => ({ ...(before.key === key ? before : { ...NOTHING, key }), ...more(before.key === key ? before.strips : []) });
    const fetchStrip = async () => {
      try {
        const strip = await stripOf(await ask(span, controller.signal));
        if (controller.signal.aborted) return;
        flight.current = null;
        setState(kept((old) => ({ strips: [...old, strip].slice(-STRIPS_MAX), retryAtMs: 0 })));
      } catch (error) {
        if (controller.signal.aborted) return;
        flight.current = null;
        // What is refused once is refused again, until something changes.
        const waitMs = error.status === 429 ? BUSY_MS : [400, 409].includes(error.status) ? Infinity : AGAIN_MS;
        setState(kept(() => ({ retryAtMs: Date.now() + waitMs })));
        const again = (before) => (before.key === key ? { ...before, retryAtMs: 0 } : before);
        if (waitMs < Infinity) setTimeout(() => setState(again), waitMs);
      }
    };
    // While it plays, or moves on from what is there, nothing has to settle.
    const timer = setTimeout(fetchStrip, strips.length && playing ? 0 : SETTLE_MS);
    flight.current = { key, fromMs: wantedMs, untilMs, controller, timer };
  }, [key, wantedMs, playing]);
  const found = pictureAt(strips, atMs);
  if (found) return { found, state: "exact" };
  return { found, state: retryAtMs === Infinity ? "refused" : retryAtMs ? "unanswered" : key ? "drawing" : "approximate" };
}
