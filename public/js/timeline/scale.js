/**
 * Which time is where on the timeline. Pure.
 *
 * A view is `{startMs, msPerPx}`: the time at the left edge, and how much time is in a CSS pixel. Widths are in CSS pixels.
 */
const MS_PER_PX_MIN = 1;
const FOLLOWED_SHARE = 0.9;
const AHEAD_SHARE = 0.1;
const TICK_PX_MIN = 72;
const STEPS_MS = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000];

export const xOf = (view, ms) => (ms - view.startMs) / view.msPerPx;
export const msOf = (view, x) => view.startMs + x * view.msPerPx;

/** The view within what there is: no time before 0, nothing behind the end, as far as the whole fits. */
export function bounded(view, width, durationMs) {
  const most = Math.max(MS_PER_PX_MIN, durationMs / Math.max(1, width));
  const msPerPx = Math.min(most, Math.max(MS_PER_PX_MIN, view.msPerPx));
  const startMs = Math.max(0, Math.min(view.startMs, durationMs - width * msPerPx));
  return { startMs, msPerPx };
}

/** Closer by `factor` (below 1: farther), with the time at `x` where it is, or brought to `toX`. */
export function zoomed(view, factor, x, width, durationMs, toX = x) {
  const ms = msOf(view, x);
  const { msPerPx } = bounded({ startMs: 0, msPerPx: view.msPerPx / factor }, width, durationMs);
  return bounded({ startMs: ms - toX * msPerPx, msPerPx }, width, durationMs);
}

/** The view with `ms` in it, a page further on when it was left at its end: what is heard is ahead. */
export function following(view, ms, width, durationMs) {
  const x = xOf(view, ms);
  if (x >= 0 && x <= width * FOLLOWED_SHARE) return view;
  return bounded({ ...view, startMs: ms - width * AHEAD_SHARE * view.msPerPx }, width, durationMs);
}

/** The view moved as little as it takes to show a span. */
export function revealing(view, startMs, endMs, width, durationMs) {
  const margin = width * AHEAD_SHARE * view.msPerPx;
  const lasts = width * view.msPerPx;
  let from = view.startMs;
  if (endMs + margin > from + lasts) from = endMs + margin - lasts;
  if (startMs - margin < from) from = startMs - margin;
  return from === view.startMs ? view : bounded({ ...view, startMs: from }, width, durationMs);
}

/** The marks of the ruler: `{stepMs, firstMs, count}`, as close as their words allow. */
export function ticks(view, width) {
  const stepMs = STEPS_MS.find((step) => step / view.msPerPx >= TICK_PX_MIN) ?? STEPS_MS.at(-1);
  const firstMs = Math.ceil(view.startMs / stepMs) * stepMs;
  return { stepMs, firstMs, count: Math.max(0, Math.floor((msOf(view, width) - firstMs) / stepMs) + 1) };
}
