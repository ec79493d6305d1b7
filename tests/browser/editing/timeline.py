"""What is done on the timeline: drags that snap, and a cue that is played again and again."""

import re
from collections.abc import Callable
from dataclasses import replace

from playwright.sync_api import expect

from tests.browser.editing.cues import whole
from tests.browser.editing.film import FRAME_MS, spoken_between
from tests.browser.editing.script import Script

REACH_MS = 80
"""Edges snap within 8 pixels of 10 ms each."""
FREE_MS = 2 * REACH_MS
SEEN_MS = 15_000
AGAIN = """(video, [startS, endS]) => new Promise((resolve) => {
  video.currentTime = endS - 0.1;
  const look = () => {
    if (video.currentTime < endS - 0.2 && video.currentTime > startS - 0.2) resolve("began again");
    else if (video.currentTime > endS + 0.5) resolve("went on");
    else requestAnimationFrame(look);
  };
  video.addEventListener("seeked", look, { once: true });
})"""


class View:
    """What the timeline shows around a cue that has the focus."""

    def __init__(self, it: Script, at: int, targets_ms: list[int]) -> None:
        it.field("Text", at + 1).click()
        surface = it.page.get_by_test_id("timeline")
        expect(it.page.locator(".cue-timeline")).to_have_attribute("data-waveform", "ready")
        surface.scroll_into_view_if_needed()
        box = surface.bounding_box()
        assert box is not None
        self.mouse, self.y = it.page.mouse, box["y"] + box["height"] / 2
        # A border of one pixel is no part of it; on the ruler a click goes to a time.
        left, top, width = box["x"] + 1, box["y"] + 1, box["width"] - 2
        seen: list[tuple[float, int]] = []
        # The playhead, which edges snap to as well, comes to stand where nothing is dragged to.
        for share in (1 / 4, 3 / 4, 1 / 8, 7 / 8):
            x = left + width * share
            self.mouse.click(x, top + 8)
            seen.append((x, int(surface.get_attribute("aria-valuenow") or 0)))
            far = all(abs(seen[-1][1] - ms) > FREE_MS for ms in targets_ms)
            if len(seen) > 1 and far:
                break
        (x, ms), (other_x, other_ms) = seen[0], seen[1]
        self.left, self.at_ms, self.per_ms = x, ms, (other_x - x) / (other_ms - ms)

    def x_of(self, ms: float) -> float:
        return self.left + (ms - self.at_ms) * self.per_ms

    def drag(self, from_ms: float, to_ms: float) -> None:
        self.mouse.move(self.x_of(from_ms), self.y)
        self.mouse.down()
        self.mouse.move(self.x_of((from_ms + to_ms) / 2), self.y)
        self.mouse.move(self.x_of(to_ms), self.y)
        self.mouse.up()


def _alone(it: Script, at: int) -> bool:
    """Whether nothing overlaps a cue, and the film goes on behind it as far as can be seen."""
    cue, after = it.cues[at], it.cues[at + 1]
    before_ms = it.cues[at - 1].end_ms if at else 0
    lasts = cue.end_ms - cue.start_ms
    apart = before_ms <= cue.start_ms and cue.end_ms <= after.start_ms
    return apart and 300 < lasts < 6000 and cue.end_ms + SEEN_MS < it.film_ms


def _gap(it: Script, at: int) -> tuple[int, int]:
    return it.cues[at].end_ms, it.cues[at + 1].start_ms


def drag_to_the_neighbour(it: Script) -> bool:
    def fits(at: int) -> bool:
        end_ms, next_ms = _gap(it, at)
        free = not spoken_between(next_ms - FREE_MS, next_ms + FREE_MS)
        return _alone(it, at) and FREE_MS < next_ms - end_ms < 1500 and free

    return _drag_end(it, fits, lambda at: it.cues[at + 1].start_ms, off_ms=-30)


def drag_to_speech(it: Script) -> bool:
    def edges(at: int) -> list[int]:
        end_ms, next_ms = _gap(it, at)
        return spoken_between(end_ms + 100, min(next_ms - FREE_MS, end_ms + 1500))

    def fits(at: int) -> bool:
        return _alone(it, at) and bool(edges(at))

    return _drag_end(it, fits, lambda at: edges(at)[0], off_ms=30)


def drag_to_a_frame(it: Script) -> bool:
    def frame(at: int) -> int:
        end_ms, next_ms = _gap(it, at)
        return whole((end_ms + next_ms) / 2 / FRAME_MS) * FRAME_MS

    def fits(at: int) -> bool:
        end_ms, next_ms = _gap(it, at)
        free = not spoken_between(end_ms, next_ms)
        return _alone(it, at) and 2 * FREE_MS < next_ms - end_ms < 3000 and free

    return _drag_end(it, fits, frame, off_ms=0)


def _drag_end(
    it: Script, fits: Callable[[int], bool], to: Callable[[int], int], off_ms: int
) -> bool:
    """Drag the end of a cue to what is *off_ms* beside a time: it comes to stand at that."""
    at = next(it.places(fits), None)
    if at is None:
        return False
    cue, to_ms = it.cues[at], to(at)
    View(it, at, [cue.end_ms, to_ms]).drag(cue.end_ms, to_ms + off_ms)
    it.cues[at] = replace(cue, end_ms=to_ms)
    return True


def drag_a_block(it: Script) -> bool:
    """A whole cue: its start comes to stand on a frame."""

    def frame(at: int) -> int:
        end_ms, next_ms = _gap(it, at)
        wanted_ms = it.cues[at].start_ms + (next_ms - end_ms) / 2
        return whole(wanted_ms / FRAME_MS) * FRAME_MS

    def fits(at: int) -> bool:
        start_ms, (end_ms, next_ms) = it.cues[at].start_ms, _gap(it, at)
        if not _alone(it, at) or not 2 * FREE_MS + FRAME_MS < next_ms - end_ms < 3000:
            return False
        by = frame(at) - start_ms
        edges = (start_ms + by, end_ms + by)
        before_ms = it.cues[at - 1].end_ms if at else -FREE_MS
        return edges[0] - before_ms > REACH_MS and not any(
            spoken_between(ms - FREE_MS, ms + FREE_MS) for ms in edges
        )

    at = next(it.places(fits), None)
    if at is None:
        return False
    cue, start_ms = it.cues[at], frame(at)
    by = start_ms - cue.start_ms
    view = View(it, at, [start_ms, cue.end_ms + by])
    middle = (cue.start_ms + cue.end_ms) / 2
    view.drag(middle, middle + by)
    it.cues[at] = replace(cue, start_ms=start_ms, end_ms=cue.end_ms + by)
    return True


def play_a_cue_again_and_again(it: Script) -> bool:
    """Its row is marked meanwhile."""
    at = it.lasting(900)
    if at is None or not _alone(it, at):
        return False
    cue, page = it.cues[at], it.page
    it.field("Text", at + 1).click()
    page.keyboard.press("Alt+l")
    loop = page.get_by_role("button", name="Loop", exact=True)
    expect(loop).to_have_attribute("aria-pressed", "true")
    playing = re.compile("playing")
    expect(page.locator(f'[aria-posinset="{at + 1}"]')).to_have_class(playing)
    video = page.locator("video")
    span = [cue.start_ms / 1000, cue.end_ms / 1000]
    assert video.evaluate(AGAIN, span) == "began again"
    page.keyboard.press("Alt+l")
    expect(loop).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Alt+p")
    expect(video).to_have_js_property("paused", value=True)
    return True
