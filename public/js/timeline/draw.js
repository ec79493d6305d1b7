/** Draws the timeline: what is in view, and nothing else. */
import { timecode } from "../format.js";
import { plainLines } from "../vtt.js";
import { placeOf, within } from "./blocks.js";
import { columns } from "./peaks.js";
import { msOf, ticks, xOf } from "./scale.js";
import { frameMs } from "./snap.js";

export const RULER_PX = 22;
export const OVERVIEW_PX = 14;
const TEXT_PX = 12;
const PAD_PX = 6;
const FRAME_PX_MIN = 7;
const TEXT_WIDTH_MIN = 22;

/** Where the blocks are in a timeline of this height. */
export const areaOf = (height) => ({ top: RULER_PX, height: Math.max(1, height - RULER_PX - OVERVIEW_PX) });

const said = new WeakMap();

/** A cue's text in one line. */
export function lineOf(cue) {
  if (!said.has(cue)) said.set(cue, plainLines(cue.text).join(" "));
  return said.get(cue);
}

/**
 * Draw a scene: `{view, width, height, scale, palette, found, cues, current, selected, moving, ghost, snapAt, playheadMs,
 * peaks, rate, durationMs}`; `moving` are times by key that are not yet those of the cues, `ghost` a cue that is being drawn,
 * `snapAt` the time of an edge that has snapped; `scale`: pixels of the screen to one of CSS.
 */
export function draw(context, scene) {
  const { width, height, scale, palette } = scene;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.fillStyle = palette.ground;
  context.fillRect(0, 0, width, height);
  context.textBaseline = "middle";
  const area = areaOf(height);
  drawSound(context, scene, area);
  drawRuler(context, scene);
  drawBlocks(context, scene, area);
  drawMarks(context, scene, area);
  drawOverview(context, scene);
}

function drawSound(context, { view, width, palette, peaks }, { top, height }) {
  if (!peaks) return;
  context.fillStyle = palette.speech;
  const [fromMs, toMs] = [view.startMs, msOf(view, width)];
  for (const span of peaks.speech) {
    if (span.startMs > toMs) break;
    if (span.endMs >= fromMs) context.fillRect(xOf(view, span.startMs), top + height - 3, Math.max(1, (span.endMs - span.startMs) / view.msPerPx), 3);
  }
  const [middle, half] = [top + height / 2, height / 2 - 2];
  context.fillStyle = palette.wave;
  columns(peaks, fromMs, view.msPerPx, Math.ceil(width)).forEach((peak, x) => {
    const high = Math.max(0.5, (peak / 255) * half);
    context.fillRect(x, middle - high, 1, 2 * high);
  });
}

function drawRuler(context, { view, width, palette, rate }) {
  context.fillStyle = palette.ruler;
  context.fillRect(0, 0, width, RULER_PX);
  context.font = `${TEXT_PX - 1}px ${palette.font}`;
  const { stepMs, firstMs, count } = ticks(view, width);
  context.fillStyle = palette.muted;
  for (let i = 0; i < count; i += 1) {
    const ms = firstMs + i * stepMs;
    const x = Math.round(xOf(view, ms));
    context.fillRect(x, RULER_PX - 7, 1, 7);
    context.fillText(timecode(ms, { millis: stepMs < 1000 }), x + 4, RULER_PX / 2);
  }
  const step = frameMs(rate);
  if (!rate || step / view.msPerPx < FRAME_PX_MIN) return;
  for (let n = Math.ceil(view.startMs / step); n * step <= msOf(view, width); n += 1) context.fillRect(xOf(view, n * step), RULER_PX - 3, 1, 3);
}

function drawBlocks(context, scene, area) {
  const { view, width, found, moving, ghost } = scene;
  context.font = `${TEXT_PX}px ${scene.palette.font}`;
  const [fromMs, toMs] = [view.startMs, msOf(view, width)];
  for (const block of within(found, fromMs, toMs)) if (!moving?.has(block.cue.key)) drawBlock(context, scene, block, area);
  if (moving) {
    for (const block of found.blocks) {
      const times = moving.get(block.cue.key);
      if (times) drawBlock(context, scene, { ...block, cue: { ...block.cue, ...times }, said: lineOf(block.cue) }, area);
    }
  }
  if (ghost) {
    context.fillStyle = scene.palette.ghost;
    context.fillRect(xOf(view, ghost.startMs), area.top, (ghost.endMs - ghost.startMs) / view.msPerPx, area.height);
  }
}

function drawBlock(context, { view, width, palette, current, selected }, block, area) {
  const place = placeOf(block, view, area);
  const { key, startMs, endMs } = block.cue;
  const kind = key === current ? "current" : selected.has(key) ? "chosen" : "block";
  const [left, right] = [Math.max(-1, place.x), Math.min(width + 1, place.x + place.width)];
  if (right <= left) return;
  context.fillStyle = endMs <= startMs ? palette.wrong : palette[kind];
  context.fillRect(left, place.y, right - left, place.height - 1);
  context.fillStyle = palette[`${kind}-line`];
  const line = kind === "block" ? 1 : 2;
  if (place.width >= 3) {
    context.fillRect(place.x, place.y, line, place.height - 1);
    context.fillRect(place.x + place.width - line, place.y, line, place.height - 1);
    context.fillRect(left, place.y, right - left, line);
  }
  if (right - left < TEXT_WIDTH_MIN) return;
  context.save();
  context.beginPath();
  context.rect(left + 3, place.y, right - left - 6, place.height);
  context.clip();
  context.fillStyle = palette.ink;
  context.fillText(block.said ?? lineOf(block.cue), Math.max(place.x, 0) + PAD_PX, place.y + PAD_PX + TEXT_PX / 2 + 1);
  context.restore();
}

function drawMarks(context, { view, palette, playheadMs, snapAt }, { top, height }) {
  if (snapAt !== null) {
    context.fillStyle = palette.snap;
    context.fillRect(Math.round(xOf(view, snapAt)) - 1, top, 2, height);
  }
  const x = Math.round(xOf(view, playheadMs));
  context.fillStyle = palette.playhead;
  context.fillRect(x - 0.5, 0, 1.5, top + height);
  context.beginPath();
  context.moveTo(x - 5, 0);
  context.lineTo(x + 5.5, 0);
  context.lineTo(x + 0.25, 7);
  context.fill();
}

/** The whole, and which part of it is in view. */
function drawOverview(context, { view, width, height, palette, playheadMs, durationMs, found }) {
  const [top, perPx] = [height - OVERVIEW_PX, durationMs / width];
  context.fillStyle = palette.ruler;
  context.fillRect(0, top, width, OVERVIEW_PX);
  context.fillStyle = palette["block-line"];
  let drawn = -1;
  for (const { cue } of found.blocks) {
    const right = Math.max(cue.startMs / perPx + 1, cue.endMs / perPx);
    // Of many in one pixel the first is enough.
    if (right > drawn + 0.5) context.fillRect(cue.startMs / perPx, top + 6, right - cue.startMs / perPx, 3);
    drawn = Math.max(drawn, right);
  }
  context.fillStyle = palette.thumb;
  context.fillRect(view.startMs / perPx, top + 1, Math.max(6, (width * view.msPerPx) / perPx), OVERVIEW_PX - 2);
  context.fillStyle = palette.playhead;
  context.fillRect(playheadMs / perPx - 0.5, top, 1.5, OVERVIEW_PX);
}
