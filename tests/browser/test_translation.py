"""Two versions beside each other, and what is settled for translations."""

import json
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dev.fixtures.clip import clip_path
from dev.stack.stack import Stack
from tests.browser.api import Api
from tests.browser.axe import AXE, serious
from tests.browser.test_views import settle

ENGLISH = """WEBVTT

00:01.000 --> 00:02.000
A quiet morning.

00:02.000 --> 00:03.000
<i>Somebody</i> is watching.
"""
FRENCH = ENGLISH.replace("A quiet morning.", "Un matin calme.").replace(
    "<i>Somebody</i> is watching.", "Quelqu'un\nregarde."
)
EDITED = FRENCH.replace("calme", "tranquille")


def translated(api: Api, stack: Stack) -> str:
    """Return a media whose newest subtitles are a job's translation."""
    media_id = api.add("Translated", clip_path())
    door = f"/api/media/{media_id}/subtitles"
    source = api.call("PUT", f"{door}?language=en", ENGLISH.encode())["inputId"]
    job_id = media_id.replace("med_", "job_")  # In the order of lists as old as the media.
    folder = f"media/{media_id}/translations/{job_id}/1-1"
    said = [
        ("A quiet morning.", "Un matin calme."),
        ("Somebody is watching.", "Quelqu'un regarde."),
    ]
    cues = [
        {
            "id": number,
            "startMs": number * 1000,
            "endMs": (number + 1) * 1000,
            "source": english,
            "target": french,
            "from": "model",
            "notices": [],
        }
        for number, (english, french) in enumerate(said, start=1)
    ]
    document = json.dumps({"version": 1, "from": "en", "to": "fr", "cues": cues})
    api.put_object(f"{folder}/translation.json", document.encode())
    api.put_object(f"{folder}/subtitles.vtt", FRENCH.encode())
    output = {"key": f"{folder}/translation.json", "sizeBytes": len(document)}
    # As every stored output is described: a list of jobs has a link to it.
    outputs = {"translation": {**output, "contentType": "application/json", "etag": "one"}}
    stack.sql(
        "INSERT INTO jobs (job_id, media_id, engine, generation, options, status, progress,"
        " attempt, outputs, event_seq, accepted, handover_tries, created_ms, updated_ms,"
        " finished_ms) VALUES (?, ?, 'subtitle-translator', 1, '{}', 'completed', 1.0, 1, ?, 1, 1,"
        " 0, 1, 1, 1)",
        job_id,
        media_id,
        json.dumps(outputs),
    )
    stack.sql(
        "INSERT INTO inputs (input_id, media_id, slot, object_key, content_type, size_bytes, ready,"
        " created_ms, language, origin, parent_id)"
        " VALUES (?, ?, 'subtitles', ?, 'text/vtt', 1, 1, ?, 'fr', 'translation', ?)",
        f"sub_of_{media_id}",
        media_id,
        f"{folder}/subtitles.vtt",
        int(time.time() * 1000),
        source,
    )
    return media_id


@pytest.fixture
def versions(api: Api) -> tuple[str, list[str]]:
    """A media with a film, a source, its translation and an edit of that: its id, and theirs."""
    media_id = api.add("Side by side", clip_path())
    door = f"/api/media/{media_id}/subtitles"
    source = api.call("PUT", f"{door}?language=en", ENGLISH.encode())["inputId"]
    path = f"{door}?language=fr&parent="
    french = api.call("PUT", f"{path}{source}", FRENCH.encode())["inputId"]
    return media_id, [
        source,
        french,
        api.call("PUT", f"{path}{french}", EDITED.encode())["inputId"],
    ]


def test_two_versions_stand_beside_each_other_by_time_and_are_burned_together(
    page: Page, api: Api, versions: tuple[str, list[str]]
) -> None:
    media_id, (source, _, edited) = versions
    page.goto(f"/#/media/{media_id}")
    page.get_by_role("link", name="Side by side").click()

    # What was made last, beside what it was made of.
    rows = page.get_by_role("row")
    expect(page.get_by_label("Left", exact=True)).to_contain_text("Version 2 · French · edited")
    expect(rows.nth(1)).to_contain_text("Changed")
    expect(rows.nth(2)).not_to_contain_text("Changed")
    page.get_by_label("Left", exact=True).select_option(label="Version 1 · English · uploaded")
    expect(rows.nth(2).get_by_role("cell")).to_have_text(
        ["0:02.000", "Somebody is watching.", "Quelqu'un\nregarde."]
    )
    expect(rows.nth(1)).not_to_contain_text("Changed")
    expect(page.get_by_text("made from Version 2 · French · edited")).to_be_visible()
    page.evaluate(AXE)
    assert serious(page) == []

    page.get_by_role("link", name="Burn both").click()
    expect(page.get_by_role("combobox", name="First track")).to_have_value(source)
    expect(page.get_by_role("combobox", name="Second track")).to_have_value(edited)
    page.get_by_role("button", name="Burn subtitles").click()
    expect(page).to_have_url(re.compile("/#/jobs/job_"))

    job = api.call("GET", f"/api/jobs/{page.url.rpartition('/')[2]}")
    assert (job["inputs"]["subtitles"], job["inputs"]["subtitles-secondary"]) == (source, edited)


