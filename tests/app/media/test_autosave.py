"""An editor that saves by itself: each version takes the place of the one before."""

import pytest

from tests.app.stage import VTT, Stage

DAY_MS = 86_400_000
BURN = {"engine": "burner-ffmpeg", "options": {}}


@pytest.fixture
def media_id(stage: Stage) -> str:
    return stage.media_with_inputs()


def put(stage: Stage, media_id: str, text: str, **query: str) -> str:
    """Store a version a minute later, and return its id."""
    stage.now_ms += 60_000
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answered = stage.send("PUT", f"/api/media/{media_id}/subtitles?{asked}", text.encode())
    assert answered.status == 201, answered.text
    return str(answered.json["inputId"])


def listed(stage: Stage, media_id: str) -> list[str]:
    items = stage.send("GET", f"/api/media/{media_id}/inputs?slot=subtitles").json["items"]
    return [item["inputId"] for item in items]


def test_a_version_takes_the_place_of_one_with_the_same_parent(stage: Stage, media_id: str) -> None:
    (uploaded,) = listed(stage, media_id)
    first = put(stage, media_id, VTT, parent=uploaded)
    second = put(stage, media_id, f"{VTT}\n", parent=uploaded, replaces=first)

    assert listed(stage, media_id) == [second, uploaded]
    shown = stage.send("GET", f"/api/media/{media_id}").json["inputs"]["subtitles"]
    assert (shown["inputId"], shown["origin"], shown["parent"]) == (second, "edit", uploaded)
    assert stage.send("GET", f"/api/media/{media_id}/inputs/{first}/content").status == 404


def test_of_a_replaced_version_nothing_is_left_after_a_day(stage: Stage, media_id: str) -> None:
    (uploaded,) = listed(stage, media_id)
    first = put(stage, media_id, VTT, parent=uploaded)
    put(stage, media_id, VTT, parent=uploaded, replaces=first)
    stage.sweep_storage()
    assert any(first in key for key in stage.objects.stored)

    stage.now_ms += 2 * DAY_MS
    stage.sweep_storage()

    assert not any(first in key for key in stage.objects.stored)
    rows = stage.database.look("SELECT input_id FROM inputs")
    assert first not in [row["input_id"] for row in rows]


def test_what_a_job_reads_or_another_version_was_made_of_stays(stage: Stage, media_id: str) -> None:
    (uploaded,) = listed(stage, media_id)
    read = put(stage, media_id, VTT, parent=uploaded)
    stage.job({**BURN, "mediaId": media_id})
    edited = put(stage, media_id, VTT, parent=uploaded, replaces=read)
    child = put(stage, media_id, VTT, parent=edited)

    newest = put(stage, media_id, VTT, parent=uploaded, replaces=edited)

    assert listed(stage, media_id) == [newest, child, edited, read, uploaded]


def test_no_version_replaces_one_with_another_parent_or_of_another_media(
    stage: Stage, media_id: str
) -> None:
    (uploaded,) = listed(stage, media_id)
    other = stage.send("POST", "/api/media", {}).json["mediaId"]
    theirs = put(stage, other, VTT)

    put(stage, media_id, VTT, parent=uploaded, replaces=uploaded)
    put(stage, media_id, VTT, replaces=theirs)

    assert uploaded in listed(stage, media_id)
    assert listed(stage, other) == [theirs]


def test_the_text_of_a_replaced_version_stays_with_one_that_was_restored_from_it(
    stage: Stage, media_id: str
) -> None:
    (uploaded,) = listed(stage, media_id)
    first = put(stage, media_id, f"{VTT}\n", parent=uploaded)
    restored = stage.send("POST", f"/api/media/{media_id}/inputs/{first}/restore").json["inputId"]
    put(stage, media_id, VTT, parent=uploaded, replaces=first)

    stage.now_ms += 2 * DAY_MS
    stage.sweep_storage()

    content = stage.send("GET", f"/api/media/{media_id}/inputs/{restored}/content")
    assert content.status == 200
