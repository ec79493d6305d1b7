"""A list of events: applied in one batch, each answered by itself."""

from collections.abc import Mapping
from typing import Any

from tests.app.stage import DOWNLOAD, Answered, Stage, signed


def tell(stage: Stage, *events: object) -> Answered:
    return stage.send("POST", "/api/render/cf-callback", **signed(list(events)))


def items_of(answered: Answered) -> list[tuple[int, str]]:
    """Return status and code (or what else is said) of each answer."""
    return [(item["status"], _said(item)) for item in answered.json["items"]]


def _said(item: Mapping[str, Any]) -> str:
    if "problem" not in item:
        return "duplicate" if item.get("duplicate") else "ok"
    return str(item["problem"].get("code", item["problem"].get("error")))


def test_a_list_of_events_is_applied_in_one_batch_and_in_order(stage: Stage) -> None:
    first, second = stage.job(), stage.job()
    before = stage.database.batches

    answered = tell(
        stage,
        stage.event(first, 1, "queued"),
        stage.event(second, 1, "queued"),
        stage.event(first, 2, "running", progress=0.2),
        stage.event(second, 2, "failed"),
    )

    assert (answered.status, answered.json["ok"]) == (200, True)
    assert items_of(answered) == [(200, "ok")] * 4
    assert stage.database.batches == before + 1
    assert [change["eventSeq"] for change in stage.hub.published] == [2, 2], "the newest of each"
    assert (stage.row(first)["status"], stage.row(second)["status"]) == ("running", "failed")
    assert len(stage.send("GET", f"/api/jobs/{first}/events").json["items"]) == 2


def test_a_bad_event_spoils_no_other(stage: Stage) -> None:
    good, ended = stage.job(), stage.job()
    stage.tell(stage.event(ended, 1, "canceled"))
    fine = stage.event(good, 1, "running")

    answered = tell(
        stage,
        {**fine, "jobId": "job_unknown"},
        {**fine, "jobId": "job_other", "progress": 2},
        {**fine, "jobId": "job_old", "ts": stage.now_ms - 10 * 60_000},
        {**fine, "type": "job.start"},
        17,
        stage.event(ended, 2, "running"),
        {**fine, "jobId": ended, "eventSeq": 1},
        stage.event(stage.job(), 1, "running", added="by newer code"),
    )

    assert (answered.status, answered.json["ok"]) == (207, False)
    assert items_of(answered) == [
        (404, "not_found"),
        (400, "bad_request"),
        (401, "unauthorized"),
        (401, "unauthorized"),
        (400, "bad_request"),
        (409, "event_refused"),
        (200, "duplicate"),
        (200, "ok"),
    ]


def test_what_comes_behind_an_event_that_is_refused_waits_for_it(stage: Stage) -> None:
    """The app takes nothing older than its latest: to apply the later one would lose this one."""
    job_id, other = stage.job(), stage.job()
    bad = {**stage.event(job_id, 1, "running"), "progress": 2}

    answered = tell(stage, bad, stage.event(job_id, 2, "running"), stage.event(other, 1, "running"))

    assert items_of(answered) == [(400, "bad_request"), (400, "bad_request"), (200, "ok")]
    assert stage.row(job_id)["event_seq"] == 0


def test_an_event_that_the_database_refuses_fails_alone(stage: Stage) -> None:
    job_id, other = stage.job(), stage.job()
    insert = (
        "INSERT INTO job_events (job_id, event_seq, event_id, attempt, status, progress, cause,"
        " at_ms) VALUES (?, 1, 'taken', 1, 'running', 0, '', 0) RETURNING event_id"
    )
    stage.database.look(insert, other)

    answered = tell(
        stage,
        stage.event(job_id, 1, "queued"),
        stage.event(other, 1, "queued"),
        stage.event(other, 2, "running"),
        stage.event(job_id, 2, "running"),
    )

    statuses = [item["status"] for item in answered.json["items"]]
    assert (statuses[0], statuses[3]) == (200, 200)
    assert statuses[1] == statuses[2] != 200
    assert (stage.row(job_id)["event_seq"], stage.row(other)["event_seq"]) == (2, 0)
    assert "event_failed" in [record["event"] for record in stage.log]


def test_a_job_that_waits_for_two_jobs_of_a_list_begins(stage: Stage) -> None:
    video = stage.job()
    media_id = stage.row(video)["media_id"]
    taken = {"video": {"fromJob": video, "output": "video"}}
    words = stage.job({"engine": "asr-pipeline", "mediaId": media_id, "inputs": taken})
    made = stage.outputs(video, "video.mp4", "metadata.json")
    stage.tell(stage.event(video, 1, "completed", outputs=made))
    again = stage.job({**DOWNLOAD, "mediaId": media_id})
    both = {
        "video": {"fromJob": again, "output": "video"},
        "subtitles": {"fromJob": words, "output": "subtitles"},
    }
    burn = stage.job({"engine": "burner-ffmpeg", "mediaId": media_id, "inputs": both})

    answered = tell(
        stage,
        stage.event(
            again, 1, "completed", outputs=stage.outputs(again, "video.mp4", "metadata.json")
        ),
        stage.event(
            words,
            1,
            "completed",
            outputs=stage.outputs(words, "words.json", "metadata.json", "subtitles.vtt"),
        ),
    )

    assert answered.json["ok"], answered.json
    assert (stage.row(burn)["status"], stage.row(burn)["accepted"]) == ("queued", 1)


def test_a_list_is_bounded_and_signed_as_a_whole(stage: Stage) -> None:
    event = stage.event(stage.job(), 1, "running")

    assert tell(stage, *[event] * 51).status == 400
    assert tell(stage).status == 400
    wrong = signed([event], "another-secret-0123456789abcdef")
    assert stage.send("POST", "/api/render/cf-callback", **wrong).status == 401
    assert stage.row(str(event["jobId"]))["event_seq"] == 0


def test_an_event_that_nobody_waits_for_is_refused_before_anything_is_done(stage: Stage) -> None:
    late, other, done = stage.job(), stage.job(), stage.job()
    stage.tell(stage.event(done, 1, "running"))
    before = stage.database.batches
    over = {"deadlineMs": stage.now_ms - 1}

    alone = stage.tell(stage.event(late, 1, "running", **over))
    listed = tell(
        stage,
        stage.event(late, 1, "running", **over),
        stage.event(other, 1, "running", deadlineMs=stage.now_ms),
        stage.event(done, 2, "running", **over),
    )

    assert (alone.status, alone.json["code"]) == (503, "deadline_passed")
    assert items_of(listed) == [(503, "deadline_passed"), (200, "ok"), (503, "deadline_passed")]
    assert stage.database.batches == before + 1
    assert stage.row(late)["event_seq"] == 0
