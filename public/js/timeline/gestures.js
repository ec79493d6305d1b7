/** Mouse, pen and fingers on the timeline. */
import { hitAt } from "./blocks.js";
import { dragged, drawn } from "./drag.js";
import { OVERVIEW_PX, RULER_PX, areaOf } from "./draw.js";

const BEGUN_PX = 4;
const EDGE_PX = 7;
const FINGER_EDGE_PX = 20;
const BORDER_PX = 24;
const ZOOM_PER_PX = 0.0025;

/** Listen on `canvas` for `surface`; returns what ends it. */
export function listen(canvas, surface) {
  const gestures = new Gestures(canvas, surface);
  const taken = { pointerdown: "down", pointermove: "move", pointerup: "up", pointercancel: "cancel", lostpointercapture: "cancel", wheel: "wheel", dblclick: "open" };
  const listeners = Object.entries(taken).map(([type, method]) => [type, (event) => gestures[method](event)]);
  for (const [type, listener] of listeners) canvas.addEventListener(type, listener, { passive: false });
  surface.cancelDrag = () => gestures.cancel();
  return () => listeners.forEach(([type, listener]) => canvas.removeEventListener(type, listener));
}

class Gestures {
  constructor(canvas, surface) {
    Object.assign(this, { canvas, surface, drag: null, pointers: new Map(), pinch: null, clicks: 0 });
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  hit(point, pointerType) {
    const { found, view, size, given } = this.surface;
    return hitAt(found, view, point, areaOf(size.height), given.current, pointerType === "touch" ? FINGER_EDGE_PX : EDGE_PX);
  }

  down(event) {
    const point = this.at(event);
    this.pointers.set(event.pointerId, point);
    if (event.button > 1) return;
    this.canvas.setPointerCapture(event.pointerId);
    if (this.pointers.size === 2) return this.beginPinch();
    const { height } = this.surface.size;
    const origin = { point, ms: this.surface.msAt(point.x), pointerType: event.pointerType, begun: false, last: event };
    if (point.y >= height - OVERVIEW_PX) this.drag = { ...origin, kind: "overview", begun: true };
    else if (event.button === 1) this.drag = { ...origin, kind: "pan", begun: true };
    else if (point.y < RULER_PX) this.drag = { ...origin, kind: "scrub", begun: true };
    else this.drag = { ...origin, ...this.kindAt(point, event) };
    if (this.drag.begun) this.go(event);
    return undefined;
  }

  /** What a drag from here does: a finger moves only the cue that was chosen before, and else what is in view. */
  kindAt(point, event) {
    const hit = this.hit(point, event.pointerType);
    const finger = event.pointerType === "touch";
    if (!hit) return { kind: finger ? "pan" : "draw", hit };
    if (finger && hit.key !== this.surface.given.current) return { kind: "pan", hit };
    return { kind: "cue", hit };
  }

  move(event) {
    const point = this.at(event);
    if (this.pointers.has(event.pointerId)) this.pointers.set(event.pointerId, point);
    if (this.pinch) return this.goPinch();
    if (!this.drag) return this.hover(point, event);
    this.drag.last = event;
    if (!this.drag.begun) {
      if (Math.abs(point.x - this.drag.point.x) < BEGUN_PX) return undefined;
      this.drag.begun = true;
      if (this.drag.kind === "cue") this.beginCue();
    }
    this.go(event);
    return undefined;
  }

  hover(point, event) {
    const { height } = this.surface.size;
    const inArea = point.y >= RULER_PX && point.y < height - OVERVIEW_PX;
    const part = inArea ? this.hit(point, event.pointerType)?.part : null;
    this.canvas.dataset.over = !inArea ? "scrub" : part === "body" ? "cue" : part ? "edge" : "empty";
  }

  /** The cues that move: those that are chosen if the one that was grabbed is, else it alone. */
  beginCue() {
    const { surface, drag } = this;
    const { cues, selected, current, onSelect } = surface.given;
    const { key, part } = drag.hit;
    const all = part === "body" && selected.has(key) && selected.size > 1;
    if (!all && key !== current) onSelect([key], key);
    drag.cues = all ? cues.filter((cue) => selected.has(cue.key)) : [surface.cueOf(key)];
    drag.grabbed = surface.cueOf(key);
  }

  /** Go on with the drag, where the pointer is now. */
  go(event) {
    const { surface, drag } = this;
    const { x } = this.at(event);
    const { width } = surface.size;
    if (drag.kind === "scrub") surface.seek(surface.msAt(x));
    else if (drag.kind === "pan") surface.scroll(-(x - (drag.x ?? drag.point.x)));
    else if (drag.kind === "overview") {
      const ms = (x / width) * surface.given.durationMs;
      surface.isAway = surface.isPlaying;
      surface.look({ ...surface.view, startMs: ms - (width * surface.view.msPerPx) / 2 });
    } else this.goTimes(x, event.altKey);
    drag.x = x;
  }

  goTimes(x, isFree) {
    const { surface, drag } = this;
    const by = surface.msAt(x) - drag.ms;
    if (drag.kind === "draw") {
      surface.ghost = drawn(drag.ms, drag.ms + by, surface.snapsFor(new Set(), isFree));
    } else {
      const snaps = surface.snapsFor(new Set(drag.cues.map(({ key }) => key)), isFree);
      const { times, at } = dragged(drag.cues, drag.grabbed, drag.hit.part, by, snaps);
      drag.times = times;
      surface.moving = new Map(times.map(([key, startMs, endMs]) => [key, { startMs, endMs }]));
      surface.snapAt = at && at.kind !== "frame" ? at.ms : null;
    }
    this.push(x);
    surface.ask();
  }

  /** Scroll on while something is dragged at a border. */
  push(x) {
    const { surface } = this;
    const over = x < BORDER_PX ? x - BORDER_PX : Math.max(0, x - surface.size.width + BORDER_PX);
    clearTimeout(this.pushing);
    if (!over) return;
    this.pushing = setTimeout(() => {
      if (!this.drag) return;
      surface.look({ ...surface.view, startMs: surface.view.startMs + (over / 2) * surface.view.msPerPx });
      this.go(this.drag.last);
    }, 16);
  }

  up(event) {
    this.pointers.delete(event.pointerId);
    if (this.pinch) {
      this.pinch = null;
      return;
    }
    // A move may have been told only in part: browsers draw fingers' moves smooth.
    if (this.drag?.begun) this.go(event);
    const { drag, surface } = this;
    this.drag = null;
    clearTimeout(this.pushing);
    if (!drag) return;
    const { ghost, given } = surface;
    this.clear();
    this.clicks = drag.begun ? 0 : this.clicks + 1;
    if (!drag.begun) this.click(drag, event);
    else if (drag.kind === "draw" && ghost) given.onNew?.(ghost.startMs, ghost.endMs);
    else if (drag.times) given.onTimes(drag.times, { label: drag.hit.part === "body" ? "timeline.did_move" : "timeline.did_edge" });
    surface.ask();
  }

  /** A click goes there, and chooses the cue; with Ctrl or Shift it adds to those that are chosen. */
  click({ hit, ms }, event) {
    const { cues, selected, current, onSelect } = this.surface.given;
    if (!hit) {
      this.surface.seek(ms);
    } else if (event.ctrlKey || event.metaKey) {
      const next = new Set(selected);
      if (!next.delete(hit.key)) next.add(hit.key);
      onSelect([...next], next.has(hit.key) ? hit.key : [...next].at(-1) ?? null);
    } else if (event.shiftKey && current !== null) {
      const [from, to] = [current, hit.key].map((key) => cues.findIndex((cue) => cue.key === key)).sort((a, b) => a - b);
      onSelect(cues.slice(from, to + 1).map(({ key }) => key), hit.key);
    } else {
      onSelect([hit.key], hit.key);
      this.surface.seek(ms);
    }
  }

  /** Two clicks: a drag soon after a click is none. */
  open(event) {
    const hit = this.clicks > 1 && this.hit(this.at(event), "mouse");
    if (hit) this.surface.given.onOpen?.(hit.key);
  }

  /** Forget a drag: nothing was changed yet. */
  cancel(event) {
    if (event) this.pointers.delete(event.pointerId);
    if (event?.type === "lostpointercapture" && !this.drag) return;
    Object.assign(this, { drag: null, pinch: null });
    clearTimeout(this.pushing);
    this.clear();
  }

  clear() {
    Object.assign(this.surface, { moving: null, ghost: null, snapAt: null });
    this.surface.ask();
  }

  beginPinch() {
    this.drag = null;
    this.clear();
    const [one, two] = [...this.pointers.values()];
    this.pinch = { apart: Math.max(10, Math.abs(one.x - two.x)), middle: (one.x + two.x) / 2 };
  }

  goPinch() {
    const [one, two] = [...this.pointers.values()];
    if (!two) return;
    const next = { apart: Math.max(10, Math.abs(one.x - two.x)), middle: (one.x + two.x) / 2 };
    // What was between the fingers stays there.
    this.surface.zoom(next.apart / this.pinch.apart, this.pinch.middle, next.middle);
    this.pinch = next;
  }

  /** Ctrl zooms; sideways, with Shift, or while the timeline has the focus it scrolls; else the page does. */
  wheel(event) {
    const { surface, canvas } = this;
    const lines = event.deltaMode === 1 ? 16 : 1;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      surface.zoom(Math.exp(-event.deltaY * lines * ZOOM_PER_PX), this.at(event).x);
    } else if (event.deltaX || event.shiftKey || canvas.parentElement.contains(document.activeElement)) {
      event.preventDefault();
      surface.scroll((event.deltaX || event.deltaY) * lines);
    }
  }
}
