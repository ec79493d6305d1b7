"""The app's part in following a request: answers, log lines, and what it asks the orchestrator."""

import pytest

from tests.app.stage import DOWNLOAD, Stage
from tests.platform.network import answering, unreachable

OF_JOB = {"x-request-id": "submit-42"}


def submitted(stage: Stage) -> str:
    """Submit a download as the request `submit-42`; return the job's id."""
    answered = stage.send("POST", "/api/jobs", DOWNLOAD, headers=OF_JOB)
    assert answered.status == 201, answered.text
    return str(answered.json["jobId"])


def test_a_submit_is_handed_over_logged_and_shown_with_its_request(stage: Stage) -> None:
    job_id = submitted(stage)

    starts = [call for call in stage.orchestrator.calls if call.method == "POST"]
    assert [call.headers["x-request-id"] for call in starts] == ["submit-42"]
    assert [(line["event"], line["requestId"]) for line in stage.log] == [
        ("job_accepted", "submit-42")
    ]
    assert stage.send("GET", f"/api/jobs/{job_id}").json["requestId"] == "submit-42"


def test_the_sweeper_hands_a_job_over_as_the_request_that_has_made_it(stage: Stage) -> None:
    stage.orchestrator.script = unreachable
    submitted(stage)
    stage.now_ms += 60_000
    stage.orchestrator.script = answering(500)
    stage.log.clear()

    stage.ports = stage.ports.under("cron-run-7")
    stage.sweep()

    assert stage.orchestrator.calls[-1].headers["x-request-id"] == "submit-42"
    assert [(line["event"], line["requestId"]) for line in stage.log] == [
        ("handover_failed", "submit-42"),
        ("swept", "cron-run-7"),
    ]


def test_a_retry_belongs_to_the_request_that_asked_for_it(stage: Stage) -> None:
    job_id = submitted(stage)
    stage.tell(stage.event(job_id, 1, "failed"))

    answered = stage.send("POST", f"/api/jobs/{job_id}/retry", headers={"x-request-id": "retry-43"})

    assert answered.json["requestId"] == "retry-43"
    assert stage.orchestrator.calls[-1].headers["x-request-id"] == "retry-43"


def test_a_job_of_older_code_has_no_request_and_is_swept_like_any_other(stage: Stage) -> None:
    stage.orchestrator.script = unreachable
    job_id = stage.job()
    stage.now_ms += 60_000
    stage.orchestrator.script = answering(200)

    stage.sweep()

    assert "x-request-id" not in stage.orchestrator.calls[-1].headers
    assert stage.send("GET", f"/api/jobs/{job_id}").json["requestId"] is None


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [("GET", "/api/jobs/job_none", 404), ("PUT", "/api/jobs", 405), ("GET", "/elsewhere", 404)],
)
def test_a_problem_names_its_request(stage: Stage, method: str, target: str, status: int) -> None:
    answered = stage.send(method, target, headers={"x-request-id": "asked-44"})

    assert (answered.status, answered.json["requestId"]) == (status, "asked-44")


def test_a_refused_token_is_logged_with_the_reason_and_without_the_token(stage: Stage) -> None:
    stage.send("GET", "/api/jobs", token="nobody-s-token", headers={"x-request-id": "asked-44"})

    assert stage.log == [
        {
            "requestId": "asked-44",
            "event": "refused",
            "method": "GET",
            "path": "/api/jobs",
            "httpStatus": 401,
            "code": "unauthorized",
            "why": "This token is unknown, was revoked or has expired.",
        }
    ]
