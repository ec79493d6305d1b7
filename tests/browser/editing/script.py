"""A person at the editor: what both columns are to hold, and how one goes to a cue."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator

from playwright.sync_api import ElementHandle, Locator, Page

from tests.browser.editing.cues import Cue, english, spanish, whole

WORDS = ("river", "stone", "winter", "lantern", "harbour", "morning", "letter", "garden")

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
WITH_TEXT = """(text) => [...document.querySelectorAll("[data-beside]")]
  .find((field) => field.value === text) ?? null"""

Operation = Callable[["Script"], bool | None]
"""Does something, and notes what it leads to; False where nothing is as it needs it."""


class Script:
    """What a person does in the editor, and what the files are to be after it."""

    def __init__(self, page: Page, count: int, seed: int, film_ms: int) -> None:
        self.page = page
        self.film_ms = film_ms
        self.draw = random.Random(seed)  # noqa: S311 - it is to draw the same again.
        self.cues = english(count)
        self.others = spanish(count)
        self.used: Counter[str] = Counter()

    def words(self) -> str:
        return " ".join(self.draw.sample(WORDS, 3))

    def any(self) -> int:
        return self.draw.randrange(len(self.cues) - 1)

    def places(self, fits: Callable[[int], bool]) -> Iterator[int]:
        """Yield places of cues before the last one that fit, from a drawn one on."""
        count = len(self.cues) - 1
        first = self.any()
        return (at % count for at in range(first, first + count) if fits(at % count))

    def lasting(self, ms: int) -> int | None:
        """Return a cue that lasts longer, within the film."""

        def fits(at: int) -> bool:
            cue = self.cues[at]
            return cue.end_ms - cue.start_ms > ms and cue.end_ms + 1000 < self.film_ms

        return next(self.places(fits), None)

    def field(self, what: str, n: int) -> Locator:
        """The field of a cue, counted from 1, in view: a row out of it may go at any time."""
        handle = self.page.get_by_role("list", name="Cues").element_handle()
        self.page.evaluate(REACH, [handle, n])
        return self.page.get_by_label(f"{what} of cue {n}", exact=True)

    def beside(self, at: int) -> ElementHandle:
        """The field of a cue of the second column, which no other has the text of."""
        other = self.others[at]
        middle = (other.start_ms + other.end_ms) / 2
        near = min(
            range(len(self.cues)),
            key=lambda n: max(self.cues[n].start_ms - middle, middle - self.cues[n].end_ms),
        )
        self.field("Text", near + 1).scroll_into_view_if_needed()
        found = self.page.wait_for_function(WITH_TEXT, arg=other.text).as_element()
        assert found is not None
        return found

    def move_all(self, moved: Callable[[float], float], *, also_beside: bool) -> None:
        """All times become what *moved* makes of them."""

        def placed(cue: Cue) -> Cue:
            start_ms, end_ms = whole(moved(cue.start_ms)), whole(moved(cue.end_ms))
            return Cue(start_ms, end_ms, cue.text, cue.first)

        self.cues = list(map(placed, self.cues))
        if also_beside:
            self.others = list(map(placed, self.others))

    def do(self, operation: Operation) -> None:
        if operation(self) is not False:
            self.used[operation.__name__] += 1

    def save(self) -> None:
        self.page.keyboard.press("Control+s")
