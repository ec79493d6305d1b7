"""The sweeper: what slept is looked after, the oldest first, and nothing hides the rest."""

import pytest

from app.jobs.event_store import apply_event
from media_jobs.ports import PeerAnswer
from media_jobs.wire import JobEvent
from tests.app.stage import SECRET, START_MS, Stage, signed
from tests.platform.network import PeerCall, Script, answering, unreachable

MINUTE_MS = 60_000
PER_SWEEP = 50


def _unfinished(stage: Stage, count: int, *, accepted: int = 1, seq: int = 1) -> list[str]:
    """Insert jobs that are silent, the first one longest; return their ids."""
    ids = [f"job_{number:05}" for number in range(count)]
    stage.database.sqlite.execute(
        "INSERT INTO media (media_id, title, created_ms) VALUES ('med_1', 'Clip', 0)"
    )
    stage.database.sqlite.executemany(
        "INSERT INTO jobs (job_id, media_id, engine, generation, options, status, progress,"
        " attempt, event_seq, accepted, handover_tries, check_ms, created_ms, updated_ms)"
        " VALUES (?, 'med_1', 'media-downloader', 1, '{}', ?, 0.0, 0, ?, ?, 0, ?, 0, 0)",
        [
            (job_id, "running" if seq else "queued", seq, accepted, START_MS - count + number)
            for number, job_id in enumerate(ids)
        ],
    )
    return ids


def _asked(stage: Stage) -> list[str]:
    """Return the jobs that were asked after or handed over since the last time."""
    calls = stage.orchestrator.calls
    stage.orchestrator.calls = []
    return [
        call.message["jobId"] if call.method == "POST" else call.path.rpartition("/")[2]
        for call in calls
    ]


def test_a_job_that_could_not_be_handed_over_is_handed_over_later(stage: Stage) -> None:
    stage.orchestrator.script = unreachable
    job_id = stage.job()
    stage.orchestrator.script = answering(200, {"jobId": job_id})
    too_early = stage.sweep()
    stage.now_ms += 5000

    assert (too_early, stage.sweep()) == (0, 1)
    document = stage.send("GET", f"/api/jobs/{job_id}").json
    assert (document["accepted"], document["handoverError"]) == (True, None)
    starts = stage.orchestrator.to("/jobs")
    assert [call.message["jobId"] for call in starts] == [job_id, job_id]
    assert starts[0].message["nonce"] != starts[1].message["nonce"]


def test_an_app_that_dies_between_row_and_handover_loses_no_job(stage: Stage) -> None:
    async def die(call: PeerCall) -> None:
        raise KeyboardInterrupt

    stage.orchestrator.during[""] = die
    with pytest.raises(KeyboardInterrupt):
        stage.job()
    stage.orchestrator.during.clear()
    stage.now_ms += MINUTE_MS

    assert stage.sweep() == 1
    assert stage.send("GET", "/api/jobs").json["items"][0]["accepted"] is True


def test_an_orchestrator_that_is_down_for_an_hour_is_asked_ever_more_rarely(stage: Stage) -> None:
    stage.orchestrator.script = unreachable
    job_id = stage.job()
    swept = 0
    for _ in range(720):
        stage.now_ms += 5000
        swept += stage.sweep()
    stage.orchestrator.script = answering(200, {"jobId": job_id})
    stage.now_ms += 10 * MINUTE_MS
    stage.sweep()

    # 5, 10, 20, … seconds, up to ten minutes, less up to a quarter.
    assert 8 <= swept <= 16
    assert stage.row(job_id)["accepted"] == 1


def test_a_job_that_the_orchestrator_has_is_only_asked_after(stage: Stage) -> None:
    (job_id,) = _unfinished(stage, 1)

    assert stage.sweep() == 1

    (call,) = stage.orchestrator.calls
    assert (call.method, call.url) == ("GET", f"https://orch.test/jobs/{job_id}?ts={START_MS}")
    assert call.is_signed_with(SECRET)
    assert stage.row(job_id)["check_ms"] == START_MS + 5 * MINUTE_MS


@pytest.mark.parametrize(("status", "minutes"), [("preparing", 5), ("running", 15)])
def test_a_job_is_asked_after_when_nothing_was_heard_of_it_for_some_minutes(
    stage: Stage, status: str, minutes: int
) -> None:
    job_id = stage.job()
    stage.now_ms += 4 * MINUTE_MS
    stage.tell({**stage.event(job_id, 1, status), "atMs": stage.now_ms})
    heard_ms, stage.orchestrator.calls = stage.now_ms, []

    stage.now_ms = heard_ms + minutes * MINUTE_MS - 1
    assert stage.sweep() == 0
    assert stage.row(job_id)["check_ms"] == heard_ms + minutes * MINUTE_MS

    stage.now_ms += 1
    assert stage.sweep() == 1
    assert _asked(stage) == [job_id]


