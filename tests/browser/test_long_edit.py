"""Hours of editing with all that interrupts them: the stored bytes are those of the script."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from playwright.sync_api import Locator, Page, expect

from dev.stack.stack import Stack
from media_jobs.subtitles.markup import clock
from tests.browser.api import Api
from tests.browser.conftest import sign_in
from tests.browser.test_editor import stored
from tests.browser.test_sessions import sign_in_over

WORDS = ("river", "stone", "winter", "lantern", "harbour", "morning", "letter", "garden")
GAP_MS = 500
LENGTH_MS = 2000
DRAGGED_MS_MIN = 200
"""Longer than the timeline snaps over."""

REACH = """async ([list, n]) => {
  const next = () => new Promise((done) => requestAnimationFrame(done));
  for (let i = 0; i < 80; i += 1) {
    const rows = [...list.querySelectorAll("[aria-posinset]")];
    const at = rows.find((row) => Number(row.ariaPosInSet) === n);
    if (at) return at.scrollIntoView({ block: "center" });
    // The row that has the focus is drawn wherever it is.
    const box = list.getBoundingClientRect();
    const isSeen = ({ top, bottom }) => bottom > box.top && top < box.bottom;
    const seen = rows.filter((row) => isSeen(row.getBoundingClientRect()));
    const places = seen.map((row) => Number(row.ariaPosInSet));
    const near = n < Math.min(...places) ? Math.min(...places) : Math.max(...places);
    if (places.length) list.scrollTop += (n - near) * 92;
    await next();
    await next();
  }
}"""

DRAWN = """() => new Promise((done) => {
  requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(() => setTimeout(done))));
})"""


@dataclass(frozen=True)
class Cue:
    start_ms: int
    end_ms: int
    text: str


def whole(ms: float) -> int:
    """Round as the page does."""
    return max(0, math.floor(ms + 0.5))


def file_of(cues: list[Cue]) -> str:
    made = [f"{clock(cue.start_ms)} --> {clock(cue.end_ms)}\n{cue.text}" for cue in cues]
    return "\n\n".join(["WEBVTT", *made]) + "\n"


class Script:
    """What a person does in the editor, and what the file is to be after it."""

    def __init__(self, page: Page, count: int, seed: int) -> None:
        self.page = page
        self.draw = random.Random(seed)  # noqa: S311 - it is to draw the same again.
        step = LENGTH_MS + GAP_MS
        self.cues = [Cue(n * step, n * step + LENGTH_MS, f"cue number {n}") for n in range(count)]
        self.operations: tuple[Callable[[], None], ...] = (
            *(self.type, self.time, self.drag, self.undo, self.stretch, self.split, self.merge),
            *(self.rate, self.remove, self.several, self.fit, self.add, self.pattern),
            *(self.ripple, self.shift),
        )
        self.done = 0

    def field(self, what: str, n: int) -> Locator:
        """The field of a cue, counted from 1, brought into view."""
        field = self.page.get_by_label(f"{what} of cue {n}", exact=True)
        if field.count() == 0:
            handle = self.page.get_by_role("list", name="Cues").element_handle()
            self.page.evaluate(REACH, [handle, n])
        return field

    def words(self) -> str:
        return " ".join(self.draw.sample(WORDS, 3))

    def any(self) -> int:
        return self.draw.randrange(len(self.cues) - 1)

    def set(self, at: int, cue: Cue) -> None:
        """Type what differs."""
        for what, ms in (("End", cue.end_ms), ("Start", cue.start_ms)):
            field = self.field(what, at + 1)
            field.fill(clock(ms))
            field.press("Enter")
        self.field("Text", at + 1).fill(cue.text)
        self.cues[at] = cue

    def type(self) -> None:
        at = self.any()
        self.cues[at] = replace(self.cues[at], text=self.words())
        self.field("Text", at + 1).fill(self.cues[at].text)

    def time(self) -> None:
        at = self.any()
        cue = self.cues[at]
        self.set(at, replace(cue, end_ms=cue.end_ms - self.draw.randrange(10, 90)))

    def undo(self) -> None:
        self.field("Text", self.any() + 1).fill("a mistake")
        self.page.get_by_role("button", name="Undo: typing").click()

    def split(self) -> None:
        at = self.any()
        cue = replace(self.cues[at], text=self.words())
        if cue.end_ms - cue.start_ms < 600:
            return
        first, _, rest = cue.text.partition(" ")
        field = self.field("Text", at + 1)
        field.fill(cue.text)
        field.evaluate("(field, at) => field.setSelectionRange(at, at)", len(first))
        field.press("Control+Enter")
        middle = (cue.start_ms + cue.end_ms) // 2
        self.cues[at : at + 1] = [cue, cue]
        self.set(at, Cue(cue.start_ms, middle, first))
        self.set(at + 1, Cue(middle, cue.end_ms, rest))

    def merge(self) -> None:
        at = self.any()
        one, two = self.cues[at : at + 2]
        self.field("Text", at + 1).click()
        self.page.keyboard.press("Control+m")
        self.cues[at : at + 2] = [Cue(one.start_ms, two.end_ms, f"{one.text}\n{two.text}")]

    def remove(self) -> None:
        at = self.any()
        self.field("Text", at + 1).click()
        self.page.get_by_role("button", name=f"Delete cue {at + 1}", exact=True).click()
        del self.cues[at]

    def add(self) -> None:
        at = self.any()
        before, after = self.cues[at : at + 2]
        if after.start_ms - before.end_ms < 300:
            return
        self.field("Text", at + 1).click()
        self.page.keyboard.press("Control+i")
        new = Cue(before.end_ms + 50, after.start_ms - 50, self.words())
        self.cues.insert(at + 1, new)
        self.set(at + 1, new)

    def several(self) -> None:
        """Choose two cues at once, move them, and go to what is hard to read."""
        at = self.draw.randrange(len(self.cues) - 2)
        self.field("Text", at + 1).click()
        self.page.keyboard.press("Alt+Shift+ArrowDown")
        panel = self.times("Shift")
        panel.get_by_label("Selected (2)").check()
        panel.get_by_label("By", exact=True).fill("0.03")
        panel.get_by_role("button", name="Shift", exact=True).click()
        panel.get_by_label("All", exact=True).check()
        for n in (at, at + 1):
            cue = self.cues[n]
            self.cues[n] = Cue(cue.start_ms + 30, cue.end_ms + 30, cue.text)
        self.page.keyboard.press("F8")

    def ripple(self) -> None:
        """All that follows moves with the end of a cue."""
        at = self.any()
        cue = self.cues[at]
        options = self.page.locator("details", has_text="Options")
        if options.get_attribute("open") is None:
            options.locator("summary").click()
        options.get_by_label("What follows moves along").check()
        field = self.field("End", at + 1)
        field.fill(clock(cue.end_ms + 40))
        field.press("Enter")
        options.get_by_label("What follows moves along").uncheck()
        behind = [c.start_ms >= cue.end_ms and n != at for n, c in enumerate(self.cues)]
        self.cues[at] = replace(cue, end_ms=cue.end_ms + 40)
        self.cues = [
            Cue(c.start_ms + 40, c.end_ms + 40, c.text) if moves else c
            for c, moves in zip(self.cues, behind, strict=True)
        ]

    def drag(self) -> None:
        """Drag the end of a cue at the beginning of the timeline to the start of the next."""
        surface = self.page.get_by_test_id("timeline")
        surface.press("Home")
        surface.scroll_into_view_if_needed()
        box = surface.bounding_box()
        assert box is not None
        # A border of one pixel is no part of it; on the ruler a click goes to a time.
        left, top, width = box["x"] + 1, box["y"] + 1, box["width"] - 2
        self.page.mouse.click(left + width * 3 / 4, top + 8)
        expect(surface).not_to_have_attribute("aria-valuenow", "0")
        per_ms = width * 3 / 4 / int(surface.get_attribute("aria-valuenow") or 0)
        surface.press("Home")
        for at, (one, two) in enumerate(zip(self.cues, self.cues[1:], strict=False)):
            if two.start_ms - one.end_ms < DRAGGED_MS_MIN or two.end_ms * per_ms > width:
                continue
            mouse, y = self.page.mouse, box["y"] + box["height"] / 2
            mouse.move(left + one.end_ms * per_ms, y)
            mouse.down()
            mouse.move(left + (one.end_ms + two.start_ms) / 2 * per_ms, y)
            mouse.move(left + two.start_ms * per_ms, y)
            mouse.up()
            self.cues[at] = replace(one, end_ms=two.start_ms)
            return

    def times(self, way: str) -> Locator:
        """The panel for the times of many cues, at one of its ways."""
        panel = self.page.locator("details", has_text="Times of many cues")
        if panel.get_attribute("open") is None:
            panel.locator("summary").click()
        panel.get_by_label("What to do").select_option(way)
        return panel

    def place(self, placed: Callable[[int], float]) -> None:
        self.cues = [
            Cue(whole(placed(c.start_ms)), whole(placed(c.end_ms)), c.text) for c in self.cues
        ]

    def shift(self) -> None:
        panel = self.times("Shift")
        panel.get_by_label("By", exact=True).fill("0.1")
        panel.get_by_label("By", exact=True).press("Tab")
        panel.get_by_role("button", name="Shift", exact=True).click()
        self.place(lambda ms: ms + 100)

    def stretch(self) -> None:
        panel = self.times("Stretch")
        panel.get_by_label("To", exact=True).fill("100.4")
        panel.get_by_role("button", name="Stretch", exact=True).click()
        first = min(cue.start_ms for cue in self.cues)
        self.place(lambda ms: first + (ms - first) * (100.4 / 100))

    def rate(self) -> None:
        panel = self.times("Convert the frame rate")
        panel.get_by_label("From", exact=True).select_option("25")
        panel.get_by_label("To", exact=True).select_option("24")
        panel.get_by_role("button", name="Convert", exact=True).click()
        self.place(lambda ms: ms * 25 / 24)

    def fit(self) -> None:
        """Fit to two points: the first cue 150 ms later, the last one 1 s."""
        panel = self.times("Fit to two points")
        (one, two), moved = (self.cues[0].start_ms, self.cues[-1].start_ms), (150, 1000)
        to = (one + moved[0], two + moved[1])
        for n, number in enumerate((1, len(self.cues))):
            panel.get_by_label("Cue", exact=True).nth(n).fill(str(number))
            panel.get_by_label("Cue", exact=True).nth(n).press("Tab")
            self.page.evaluate(DRAWN)  # The field beside it shows the start of that cue.
            panel.get_by_label("Begins at").nth(n).fill(clock(to[n]))
            panel.get_by_label("Begins at").nth(n).press("Enter")
        panel.get_by_role("button", name="Fit", exact=True).click()
        factor = (to[1] - to[0]) / (two - one)
        self.place(lambda ms: to[0] + (ms - one) * factor)

    def pattern(self) -> None:
        """Replace by a regular expression, with a group."""
        to_short = any(re.search(r"number \d", cue.text) for cue in self.cues)
        find, by = (r"number (\d+)", "no. $1") if to_short else (r"no\. (\d+)", "number $1")
        search = self.find(find, by, is_regex=True)
        count = sum(len(re.findall(find, cue.text)) for cue in self.cues)
        self.swap(search, count)
        said = by.replace("$1", r"\1")
        self.cues = [replace(c, text=re.sub(find, said, c.text)) for c in self.cues]

    def find(self, find: str, by: str, *, is_regex: bool) -> Locator:
        self.page.get_by_label("Text of cue").first.click()
        self.page.keyboard.press("Control+h")
        search = self.page.get_by_role("search")
        search.get_by_label("Regular expression").set_checked(is_regex)
        search.get_by_label("Match case").check()
        search.get_by_label("Find", exact=True).fill(find)
        search.get_by_label("Replace with").fill(by)
        return search

    def swap(self, search: Locator, count: int) -> None:
        result = search.get_by_role("status")
        expect(result).to_have_text(f"{count} match" if count == 1 else f"{count} matches")
        if count:
            search.get_by_role("button", name="Replace all").click()
            expect(result).to_have_text("0 matches")
        search.get_by_label("Find", exact=True).press("Escape")

    def replace_all(self) -> None:
        word = next(one for one in WORDS if any(one in cue.text for cue in self.cues))
        search = self.find(word, word.upper(), is_regex=False)
        self.swap(search, sum(cue.text.count(word) for cue in self.cues))
        self.cues = [replace(c, text=c.text.replace(word, word.upper())) for c in self.cues]

    def go_on(self, steps: int) -> None:
        """Do as many of the operations, in their order, and from the second time on any of them."""
        for _ in range(steps):
            is_first = self.done < len(self.operations)
            (self.operations[self.done] if is_first else self.draw.choice(self.operations))()
            self.done += 1

    def save(self) -> None:
        self.page.keyboard.press("Control+s")


def drop_session(script: Script, token: str) -> None:
    script.page.context.clear_cookies()
    script.save()
    sign_in_over(script.page, token)


def be_offline(script: Script, steps: int) -> None:
    script.page.context.set_offline(True)
    script.go_on(steps)
    script.save()
    expect(script.page.get_by_role("alert").get_by_text("does not answer")).to_be_visible()
    script.page.context.set_offline(False)


def in_two_tabs(script: Script, steps: int) -> None:
    """Type in both by turns, and go on in the second, with the first one closed."""
    first = script.page
    second = first.context.new_page()
    second.goto(first.url)
    second.get_by_text("open in another tab").wait_for()
    for n in range(2 * steps):
        script.page = (first, second)[n % 2]
        script.type()
    script.page = first
    script.field("Text", 1).fill("last of the first tab")
    script.cues[0] = replace(script.cues[0], text="last of the first tab")
    script.page = second
    expect(script.field("Text", 1)).to_have_value("last of the first tab")
    with first.expect_event("close"):
        first.close(run_before_unload=True)


@pytest.mark.parametrize(
    ("count", "steps"),
    [(24, 4), pytest.param(1500, 60, marks=[pytest.mark.long, pytest.mark.timeout(3600)])],
)
def test_an_interrupted_script_of_edits_is_stored_to_the_byte(
    visitor: Page, stack: Stack, api: Api, count: int, steps: int
) -> None:
    sign_in(visitor, stack.admin_token)
    page = visitor.context.new_page()
    script = Script(page, count, seed=count)
    media_id = api.add(f"Script of {count}")
    api.call("PUT", f"/api/media/{media_id}/subtitles", file_of(script.cues).encode())
    page.goto(f"/#/media/{media_id}/subtitles")
    script.go_on(steps)
    page.reload()
    expect(page.get_by_text("Unsaved changes from")).to_be_visible()
    script.go_on(steps)
    drop_session(script, stack.admin_token)
    expect(page.get_by_text("No changes")).to_be_visible()
    assert stored(api, media_id) == file_of(script.cues)

    be_offline(script, steps)
    in_two_tabs(script, steps // 2)
    script.go_on(steps)
    script.replace_all()
    script.save()

    expect(script.page.get_by_text("No changes")).to_be_visible()
    assert stored(api, media_id) == file_of(script.cues)
