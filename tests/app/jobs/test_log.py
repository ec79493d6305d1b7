"""The log of a running job, as the app passes it on."""

from typing import Any

import pytest

from media_jobs.ports import PeerAnswer
from tests.app.stage import Stage
from tests.platform.network import peer_answer


def running(stage: Stage, status: str = "running") -> str:
    job_id = stage.job()
    stage.tell(stage.event(job_id, 1, status))
    return job_id


def log(stage: Stage, job_id: str, query: str = "", **more: Any) -> Any:
    return stage.send("GET", f"/api/jobs/{job_id}/log{query}", **more)


def answering(stage: Stage, answer: PeerAnswer) -> None:
    stage.orchestrator.script = lambda _: answer


def test_a_running_job_shows_what_its_tools_say(stage: Stage) -> None:
    job_id = running(stage)
    told = '{"lines":["a","b"],"known":true,"supported":true}'
    answering(stage, peer_answer(text=told))

    shown = log(stage, job_id, "?lines=7", token="token-read")

    assert shown.json == {"jobId": job_id, "attempt": 1, "lines": ["a", "b"], "missing": None}
    (call,) = stage.orchestrator.to(f"/jobs/{job_id}/log")
    assert (call.message["engine"], call.message["lines"]) == ("media-downloader", 7)


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        (peer_answer(text='{"lines":[],"known":false,"supported":true}'), "not_begun"),
        (peer_answer(text='{"lines":[],"known":false,"supported":false}'), "not_supported"),
        # An orchestrator from before this route.
        (peer_answer(status=404, text='{"error":"not_found"}'), "not_supported"),
        (peer_answer(text="no JSON"), "not_supported"),
    ],
)
def test_why_there_are_no_lines_is_said(stage: Stage, answer: PeerAnswer, missing: str) -> None:
    job_id = running(stage)
    answering(stage, answer)

    assert (log(stage, job_id).status, log(stage, job_id).json["missing"]) == (200, missing)


@pytest.mark.parametrize(("status", "missing"), [("queued", "not_begun"), ("failed", "ended")])
def test_of_a_job_that_does_not_run_nobody_is_asked(
    stage: Stage, status: str, missing: str
) -> None:
    job_id = running(stage, status)

    assert log(stage, job_id).json["missing"] == missing
    assert stage.orchestrator.to(f"/jobs/{job_id}/log") == []


def test_a_container_that_cannot_be_asked_is_an_error_and_no_empty_log(stage: Stage) -> None:
    job_id = running(stage)
    answering(stage, peer_answer(status=502, text="{}"))

    assert log(stage, job_id).status == 502
    assert log(stage, job_id, "?lines=0").status == 400
    assert log(stage, job_id, token=stage.add_workspace("ws_theirs")).status == 404
