"""New jobs: a burn, a comments video and a download, from the form to the result."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from dev.fixtures.clip import clip_path
from dev.fixtures.demo_material import serve
from dev.stack.stack import Stack
from tests.browser.answers import answered_by
from tests.browser.api import Api

JOB_MS = 90_000
DRAWINGS = "**/subtitles/preview"
CASES = Path(__file__).parents[1] / "vectors/cases/subtitles"

RED = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    count += data[at] > 200 && data[at + 1] < 50 && data[at + 3] > 200;
  }
  return count;
}"""
"""How many pixels of a canvas are red."""


def burned_by_command(stack: Stack, subtitles: Path, *options: str) -> bytes:
    """Burn the clip by the command, and return the video."""
    out = subtitles.with_name("by-command.mp4")
    files = str(clip_path()), str(subtitles)
    named = {"VIDGEN_URL": stack.app_url, "VIDGEN_TOKEN": stack.admin_token}
    ended = subprocess.run(
        [sys.executable, "-m", "vidgen", "burn", *files, "-o", str(out), *options],
        env={**os.environ, "PYTHONPATH": "client", **named},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return out.read_bytes()


def done(page: Page) -> None:
    """Wait for the end of the job that is shown."""
    expect(page.get_by_text("Done", exact=True)).to_be_visible(timeout=JOB_MS)


@contextmanager
def unanswered(page: Page) -> Iterator[None]:
    """Hold the burner's drawings back: what is shown until they come would be gone in a moment."""
    held: list[Route] = []
    with answered_by(page, DRAWINGS, held.append):
        yield
    for route in held:
        route.continue_()


def test_subtitles_in_another_encoding_are_seen_before_they_are_burned(page: Page) -> None:
    page.goto("/#/new/burn")
    page.get_by_label("Upload a video").set_input_files(clip_path())
    source = page.get_by_role("region", name="Source")

    page.get_by_label("Subtitles", exact=True).set_input_files(CASES / "gbk.srt")
    expect(source.get_by_text("gb18030 is a guess")).to_be_visible()
    expect(page.get_by_test_id("burned")).to_contain_text("我们先把昨天的结果看一遍")
    source.get_by_label("Encoding").select_option("Big5")

    expect(source.get_by_text("is a guess")).to_have_count(0)
    expect(page.get_by_test_id("burned")).not_to_contain_text("我们先把")


def test_a_video_is_burned_with_the_style_seen_before(
    page: Page, stack: Stack, subtitles: Path
) -> None:
    page.goto("/#/new/burn")
    submit = page.get_by_role("button", name="Burn subtitles")
    expect(page.get_by_text("Choose a video first.")).to_be_visible()
    page.get_by_label("Upload a video").set_input_files(clip_path())
    expect(page.get_by_text("Choose subtitles first.")).to_be_visible()
    expect(submit).to_be_disabled()
    page.get_by_label("Subtitles", exact=True).set_input_files(subtitles)
    burned, layer = page.get_by_test_id("burned"), page.get_by_test_id("layer")
    expect(burned).to_contain_text("A quiet morning in the meadow.")
    expect(layer).to_be_visible()
    plain = layer.evaluate("e => e.style.height")
    exactness = page.get_by_test_id("exactness")
    with unanswered(page):
        page.get_by_role("button", name="Bold", exact=True).click()
        expect(exactness).to_have_attribute("data-state", "drawing")
    expect(layer).to_be_visible()
    assert layer.evaluate("e => e.style.height") != plain
    with unanswered(page):
        page.get_by_label("Text", exact=True).fill("#ff0000")
        # Until the burner's own drawing is here, the page's.
        expect(burned.locator("div div").first).to_have_css("color", "rgb(255, 0, 0)")
    expect(layer).to_be_visible()
    assert layer.evaluate(RED) > 100
    with unanswered(page):
        page.get_by_role("button", name="Bold", exact=True).click()
        expect(exactness).to_have_attribute("data-state", "drawing")
    expect(layer).to_be_visible()
    assert layer.evaluate(RED) == 0

    submit.click()

    done(page)
    # Not wait_for_function: the page's policy refuses what it evaluates.
    length_s = page.locator("video").evaluate(
        "v => v.duration || new Promise(r => v.onloadedmetadata = () => r(v.duration))"
    )
    assert length_s == pytest.approx(5.3, abs=0.2)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save: Video").click()
    assert saved.value.suggested_filename.endswith(".mp4")
    page.get_by_text("Options").click()
    expect(page.get_by_text('"preset": "bold"')).to_be_visible()
    # The command's burn of the same files with the same preset is the same file.
    by_command = burned_by_command(stack, subtitles, "--preset", "bold")
    assert saved.value.path().read_bytes() == by_command


def test_two_languages_are_chosen_seen_and_burned(page: Page, api: Api) -> None:
    media_id = api.add("Two languages", clip_path())
    tracks = {"en": "A quiet morning.", "zh-Hans": "一个宁静的早晨。"}
    for language, words in tracks.items():
        text = f"WEBVTT\n\n00:00.000 --> 00:04.000\n{words}\n"
        door = f"/api/media/{media_id}/subtitles?language={language}"
        tracks[language] = api.call("PUT", door, text.encode())["inputId"]
    page.goto(f"/#/new/burn?media={media_id}")

    # The newest is the first track, until another is chosen.
    expect(page.get_by_label("First track")).to_have_value(tracks["zh-Hans"])
    page.get_by_label("First track").select_option(tracks["en"])
    second = page.get_by_label("Second track")
    expect(second.locator("option")).to_have_count(2)
    expect(second.locator("option").nth(1)).to_contain_text("Simplified Chinese")
    second.select_option(tracks["zh-Hans"])
    burned = page.get_by_test_id("burned")
    expect(burned).to_contain_text("A quiet morning.")
    expect(burned).to_contain_text("一个宁静的早晨。")
    page.get_by_role("button", name="Burn subtitles").click()

    done(page)
    job = api.call("GET", f"/api/jobs?mediaId={media_id}")["items"][0]
    assert job["inputs"]["subtitles"] == tracks["en"]
    assert job["inputs"]["subtitles-secondary"] == tracks["zh-Hans"]
    metadata = api.http.get(job["artifacts"]["metadata"]["url"]).json()
    assert (metadata["language"], metadata["secondary"]["language"]) == ("en", "zh-Hans")
    drawn = [(one["track"], one["box"]["y"]) for one in metadata["drawn"]]
    assert [track for track, _ in drawn] == ["subtitles", "subtitles-secondary"]
    assert drawn[0][1] < drawn[1][1]


def test_two_files_of_a_language_each_are_burned_together(
    page: Page, api: Api, tmp_path: Path
) -> None:
    for name, words in (("en", "A quiet morning."), ("zh", "一个宁静的早晨。")):
        text = f"WEBVTT\n\n00:00.000 --> 00:04.000\n{words}\n"
        (tmp_path / f"talk.{name}.vtt").write_text(text, encoding="utf-8")
    page.goto("/#/new/burn")
    page.get_by_label("Upload a video").set_input_files(clip_path())
    page.get_by_label("Subtitles", exact=True).set_input_files(tmp_path / "talk.en.vtt")

    page.get_by_label("File of another language").set_input_files(tmp_path / "talk.zh.vtt")
    page.get_by_label("Its language").select_option("zh-Hans")
    expect(page.get_by_role("radio", name="Second track")).to_be_attached()
    page.get_by_role("button", name="Burn subtitles").click()

    done(page)
    job = api.call("GET", "/api/jobs")["items"][0]
    versions = api.call("GET", f"/api/media/{job['mediaId']}/inputs?slot=subtitles")["items"]
    # The first track stays the media's own.
    assert [one["inputId"] for one in versions] == [
        job["inputs"]["subtitles"],
        job["inputs"]["subtitles-secondary"],
    ]
    assert [one["language"] for one in versions] == [None, "zh-Hans"]


@pytest.mark.parametrize(
    ("view", "label", "file", "words", "submit"),
    [
        ("burn", "Subtitles", "letter.vtt", "This is not a subtitle file", "Burn subtitles"),
        ("comments", "Comments", "letter.json", "This file is not valid JSON.", "Make the video"),
    ],
)
def test_a_text_that_is_none_is_refused_before_anything_is_sent(
    page: Page, tmp_path: Path, view: str, label: str, file: str, words: str, submit: str
) -> None:
    page.goto(f"/#/new/{view}")
    letter = tmp_path / file
    letter.write_text("Dear Mira,\n")
    page.get_by_label("Upload a video").set_input_files(clip_path())
    page.get_by_label(label, exact=True).set_input_files(letter)

    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("button", name=submit)).to_be_disabled()


