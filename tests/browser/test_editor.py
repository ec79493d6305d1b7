"""The subtitle editor: times, text, split and merge, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from dev.fixtures.clip import clip_path
from dev.fixtures.demo_material import SUBTITLES
from tests.browser.api import Api
from tests.browser.axe import AXE, serious
from tests.browser.editing.cues import long_file

START = """WEBVTT

00:00:00.400 --> 00:00:02.300
one two

00:00:02.500 --> 00:00:05.000
three
"""


@pytest.fixture
def edited(api: Api) -> str:
    """A media with two cues."""
    media_id = api.add("Cues")
    api.call("PUT", f"/api/media/{media_id}/subtitles", START.encode())
    return media_id


def stored(api: Api, media_id: str) -> str:
    """Return the newest version."""
    input_id = api.call("GET", f"/api/media/{media_id}")["inputs"]["subtitles"]["inputId"]
    return api.api("GET", f"/api/media/{media_id}/inputs/{input_id}/content").text


def save(page: Page) -> None:
    page.keyboard.press("Control+s")
    expect(page.get_by_text("No changes")).to_be_visible()


def test_times_and_texts_are_typed_and_saved_as_a_new_version(
    page: Page, api: Api, edited: str
) -> None:
    page.goto(f"/#/media/{edited}/subtitles")
    page.get_by_label("Start of cue 1").fill("0.5")
    page.get_by_label("End of cue 2").fill("1:04,25")
    page.get_by_label("Text of cue 2").fill("three & four")
    page.get_by_label("Text of cue 2").press("Control+s")
    expect(page.get_by_text("No changes")).to_be_visible()

    assert stored(api, edited) == START.replace("00:00:00.400", "00:00:00.500").replace(
        "00:00:05.000", "00:01:04.250"
    ).replace("three", "three & four")
    edit, uploaded = api.call("GET", f"/api/media/{edited}/inputs?slot=subtitles")["items"]
    assert (edit["origin"], edit["parent"]) == ("edit", uploaded["inputId"])


def test_a_time_that_is_none_and_an_end_before_its_start_are_marked(
    page: Page, edited: str
) -> None:
    page.goto(f"/#/media/{edited}/subtitles")
    start, end = page.get_by_label("Start of cue 1"), page.get_by_label("End of cue 2")
    start.fill("soon")
    end.fill("2.1")
    end.press("Enter")

    expect(start).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("Start: Not a time: use 1:02.5 or 00:01:02.500.")).to_be_visible()
    expect(page.get_by_text("The end must be after the start.")).to_be_visible()
    expect(page.get_by_role("button", name="Save as a new version")).to_be_disabled()


def test_cues_are_split_merged_undone_and_moved_by_keyboard(
    page: Page, api: Api, edited: str
) -> None:
    page.goto(f"/#/media/{edited}/subtitles")
    first = page.get_by_label("Text of cue 1")
    first.focus()
    # Behind "one": the cue is parted there, in the middle of its time.
    first.press("Home")
    for _ in range(3):
        first.press("ArrowRight")
    first.press("Control+Enter")
    expect(page.get_by_label("Text of cue 2")).to_be_focused()
    expect(page.get_by_label("Text of cue 2")).to_have_value("two")
    expect(first).to_have_value("one")

    page.keyboard.press("Alt+ArrowDown")
    expect(page.get_by_label("Text of cue 3")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_label("Text of cue 2")).to_be_focused()
    page.keyboard.press("Control+m")
    expect(page.get_by_label("Text of cue 2")).to_have_value("two\nthree")
    page.keyboard.press("Control+z")
    expect(page.get_by_label("Text of cue 3")).to_have_value("three")
    page.get_by_label("Text of cue 3").focus()
    page.keyboard.press("Control+Backspace")
    expect(page.get_by_label("Text of cue 3")).to_have_count(0)
    # What had the focus is gone: the keys are the editor's all the same.
    page.evaluate("document.activeElement.blur()")
    save(page)

    assert stored(api, edited).count("-->") == 2


def test_the_same_is_done_with_buttons_and_all_cues_move_in_time(
    page: Page, api: Api, edited: str
) -> None:
    page.goto(f"/#/media/{edited}/subtitles")
    page.get_by_label("Text of cue 1").focus()
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_label("Text of cue 1")).to_have_value("one two\nthree")
    page.get_by_role("button", name="Undo: merging").click()
    expect(page.get_by_label("Text of cue 2")).to_have_value("three")
    page.get_by_text("Times of many cues").click()
    page.get_by_label("By", exact=True).fill("1.5")
    page.get_by_label("By", exact=True).press("Tab")
    page.get_by_role("button", name="Shift", exact=True).click()

    expect(page.get_by_label("Start of cue 1")).to_have_value("0:01.900")
    page.get_by_label("Text of cue 1").focus()
    save(page)
    assert "00:00:01.900 --> 00:00:03.800\none two" in stored(api, edited)


def test_a_cue_begins_and_ends_where_the_video_is(page: Page, api: Api) -> None:
    media_id = api.add("Timed by the picture", clip_path())
    api.call("PUT", f"/api/media/{media_id}/subtitles", SUBTITLES.encode())
    page.goto(f"/#/media/{media_id}/subtitles")
    page.get_by_role("button", name="Go to cue 2 in the video").click()
    expect(page.get_by_role("listitem").nth(1)).to_have_class(re.compile("playing"))
    page.get_by_label("Text of cue 2").focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("video")).to_have_js_property("currentTime", 3.5)

    page.keyboard.press("Control+[")

    expect(page.get_by_label("Start of cue 2")).to_have_value("0:03.500")


SCRIPT = (
    "[Script Info]\n; by hand\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\n"
    "Style: Main,Gandhi Sans,52\n\n[Events]\n"
    "Comment: 0,0:00:00.00,0:00:00.00,Main,,0,0,0,,a note\n"
    "Dialogue: 1,0:00:01.00,0:00:02.00,Main,Ann,0,0,0,,{\\an8}Up there{\\fs90}!\n"
    "Dialogue: 0,0:00:03.00,0:00:04.00,Main,,0,0,0,,{\\move(1,1,9,9)}ROAD\n"
    "Dialogue: 0,0:00:05.00,0:00:06.00,Main,Bob,0,0,0,,Below\n"
)


def test_a_script_stays_a_script_and_keeps_what_nobody_edited(page: Page, api: Api) -> None:
    media_id = api.add("Script")
    api.call("PUT", f"/api/media/{media_id}/subtitles", SCRIPT.encode())
    page.goto(f"/#/media/{media_id}/subtitles")
    expect(page.get_by_text("This file keeps its kind")).to_be_visible()
    page.get_by_label("End of cue 2").fill("6.5")
    page.get_by_label("Text of cue 1").fill("Up here")
    save(page)

    expect(page.get_by_text("Tags of the file within texts that were edited")).to_be_visible()
    edited = SCRIPT.replace("Up there{\\fs90}!", "Up here").replace("06.00", "06.50")
    assert stored(api, media_id) == edited


def cues(page: Page) -> Locator:
    return page.get_by_role("list", name="Cues").get_by_role("listitem")


SEEN = """(list) => {
  const box = list.getBoundingClientRect();
  const [top, bottom] = [Math.max(0, box.top), Math.min(innerHeight, box.bottom)];
  const rows = [...list.querySelectorAll("[data-cue]")].map((row) => row.getBoundingClientRect());
  return rows.filter((row) => row.top >= top && row.bottom <= bottom).length >= 4;
}"""
"""Whether four cues or more are in sight: what is drawn follows the size of the screen."""


def test_of_a_long_file_only_what_is_seen_is_drawn_and_typing_goes_on_wherever_it_is_scrolled(
    page: Page, api: Api
) -> None:
    media_id = api.add("Long")
    api.call("PUT", f"/api/media/{media_id}/subtitles", long_file(1500).encode())
    page.goto(f"/#/media/{media_id}/subtitles")
    last = page.get_by_label("Text of cue 1500")
    page.get_by_label("Text of cue 1", exact=True).click()
    page.keyboard.press("Home")
    page.keyboard.type("A")
    expect(cues(page).first).to_have_attribute("aria-setsize", "1500")
    assert cues(page).count() < 60
    scroller = page.get_by_role("list", name="Cues")
    # Several on a small screen, and on a phone once one goes there.
    page.set_viewport_size({"width": 1280, "height": 800})
    page.wait_for_function(SEEN, arg=scroller.element_handle())
    page.set_viewport_size({"width": 390, "height": 844})
    scroller.evaluate("(list) => list.scrollIntoView()")
    page.wait_for_function(SEEN, arg=scroller.element_handle())
    page.set_viewport_size({"width": 1280, "height": 720})
    to_end = "(list) => list.scrollTo(0, list.scrollHeight)"
    scroller.evaluate(to_end)
    expect(last).to_be_visible()
    page.keyboard.type("nd ")
    expect(page.get_by_label("Text of cue 1", exact=True)).to_have_value("And Line 1 of it")
    scroller.evaluate(to_end)
    last.click()
    scroller.evaluate("(list) => list.scrollTo(0, 0)")
    expect(page.get_by_label("Text of cue 1", exact=True)).to_be_visible()
    page.keyboard.press("End")
    page.keyboard.type(".")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_label("Text of cue 1499")).to_be_focused()
    save(page)

    expected = long_file(1500).replace("Line 1 of", "And Line 1 of")
    assert stored(api, media_id) == expected.replace("Line 1500 of it", "Line 1500 of it.")


def test_patterns_are_found_and_replaced_at_once_and_none_can_stop_the_page(
    page: Page, api: Api
) -> None:
    media_id = api.add("Patterns")
    evil = "a" * 40 + "!"
    text = long_file(30).replace("Line 30 of it", evil)
    api.call("PUT", f"/api/media/{media_id}/subtitles", text.encode())
    page.goto(f"/#/media/{media_id}/subtitles")
    page.get_by_label("Text of cue 1", exact=True).click()
    page.keyboard.press("Control+h")
    find = page.get_by_label("Find", exact=True)
    find.fill(r"^Line (\d)(\d) of")
    page.get_by_label("Regular expression").check()
    expect(page.get_by_text("20 matches")).to_be_visible()
    find.press("Enter")
    expect(page.get_by_role("search").get_by_text("1 of 20")).to_be_visible()
    expect(page.get_by_label("Text of cue 10")).to_be_visible()
    page.evaluate(AXE)
    assert serious(page) == []
    page.get_by_label("Replace with").fill(r"$2$1\nof")
    page.get_by_role("button", name="Replace all").click()
    expect(page.get_by_label("Text of cue 10")).to_have_value("01\nof it")
    find.fill("(a+)+$")
    expect(page.get_by_text("This pattern takes longer than 2 seconds.")).to_be_visible()
    find.fill("(a")
    expect(page.get_by_text("Not a regular expression: a ( has no ).")).to_be_visible()
    find.press("Escape")
    page.get_by_role("button", name="Undo: replacing all").click()

    expect(page.get_by_label("Text of cue 10")).to_have_value("Line 10 of it")
    expect(page.get_by_text("No changes")).to_be_visible()


REPLACES_SLOWLY = """
const send = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (message, ...more) {
  setTimeout(() => send.call(this, message, ...more), message.verb === "replace" ? 600 : 0);
};
"""


def test_a_slow_replacement_is_made_though_what_was_typed_is_searched_meanwhile(
    page: Page, api: Api
) -> None:
    media_id = api.add("Slowly replaced")
    api.call("PUT", f"/api/media/{media_id}/subtitles", long_file(30).encode())
    page.add_init_script(REPLACES_SLOWLY)
    page.goto(f"/#/media/{media_id}/subtitles")
    page.get_by_label("Text of cue 1", exact=True).click()
    page.keyboard.press("Control+h")
    page.get_by_label("Find", exact=True).fill(r"^Line (\d)(\d) of")
    page.get_by_label("Regular expression").check()
    expect(page.get_by_text("21 matches")).to_be_visible()

    page.get_by_label("Replace with").fill("No.")
    page.get_by_role("button", name="Replace all").click()

    expect(page.get_by_label("Text of cue 10")).to_have_value("No. it")


def test_keys_are_listed_changed_and_kept_and_there_are_those_of_aegisub(
    page: Page, edited: str
) -> None:
    page.goto(f"/#/media/{edited}/subtitles")
    page.get_by_label("Text of cue 1").click()
    page.keyboard.press("F1")
    page.evaluate(AXE)
    assert serious(page) == []
    page.get_by_label("Set", exact=True).select_option("Aegisub")
    page.get_by_role("button", name="Change the key of: Add a cue").click()
    expect(page.get_by_role("textbox", name="Press the new key")).to_be_focused()
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Ctrl S is already the key of “Save”.")).to_be_visible()
    page.get_by_role("button", name="Another key").click()
    expect(page.get_by_role("textbox", name="Press the new key")).to_be_focused()
    page.keyboard.press("Control+e")
    expect(page.get_by_role("row", name="Add a cue")).to_contain_text("Ctrl E")
    page.reload()
    page.get_by_label("Text of cue 1").click()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Text of cue 2")).to_be_focused()
    page.keyboard.press("Control+e")

    expect(page.get_by_label("Text of cue 3")).to_be_focused()


def test_what_is_hard_to_read_is_told_while_it_is_typed_and_visited(
    page: Page, edited: str
) -> None:
    page.goto(f"/#/media/{edited}/subtitles")
    expect(page.get_by_text("Nothing to look at")).to_be_visible()
    page.get_by_label("Text of cue 2").fill(
        "Fifty-six letters, which nobody reads in so short a time"
    )
    page.get_by_label("Start of cue 2").fill("2")
    page.get_by_label("Start of cue 2").press("Enter")
    expect(page.get_by_text("1 cue to look at")).to_be_visible()
    row = cues(page).nth(1)
    expect(row).to_contain_text("Begins before the cue above ends.")
    expect(row).to_contain_text("Long line: 56 characters (limit 42).")
    page.get_by_label("Text of cue 1").focus()
    page.keyboard.press("F8")
    expect(page.get_by_label("Text of cue 2")).to_be_focused()
    expect(page.get_by_label("Text of cue 2")).to_have_attribute("spellcheck", "true")
    page.get_by_text("Limits", exact=True).click()
    page.get_by_label("Characters a line").fill("600")
    page.get_by_label("Characters a line").press("Tab")
    expect(page.get_by_text("At most 100.")).to_be_visible()
    expect(row).not_to_contain_text("Long line")
    # The burner is asked which characters it has no font for.
    page.get_by_label("Text of cue 1").fill("in Klingon: \uf8d0")

    expect(cues(page).nth(0)).to_contain_text("No font of the burner has: \uf8d0")


def test_times_in_a_form_say_what_is_wrong_with_them(page: Page) -> None:
    page.goto("/#/new/burn")
    page.get_by_text("Watermark and hint").click()
    start, end = page.get_by_label("From", exact=True), page.get_by_label("To", exact=True)
    start.fill("1:75")
    start.press("Tab")
    expect(page.get_by_text("Minutes and seconds go up to 59.")).to_be_visible()
    start.fill("1:05,5")
    end.fill("0:30")
    end.press("Enter")

    expect(page.get_by_text("Must be after 1:05.500.")).to_be_visible()
    expect(end).to_have_attribute("aria-invalid", "true")


def test_a_language_is_chosen_to_stand_beside_the_edit_that_goes_on(
    page: Page, api: Api, edited: str
) -> None:
    first = api.call("GET", f"/api/media/{edited}")["inputs"]["subtitles"]["inputId"]
    door = f"/api/media/{edited}/subtitles?language=es"
    second = api.call("PUT", door, START.replace("one two", "uno dos").encode())["inputId"]
    page.goto(f"/#/media/{edited}/subtitles?version={first}")
    page.get_by_label("Text of cue 1").fill("one, two")
    page.get_by_text("Options", exact=True).click()
    page.get_by_label("Beside it", exact=True).select_option(value=second)

    expect(page.get_by_label("Text of cue 1 in Spanish")).to_have_value("uno dos")
    expect(page.get_by_label("Text of cue 1", exact=True)).to_have_value("one, two")
    assert f"beside={second}" in page.url


def test_a_cue_is_played_to_its_end_or_again_and_again(page: Page, api: Api) -> None:
    media_id = api.add("Played", clip_path())
    api.call("PUT", f"/api/media/{media_id}/subtitles", long_file(40).encode())
    page.goto(f"/#/media/{media_id}/subtitles")
    video = page.locator("video")
    page.get_by_label("Text of cue 1", exact=True).click()
    page.get_by_label("Start of cue 1", exact=True).fill("0.2")
    page.get_by_label("End of cue 1", exact=True).fill("0.6")
    page.keyboard.press("Enter")
    video.evaluate("(video) => { video.pauses = 0; video.onpause = () => { video.pauses += 1; }; }")
    page.keyboard.press("Alt+r")
    expect(video).to_have_js_property("pauses", 1)
    expect(video).to_have_js_property("ended", False)
    assert video.evaluate("(video) => video.currentTime") >= 0.6

    page.keyboard.press("Alt+l")
    jumps = "let n = 0; video.onseeked = () => { n += 1; if (n > 2) done(); };"
    video.evaluate(f"(video) => new Promise((done) => {{ {jumps} }})")
    expect(page.get_by_role("button", name="Loop", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    page.keyboard.press("Alt+l")
    page.keyboard.press("Control+f")
    find = page.get_by_label("Find", exact=True)
    find.fill("xy")
    find.press("Control+Backspace")

    expect(find).to_have_value("")
    expect(page.get_by_label("Text of cue 1", exact=True)).to_be_visible()


def test_what_follows_moves_along_if_that_is_chosen(page: Page, api: Api) -> None:
    media_id = api.add("Rippled")
    api.call("PUT", f"/api/media/{media_id}/subtitles", long_file(3).encode())
    page.goto(f"/#/media/{media_id}/subtitles")
    page.get_by_text("Options", exact=True).click()
    page.get_by_label("What follows moves along").check()
    page.get_by_label("End of cue 1").fill("0:02.5")
    page.get_by_label("End of cue 1").press("Enter")

    expect(page.get_by_label("Start of cue 2")).to_have_value("0:03.000")
    expect(page.get_by_label("End of cue 3")).to_have_value("0:07.500")


LINES = """(tools) => new Set([...tools.querySelectorAll("button, summary")]
  .filter((one) => one.checkVisibility())
  .map((one) => Math.round(one.getBoundingClientRect().top))).size"""
"""On how many lines the tools stand."""


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_the_tools_take_two_lines_and_the_rarer_ones_a_word_that_opens_them(
    page: Page, media: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(f"/#/media/{media}/subtitles")
    tools = page.locator(".editor-tools")
    expect(tools.get_by_role("button", name="End here")).to_be_visible()
    assert tools.evaluate(LINES) == 2
    expect(tools.get_by_role("button", name="Find and replace")).to_be_hidden()

    tools.get_by_text("More", exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")

    # The first cue is not chosen yet, so nothing can be looped.
    expect(tools.get_by_role("button", name="Keyboard")).to_be_focused()
    page.evaluate(AXE)
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Find")).to_be_focused()

    page.set_viewport_size({"width": 1280, "height": 700})
    expect(tools.get_by_role("button", name="Loop", exact=True)).to_be_visible()
    expect(tools.get_by_text("More", exact=True)).to_have_count(0)
