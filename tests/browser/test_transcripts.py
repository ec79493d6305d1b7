"""Transcribing from the form to the transcript: read, searched, played from, and corrected."""

import json
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.api import Api

JOB_MS = 90_000
DRAWN_MAX = 3000


def word(page: Page, text: str) -> Locator:
    """Return the first word that is *text*."""
    return page.locator("[data-word]").filter(has_text=re.compile(rf"^{text}\b")).first


def test_a_recording_is_transcribed_by_the_form_and_its_words_are_shown(
    page: Page, api: Api, spoken_film: Path
) -> None:
    page.goto("/#/new/transcribe")
    submit = page.get_by_role("button", name="Transcribe", exact=True)
    expect(page.get_by_text("Choose a video or a recording first.")).to_be_visible()
    expect(submit).to_be_disabled()
    page.get_by_label("Upload a video or a recording").set_input_files(spoken_film)
    page.get_by_label("Spoken language").select_option("en")
    page.get_by_label("Names and terms").fill("x" * 81)
    expect(page.get_by_text("is too long: a term has up to 80 characters")).to_be_visible()
    expect(submit).to_be_disabled()
    page.get_by_label("Names and terms").fill("Dashwood, Marianne\nElinor,Dashwood")
    page.get_by_label("Time every word in the subtitles").uncheck()
    page.locator("summary", has_text="Subtitles").click()
    page.get_by_label("Max. characters a line").fill("20")
    page.get_by_label("Max. characters a line").press("Tab")
    page.get_by_label("Max. lines").select_option("1")
    page.get_by_text("Recogniser", exact=True).click()
    page.get_by_label("Listen only where somebody speaks").uncheck()
    submit.click()

    expect(page.get_by_text("Done", exact=True)).to_be_visible(timeout=JOB_MS)
    expect(page.get_by_role("group", name="What is said")).to_contain_text("young man")
    job = api.call("GET", "/api/jobs")["items"][0]
    assert (job["engine"], job["status"]) == ("asr-pipeline", "completed")
    assert job["options"] == {
        "language": "en",
        "vocabulary": ["Dashwood", "Marianne", "Elinor"],
        "voiceActivity": False,
        "wordTimes": False,
        "cues": {"lineCharsMax": 20, "linesMax": 1, "durationSMin": 0.833, "durationSMax": 7.0},
    }
    # The next form begins with the language of this one.
    page.goto("/#/new/transcribe")
    expect(page.get_by_label("Spoken language")).to_have_value("en")


def test_the_video_plays_from_a_word_that_is_clicked_and_the_word_said_is_marked(
    page: Page, heard: tuple[str, str]
) -> None:
    media_id, job_id = heard
    page.goto(f"/#/media/{media_id}")
    page.get_by_role("link", name="Transcript").click()
    expect(page.locator("[data-word]").first).to_be_visible()
    words = page.request.get(f"/api/jobs/{job_id}/artifacts/words").json()["words"]
    young = next(one for one in words if one["text"].strip() == "young")

    word(page, "young").click()

    expect(page.locator("[data-word][aria-current]")).to_have_count(1)
    playing = page.locator("video").evaluate(
        """v => new Promise((done) => {
             const look = () => v.currentTime > 0 && done([v.currentTime, v.paused]);
             look();
             v.addEventListener("timeupdate", look);
           })"""
    )
    assert playing[0] >= young["startMs"] / 1000
    page.locator("video").evaluate("v => v.pause()")
    page.locator("video").evaluate(
        "(v, s) => { v.currentTime = s; }", young["startMs"] / 1000 + 0.05
    )
    expect(page.locator("[data-word][aria-current]")).to_have_text("young")
    # In the silence before the first nothing is being said.
    page.locator("video").evaluate("v => { v.currentTime = 0; }")
    expect(page.locator("[data-word][aria-current]")).to_have_count(0)


