"""How long a frame of the editor's timeline takes: three hours of sound, 3,000 cues, scrolled.

In a real Chromium, by the page's own modules: the time of the script that draws a frame, the same
with the painting of the canvas (by the processor, as this Chromium has no graphics card), which
reading a pixel waits for, and the time from one frame of the screen to the next.
"""

import base64
import math
import statistics
import struct
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

from playwright.sync_api import sync_playwright

from dev.chromium import FLAGS, chromium_path
from dev.loopback import served

PUBLIC = Path(__file__).parents[1] / "public"
HOURS = 3
CUES = 3000
FRAMES = 240
_VIEWS = {"a second in 100 px": 10, "a minute in view": 40, "an hour in view": 2800, "all": 1e9}
_PAGE = """<!doctype html><link rel="stylesheet" href="/css/base.css">
<link rel="stylesheet" href="/css/parts.css"><link rel="stylesheet" href="/css/timeline.css">
<section class="cue-timeline"><div class="timeline-surface"><canvas></canvas></div></section>"""
_MEASURE = """async ({ peaks, hours, count, frames, views }) => {
  const { Surface } = await import("/js/timeline/surface.js");
  const { readPeaks } = await import("/js/timeline/peaks.js");
  const file = Uint8Array.from(atob(peaks), (c) => c.charCodeAt(0));
  const durationMs = hours * 3_600_000;
  const each = durationMs / count;
  const cues = Array.from({ length: count }, (_, i) => ({
    key: i + 1, startMs: i * each, endMs: (i + 0.8) * each, text: `<i>Number</i> ${i} 说一句话` }));
  const place = document.querySelector(".timeline-surface");
  const surface = new Surface();
  surface.canvas = place.querySelector("canvas");
  surface.recolour();
  surface.take({ ...surface.given, cues, peaks: readPeaks(file.buffer), durationMs });
  surface.resize(place.clientWidth, place.clientHeight);
  const next = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const found = {};
  for (const [name, msPerPx] of Object.entries(views)) {
    surface.look({ startMs: durationMs / 3, msPerPx });
    for (let n = 0; n < 5; n += 1) await next();
    const [script, painted, apart] = [[], [], []];
    const context = surface.canvas.getContext("2d");
    let last = await next();
    for (let n = 0; n < frames; n += 1) {
      surface.view = { ...surface.view, startMs: durationMs / 3 + n * 7 * surface.view.msPerPx };
      const began = performance.now();
      surface.show();
      script.push(performance.now() - began);
      context.getImageData(0, 0, 1, 1);
      painted.push(performance.now() - began);
      const now = await next();
      apart.push(now - last);
      last = now;
    }
    found[name] = { script, painted, apart };
  }
  return found;
}"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _peaks() -> str:
    count = HOURS * 360_000
    peaks = bytes(
        round(60 + 50 * math.sin(n / 97) + n * 7919 % 90) if n % 700 < 500 else 20
        for n in range(count)
    )
    spans = [(n * 7000, n * 7000 + 5000) for n in range(HOURS * 3600 // 7)]
    duration_ms = HOURS * 3_600_000
    header = struct.pack("<4sHHIIIII", b"VGPK", 1, 100, duration_ms, 25, 1, len(spans), count)
    spoken = b"".join(struct.pack("<II", *span) for span in spans)
    return base64.b64encode(header + spoken + peaks).decode()


def _spread(all_ms: list[float]) -> str:
    """Return the median and what 95 of 100 are below."""
    return f"{statistics.median(all_ms):.1f} ({statistics.quantiles(all_ms, n=20)[-1]:.1f})"


def main(rounds: int) -> None:
    """Scroll *rounds* times in several views and widths, and print what a frame took."""
    peaks = _peaks()
    print(f"{HOURS} h, {CUES} cues, {rounds} × {FRAMES} frames.\n")
    print("| width | view | script, ms | painted, ms | frame to frame, ms |")
    print("|---:|---|---:|---:|---:|")
    with served(partial(_Quiet, directory=str(PUBLIC))) as origin, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        for width in (1280, 2560):
            page = chromium.new_page(viewport={"width": width, "height": 400})
            page.route(
                f"{origin}/bench",
                lambda route: route.fulfill(body=_PAGE, content_type="text/html"),
            )
            page.goto(f"{origin}/bench")
            given = {"peaks": peaks, "hours": HOURS, "count": CUES, "frames": FRAMES}
            runs = [page.evaluate(_MEASURE, {**given, "views": _VIEWS}) for _ in range(rounds)]
            for view in _VIEWS:
                parts = ("script", "painted", "apart")
                told = [_spread([ms for run in runs for ms in run[view][part]]) for part in parts]
                print(f"| {width} | {view} | {' | '.join(told)} |")
            page.close()
        chromium.close()
