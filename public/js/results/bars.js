/** Statistics of deliveries as the shapes of a chart (pure). */

/** Every span of the statistics, oldest first; those without a try have nothing in them. */
export function spansOf({ since, stepMs, steps, items }) {
  const known = new Map(items.map((item) => [item.at, item]));
  return Array.from({ length: steps }, (_, n) => known.get(since + n * stepMs) ?? { at: since + n * stepMs, delivered: 0, failed: 0, averageMs: null, longestMs: null });
}

/** A round number at or above `value`: 1, 2 or 5 and noughts. */
export function roundUp(value) {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].find((step) => step * power >= value) * power;
}

/** A bar for each span: what was delivered from the ground up, what failed on top of it; `most`: what the height stands for. */
export function barsOf(spans, { width, height }) {
  const most = roundUp(Math.max(...spans.map((span) => span.delivered + span.failed)));
  const step = width / spans.length;
  const bars = spans.map((span, n) => {
    const good = (span.delivered / most) * height;
    const bad = (span.failed / most) * height;
    return { at: span.at, x: n * step + step * 0.15, width: step * 0.7, good: { y: height - good, height: good }, bad: { y: height - good - bad, height: bad } };
  });
  return { bars, most };
}

/** The line of how long tries took, broken where there were none: the `d` of a path; `most`: what the height stands for, in ms. */
export function lineOf(spans, { width, height }) {
  const most = roundUp(Math.max(...spans.map((span) => span.averageMs ?? 0)));
  const step = width / spans.length;
  let isOn = false;
  const path = spans.flatMap((span, n) => {
    const wasOn = isOn;
    isOn = span.averageMs !== null;
    if (!isOn) return [];
    const [x, y] = [(n + 0.5) * step, height - (span.averageMs / most) * height].map((value) => value.toFixed(1));
    // A point by itself is a line of no length, which has a round end.
    return [wasOn ? `L${x} ${y}` : `M${x} ${y}h0`];
  });
  return { path: path.join(""), most };
}

/** All spans together: tries, the share that failed (0 to 1), and how long they took on average; null where nothing was tried. */
export function totalOf(spans) {
  const tries = spans.reduce((sum, span) => sum + span.delivered + span.failed, 0);
  if (!tries) return { tries, failed: 0, averageMs: null };
  const failed = spans.reduce((sum, span) => sum + span.failed, 0);
  const spent = spans.reduce((sum, span) => sum + (span.averageMs ?? 0) * (span.delivered + span.failed), 0);
  return { tries, failed: failed / tries, averageMs: Math.round(spent / tries) };
}