def test_a_media_with_one_version_has_nothing_to_compare(page: Page, media: str) -> None:
    page.goto(f"/#/media/{media}")
    expect(page.get_by_role("region", name="Subtitles")).to_contain_text("Version 1")
    expect(page.get_by_role("link", name="Side by side")).to_have_count(0)

    page.goto(f"/#/media/{media}/compare")

    expect(page.get_by_text("Nothing to compare yet")).to_be_visible()


def test_terms_are_added_changed_taken_from_a_file_found_and_deleted(
    page: Page, api: Api, tmp_path: Path
) -> None:
    settle(page, "settings/translation")
    glossary = page.get_by_role("region", name="Glossary").first
    glossary.get_by_role("button", name="New term").click()
    form = page.get_by_role("dialog")
    form.get_by_label("From", exact=True).select_option(label="English")
    form.get_by_label("To", exact=True).select_option(label="French")
    form.get_by_label("Source").fill("bank")
    form.get_by_label("Translation").fill("banque")
    page.evaluate(AXE)
    assert serious(page) == []
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="bank banque English → French")).to_be_visible()

    page.get_by_role("button", name="Edit bank").click()
    form.get_by_label("Translation").fill("rive")
    form.get_by_label("Note").fill("of a river")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="bank rive English → French of a river")).to_be_visible()

    page.get_by_role("button", name="Import or export").click()
    file = tmp_path / "terms.csv"
    file.write_text("river,fleuve\nbad\n")
    form.get_by_label("Add the terms of a file").set_input_files(file)
    expect(form.get_by_role("alert")).to_contain_text("body.2")
    file.write_text("river,fleuve\nbank,berge\n")
    form.get_by_label("Add the terms of a file").set_input_files(file)
    expect(form.get_by_role("status")).to_have_text("1 added, 1 replaced.")
    with page.expect_download() as saved:
        form.get_by_role("link", name="Export CSV").click()
    assert saved.value.path().read_text().splitlines() == [
        "source,target,note",
        "bank,berge,",
        "river,fleuve,",
    ]
    form.get_by_role("button", name="Done").click()

    page.get_by_label("Search the glossary").fill("FLEUVE")
    expect(page.get_by_role("row", name="bank")).to_have_count(0)
    page.get_by_role("button", name="Delete river").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Nothing contains “FLEUVE”.")).to_be_visible()
    (left,) = api.call("GET", "/api/glossary")["items"]
    assert (left["source"], left["target"]) == ("bank", "berge")
    api.call("DELETE", f"/api/glossary/{left['termId']}")


def test_what_is_corrected_in_the_editor_is_learned_shown_changed_and_forgotten(
    page: Page, api: Api, stack: Stack
) -> None:
    media_id = translated(api, stack)
    page.goto(f"/#/media/{media_id}/subtitles")
    page.get_by_label("Text of cue 1", exact=True).fill("Un matin tranquille.")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text("Saved. 1 correction of the translation learned.")).to_be_visible()

    settle(page, "settings/translation")
    pair = page.get_by_role("row", name="A quiet morning. Un matin tranquille. English → French")
    expect(pair).to_contain_text("local stack")
    page.evaluate(AXE)
    assert serious(page) == []
    pair.get_by_role("button", name="Edit A quiet morning.").click()
    page.get_by_role("dialog").get_by_label("Translation").fill("Un matin paisible.")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="A quiet morning. Un matin paisible.")).to_be_visible()
    page.get_by_role("button", name="Delete A quiet morning.").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()

    expect(page.get_by_text("Nothing learned yet")).to_be_visible()
    assert api.call("GET", "/api/memory")["items"] == []
