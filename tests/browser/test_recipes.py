"""Recipes: from a pasted link to a run's end, with a person's review in between."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from dev.fixtures.clip import clip_path
from dev.fixtures.demo_material import serve
from tests.browser.api import Api
from tests.browser.axe import AXE, serious

JOB_MS = 90_000
HEARD = {"fromStep": "hear", "output": "subtitles"}
REVIEWED = {
    "title": {"en": "Hear, review, burn", "zh": "听写、审阅、烧录"},
    "parameters": [
        {
            "name": "from",
            "title": {"en": "Spoken language", "zh": "原语言"},
            "kind": "language",
            "sets": ["hear.language"],
        }
    ],
    "steps": [
        {"step": "fetch", "engine": "media-downloader", "when": "url"},
        {
            "step": "hear",
            "engine": "asr-pipeline",
            "inputs": {"video": {"fromStep": "fetch", "output": "video"}},
        },
        {"step": "look", "review": [HEARD]},
        {
            "step": "burn",
            "engine": "burner-ffmpeg",
            "inputs": {"video": {"fromStep": "fetch", "output": "video"}, "subtitles": HEARD},
        },
    ],
}
PASTE = """(element, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
}"""

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="session")
def own_recipe(api: Api) -> str:
    """The title of a recipe of one's own, with a review."""
    api.call("PUT", "/api/recipes/hear-review-burn", REVIEWED)
    return "Hear, review, burn"


def step(page: Page, name: str) -> Locator:
    """Return the step of a run by its name."""
    return page.locator(".run-step", has=page.get_by_role("heading", name=name, exact=True))


def choose(page: Page, recipe: str) -> None:
    """Choose a recipe by its title."""
    page.locator(".mode", has=page.get_by_text(recipe, exact=True)).click()


def reject_and_retry(page: Page) -> None:
    """Reject, which is asked about and ends the run, and begin again what was not done then."""
    page.get_by_role("button", name="Reject").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Reject").click()
    page.get_by_role("dialog").get_by_role("button", name="Reject").click()
    expect(step(page, "Review").get_by_text("Rejected")).to_be_visible()
    expect(page.get_by_role("button", name="Approve and go on")).to_have_count(0)
    expect(page.locator(".card-head .badge")).to_have_text("Canceled")
    page.get_by_role("button", name="Retry what failed").click()
    expect(step(page, "Review").get_by_text("Your turn")).to_be_visible()


def correct(page: Page) -> None:
    """Correct the first cue in the editor, and go back to the run."""
    text = page.get_by_label("Text of cue 1", exact=True)
    expect(text).to_have_value(re.compile("young man"))
    text.fill("He was not an ill-disposed young person.")
    text.press("Control+s")
    expect(page.get_by_text("No changes")).to_be_visible()
    page.get_by_role("link", name="Back to the run").click()


def test_a_link_pasted_anywhere_but_in_a_field_opens_the_recipes_with_it(page: Page) -> None:
    page.goto("/#/new")
    choices = page.locator(".mode")
    expect(choices.filter(has_text="Subtitle in two languages")).to_contain_text(
        "Download → Transcribe → Translate → Review → Burn subtitles"
    )
    expect(choices.filter(has_text="Comments video")).to_contain_text(
        "Download → Download (Comments) → Translate → Comments video"
    )
    page.goto("/#/library")
    search = page.get_by_role("searchbox")
    search.evaluate(PASTE, "https://videos.example.com/field")
    page.locator("h1").evaluate(PASTE, "no link: https://videos.example.com/none")
    expect(page).to_have_url(re.compile("#/library$"))

    page.locator("h1").evaluate(PASTE, " https://videos.example.com/watch?v=1\n")

    expect(page.get_by_label("Address of the video")).to_have_value(
        "https://videos.example.com/watch?v=1"
    )
    # And another one, while the form is there.
    page.locator("h1").evaluate(PASTE, "https://videos.example.com/watch?v=2")
    expect(page.get_by_label("Address of the video")).to_have_value(
        "https://videos.example.com/watch?v=2"
    )


