/** Cues as blocks on the timeline: in the order of time, beside each other where they overlap, found quickly. Pure. */
import { xOf } from "./scale.js";

const LANES_MAX = 3;
const EDGE_PX = 7;

/**
 * `{blocks, reach}` of cues in any order: a block is `{cue, lane, lanes}`, `lane` of so many `lanes` below each other;
 * `reach[i]` is when the last of the blocks up to `i` ends.
 */
export function arranged(cues) {
  const blocks = cues.map((cue) => ({ cue, lane: 0, lanes: 1 })).sort((a, b) => a.cue.startMs - b.cue.startMs || a.cue.endMs - b.cue.endMs);
  const reach = new Float64Array(blocks.length);
  let cluster = [];
  let ends = [];
  const close = () => {
    const lanes = Math.min(LANES_MAX, ends.length);
    for (const block of cluster) block.lanes = lanes;
    cluster = [];
    ends = [];
  };
  blocks.forEach((block, i) => {
    const { startMs, endMs } = block.cue;
    if (i && startMs >= reach[i - 1]) close();
    reach[i] = Math.max(endMs, i ? reach[i - 1] : 0);
    const free = ends.findIndex((end) => end <= startMs);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = endMs;
    block.lane = Math.min(lane, LANES_MAX - 1);
    cluster.push(block);
  });
  close();
  return { blocks, reach };
}

/** The blocks of which something lies in a span. */
export function within({ blocks, reach }, fromMs, toMs) {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reach[middle] < fromMs) low = middle + 1;
    else high = middle;
  }
  const found = [];
  for (let i = low; i < blocks.length && blocks[i].cue.startMs <= toMs; i += 1) {
    if (blocks[i].cue.endMs >= fromMs) found.push(blocks[i]);
  }
  return found;
}

/** Where a block is, in CSS pixels, in an area from `top` on, `height` high. */
export function placeOf({ cue, lane, lanes }, view, { top, height }) {
  const x = xOf(view, cue.startMs);
  const each = height / lanes;
  return { x, y: top + lane * each, width: Math.max(1, xOf(view, cue.endMs) - x), height: each };
}

/**
 * What is at a point: `{key, part}`, `part` being `start`, `end` or `body` of a cue, or null.
 *
 * An edge reaches a few pixels to both sides, at most a quarter into its block; where two meet, the block under the
 * pointer has it, and the cue of the key `preferred` before all.
 */
export function hitAt(found, view, { x, y }, area, preferred = null, edgePx = EDGE_PX) {
  let best = null;
  for (const block of within(found, view.startMs + (x - edgePx) * view.msPerPx, view.startMs + (x + edgePx) * view.msPerPx)) {
    const place = placeOf(block, view, area);
    if (y < place.y || y >= place.y + place.height) continue;
    const inside = x >= place.x && x < place.x + place.width;
    const reach = inside ? Math.min(edgePx, place.width / 4) : edgePx;
    const [toStart, toEnd] = [Math.abs(x - place.x), Math.abs(x - place.x - place.width)];
    const part = toStart <= reach && toStart <= toEnd ? "start" : toEnd <= reach ? "end" : inside ? "body" : null;
    if (!part) continue;
    const rank = (block.cue.key === preferred && part !== "body" ? 4 : 0) + (inside ? 2 : 0) + (block.cue.key === preferred ? 1 : 0);
    if (!best || rank > best.rank) best = { key: block.cue.key, part, rank };
  }
  return best && { key: best.key, part: best.part };
}
