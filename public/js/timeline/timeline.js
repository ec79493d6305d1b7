/** The timeline of the subtitle editor: sound, cues and playhead, to be looked at, dragged and typed on. */
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../../vendor/htm-preact.js";
import { timecode } from "../format.js";
import { read, t, useWords, write } from "../i18n.js";
import { useStyles } from "../loading.js";
import { announce } from "../ui.js";
import { within } from "./blocks.js";
import { lineOf } from "./draw.js";
import { listen } from "./gestures.js";
import { onKey } from "./keys.js";
import { usePeaks } from "./loading.js";
import { watchScheme } from "./palette.js";
import { SNAPS, rateOf } from "./snap.js";
import { Surface } from "./surface.js";
import { Controls } from "./controls.js";

await useWords("timeline");
await useStyles("timeline");

const KEPT = "media-jobs-timeline";
const BEHIND_MS = 5000;
const MEDIA_EVENTS = ["play", "pause", "seeking", "seeked", "timeupdate", "loadedmetadata", "durationchange", "emptied"];

/** What somebody has chosen before: `{snaps}`. */
function chosenBefore() {
  try {
    const { snaps } = JSON.parse(read(KEPT));
    return { snaps: new Set(snaps.filter((kind) => SNAPS.includes(kind))) };
  } catch {
    return { snaps: new Set(SNAPS) };
  }
}

function useChoices() {
  const [choices, setChoices] = useState(() => ({ ...chosenBefore(), snapping: true }));
  const choose = (values) => setChoices((before) => {
    const next = { ...before, ...values };
    write(KEPT, JSON.stringify({ snaps: [...next.snaps] }));
    return next;
  });
  return [choices, choose];
}

/** The video of `videoRef`, and how long it is (0: not known), again whenever that changes; it may come and go. */
function useVideo(videoRef, surface) {
  const [known, setKnown] = useState({ video: null, durationMs: 0 });
  useEffect(() => {
    const look = () => {
      const video = videoRef?.current ?? null;
      const durationMs = Number.isFinite(video?.duration) ? video.duration * 1000 : 0;
      setKnown((before) => (before.video === video && before.durationMs === durationMs ? before : { video, durationMs }));
      surface.ask();
    };
    // Of the document, as the element comes with another component; such events do not bubble.
    const listener = (event) => event.target === videoRef?.current && look();
    MEDIA_EVENTS.forEach((type) => document.addEventListener(type, listener, true));
    const timer = setTimeout(look, 0);
    return () => {
      MEDIA_EVENTS.forEach((type) => document.removeEventListener(type, listener, true));
      clearTimeout(timer);
    };
  }, [videoRef, surface]);
  return known;
}

/** Draws on the canvas in `place`, as large as that is, for as long as it is there. */
function useCanvas(surface, place, tell) {
  useEffect(() => {
    const canvas = place.current.querySelector("canvas");
    surface.canvas = canvas;
    surface.recolour();
    const size = new ResizeObserver(([entry]) => surface.resize(entry.contentRect.width, entry.contentRect.height));
    size.observe(place.current);
    const ends = [listen(canvas, surface), watchScheme(() => surface.recolour())];
    const said = () => tell.current();
    const events = ["pause", "seeked"];
    events.forEach((type) => document.addEventListener(type, said, true));
    // Where there is no video, nobody else says that the playhead was put elsewhere.
    canvas.addEventListener("pointerup", said);
    return () => {
      events.forEach((type) => document.removeEventListener(type, said, true));
      canvas.removeEventListener("pointerup", said);
      ends.forEach((end) => end());
      size.disconnect();
      surface.end();
    };
  }, [surface]);
}

/** Where the playhead is, in words. */
function placeInWords(surface) {
  const ms = surface.playheadMs;
  const [at] = within(surface.found, ms, ms).filter(({ cue }) => cue.endMs > ms || cue.startMs === ms);
  if (!at) return t("timeline.between", { time: timecode(ms) });
  const n = surface.given.cues.indexOf(at.cue) + 1;
  return t("timeline.in", { time: timecode(ms), n, text: lineOf(at.cue) });
}

/**
 * `cues`, `current` and `selected` are the editor's, by keys; `durationMs` and `fps` of the video where it knows them.
 *
 * `onSelect(keys, current)`; `onTimes([[key, startMs, endMs]], {label, merge})` once at the end of a drag, and for each
 * key that nudges; `onSeek(ms)`; `onNew(startMs, endMs)` when a cue was drawn; `onOpen(key)` to edit a cue's text;
 * `onLoop()` to play the current cue again and again; `onFollows(follows)`: whether what is in view follows the video.
 */
export function Timeline({ cues, selected, current, durationMs = 0, mediaId, inputId, videoRef, fps = null, follows, onFollows, onSelect, onTimes, onSeek, onNew, onOpen, onLoop }) {
  const surface = useMemo(() => new Surface(), []);
  const place = useRef(null);
  const [{ snaps, snapping }, choose] = useChoices();
  const peaks = usePeaks(mediaId, inputId);
  const known = useVideo(videoRef, surface);
  const lastMs = useMemo(() => cues.reduce((last, cue) => Math.max(last, cue.endMs), 0), [cues]);
  const wholeMs = Math.max(durationMs, known.durationMs, peaks.peaks?.durationMs ?? 0) || lastMs + BEHIND_MS;
  // What has the focus in the list is chosen alone, unless it is among those that were chosen here.
  const keys = useMemo(() => new Set(selected.includes(current) || current === null ? selected : [current]), [selected, current]);
  const snap = () => choose({ snapping: !snapping });
  const tell = useRef(null);
  tell.current = (changed) => {
    const slider = place.current;
    if (!slider || surface.isPlaying) return;
    slider.setAttribute("aria-valuenow", String(Math.round(surface.playheadMs)));
    slider.setAttribute("aria-valuetext", placeInWords(surface));
    if (changed) announce(t("timeline.nudged", { start: timecode(changed.startMs), end: timecode(changed.endMs) }));
  };
  const given = { cues, current, selected: keys, peaks: peaks.peaks, rate: peaks.peaks?.rate ?? rateOf(fps), durationMs: Math.max(wholeMs, lastMs), video: known.video, snaps: snapping ? snaps : new Set(), follows, onSelect, onTimes, onSeek, onNew, onOpen, onLoop, onSnap: snap };
  useCanvas(surface, place, tell);
  // Before the next key or pointer: each goes on from what the last one did.
  useLayoutEffect(() => {
    surface.take(given);
    tell.current();
  });
  useEffect(() => {
    const cue = surface.cueOf(current);
    if (cue && !surface.isPlaying) surface.reveal(cue.startMs, cue.endMs);
  }, [current]);
  const onKeyDown = (event) => event.target === place.current && onKey(event, surface, (changed) => tell.current(changed));
  return html`<section class="cue-timeline" aria-label=${t("timeline.title")} data-waveform=${peaks.state}>
    <div class="timeline-surface" ref=${place} tabindex="0" role="slider" aria-label=${t("timeline.playhead")} aria-valuemin="0" aria-valuemax=${Math.round(given.durationMs)} aria-valuenow="0"
      onKeyDown=${onKeyDown} data-testid="timeline"><canvas aria-hidden="true"></canvas></div>
    <${Controls} ...${{ surface, snaps, snapping, follows, onFollows, peaks, choose, snap }} /></section>`;
}
