"""What is done to the times of cues, typed and by keys."""

from collections.abc import Callable
from dataclasses import replace

from playwright.sync_api import Locator

from media_jobs.subtitles.markup import clock
from tests.browser.editing.cues import Cue
from tests.browser.editing.film import FRAME_MS
from tests.browser.editing.script import Script

SECOND_MS = 1000
DRAWN = """() => new Promise((done) => {
  requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(() => setTimeout(done))));
})"""


def type_time(it: Script) -> None:
    at = it.any()
    cue = it.cues[at]
    end_ms = cue.end_ms - it.draw.randrange(10, 90)
    field = it.field("End", at + 1)
    field.fill(clock(end_ms))
    field.press("Enter")
    it.cues[at] = replace(cue, end_ms=end_ms)


def set_start_and_end_by_key(it: Script) -> bool:
    """A frame behind its start, and a second later."""
    at = it.lasting(1500)
    if at is None:
        return False
    go_to(it, at)
    for key in ("Alt+.", "Control+[", "Alt+ArrowRight", "Control+]"):
        it.page.keyboard.press(key)
    cue = it.cues[at]
    start_ms = (int(cue.start_ms / FRAME_MS + 0.5) + 1) * FRAME_MS
    it.cues[at] = replace(cue, start_ms=start_ms, end_ms=start_ms + SECOND_MS)
    return True


def split_at_word(it: Script) -> bool:
    """Where the video is: the text is parted between two words, by their share of it."""
    at = it.lasting(1300)
    if at is None:
        return False
    cue = replace(it.cues[at], text=it.words())
    it.field("Text", at + 1).fill(cue.text)
    go_to(it, at)
    it.page.keyboard.press("Alt+ArrowRight")
    it.page.keyboard.press("Control+Shift+Enter")
    wanted = len(cue.text) * SECOND_MS / (cue.end_ms - cue.start_ms)
    begins = [place + 1 for place, sign in enumerate(cue.text) if sign == " "]
    caret = min(begins, key=lambda place: abs(place - wanted))
    middle = cue.start_ms + SECOND_MS
    it.cues[at : at + 1] = [
        Cue(cue.start_ms, middle, cue.text[:caret].strip()),
        Cue(middle, cue.end_ms, cue.text[caret:]),
    ]
    return True


def go_to(it: Script, at: int) -> None:
    """Choose a cue, and have the video at its start."""
    it.field("Text", at + 1).click()
    name = f"Go to cue {at + 1} in the video"
    it.page.get_by_role("button", name=name, exact=True).click()


def shift_several(it: Script) -> None:
    """Choose two cues at once, and move them."""
    at = it.draw.randrange(len(it.cues) - 2)
    it.field("Text", at + 1).click()
    it.page.keyboard.press("Alt+Shift+ArrowDown")
    panel = _panel(it, "Shift", also_beside=False)
    panel.get_by_label("Selected (2)").check()
    panel.get_by_label("By", exact=True).fill("0.03")
    panel.get_by_role("button", name="Shift", exact=True).click()
    panel.get_by_label("All", exact=True).check()
    for n in (at, at + 1):
        cue = it.cues[n]
        it.cues[n] = replace(cue, start_ms=cue.start_ms + 30, end_ms=cue.end_ms + 30)


def ripple(it: Script) -> None:
    """All that follows moves with the end of a cue."""
    at = it.any()
    cue = it.cues[at]
    options = it.page.locator("details", has_text="Options")
    if options.get_attribute("open") is None:
        options.locator("summary").click()
    options.get_by_label("What follows moves along").check()
    field = it.field("End", at + 1)
    field.fill(clock(cue.end_ms + 40))
    field.press("Enter")
    options.get_by_label("What follows moves along").uncheck()
    behind = [c.start_ms >= cue.end_ms and n != at for n, c in enumerate(it.cues)]
    it.cues[at] = replace(cue, end_ms=cue.end_ms + 40)
    it.cues = [
        replace(c, start_ms=c.start_ms + 40, end_ms=c.end_ms + 40) if moves else c
        for c, moves in zip(it.cues, behind, strict=True)
    ]


def shift(it: Script) -> None:
    def fill(panel: Locator) -> None:
        panel.get_by_label("By", exact=True).fill("0.1")
        panel.get_by_label("By", exact=True).press("Tab")

    also_beside = _apply(it, "Shift", fill)
    it.move_all(lambda ms: ms + 100, also_beside=also_beside)


def stretch(it: Script) -> None:
    also_beside = _apply(
        it, "Stretch", lambda panel: panel.get_by_label("To", exact=True).fill("100.4")
    )
    moved = it.cues + it.others if also_beside else it.cues
    first = min(cue.start_ms for cue in moved)
    it.move_all(lambda ms: first + (ms - first) * (100.4 / 100), also_beside=also_beside)


def convert_the_rate(it: Script) -> None:
    def fill(panel: Locator) -> None:
        panel.get_by_label("From", exact=True).select_option("25")
        panel.get_by_label("To", exact=True).select_option("24")

    also_beside = _apply(it, "Convert the frame rate", fill, button="Convert")
    it.move_all(lambda ms: ms * 25 / 24, also_beside=also_beside)


def fit_to_two_points(it: Script) -> None:
    """The first cue 150 ms later, the last one 1 s."""
    one, two = it.cues[0].start_ms, it.cues[-1].start_ms
    to = (one + 150, two + 1000)

    def fill(panel: Locator) -> None:
        for n, number in enumerate((1, len(it.cues))):
            panel.get_by_label("Cue", exact=True).nth(n).fill(str(number))
            panel.get_by_label("Cue", exact=True).nth(n).press("Tab")
            it.page.evaluate(DRAWN)  # The field beside it shows the start of that cue.
            panel.get_by_label("Begins at").nth(n).fill(clock(to[n]))
            panel.get_by_label("Begins at").nth(n).press("Enter")

    also_beside = _apply(it, "Fit to two points", fill, button="Fit")
    factor = (to[1] - to[0]) / (two - one)
    it.move_all(lambda ms: to[0] + (ms - one) * factor, also_beside=also_beside)


def _apply(it: Script, way: str, fill: Callable[[Locator], None], button: str = "") -> bool:
    """Change all times in a *way*; return whether those of the second column, too."""
    also_beside = it.draw.random() < 1 / 2
    panel = _panel(it, way, also_beside=also_beside)
    fill(panel)
    panel.get_by_role("button", name=button or way, exact=True).click()
    it.used["times of both columns" if also_beside else "times of one column"] += 1
    return also_beside


def _panel(it: Script, way: str, *, also_beside: bool) -> Locator:
    """The panel for the times of many cues, at one of its ways."""
    panel = it.page.locator("details", has_text="Times of many cues")
    if panel.get_attribute("open") is None:
        panel.locator("summary").click()
    panel.get_by_label("What to do").select_option(way)
    panel.get_by_label("Also in Spanish").set_checked(also_beside)
    return panel
