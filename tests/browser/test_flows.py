"""What a person does with the page, in a real Chromium on the whole local stack."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dev.clip import clip_path
from dev.demo_material import COMMENTS, SUBTITLES, serve
from dev.stack import Stack

AXE = Path("node_modules/axe-core/axe.min.js").read_text()
JOB_MS = 90_000

pytestmark = pytest.mark.timeout(180)


def add(page: Page, tmp_path: Path) -> None:
    """Choose the clip and its subtitles in the form of a burn."""
    subtitles = tmp_path / "demo.vtt"
    subtitles.write_text(SUBTITLES)
    page.goto("/#/new/burn")
    page.get_by_label("Upload a video").set_input_files(clip_path())
    page.get_by_label("Subtitles", exact=True).set_input_files(subtitles)


def test_a_wrong_token_is_refused_in_words(browser: Browser, stack: Stack) -> None:
    with browser.new_context(base_url=stack.app_url, locale="en-US") as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_label("Access token").fill("mj_wrong")
        page.get_by_role("button", name="Sign in").click()

        expect(page.get_by_role("alert")).to_contain_text("unknown, expired or revoked")


def burned_by_command(stack: Stack, tmp_path: Path, *options: str) -> bytes:
    """Burn what `add` chooses by the command, and return the video."""
    out = tmp_path / "by-command.mp4"
    files = str(clip_path()), str(tmp_path / "demo.vtt")
    named = {"VIDGEN_URL": stack.app_url, "VIDGEN_TOKEN": stack.admin_token}
    ended = subprocess.run(
        [sys.executable, "-m", "vidgen", "burn", *files, "-o", str(out), *options],
        env={**os.environ, "PYTHONPATH": "client", **named},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return out.read_bytes()


def test_a_video_is_burned_with_the_style_seen_before_and_then_edited(
    page: Page, stack: Stack, tmp_path: Path
) -> None:
    add(page, tmp_path)
    burned = page.get_by_test_id("burned")
    expect(burned).to_contain_text("A quiet morning in the meadow.")
    plain = burned.locator("div").first.evaluate("e => getComputedStyle(e).fontSize")
    page.get_by_role("button", name="Bold", exact=True).click()
    expect(burned.locator("div").first).not_to_have_css("font-size", plain)

    page.get_by_role("button", name="Burn subtitles").click()

    expect(page.get_by_text("Done", exact=True)).to_be_visible(timeout=JOB_MS)
    expect(page.locator("video")).to_be_visible()
    # Not wait_for_function: the page's policy refuses what it evaluates.
    length_s = page.locator("video").evaluate(
        "v => v.duration || new Promise(r => v.onloadedmetadata = () => r(v.duration))"
    )
    assert length_s == pytest.approx(5.3, abs=0.2)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save: Video").click()
    # The command's burn of the same files with the same preset is the same file.
    assert saved.value.path().read_bytes() == burned_by_command(stack, tmp_path, "--preset", "bold")
    page.get_by_role("link", name="bigbuckbunny").click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Text of cue 1", exact=True).fill("A loud morning.")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("No changes")).to_be_visible()
    page.get_by_role("link", name="bigbuckbunny").click()
    expect(page.get_by_text("Version 2", exact=True)).to_be_visible()
    page.get_by_role("button", name="Restore version 1").click()
    expect(page.get_by_text("Version 3", exact=True)).to_be_visible()


def test_a_download_by_address_is_followed_to_its_end(page: Page) -> None:
    with serve(clip_path().parent) as base:
        page.goto("/#/new/download")
        page.get_by_label("Address of the video").fill(f"{base}/{clip_path().name}")
        page.get_by_role("button", name="Download").click()

        expect(page.get_by_text("Done", exact=True)).to_be_visible(timeout=JOB_MS)


def test_a_failed_job_says_why_and_can_be_started_again(page: Page) -> None:
    page.goto("/#/new/download")
    page.get_by_label("Address of the video").fill("http://127.0.0.1:1/none.mp4")
    page.get_by_role("button", name="Download").click()
    expect(page.get_by_role("heading", name="What went wrong")).to_be_visible(timeout=JOB_MS)

    page.get_by_role("button", name="Retry").click()

    expect(page.get_by_text("started again 2 times")).to_be_visible()


def test_a_token_is_shown_once_and_revoked(page: Page) -> None:
    page.goto("/#/settings/tokens")
    page.get_by_role("button", name="New token").click()
    page.get_by_label("Name").fill("build server")
    page.get_by_role("button", name="Create token").click()
    assert page.get_by_role("textbox", name="Access token").input_value().startswith("mj_")
    page.get_by_role("button", name="Done").click()

    page.get_by_role("button", name="Revoke build server").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()

    expect(page.get_by_text("Revoked", exact=True)).to_be_visible()


def test_language_and_colours_stay_as_chosen(page: Page) -> None:
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="媒体库", level=1)).to_be_visible()
    page.get_by_role("button", name="配色").click()
    page.get_by_role("button", name="配色").click()

    page.reload()

    expect(page.get_by_role("heading", name="媒体库", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_without_an_answer_the_page_says_so_and_tries_again(page: Page) -> None:
    page.route("**/api/jobs?**", lambda route: route.abort())
    page.goto("/#/jobs")
    expect(page.get_by_role("alert")).to_contain_text("does not answer")

    page.unroute("**/api/jobs?**")
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("alert")).to_have_count(0)


VIEWS = [
    *("library", "jobs", "new/burn", "new/comments", "new/download"),
    *(f"settings/{part}" for part in ("health", "usage", "tokens", "presets", "webhooks")),
]


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious_and_nothing_hangs_over(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    for view in VIEWS:
        page.goto(f"/#/{view}")
        page.locator("main h1").wait_for()
        page.wait_for_load_state("networkidle")
        found = json.loads(
            # Playwright's world: the page's policy would refuse a script from outside.
            page.evaluate(f"async () => {{ {AXE}; return JSON.stringify(await axe.run()) }}")
        )
        serious = [
            (one["id"], [node["html"][:120] for node in one["nodes"]])
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == [], view
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, view


def test_a_comments_document_makes_a_video_with_stills_before(page: Page, tmp_path: Path) -> None:
    comments = tmp_path / "comments.json"
    comments.write_text(COMMENTS)
    page.goto("/#/new/comments")
    page.get_by_label("Upload a video").set_input_files(clip_path())
    page.get_by_label("Comments", exact=True).set_input_files(comments)
    page.get_by_label("Quality").select_option("360")

    page.get_by_role("button", name="Make the video").click()

    expect(page.get_by_text("Done", exact=True)).to_be_visible(timeout=JOB_MS)
    page.get_by_role("link", name="bigbuckbunny").click()
    page.get_by_role("link", name="Comments video").first.click()
    expect(page.get_by_role("img", name="The comments video at")).to_be_visible()
