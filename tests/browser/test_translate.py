"""Translating by the form, to a version that is read beside its source."""

import re

import pytest
from playwright.sync_api import Page, expect
from translator.apertium import MODES

from tests.browser.api import Api

JOB_MS = 90_000
VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\nGood morning, my friend.\n"

pytestmark = pytest.mark.timeout(180)


@pytest.mark.skipif(
    not (MODES / "eng-spa.mode").exists(),
    reason="Debian's apertium-eng-spa is not here (make setup installs it where it may)",
)
def test_subtitles_are_translated_by_the_form_and_reviewed_beside_their_source(
    page: Page, api: Api
) -> None:
    media_id = api.add("Greeting")
    door = f"/api/media/{media_id}/subtitles?language=en"
    source = api.call("PUT", door, VTT)["inputId"]
    page.goto(f"/#/new/translate?media={media_id}")
    submit = page.get_by_role("button", name="Translate", exact=True)
    into = page.get_by_label("Into")
    into.select_option("en")
    expect(page.get_by_text("The subtitles are in this language already.")).to_be_visible()
    into.select_option("es")
    page.get_by_label("Terms of this translation").fill("friend")
    expect(page.get_by_text("“friend” is no term")).to_be_visible()
    expect(submit).to_be_disabled()
    page.get_by_label("Terms of this translation").fill("friend = amigo")
    submit.click()

    expect(page.get_by_text("Done", exact=True)).to_be_visible(timeout=JOB_MS)
    job = api.call("GET", f"/api/jobs?mediaId={media_id}")["items"][0]
    assert job["inputs"]["subtitles"] == source
    assert job["options"]["glossary"] == [{"source": "friend", "target": "amigo"}]
    # The translation is the media's own now: its editor shows what it was made of.
    page.goto(f"/#/media/{media_id}/subtitles")
    expect(page.get_by_label("Text of cue 1", exact=True)).to_have_value(re.compile("amigo"))
    beside = page.get_by_label("Text of cue 1 in English")
    expect(beside).to_have_value("Good morning, my friend.")
    # The next form begins with the language of this one.
    page.goto("/#/new/translate")
    expect(page.get_by_label("Into")).to_have_value("es")


def test_what_a_translation_still_needs_is_said(page: Page, api: Api) -> None:
    media_id = api.add("Nothing said")
    page.goto("/#/new/translate")
    expect(page.get_by_text("Choose a media first.")).to_be_visible()

    page.get_by_label("Media", exact=True).select_option(media_id)

    expect(page.get_by_text("This media has no subtitles yet")).to_be_visible()
    page.get_by_label("Comments", exact=True).press("Space")
    expect(page.get_by_text("Choose comments first.")).to_be_visible()
