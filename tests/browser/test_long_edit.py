"""Hours of editing with all that interrupts them: the stored bytes are those of the script."""

from __future__ import annotations

import random
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

REACH = """async ([list, n]) => {
  for (let i = 0; i < 80; i += 1) {
    const rows = [...list.querySelectorAll("[aria-posinset]")];
    const places = rows.map((row) => Number(row.ariaPosInSet));
    const at = places.indexOf(n);
    if (at >= 0) return rows[at].scrollIntoView({ block: "center" });
    const near = n < Math.min(...places) ? Math.min(...places) : Math.max(...places);
    list.scrollTop += (n - near) * 100;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  }
}"""


@dataclass(frozen=True)
class Cue:
    start_ms: int
    end_ms: int
    text: str


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

    def shift(self) -> None:
        panel = self.page.locator("details", has_text="Times of many cues")
        if panel.get_attribute("open") is None:
            panel.locator("summary").click()
        panel.get_by_label("By", exact=True).fill("0.1")
        panel.get_by_label("By", exact=True).press("Tab")
        panel.get_by_role("button", name="Shift", exact=True).click()
        self.cues = [Cue(c.start_ms + 100, c.end_ms + 100, c.text) for c in self.cues]

    def replace_all(self) -> None:
        word = next(one for one in WORDS if any(one in cue.text for cue in self.cues))
        self.page.get_by_label("Text of cue").first.click()
        self.page.keyboard.press("Control+h")
        self.page.get_by_label("Find", exact=True).fill(word)
        self.page.get_by_label("Match case").check()
        result = self.page.get_by_role("search").get_by_role("status")
        count = sum(cue.text.count(word) for cue in self.cues)
        expect(result).to_have_text(f"{count} match" if count == 1 else f"{count} matches")
        self.page.get_by_label("Replace with").fill(word.upper())
        self.page.get_by_role("button", name="Replace all").click()
        self.cues = [replace(c, text=c.text.replace(word, word.upper())) for c in self.cues]
        expect(result).to_have_text("0 matches")
        self.page.get_by_label("Find", exact=True).press("Escape")

    def go_on(self, steps: int) -> None:
        """Do each of the operations, and then any of them."""
        each = [self.type, self.time, self.undo, self.split, self.merge, self.remove, self.add]
        for n in range(steps):
            (each[n] if n < len(each) else self.draw.choice(each))()
        self.shift()

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
    in_two_tabs(script, steps)
    script.go_on(steps)
    script.replace_all()
    script.save()

    expect(script.page.get_by_text("No changes")).to_be_visible()
    assert stored(api, media_id) == file_of(script.cues)