def test_an_event_of_a_job_that_goes_on_writes_into_no_index_that_the_job_is_in(
    stage: Stage,
) -> None:
    """D1 charges for each row of an index, also where it stays what it was."""
    job_id = stage.job()
    event = JobEvent.model_validate(stage.event(job_id, 1, "running"))
    sql, params = apply_event(event)[-1]
    pages = {
        row["rootpage"]: row["name"]
        for row in stage.database.look("SELECT rootpage, name FROM sqlite_schema")
    }
    steps = stage.database.look(f"EXPLAIN {sql}", *params)
    written = {pages[step["p2"]] for step in steps if step["opcode"] == "OpenWrite"}

    # The other ones are of jobs that have ended, have outputs or dead letters.
    assert written == {
        "jobs",
        "jobs_ended_by_status",
        "jobs_ended_by_engine",
        "jobs_ended_by_owner",
        "jobs_to_expire",
        "jobs_with_dead_letters",
    }


def test_an_answer_about_a_job_is_not_taken_for_its_next_generation(stage: Stage) -> None:
    """Started again while the sweeper asked: that the first life is known hands nothing over."""
    job_id = stage.job()
    stage.now_ms += 10 * MINUTE_MS
    failed = signed(stage.event(job_id, 1, "failed"))

    async def begin_again(call: PeerCall) -> None:
        if call.method == "GET":
            stage.orchestrator.during.clear()
            await stage.call("POST", "/api/render/cf-callback", **failed)
            stage.orchestrator.script = unreachable
            assert (await stage.call("POST", f"/api/jobs/{job_id}/retry")).status == 200
            stage.orchestrator.script = answering(200, {"jobId": job_id})

    stage.orchestrator.during[""] = begin_again
    stage.sweep()
    stage.orchestrator.calls = []
    stage.now_ms += 10 * MINUTE_MS
    stage.sweep()

    starts = stage.orchestrator.to("/jobs")
    assert [(call.method, call.message["generation"]) for call in starts] == [("POST", 2)]


NOT_FOUND = PeerAnswer(status=404, text='{"error":"not_found"}')


def test_a_job_that_never_got_there_is_handed_over_again(stage: Stage) -> None:
    (job_id,) = _unfinished(stage, 1, seq=0)
    stage.orchestrator.script = lambda call: (
        NOT_FOUND if call.method == "GET" else PeerAnswer(status=200, text="{}")
    )

    stage.sweep()

    assert [call.message["jobId"] for call in stage.orchestrator.to("/jobs")] == [job_id]


def test_a_job_that_the_orchestrator_has_lost_fails_and_is_not_begun_again(stage: Stage) -> None:
    (job_id,) = _unfinished(stage, 1, seq=7)
    stage.orchestrator.script = lambda call: NOT_FOUND

    stage.sweep()

    document = stage.send("GET", f"/api/jobs/{job_id}").json
    assert (document["status"], document["error"]["code"]) == ("failed", "job_lost")
    assert stage.orchestrator.to("/jobs") == []
    assert stage.sweep() == 0


def test_an_event_that_comes_while_the_sweeper_asks_is_not_overwritten(stage: Stage) -> None:
    (job_id,) = _unfinished(stage, 1, seq=7)
    stage.orchestrator.script = lambda call: NOT_FOUND

    async def run(call: PeerCall) -> None:
        event = signed(stage.event(job_id, 8, "uploading"))
        await stage.call("POST", "/api/render/cf-callback", **event)

    stage.orchestrator.during[""] = run

    stage.sweep()

    assert stage.row(job_id)["status"] == "uploading"


def test_a_404_of_somebody_else_ends_no_job(stage: Stage) -> None:
    (job_id,) = _unfinished(stage, 1, seq=7)
    stage.orchestrator.script = lambda call: PeerAnswer(status=404, text="<html>")

    stage.sweep()

    row = stage.row(job_id)
    assert (row["status"], row["handover_error"]) == ("running", "HTTP 404")
    assert row["accepted"] == 1


@pytest.mark.heavy
def test_of_ten_thousand_unfinished_jobs_the_oldest_are_reached_first(stage: Stage) -> None:
    ids = _unfinished(stage, 10_000)

    swept = stage.sweep()

    assert swept == PER_SWEEP
    assert _asked(stage) == ids[:PER_SWEEP]


@pytest.mark.parametrize(
    ("accepted", "seq", "status"),
    [(1, 1, 200), (1, 1, 401), (1, 1, 404), (1, 1, 500), (0, 0, 502), (0, 0, 400)],
)
def test_every_unfinished_job_has_its_turn_whatever_the_orchestrator_answers(
    stage: Stage, accepted: int, seq: int, status: int
) -> None:
    ids = _unfinished(stage, 4 * PER_SWEEP, accepted=accepted, seq=seq)
    stage.orchestrator.script = answering(status)

    reached: list[str] = []
    for _ in range(4):
        stage.sweep()
        reached += dict.fromkeys(_asked(stage))

    assert reached == ids


