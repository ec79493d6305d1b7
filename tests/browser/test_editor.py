"""The subtitle editor: times, text, split and merge, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from dev.fixtures.clip import clip_path
from dev.fixtures.demo_material import SUBTITLES
from tests.browser.api import Api

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
    page.get_by_text("Shift all cues").click()
    page.get_by_label("By", exact=True).fill("1.5")
    page.get_by_label("By", exact=True).press("Tab")
    page.get_by_role("button", name="Shift all").click()

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


def test_the_cues_of_another_language_are_read_beside_those_that_are_edited(
    page: Page, api: Api, edited: str
) -> None:
    first = api.call("GET", f"/api/media/{edited}")["inputs"]["subtitles"]["inputId"]
    spanish = START.replace("one two", "uno dos").replace("three", "tres")
    door = f"/api/media/{edited}/subtitles?language=es"
    second = api.call("PUT", door, spanish.encode())["inputId"]

    page.goto(f"/#/media/{edited}/subtitles?version={second}&beside={first}&at=3000")

    expect(page.get_by_label("Text of cue 2")).to_be_focused()
    expect(page.get_by_label("Text of cue 2")).to_have_value("tres")
    expect(page.get_by_role("listitem").nth(0).get_by_text("one two")).to_be_visible()
    expect(page.get_by_role("listitem").nth(1).get_by_text("three")).to_be_visible()


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
