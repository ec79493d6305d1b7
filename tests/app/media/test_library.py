"""The library: what is chosen and in which order, tags, and the trash."""

from typing import Any
from urllib.parse import urlencode

import pytest

from app.cron import run_steps
from tests.app.stage import ADMIN, DOWNLOAD, START_MS, VTT, Stage
from tests.platform.loop import run

DAY_MS = 24 * 3600_000
BURN = {"engine": "burner-ffmpeg"}


def add(stage: Stage, title: str, **more: Any) -> str:
    stage.now_ms += 1000
    media_id: str = stage.send("POST", "/api/media", {"title": title}, **more).json["mediaId"]
    return media_id


def titles(stage: Stage, token: str = ADMIN, **query: object) -> list[str]:
    """Return the titles of a list, read in pages of two."""
    found: list[str] = []
    cursor = None
    while True:
        asked = {**query, "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = stage.send("GET", f"/api/media?{urlencode(asked)}", token=token).json
        found += [item["title"] for item in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            return found


def change(stage: Stage, verb: str, *media_ids: str, token: str = ADMIN, **more: Any) -> int:
    body = {"mediaIds": media_ids, **more}
    answered = stage.send("POST", f"/api/media/{verb}", body, token=token)
    assert answered.status == 200, answered.text
    changed: int = answered.json["changed"]
    return changed


def test_the_library_is_sorted_by_age_and_by_title_whatever_page_is_asked_for(
    stage: Stage,
) -> None:
    for title in ("bees", "Ants", "ants", "Crows", "Bees"):
        add(stage, title)

    assert titles(stage) == ["Bees", "Crows", "ants", "Ants", "bees"]
    assert titles(stage, sort="oldest") == ["bees", "Ants", "ants", "Crows", "Bees"]
    assert titles(stage, sort="title") == ["Ants", "ants", "bees", "Bees", "Crows"]
    assert titles(stage, sort="title", query="BEE") == ["bees", "Bees"]
    assert stage.send("GET", "/api/media?sort=size").status == 400


def test_media_are_chosen_by_what_they_have(stage: Stage) -> None:
    full, text, empty = stage.media_with_inputs(), add(stage, "Text"), add(stage, "Empty")
    stage.send("PUT", f"/api/media/{text}/subtitles", VTT.encode())
    stage.job({**DOWNLOAD, "mediaId": empty})

    chosen = {
        has: titles(stage, has=has) for has in ("video", "subtitles", "comments-data", "jobs")
    }

    assert chosen == {
        "video": ["Clip"],
        "subtitles": ["Text", "Clip"],
        "comments-data": ["Clip"],
        "jobs": ["Empty"],
    }
    assert full


def test_tags_are_given_and_taken_off_many_at_once_and_choose(stage: Stage) -> None:
    bees, ants, crows = (add(stage, title) for title in ("Bees", "Ants", "Crows"))

    assert change(stage, "tags", bees, ants, add=["  for   Ann ", "2026"]) == 4
    assert change(stage, "tags", ants, crows, add=["2026"], remove=["for Ann"]) == 2

    assert titles(stage, tag="2026") == ["Crows", "Ants", "Bees"]
    assert titles(stage, tag="for Ann", query="bee") == ["Bees"]
    assert stage.send("GET", f"/api/media/{bees}").json["tags"] == ["2026", "for Ann"]
    assert stage.send("GET", "/api/tags").json["items"] == [
        {"tag": "2026", "media": 3},
        {"tag": "for Ann", "media": 1},
    ]
    # Of what is in the trash nothing is counted, and what is deleted has no tag.
    change(stage, "trash", crows)
    stage.send("DELETE", f"/api/media/{bees}")
    assert stage.send("GET", "/api/tags").json["items"] == [{"tag": "2026", "media": 1}]


@pytest.mark.parametrize("tag", ["", "  ", "a,b", "a\nb", "x" * 41])
def test_what_is_no_tag_is_refused(stage: Stage, tag: str) -> None:
    body = {"mediaIds": [add(stage, "Bees")], "add": [tag]}

    assert stage.send("POST", "/api/media/tags", body).status == 400


def test_a_media_gets_no_more_than_twenty_tags(stage: Stage) -> None:
    media_id = add(stage, "Bees")
    change(stage, "tags", media_id, add=[f"tag {n}" for n in range(19)])

    assert change(stage, "tags", media_id, add=["a", "b"]) == 0
    assert change(stage, "tags", media_id, add=["a", "tag 3"]) == 1
    assert change(stage, "tags", media_id, add=["b"]) == 0
    assert change(stage, "tags", media_id, add=["b"], remove=["a"]) == 2


def test_what_is_in_the_trash_is_not_listed_says_when_it_goes_and_comes_back(
    stage: Stage,
) -> None:
    media_id, other = stage.media_with_inputs(), add(stage, "Other")
    at_ms = stage.now_ms

    assert change(stage, "trash", media_id, "med_unknown") == 1

    assert (titles(stage), titles(stage, trashed="true")) == (["Other"], ["Clip"])
    stage.now_ms += DAY_MS
    assert change(stage, "trash", media_id) == 0
    shown = stage.send("GET", f"/api/media/{media_id}").json
    assert (shown["trashedAt"], shown["deletesAt"]) == (at_ms, at_ms + 30 * DAY_MS)
    assert change(stage, "restore", media_id, other) == 1
    assert titles(stage) == ["Other", "Clip"]
    assert stage.job({**BURN, "mediaId": media_id})


def test_no_new_work_begins_on_what_is_in_the_trash_and_what_runs_ends(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    failed, running = (stage.job({**BURN, "mediaId": media_id}) for _ in range(2))
    stage.tell(stage.event(failed, 1, "failed"))

    change(stage, "trash", media_id)

    refused = [
        stage.send("POST", "/api/jobs", {**BURN, "mediaId": media_id}),
        stage.send("POST", "/api/recipes/transcribe/runs", {"mediaId": media_id}),
        stage.send("POST", f"/api/jobs/{failed}/retry"),
    ]
    assert [(one.status, one.json["code"]) for one in refused] == [(409, "media_in_trash")] * 3
    outputs = stage.outputs(running, "video.mp4")
    assert stage.tell(stage.event(running, 1, "completed", outputs=outputs)).status == 200
    listed = stage.send("GET", "/api/jobs?status=completed").json["items"]
    assert [job["jobId"] for job in listed] == [running]


def test_the_cron_deletes_what_was_in_the_trash_for_thirty_days_but_not_while_a_job_runs(
    stage: Stage,
) -> None:
    idle, busy, late = stage.media_with_inputs(), stage.media_with_inputs(), add(stage, "Late")
    job_id = stage.job({**BURN, "mediaId": busy})
    change(stage, "trash", idle, busy)
    stage.now_ms += DAY_MS
    change(stage, "trash", late)

    def left_after(days: int) -> list[str]:
        stage.now_ms = START_MS + days * DAY_MS
        run(run_steps(stage.ports))
        return titles(stage, trashed="true")

    assert left_after(30) == ["Late", "Clip", "Clip"]
    assert left_after(31) == ["Late", "Clip"]
    stage.tell(stage.event(job_id, 1, "canceled"))
    assert left_after(32) == []
    assert [key for key in stage.objects.stored if idle in key] == []


def test_nobody_throws_away_takes_back_tags_or_sees_what_belongs_to_another_workspace(
    stage: Stage,
) -> None:
    mine, theirs = stage.add_workspace("ws_mine"), stage.add_workspace("ws_theirs")
    media_id, thrown = add(stage, "Mine", token=mine), add(stage, "Thrown", token=mine)
    change(stage, "trash", thrown, token=mine)
    change(stage, "tags", media_id, token=mine, add=["secret"])

    done = [
        change(stage, "trash", media_id, token=theirs),
        change(stage, "restore", thrown, token=theirs),
        change(stage, "tags", media_id, token=theirs, add=["x"], remove=["secret"]),
    ]

    assert done == [0, 0, 0]
    assert stage.send("GET", "/api/tags", token=theirs).json["items"] == []
    assert titles(stage, token=theirs, trashed="true") == []
    assert titles(stage, token=mine, tag="secret") == ["Mine"]
