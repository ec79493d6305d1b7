"""One id from a submit through both Workers and the container to the job's end."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from dev.stack.stack import Stack
from tests.stack.api_client import OPTIONS, ApiClient, eventually
from tests.stack.fake_container import FakeContainers


def _lines(stack: Stack, part: str, request_id: str) -> list[dict[str, Any]]:
    """Return a Worker's log lines of a request."""
    lines = (line for line in stack.log_lines(part) if line.startswith("{"))
    return [found for line in lines if (found := json.loads(line)).get("requestId") == request_id]


def test_one_id_is_followed_through_the_app_the_orchestrator_and_the_container(
    client: ApiClient, containers: FakeContainers, own_stack: Stack
) -> None:
    request_id = f"followed-{time.time_ns()}"
    document = {"engine": "media-downloader", "options": OPTIONS["media-downloader"]}

    answer = client.api("POST", "/api/jobs", document, {"x-request-id": request_id})
    job_id = answer.json()["jobId"]
    render = containers.render(job_id)
    # The object forgets what it had in memory: the id is in its storage.
    own_stack.evict_job(job_id)
    # A container of the earlier system reports without any id.
    assert render.finish().status_code == 200
    job = client.job_in(job_id, "completed")

    assert answer.headers["x-request-id"] == request_id
    assert job["requestId"] == request_id
    assert render.request_id == request_id

    def told() -> list[dict[str, Any]] | None:
        found = _lines(own_stack, "app", request_id)
        return found if found and found[-1].get("status") == "completed" else None

    in_app = eventually(told, "the end is logged")
    assert [line["event"] for line in in_app][:2] == ["job_accepted", "event_applied"]
    there = _lines(own_stack, "orchestrator", request_id)
    assert [line["cause"] for line in there if line["event"] == "job_advanced"] == [
        "submitted",
        "slot_granted",
        "start_answered",
        "reported",
        "outputs_verified",
    ]
    assert {line["jobId"] for line in (*in_app, *there)} == {job_id}
    assert {line["service"] for line in in_app} == {"app"}


@pytest.mark.parametrize("worker", ["app", "orchestrator"])
def test_like_answers_of_one_moment_each_name_their_own_request(
    client: ApiClient, own_stack: Stack, worker: str
) -> None:
    base = {"app": own_stack.app_url, "orchestrator": own_stack.orchestrator_url}[worker]
    sent = [f"own-request-{number}" for number in range(5)]

    answers = [client.http.get(f"{base}/healthz", headers={"x-request-id": id_}) for id_ in sent]

    assert [answer.headers.get_list("x-request-id") for answer in answers] == [[i] for i in sent]


@pytest.mark.parametrize(
    "hostile", [b"evil-" * 1000, "evil-\u00e9\u4e2d".encode(), b'evil-","event":"x', b"evil-7"]
)
def test_a_hostile_id_is_replaced_and_logged_nowhere(
    client: ApiClient, own_stack: Stack, hostile: bytes
) -> None:
    before = len(own_stack.log_lines())
    url = f"{own_stack.app_url}/api/jobs"

    answer = client.http.get(url, headers=[(b"x-request-id", hostile)])

    chosen = answer.headers["x-request-id"]
    assert (answer.status_code, answer.json()["requestId"]) == (401, chosen)
    assert len(chosen) == 32
    assert set(chosen) <= set("0123456789abcdef")
    refused = eventually(lambda: _lines(own_stack, "app", chosen), "the refusal is logged")
    assert [line["event"] for line in refused] == ["refused"]
    assert "evil-" not in "\n".join(own_stack.log_lines()[before:])
