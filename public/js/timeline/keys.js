/** The keys of the timeline while it has the focus. */
import { nudged } from "./drag.js";
import { frameAt, frameMs } from "./snap.js";

const SECOND_MS = 1000;
const PAGE_SHARE = 0.8;
const ZOOM = 1.5;

/** Do what a key stands for; returns whether it stands for anything. `tell` says where the playhead is. */
export function onKey(event, surface, tell) {
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const sideways = name === "ArrowLeft" ? -1 : name === "ArrowRight" ? 1 : 0;
  const done = sideways ? onArrow(event, sideways, surface, tell) : onOther(event, name, surface, tell);
  if (!done) return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

/** Alone: a frame, with Shift a second. Alt: the start of the cue, with Shift its end. Ctrl: the whole cue. */
function onArrow(event, by, surface, tell) {
  if (event.altKey) return nudge(surface, event.shiftKey ? "end" : "start", by, tell);
  if (event.ctrlKey || event.metaKey) return nudge(surface, "body", by, tell);
  const { rate } = surface.given;
  const ms = surface.playheadMs;
  go(surface, event.shiftKey ? ms + by * SECOND_MS : frameAt(ms + by * frameMs(rate), rate), tell);
  return true;
}

function nudge(surface, part, frames, tell) {
  const { cues, current, selected, onTimes, rate } = surface.given;
  const cue = surface.cueOf(current);
  if (!cue) return false;
  const all = part === "body" && selected.has(current) ? cues.filter(({ key }) => selected.has(key)) : [cue];
  const times = nudged(all, cue, part, frames, rate);
  onTimes(times, { label: part === "body" ? "timeline.did_move" : "timeline.did_edge", merge: `timeline-${part}-${current}` });
  const [, startMs, endMs] = times.find(([key]) => key === current);
  surface.reveal(startMs, endMs);
  tell({ startMs, endMs });
  return true;
}

function go(surface, ms, tell) {
  const to = surface.seek(ms);
  surface.reveal(to, to);
  tell();
}

function onOther(event, name, surface, tell) {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const { width } = surface.size;
  const page = width * PAGE_SHARE * surface.view.msPerPx;
  const commands = {
    Home: () => go(surface, 0, tell),
    End: () => go(surface, surface.given.durationMs, tell),
    PageUp: () => go(surface, surface.playheadMs - page, tell),
    PageDown: () => go(surface, surface.playheadMs + page, tell),
    ArrowUp: () => step(surface, -1, tell),
    ArrowDown: () => step(surface, 1, tell),
    "+": () => surface.zoom(ZOOM),
    "=": () => surface.zoom(ZOOM),
    "-": () => surface.zoom(1 / ZOOM),
    0: () => surface.zoom(0),
    l: () => surface.given.onLoop?.(),
    s: () => surface.given.onSnap(),
    " ": () => toggle(surface.given.video),
    Enter: () => surface.given.current !== null && surface.given.onOpen?.(surface.given.current),
    Escape: () => surface.cancelDrag?.(),
  };
  if (!Object.hasOwn(commands, name)) return false;
  commands[name]();
  return true;
}

/** Choose the cue before or behind the current one, in the order of time, and go to its start. */
function step(surface, by, tell) {
  const { blocks } = surface.found;
  if (!blocks.length) return;
  const at = blocks.findIndex(({ cue }) => cue.key === surface.given.current);
  const behind = blocks.findLastIndex(({ cue }) => cue.startMs <= surface.playheadMs);
  const next = at < 0 ? Math.max(0, behind) : Math.min(blocks.length - 1, Math.max(0, at + by));
  const { key, startMs, endMs } = blocks[next].cue;
  surface.given.onSelect([key], key);
  surface.seek(startMs);
  surface.reveal(startMs, endMs);
  tell();
}

const toggle = (video) => video && (video.paused ? video.play().catch(() => {}) : video.pause());