def test_the_way_from_a_word_leads_to_its_cue_in_the_editor_and_to_what_was_edited_last(
    page: Page, api: Api, heard: tuple[str, str]
) -> None:
    media_id, job_id = heard
    transcript = api.call("GET", f"/api/media/{media_id}/inputs?slot=subtitles")["items"][-1]
    # Another language is the media's own since: the transcript is what is corrected all the same.
    other = b"WEBVTT\n\n00:00.000 --> 00:02.000\nun hombre joven\n"
    api.call("PUT", f"/api/media/{media_id}/subtitles?language=es", other)
    page.goto(f"/#/jobs/{job_id}")
    word(page, "man").click()

    page.get_by_role("link", name="Correct in the editor").click()

    text = page.get_by_label("Text of cue 1", exact=True)
    expect(text).to_be_focused()
    expect(text).to_have_value(re.compile("young man"))
    text.fill("He was not an ill-disposed young person.")
    text.press("Control+s")
    expect(page.get_by_text("No changes")).to_be_visible()
    edit = api.call("GET", f"/api/media/{media_id}/inputs?slot=subtitles")["items"][0]
    assert (edit["origin"], edit["parent"]) == ("edit", transcript["inputId"])
    assert edit["language"] == "en"
    page.goto(f"/#/jobs/{job_id}")
    page.get_by_role("link", name="Open the editor").click()
    expect(page.get_by_label("Text of cue 1", exact=True)).to_have_value(re.compile("young person"))


def document(count: int) -> str:
    """Return the words of a talk: sentences of ten, every hundredth word unsure."""
    words = [
        {
            "startMs": n * 360,
            "endMs": n * 360 + 300,
            "text": f" word{n}{'.' if n % 10 == 9 else ''}",
            "confidence": 0.31 if n % 100 == 50 else 0.97,
        }
        for n in range(count)
    ]
    return json.dumps({"language": "en", "words": words})


def test_of_three_hours_of_talk_only_what_is_near_is_drawn_and_all_is_found(
    page: Page, heard: tuple[str, str]
) -> None:
    body = document(30_000)
    page.route("**/artifacts/words", lambda route: route.fulfill(body=body))
    page.goto(f"/#/media/{heard[0]}/transcript")
    box = page.get_by_role("group", name="What is said")
    drawn = page.locator("[data-word]")
    expect(drawn.first).to_be_visible()
    assert drawn.count() < DRAWN_MAX
    # What is not drawn word by word is there as text, for the browser's own search too.
    expect(box).to_contain_text("word29999.")

    page.get_by_role("searchbox").fill("WORD27123")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator(".found")).to_have_text("word27123")
    expect(page.locator(".found")).to_be_in_viewport()
    expect(page.get_by_text("1 of 1")).to_be_visible()
    assert drawn.count() < DRAWN_MAX

    page.get_by_role("searchbox").fill("nowhere")
    expect(page.get_by_text("Not found")).to_be_visible()


def test_unsure_words_are_marked_in_words_and_visited_one_by_one_by_keyboard_alone(
    page: Page, heard: tuple[str, str]
) -> None:
    body = document(300)
    page.route("**/artifacts/words", lambda route: route.fulfill(body=body))
    page.goto(f"/#/media/{heard[0]}/transcript")
    expect(page.get_by_text("less than 50% sure")).to_be_visible()
    unsure = page.locator(".transcript .doubtful")
    expect(unsure.first).to_have_text("word50 (perhaps misheard)")
    expect(unsure.first).to_have_attribute("title", "Perhaps misheard: 31% sure")

    following = page.get_by_role("button", name="3 unsure words: next")
    following.focus()
    following.press("Enter")
    following.press("Enter")
    status = page.locator(".selected-word [role=status]")
    expect(status).to_contain_text("word150")
    expect(status).to_contain_text("31% sure")

    box = page.get_by_role("group", name="What is said")
    box.focus()
    box.press("ArrowRight")
    expect(status).to_contain_text("word151")
    box.press("ArrowUp")
    box.press("ArrowLeft")
    expect(page.locator(".transcript .selected")).to_be_in_viewport()
    box.press("End")
    expect(status).to_contain_text("word299.")
    expect(page.locator(".transcript .selected")).to_be_in_viewport()


def test_a_media_without_a_transcript_leads_to_the_form(page: Page, media: str) -> None:
    page.goto(f"/#/media/{media}/transcript")

    page.get_by_role("link", name="Transcribe").click()

    expect(page).to_have_url(f"/#/new/transcribe?media={media}")
    expect(page.get_by_label("Media", exact=True)).to_have_value(media)