# --- a database that was restored from a backup ---------------------------------------------------

VIDEO = {"key": "media/m/v.mp4", "sizeBytes": 7, "contentType": "video/mp4", "etag": "e"}


def _ended_there(**changes: object) -> dict[str, object]:
    """Return the orchestrator's document of a job that has ended and has told everything."""
    ended = {"status": "completed", "generation": 1, "attempt": 2, "eventSeq": 9, "progress": 1.0}
    told = {"finishedAt": START_MS - MINUTE_MS, "outputs": {"video": VIDEO}, "allTold": True}
    return {**ended, **told, "error": None, "undelivered": [], **changes}


def test_a_job_whose_end_the_database_has_lost_ends_by_the_orchestrator_s_word(
    stage: Stage,
) -> None:
    (job_id,) = _unfinished(stage, 1, seq=3)
    stage.orchestrator.script = answering(200, _ended_there())

    stage.sweep()
    stage.sweep()

    document = stage.send("GET", f"/api/jobs/{job_id}").json
    assert (document["status"], document["eventSeq"], document["attempt"]) == ("completed", 9, 2)
    assert document["finishedAt"] == START_MS - MINUTE_MS
    assert list(document["artifacts"]) == ["video"]
    events = stage.send("GET", f"/api/jobs/{job_id}/events").json["items"]
    assert [(event["eventSeq"], event["cause"]) for event in events] == [
        (9, "found by the sweeper")
    ]
    # A run of the cron that leaves something to be done behind its answer fails on the platform.
    assert [change["status"] for change in stage.hub.published_now] == ["completed"]
    assert stage.hub.published == []
    assert stage.row(job_id)["check_ms"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"allTold": False},
        {"status": "running"},
        {"generation": 2, "allTold": False},
        {"eventSeq": 3},
    ],
)
def test_a_job_that_has_not_told_its_end_yet_is_waited_for(
    stage: Stage, changes: dict[str, object]
) -> None:
    (job_id,) = _unfinished(stage, 1, seq=3)
    stage.orchestrator.script = answering(200, _ended_there(**changes))

    stage.sweep()

    row = stage.row(job_id)
    assert (row["status"], row["check_ms"]) == ("running", START_MS + 5 * MINUTE_MS)


def test_a_job_whose_later_life_the_database_has_lost_ends_as_lost(stage: Stage) -> None:
    """It can be started again, which finds that life."""
    (job_id,) = _unfinished(stage, 1, seq=3)
    stage.orchestrator.script = answering(200, _ended_there(generation=2))

    stage.sweep()

    document = stage.send("GET", f"/api/jobs/{job_id}").json
    assert (document["status"], document["error"]["code"]) == ("failed", "job_lost")
    assert stage.row(job_id)["check_ms"] is None


FORGOTTEN = PeerAnswer(status=409, text='{"error":"job_forgotten","message":"Start it again."}')


def test_a_job_whose_whole_life_the_database_has_lost_ends_as_it_did(stage: Stage) -> None:
    (job_id,) = _unfinished(stage, 1, accepted=0, seq=0)
    last = answering(200, _ended_there())
    stage.orchestrator.script = lambda call: FORGOTTEN if call.method == "POST" else last(call)

    stage.sweep()

    document = stage.send("GET", f"/api/jobs/{job_id}").json
    assert (document["status"], document["eventSeq"], document["error"]) == ("completed", 9, None)
    assert list(document["artifacts"]) == ["video"]
    assert len(stage.orchestrator.to("/jobs")) == 1


@pytest.mark.parametrize(
    ("last", "waits"),
    [
        (lambda call: NOT_FOUND, False),
        (answering(200, _ended_there(generation=0)), False),
        (answering(200, _ended_there(eventSeq=0)), False),
        *((script, True) for script in (unreachable, answering(503), answering(404))),
    ],
)
def test_a_job_too_old_to_be_started_fails_if_nobody_knows_its_end_and_waits_for_an_answer(
    stage: Stage, last: Script, waits: bool
) -> None:
    (job_id,) = _unfinished(stage, 1, accepted=0, seq=0)
    stage.orchestrator.script = lambda call: FORGOTTEN if call.method == "POST" else last(call)

    stage.sweep()

    document, check_ms = (
        stage.send("GET", f"/api/jobs/{job_id}").json,
        stage.row(job_id)["check_ms"],
    )
    if waits:
        assert (document["status"], document["accepted"]) == ("queued", False)
        assert START_MS < check_ms <= START_MS + MINUTE_MS
        return
    assert (document["status"], document["error"]["code"]) == ("failed", "job_forgotten")
    assert document["error"]["message"] == "Start it again."