def test_a_style_is_saved_used_renamed_and_deleted(page: Page, media: str) -> None:
    page.goto(f"/#/new/burn?media={media}")
    page.get_by_role("button", name="Minimal", exact=True).click()
    page.get_by_label("Top", exact=True).press("Space")
    page.get_by_text("Save this style").click()
    page.get_by_role("textbox", name="Name").fill("Lecture")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Bold", exact=True).click()
    page.get_by_role("button", name="Lecture", exact=True).click()
    expect(page.get_by_label("Top", exact=True)).to_be_checked()

    page.goto("/#/settings/presets")
    page.get_by_role("button", name="Rename Lecture").click()
    page.get_by_role("textbox", name="Name").fill("Seminar")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Delete Seminar").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()

    expect(page.get_by_role("button", name="Delete Seminar")).to_have_count(0)


def test_stills_show_the_comments_video_with_the_film_in_it_before_it_is_made(
    page: Page, media: str
) -> None:
    page.goto(f"/#/new/comments?media={media}")
    still = page.get_by_role("img", name="The comments video at 0:04")
    expect(still).to_have_js_property("naturalWidth", 1920)
    # In the film's own place, which the still leaves empty; it runs from the first second.
    inset = page.locator(".stage video")
    expect(inset).to_be_visible()
    expect(inset).to_have_js_property("currentTime", 4)
    page.get_by_label("Position").fill("1")
    # While the cover stands, it has the whole place.
    expect(inset).to_have_attribute("style", "left: 0%; top: 0%; width: 100%; height: 100%;")
    page.get_by_label("Position").fill("4")
    expect(still).to_be_visible()
    page.get_by_label("Vertical").press("Space")
    expect(still).to_have_js_property("naturalWidth", 1080)
    page.get_by_role("button", name="Comment 2").click()
    expect(page.get_by_role("img", name="The comments video at 0:0")).to_be_visible()
    page.get_by_label("Quality").select_option("360")

    page.get_by_role("button", name="Make the video").click()

    done(page)
    expect(page.locator("video")).to_be_visible()


