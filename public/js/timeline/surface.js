/** The timeline's state beside the components: what is in view, what is being dragged, and when it has to be drawn. */
import { arranged } from "./blocks.js";
import { draw } from "./draw.js";
import { paletteOf } from "./palette.js";
import { bounded, following, msOf, revealing, zoomed } from "./scale.js";
import { snapped, targetsOf } from "./snap.js";

const BEGIN_MS_PER_PX = 10;
const SNAP_PX = 8;
const NOTHING_CUES = arranged([]);

/**
 * `given` is what the component was last given: `{cues, current, selected, peaks, rate, durationMs, video, snaps, follows,
 * onSelect, onTimes, onSeek, onNew, onOpen, onLoop}`, `snaps` the kinds of targets (`SNAPS`) to which edges snap.
 */
export class Surface {
  constructor() {
    this.given = { cues: [], current: null, selected: new Set(), peaks: null, rate: null, durationMs: 0, video: null, snaps: new Set(), follows: true };
    this.view = { startMs: 0, msPerPx: BEGIN_MS_PER_PX };
    this.size = { width: 0, height: 0 };
    this.found = NOTHING_CUES;
    this.ownMs = 0; // Where the playhead is, while there is no video.
    this.moving = null; // Times by key, of a drag that goes on.
    this.ghost = null; // The cue that is being drawn.
    this.snapAt = null;
    this.isAway = false; // Somebody looks elsewhere while the video plays.
    this.canvas = null;
    this.frame = 0;
    this.onFrame = null; // Called before each drawing.
  }

  take(given) {
    if (given.cues !== this.given.cues) this.found = arranged(given.cues);
    this.given = given;
    this.look(this.view);
  }

  get playheadMs() {
    const { video } = this.given;
    return video ? video.currentTime * 1000 : this.ownMs;
  }

  get isPlaying() {
    const { video } = this.given;
    return Boolean(video) && !video.paused && !video.ended;
  }

  cueOf(key) {
    return this.given.cues.find((cue) => cue.key === key) ?? null;
  }

  msAt(x) {
    return msOf(this.view, x);
  }

  /** Show a view, as far as it is within what there is. */
  look(view) {
    this.view = bounded(view, this.size.width, this.given.durationMs);
    this.ask();
  }

  /** Zoom around `x`, which comes to `toX`. */
  zoom(factor, x = null, toX = undefined) {
    // Around the playhead, where that is seen: what is worked on is there.
    const { width } = this.size;
    const seen = (this.playheadMs - this.view.startMs) / this.view.msPerPx;
    const around = x ?? (seen >= 0 && seen <= width ? seen : width / 2);
    this.look(zoomed(this.view, factor, around, width, this.given.durationMs, toX));
  }

  scroll(px) {
    this.isAway = this.isPlaying;
    this.look({ ...this.view, startMs: this.view.startMs + px * this.view.msPerPx });
  }

  reveal(startMs, endMs) {
    this.look(revealing(this.view, startMs, endMs, this.size.width, this.given.durationMs));
  }

  seek(ms) {
    const to = Math.max(0, Math.min(ms, this.given.durationMs));
    this.isAway = false;
    this.ownMs = to;
    this.given.onSeek(to);
    this.ask();
    return to;
  }

  /** What edges snap to while cues of these keys move; null where nothing does. */
  snapsFor(moved, isFree) {
    const { cues, peaks, rate, snaps } = this.given;
    if (isFree || !snaps.size) return null;
    const reachMs = SNAP_PX * this.view.msPerPx;
    const span = { fromMs: this.view.startMs - reachMs, toMs: msOf(this.view, this.size.width) + reachMs };
    const targets = targetsOf({ cues, moved, playheadMs: this.playheadMs, speech: peaks?.speech ?? [], kinds: snaps, ...span });
    return { targets, reachMs, kinds: snaps, rate };
  }

  /** A time, snapped as an edge would be. */
  snap(ms, isFree) {
    const snaps = this.snapsFor(new Set(), isFree);
    return snaps ? snapped(ms, snaps).ms : Math.round(ms);
  }

  resize(width, height) {
    this.size = { width, height };
    const scale = devicePixelRatio || 1;
    Object.assign(this.canvas, { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) });
    this.look(this.view);
  }

  recolour() {
    this.palette = paletteOf(this.canvas.parentElement);
    this.ask();
  }

  /** Draw at the next frame of the screen. */
  ask() {
    if (this.frame || !this.canvas) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.show();
    });
  }

  show() {
    if (!this.canvas || !this.size.width) return;
    this.onFrame?.();
    const { peaks, rate, durationMs, current, selected, follows } = this.given;
    if (this.isPlaying) {
      if (follows && !this.isAway && !this.moving && !this.ghost) this.view = following(this.view, this.playheadMs, this.size.width, durationMs);
      this.ask();
    }
    const { view, found, moving, ghost, snapAt, playheadMs, palette } = this;
    const shown = peaks?.levels[0].length ? peaks : null;
    draw(this.canvas.getContext("2d", { alpha: false }), {
      ...this.size, view, scale: devicePixelRatio || 1, palette, found, current, selected, moving, ghost, snapAt, playheadMs, peaks: shown, rate, durationMs,
    });
  }

  end() {
    cancelAnimationFrame(this.frame);
    this.canvas = null;
  }
}
