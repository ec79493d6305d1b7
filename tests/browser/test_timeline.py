"""The editor's timeline: cues are dragged over the sound of a film whose edges are known."""

import re
import subprocess
from pathlib import Path

import pytest
from engine_kit.ffmpeg import find_ffmpeg
from playwright.sync_api import Browser, Locator, Page, Route, StorageState, expect

from dev.stack.stack import Stack
from tests.browser.answers import answered_by
from tests.browser.api import Api

SECONDS = 14
TONES_S = ((3.02, 5.06), (7.5, 9.0))
"""When the film sounds: from between two of its 25 frames a second."""
START = """WEBVTT

00:00:01.000 --> 00:00:02.500
one

00:00:05.400 --> 00:00:06.600
two

00:00:10.000 --> 00:00:11.000
three
"""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of tones above a quiet hiss, 25 frames a second; no codec blurs where they begin."""
    path = tmp_path_factory.mktemp("tones") / "tones.mp4"
    tones = "+".join(f"between(t,{start},{end})" for start, end in TONES_S)
    sound = f"aevalsrc='0.4*sin(880*PI*t)*({tones})+0.02*random(0)':d={SECONDS}:s=48000"
    picture = f"testsrc2=s=320x180:r=25:d={SECONDS}"
    inputs = ("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound)
    video = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    audio = ("-c:a", "flac", "-strict", "experimental")
    command = [find_ffmpeg(), "-nostdin", "-v", "error", *inputs, *video, *audio, str(path)]
    subprocess.run(command, check=True)
    return path


@pytest.fixture
def edited(api: Api, film: Path) -> str:
    """A media with that film and three cues."""
    media_id = api.add("Tones over a hiss", film)
    api.call("PUT", f"/api/media/{media_id}/subtitles", START.encode())
    return media_id


class Timeline:
    """The timeline of an open editor, with the whole film in view."""

    def __init__(self, page: Page, media_id: str, waveform: str = "ready") -> None:
        self.page = page
        page.goto(f"/#/media/{media_id}/subtitles")
        self.surface: Locator = page.get_by_test_id("timeline")
        expect(self.surface).to_have_attribute("aria-valuemax", str(SECONDS * 1000))
        # Speech and frames are there to snap to once the waveform is.
        expect(page.locator(".cue-timeline")).to_have_attribute("data-waveform", waveform)
        self.surface.press("0")

    def point(self, at_s: float) -> tuple[float, float]:
        """Return where a time is on the page, in the middle of the cues."""
        box = self.surface.bounding_box()
        assert box is not None
        # A border of one pixel is no part of it.
        return box["x"] + 1 + (box["width"] - 2) * at_s / SECONDS, box["y"] + box["height"] / 2

    def drag(self, from_s: float, to_s: float, *, drop: bool = True) -> None:
        """Drag from one time to another with the mouse."""
        mouse = self.page.mouse
        mouse.move(*self.point(from_s))
        mouse.down()
        mouse.move(*self.point((from_s + to_s) / 2))
        mouse.move(*self.point(to_s))
        if drop:
            mouse.up()

    def click(self, at_s: float) -> None:
        self.page.mouse.click(*self.point(at_s))


def expect_times(page: Page, number: int, start: str, end: str) -> None:
    """Wait for the times of a cue in the list."""
    expect(page.get_by_label(f"Start of cue {number}")).to_have_value(start)
    expect(page.get_by_label(f"End of cue {number}")).to_have_value(end)


def stored(api: Api, media_id: str) -> str:
    input_id = api.call("GET", f"/api/media/{media_id}")["inputs"]["subtitles"]["inputId"]
    return api.api("GET", f"/api/media/{media_id}/inputs/{input_id}/content").text


def test_cues_are_dragged_to_speech_and_frames_and_what_was_dragged_is_stored(
    page: Page, api: Api, edited: str
) -> None:
    timeline = Timeline(page, edited)
    # An edge: the tone begins at 3.02 s, which is between two frames.
    timeline.drag(2.5, 2.97)
    expect(page.get_by_label("End of cue 1")).to_have_value("0:03.020")
    # A whole cue: nothing is near 7.2 s or 8.4 s but frames.
    timeline.drag(6.0, 7.8)
    expect(page.get_by_label("Start of cue 2")).to_have_value("0:07.200")
    # What is given up or undone leaves nothing.
    timeline.drag(10.0, 9.3, drop=False)
    page.keyboard.press("Escape")
    page.mouse.up()
    # It ends where it is let go, also where the last move was not told.
    timeline.drag(10.5, 11.0, drop=False)
    x, y = timeline.point(12.5)
    release = {"type": "mouseReleased", "x": x, "y": y, "button": "left", "clickCount": 1}
    page.context.new_cdp_session(page).send("Input.dispatchMouseEvent", release)
    page.mouse.up()
    expect(page.get_by_label("Start of cue 3")).to_have_value("0:12.000")
    page.keyboard.press("Control+z")
    expect(page.get_by_label("Start of cue 3")).to_have_value("0:10.000")
    # A new cue, where there is none; its text has the focus.
    timeline.drag(11.48, 12.52)
    expect(page.get_by_label("Text of cue 4")).to_be_focused()
    page.keyboard.type("four")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("No changes")).to_be_visible()

    assert stored(api, edited) == (
        "WEBVTT\n\n"
        "00:00:01.000 --> 00:00:03.020\none\n\n"
        "00:00:07.200 --> 00:00:08.400\ntwo\n\n"
        "00:00:10.000 --> 00:00:11.000\nthree\n\n"
        "00:00:11.480 --> 00:00:12.520\nfour\n"
    )


def test_chosen_cues_move_together_and_keys_move_edges_by_frames(page: Page, edited: str) -> None:
    timeline = Timeline(page, edited)
    timeline.click(1.5)
    page.keyboard.down("Control")
    timeline.click(6)
    page.keyboard.up("Control")
    timeline.drag(1.5, 2.5)
    expect(page.get_by_label("Start of cue 2")).to_have_value("0:06.400")
    expect_times(page, 1, "0:02.000", "0:03.500")
    page.keyboard.press("Control+z")
    expect(page.get_by_label("Start of cue 2")).to_have_value("0:05.400")

    timeline.click(10.5)
    expect(page.locator("video")).to_have_js_property("paused", value=True)
    timeline.surface.press("ArrowUp")
    expect(timeline.surface).to_have_attribute("aria-valuetext", "0:05.400, cue 2: two")
    for _ in range(2):
        timeline.surface.press("Alt+ArrowRight")
    timeline.surface.press("Alt+Shift+ArrowLeft")
    expect_times(page, 2, "0:05.480", "0:06.560")
    # Keys in a row are one action.
    for _ in range(2):
        page.keyboard.press("Control+z")
    expect(page.get_by_label("Start of cue 2")).to_have_value("0:05.400")
    timeline.surface.press("ArrowRight")
    expect(timeline.surface).to_have_attribute("aria-valuenow", "5440")


def test_the_current_cue_is_played_again_and_again(page: Page, edited: str) -> None:
    timeline = Timeline(page, edited)
    timeline.click(10.5)
    page.get_by_role("button", name="Loop", exact=True).click()
    video = page.locator("video")
    expect(video).to_have_js_property("paused", value=False)

    # From just before its end it begins again, and does not go on to what comes behind.
    back = video.evaluate(
        """(video) => new Promise((resolve) => {
          video.currentTime = 10.9;
          const look = () => {
            if (video.currentTime < 10.5 && video.currentTime >= 9.9) resolve("began again");
            else if (video.currentTime > 11.6) resolve("went on");
            else requestAnimationFrame(look);
          };
          video.addEventListener("seeked", look, { once: true });
        })"""
    )

    assert back == "began again"


def test_a_finger_moves_the_cue_that_was_tapped_and_two_zoom(
    browser: Browser, stack: Stack, session: StorageState, edited: str
) -> None:
    with browser.new_context(
        base_url=stack.app_url,
        storage_state=session,
        has_touch=True,
        is_mobile=True,
        viewport={"width": 390, "height": 844},
    ) as context:
        page = context.new_page()
        timeline = Timeline(page, edited)
        fingers = context.new_cdp_session(page)

        def touch(kind: str, *points: tuple[float, float]) -> None:
            listed = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
            fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": listed})

        def drag(from_x: float, by_px: float) -> None:
            for kind, part in (("touchStart", 0.0), ("touchMove", 0.5), ("touchMove", 1.0)):
                touch(kind, (from_x + by_px * part, y))
            touch("touchEnd")

        x, y = timeline.point(6.0)
        per_s = timeline.point(7.0)[0] - x
        start = page.get_by_label("Start of cue 2")
        # What was not tapped before is scrolled past, and here all is in view.
        drag(x, 2 * per_s)
        touch("touchStart", (x, y))
        touch("touchEnd")
        expect(timeline.surface).to_have_attribute("aria-valuetext", re.compile("cue 2: two"))
        expect(start).to_have_value("0:05.400")
        drag(x, 6 * per_s)
        expect(start).to_have_value("0:11.400")
        # Two fingers draw its middle apart four times: as far on the screen is half a second.
        middle = timeline.point(12)[0]
        touch("touchStart", (middle - 20, y), (middle + 20, y))
        touch("touchMove", (middle - 80, y), (middle + 80, y))
        touch("touchEnd")
        assert page.evaluate("visualViewport.scale") == 1
        drag(middle, -2 * per_s)
        expect(start).to_have_value(re.compile(r"0:10\.(88|92)0"))


def test_without_a_burner_the_timeline_works_and_says_that_it_has_no_waveform(
    page: Page, edited: str
) -> None:
    def fail(route: Route) -> None:
        route.fulfill(status=502, json={"code": "peaks_failed"})

    with answered_by(page, "**/peaks", fail):
        timeline = Timeline(page, edited, "failed")
        expect(page.get_by_text("No waveform: the burner does not answer.")).to_be_visible()
        timeline.drag(6.0, 6.5)
        expect(page.get_by_label("Start of cue 2")).not_to_have_value("0:05.400")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".cue-timeline")).to_have_attribute("data-waveform", "ready")
    expect(page.get_by_text("No waveform: the burner does not answer.")).to_have_count(0)