def test_a_download_by_address_is_followed_to_its_end(page: Page) -> None:
    with serve(clip_path().parent) as base:
        page.goto("/#/new/download")
        page.get_by_label("Address of the video").fill("meadow.mp4")
        page.get_by_role("button", name="Download").click()
        expect(page.get_by_text("Enter an address that begins with http")).to_be_visible()
        page.get_by_label("Address of the video").fill(f"{base}/{clip_path().name}")
        page.get_by_role("button", name="Download").click()

        done(page)
    expect(page.get_by_role("link", name="Save: Original sound")).to_be_visible()
    page.goto("/#/library")
    tile = page.locator(".tile", has=page.get_by_text(clip_path().stem, exact=True)).first
    expect(tile.locator("img")).to_be_visible()


def test_a_failed_job_says_why_and_can_be_started_again(page: Page) -> None:
    with serve(clip_path().parent) as base:
        page.goto("/#/new/download")
        page.get_by_label("Address of the video").fill(f"{base}/none.mp4")
        page.get_by_role("button", name="Download").click()
        expect(page.get_by_role("heading", name="What went wrong")).to_be_visible(timeout=JOB_MS)

        page.get_by_role("button", name="Retry").click()

        expect(page.get_by_text("started 2 times")).to_be_visible()
        expect(page.get_by_text("Failed", exact=True)).to_be_visible(timeout=JOB_MS)


def test_what_the_server_refuses_is_told_with_field_and_reason(page: Page, media: str) -> None:
    page.goto(f"/#/new/download?media={media}")
    # One that is well formed, and longer than the server takes.
    page.get_by_label("Address of the video").fill(f"https://site.example/{9000 * 'a'}")
    page.get_by_role("button", name="Download").click()

    expect(page.get_by_role("alert")).to_contain_text("options.url")


def test_a_job_that_is_sent_twice_is_one(page: Page, api: Api, media: str) -> None:
    page.goto(f"/#/new/burn?media={media}")
    submit = page.get_by_role("button", name="Burn subtitles")
    expect(submit).to_be_enabled()
    before = len(api.call("GET", f"/api/jobs?mediaId={media}&limit=100")["items"])
    # The answer to the first is lost on its way.
    page.route("**/api/jobs", lambda route: (route.fetch(), route.abort()), times=1)
    submit.click()
    expect(page.get_by_role("alert")).to_contain_text("does not answer")

    submit.click()

    expect(page.get_by_role("heading", name="Burn subtitles", level=1)).to_be_visible()
    assert len(api.call("GET", f"/api/jobs?mediaId={media}&limit=100")["items"]) == before + 1
