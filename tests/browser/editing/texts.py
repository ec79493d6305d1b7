"""What is done to texts, and to cues as such."""

import re
from dataclasses import replace

from playwright.sync_api import Locator, expect

from media_jobs.subtitles.markup import clock
from tests.browser.editing.cues import Cue
from tests.browser.editing.script import WORDS, Script

LONG = "Fifty-six letters, which nobody reads in so short a time"


def set_cue(it: Script, at: int, cue: Cue) -> None:
    """Type what it is to be."""
    for what, ms in (("End", cue.end_ms), ("Start", cue.start_ms)):
        field = it.field(what, at + 1)
        field.fill(clock(ms))
        field.press("Enter")
    it.field("Text", at + 1).fill(cue.text)
    it.cues[at] = cue


def type_text(it: Script) -> None:
    at = it.any()
    it.cues[at] = replace(it.cues[at], text=it.words())
    field = it.field("Text", at + 1)
    field.fill(it.cues[at].text)
    expect(field).to_have_attribute("spellcheck", "true")


def type_beside(it: Script) -> None:
    """In the second language; the tags that a text begins with stay."""
    at = it.draw.randrange(len(it.others))
    field = it.beside(at)
    text = f"{it.words()} {at}"
    field.fill(text)
    it.others[at] = replace(it.others[at], text=text)


def undo(it: Script) -> None:
    it.field("Text", it.any() + 1).fill("a mistake")
    it.page.get_by_role("button", name="Undo: typing").click()


def split_at_cursor(it: Script) -> bool:
    at = it.lasting(600)
    if at is None:
        return False
    cue = replace(it.cues[at], text=it.words())
    first, _, rest = cue.text.partition(" ")
    field = it.field("Text", at + 1)
    field.fill(cue.text)
    field.evaluate("(field, at) => field.setSelectionRange(at, at)", len(first))
    field.press("Control+Enter")
    middle = (cue.start_ms + cue.end_ms) // 2
    it.cues[at : at + 1] = [cue, cue]
    set_cue(it, at, Cue(cue.start_ms, middle, first))
    set_cue(it, at + 1, Cue(middle, cue.end_ms, rest))
    return True


def merge(it: Script) -> None:
    at = it.any()
    one, two = it.cues[at : at + 2]
    it.field("Text", at + 1).click()
    it.page.keyboard.press("Control+m")
    it.cues[at : at + 2] = [Cue(one.start_ms, two.end_ms, f"{one.text}\n{two.text}")]


def remove(it: Script) -> None:
    at = it.any()
    it.field("Text", at + 1).click()
    it.page.get_by_role("button", name=f"Delete cue {at + 1}", exact=True).click()
    del it.cues[at]


def add(it: Script) -> bool:
    at = next(it.places(lambda n: it.cues[n + 1].start_ms - it.cues[n].end_ms >= 300), None)
    if at is None:
        return False
    before, after = it.cues[at : at + 2]
    it.field("Text", at + 1).click()
    it.page.keyboard.press("Control+i")
    new = Cue(before.end_ms + 50, after.start_ms - 50, it.words())
    it.cues.insert(at + 1, new)
    set_cue(it, at + 1, new)
    return True


def see_next_problem(it: Script) -> None:
    """What is hard to read is told while it is typed, and the next of it is gone to."""
    at = 1 + it.draw.randrange(len(it.cues) - 1)
    field = it.field("Text", at + 1)
    field.fill(LONG)
    row = it.page.locator(f'[aria-posinset="{at + 1}"]')
    expect(row).to_contain_text("Long line: 56 characters (limit 42).")
    it.field("Text", at).click()
    it.page.keyboard.press("F8")
    expect(it.page.get_by_label(f"Text of cue {at + 1}", exact=True)).to_be_focused()
    it.cues[at] = replace(it.cues[at], text=it.words())
    field.fill(it.cues[at].text)


def replace_pattern(it: Script) -> None:
    """By a regular expression, with a group."""
    to_short = any(re.search(r"number \d", cue.text) for cue in it.cues)
    find, by = (r"number (\d+)", "no. $1") if to_short else (r"no\. (\d+)", "number $1")
    search = _find(it, find, by, is_regex=True, also_beside=False)
    _swap(search, sum(len(re.findall(find, cue.text)) for cue in it.cues))
    said = by.replace("$1", r"\1")
    it.cues = [replace(cue, text=re.sub(find, said, cue.text)) for cue in it.cues]


def replace_in_both(it: Script) -> None:
    """A word that both columns have, as one action."""
    type_text(it)
    type_beside(it)
    both = it.cues + it.others
    word = next(one for one in WORDS if any(one in cue.text for cue in it.others))
    search = _find(it, word, word.upper(), is_regex=False, also_beside=True)
    _swap(search, sum(cue.text.count(word) for cue in both))
    it.page.get_by_label("Text of cue").first.click()
    if it.draw.random() < 1 / 2:
        it.page.keyboard.press("Control+z")
        expect(it.page.get_by_role("button", name="Redo: replacing all")).to_be_enabled()
        it.page.keyboard.press("Control+y")
    it.cues = [replace(cue, text=cue.text.replace(word, word.upper())) for cue in it.cues]
    it.others = [replace(cue, text=cue.text.replace(word, word.upper())) for cue in it.others]


def _find(it: Script, find: str, by: str, *, is_regex: bool, also_beside: bool) -> Locator:
    it.page.get_by_label("Text of cue").first.click()
    it.page.keyboard.press("Control+h")
    search = it.page.get_by_role("search")
    search.get_by_label("Regular expression").set_checked(is_regex)
    search.get_by_label("Match case").check()
    search.get_by_label("Also in Spanish").set_checked(also_beside)
    search.get_by_label("Find", exact=True).fill(find)
    search.get_by_label("Replace with").fill(by)
    return search


def _swap(search: Locator, count: int) -> None:
    result = search.get_by_role("status")
    expect(result).to_have_text(f"{count} match" if count == 1 else f"{count} matches")
    if count:
        search.get_by_role("button", name="Replace all").click()
        expect(result).to_have_text("0 matches")
    search.get_by_label("Find", exact=True).press("Escape")


def use_aegisub_keys(it: Script) -> None:
    """Aegisub's shortcuts, one of them changed; then those from before."""
    at = it.any()
    it.field("Text", at + 1).click()
    _choose_keys(it, "aegisub", merged_by="Control+e")
    one, two = it.cues[at : at + 2]
    it.field("Text", at + 1).click()
    it.page.keyboard.press("Enter")
    expect(it.page.get_by_label(f"Text of cue {at + 2}", exact=True)).to_be_focused()
    it.field("Text", at + 1).click()
    it.page.keyboard.press("Control+e")
    it.cues[at : at + 2] = [Cue(one.start_ms, two.end_ms, f"{one.text}\n{two.text}")]
    _choose_keys(it, "own")


def _choose_keys(it: Script, keys: str, merged_by: str | None = None) -> None:
    it.page.keyboard.press("F1")
    it.page.get_by_label("Set", exact=True).select_option(keys)
    if merged_by:
        it.page.get_by_role("button", name="Change the key of: Merge").click()
        it.page.get_by_role("textbox", name="Press the new key").press(merged_by)
        expect(it.page.get_by_role("row", name="Merge")).to_contain_text("Ctrl E")
    it.page.keyboard.press("Escape")
    expect(it.page.get_by_role("dialog")).to_have_count(0)
