"""Progress that is shown and not stored: of which jobs, to whom, and what a request sees of it."""

from typing import Any

import pytest

from app.live.watching import AGAIN_MS, WATCH_S, Watching
from tests.app.live.test_live import FakeViewers, say
from tests.app.stage import Stage, signed
from tests.platform.loop import run
from tests.platform.network import CUT, Script, answering, peer_answer, unreachable


def progress(stage: Stage, job_id: str, seq: int, share: float = 0.5) -> dict[str, object]:
    """Return the orchestrator's message of mere progress."""
    event = stage.event(job_id, seq, "running", phase="burn", progress=share)
    left_out = ("mediaId", "engine", "cause", "eventId")
    return {n: v for n, v in event.items() if n not in left_out} | {"type": "job.progress"}


def watches(stage: Stage) -> list[dict[str, Any]]:
    return [call.message for call in stage.orchestrator.to("/watch")]


def test_progress_is_shown_and_changes_no_row(stage: Stage) -> None:
    job_id = stage.job()
    before = stage.row(job_id)
    answers = []
    for looking in (2, 0):
        stage.hub.looking = looking
        answered = stage.send(
            "POST", "/api/render/progress", **signed(progress(stage, job_id, 7, 0.25))
        )
        answers.append(answered.json)

    assert answers == [{"ok": True, "watched": True}, {"ok": True, "watched": False}]
    shown = stage.hub.shown[0]
    assert (shown["jobId"], shown["eventSeq"], shown["progress"]) == (job_id, 7, 0.25)
    assert stage.row(job_id) == before


def test_an_event_is_no_progress_and_progress_no_event(stage: Stage) -> None:
    job_id = stage.job()

    told = stage.send("POST", "/api/render/progress", **signed(stage.event(job_id, 1, "running")))
    shown = stage.tell(progress(stage, job_id, 1))

    assert (told.status, shown.status) == (401, 401)


def test_the_orchestrator_hears_which_running_jobs_somebody_looks_at(stage: Stage) -> None:
    waits, runs, ended = stage.job(), stage.job(), stage.job()
    stage.tell(stage.event(runs, 1, "running"))
    stage.tell(stage.event(ended, 1, "failed"))
    viewers, watching = FakeViewers(), Watching(stage.ports)

    begun = say(stage, viewers, {"type": "subscribe", "jobs": {waits: 0, runs: 0, ended: 0}})
    run(watching.begin(begun))
    run(watching.begin([]))

    (message,) = watches(stage)
    assert (message["type"], message["jobs"], message["forS"]) == ("jobs.watch", [runs], WATCH_S)


def test_it_hears_it_again_in_time_and_not_for_each_viewer(stage: Stage) -> None:
    watching = Watching(stage.ports)
    for pause_ms in (0, 1, AGAIN_MS):
        stage.now_ms += pause_ms
        run(watching.begin(["job_1"]))
        run(watching.go_on("job_1"))
    assert len(watches(stage)) == 2

    stage.now_ms += WATCH_S * 500
    run(watching.go_on("job_1"))
    assert len(watches(stage)) == 3


def test_what_it_has_not_heard_is_said_again(stage: Stage) -> None:
    watching = Watching(stage.ports)
    stage.orchestrator.then("/watch", CUT, peer_answer(404, '{"error":"not_found"}'))

    for _ in range(3):
        run(watching.begin(["job_1"]))

    assert len(watches(stage)) == 3


# --- a request ------------------------------------------------------------------------------------


def status(**known: object) -> Script:
    document = {"status": "running", "generation": 1, "attempt": 2, "eventSeq": 9, "progress": 0.75}
    return answering(200, {**document, "phase": "burn", "updatedAt": 5, **known})


def test_a_running_job_is_shown_as_the_orchestrator_knows_it(stage: Stage) -> None:
    job_id = stage.job()
    stage.tell(stage.event(job_id, 3, "running", progress=0.1))
    stage.orchestrator.script = status()

    shown = stage.send("GET", f"/api/jobs/{job_id}").json

    assert (shown["progress"], shown["phase"], shown["eventSeq"]) == (0.75, "burn", 9)
    assert (shown["status"], shown["attempt"], shown["updatedAt"]) == ("running", 2, 5)
    assert stage.row(job_id)["progress"] == 0.1


@pytest.mark.parametrize(
    "known",
    [
        {"status": "completed"},
        {"generation": 2},
        {"eventSeq": 3},
        {"eventSeq": 1},
        {"progress": "much"},
    ],
)
def test_what_is_no_news_of_a_running_job_is_not_shown(
    stage: Stage, known: dict[str, object]
) -> None:
    job_id = stage.job()
    stage.tell(stage.event(job_id, 3, "running", progress=0.1))
    stage.orchestrator.script = status(**known)

    shown = stage.send("GET", f"/api/jobs/{job_id}").json

    assert (shown["status"], shown["progress"], shown["eventSeq"]) == ("running", 0.1, 3)


def test_a_job_is_shown_though_the_orchestrator_is_away_and_an_ended_one_without_asking(
    stage: Stage,
) -> None:
    job_id = stage.job()
    stage.tell(stage.event(job_id, 3, "running", progress=0.1))
    stage.orchestrator.script = unreachable
    assert stage.send("GET", f"/api/jobs/{job_id}").json["progress"] == 0.1
    stage.tell(stage.event(job_id, 4, "failed"))
    asked = len(stage.orchestrator.calls)

    assert stage.send("GET", f"/api/jobs/{job_id}").json["status"] == "failed"
    assert len(stage.orchestrator.calls) == asked