def test_a_run_goes_from_a_link_over_a_review_to_its_end(
    page: Page, api: Api, own_recipe: str, spoken_film: Path
) -> None:
    with serve(spoken_film.parent) as base:
        page.goto("/#/new")
        choose(page, own_recipe)
        page.get_by_label("Address of the video").fill("Ashford.mp4")
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_text("Enter an address that begins with http")).to_be_visible()
        page.get_by_label("Address of the video").fill(f"{base}/{spoken_film.name}")
        page.get_by_label("Spoken language").select_option("en")
        page.get_by_role("button", name="Start").click()

        expect(page.get_by_role("heading", name=own_recipe, level=1)).to_be_visible()
        expect(step(page, "Burn subtitles").get_by_text("Waits")).to_be_visible()
        expect(step(page, "Download").get_by_text("Done")).to_be_visible(timeout=JOB_MS)
    status = page.locator(".card-head .badge")
    expect(status).to_have_text("Waits for your review", timeout=JOB_MS)
    expect(step(page, "Review").get_by_text("Your turn")).to_be_visible()
    expect(step(page, "Review").get_by_text("as it was made")).to_be_visible()
    expect(step(page, "Burn subtitles").get_by_text("Waits")).to_be_visible()

    page.evaluate(AXE)
    assert serious(page) == []
    reject_and_retry(page)

    page.get_by_role("link", name="Review: English").click()
    correct(page)
    expect(step(page, "Review").get_by_text("edited since")).to_be_visible()
    page.get_by_role("button", name="Approve and go on").click()

    expect(step(page, "Review").get_by_text("Approved")).to_be_visible()
    expect(step(page, "Burn subtitles").get_by_text("Done")).to_be_visible(timeout=JOB_MS)
    expect(status).to_have_text("Done")
    run = api.call("GET", "/api/runs")["items"][0]
    burn = api.call("GET", f"/api/jobs/{run['steps'][-1]['jobId']}")
    edit = api.call("GET", f"/api/media/{run['mediaId']}/inputs?slot=subtitles")["items"][0]
    assert (edit["origin"], burn["inputs"]["subtitles"]) == ("edit", edit["inputId"])

    # The list has it, and the next form begins as this one ended.
    page.get_by_role("link", name="Recipes").click()
    expect(page.get_by_role("list", name="Recipes").get_by_text("Done").first).to_be_visible()
    page.get_by_role("link", name="New job").first.click()
    expect(page.get_by_role("radio", name=own_recipe)).to_be_checked()
    expect(page.get_by_label("Spoken language")).to_have_value("en")


def test_a_failed_run_says_which_step_failed_and_repeats_it_alone(page: Page) -> None:
    with serve(clip_path().parent) as base:
        page.goto("/#/new")
        choose(page, "Transcribe")
        page.get_by_label("Address of the video").fill(f"{base}/none.mp4")
        page.get_by_role("button", name="Start").click()
        status = page.locator(".card-head .badge")
        expect(status).to_have_text("Failed", timeout=JOB_MS)
        expect(step(page, "Download").locator(".form-error")).to_contain_text("not available")
        expect(step(page, "Transcribe").locator(".form-error")).to_contain_text("earlier step")

        page.get_by_role("button", name="Retry what failed").click()

        expect(status).to_have_text("Running")
        expect(status).to_have_text("Failed", timeout=JOB_MS)
    page.get_by_role("link", name="Download", exact=True).click()
    expect(page.get_by_text("started 2 times")).to_be_visible()


def test_a_run_is_canceled_with_all_that_waits(
    page: Page, api: Api, own_recipe: str, heard: tuple[str, str]
) -> None:
    page.goto(f"/#/media/{heard[0]}")
    page.get_by_role("link", name="Start a recipe").click()
    # Not a recipe that can't begin with it.
    expect(page.get_by_label("Media", exact=True)).to_have_value(heard[0])
    choose(page, own_recipe)
    expect(page.get_by_label("Media", exact=True)).to_have_value(heard[0])
    page.get_by_role("button", name="Start").click()
    expect(step(page, "Burn subtitles").get_by_text("Waits")).to_be_visible()

    page.get_by_role("button", name="Cancel").click()

    expect(page.locator(".card-head .badge")).to_have_text("Canceled", timeout=JOB_MS)
    expect(step(page, "Burn subtitles").get_by_text("Canceled")).to_be_visible()
    run = api.call("GET", f"/api/runs?mediaId={heard[0]}")["items"][0]
    assert run["status"] == "canceled"
