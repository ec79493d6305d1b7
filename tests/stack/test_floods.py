"""An honest job beside floods, each as fast as one token may ask: 50 times a second."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
import pytest

from app.rates import PER_SECOND
from tests.stack.api_client import ApiClient, eventually
from tests.stack.fake_container import FakeContainers

BODY_BYTES = 64 << 20
PAUSE_S = 1 / PER_SECOND

Blow = Callable[[httpx.Client, ApiClient], int]
"""Strikes once; returns the status of the answer."""


def unsigned_post(http: httpx.Client, client: ApiClient) -> int:
    body = json.dumps({"jobId": "job_1", "status": "completed", "ts": 1, "nonce": "n" * 16})
    stack, headers = client.stack, {"x-signature": "0" * 64}
    http.post(f"{stack.orchestrator_url}/jobs", content=body, headers=headers)
    http.post(f"{stack.orchestrator_url}/callbacks/container", content=body, headers=headers)
    url = f"{stack.app_url}/api/render/cf-callback"
    return http.post(url, content=body, headers=headers).status_code


def stranger_s_socket(http: httpx.Client, client: ApiClient) -> int:
    headers = {
        "upgrade": "websocket",
        "connection": "upgrade",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        "authorization": "Bearer nobody-s-token",
    }
    return http.get(f"{client.stack.app_url}/api/live", headers=headers).status_code


def list_request(http: httpx.Client, client: ApiClient) -> int:
    headers = {"authorization": f"Bearer {client.token}"}
    return http.get(f"{client.stack.app_url}/api/jobs?limit=100", headers=headers).status_code


def large_body(_: httpx.Client, client: ApiClient) -> int:
    """Announce a large body, send some of it, and read the answer, which does not wait for it."""
    place = urlsplit(client.stack.app_url)
    head = (
        f"POST /api/jobs HTTP/1.1\r\nhost: {place.netloc}\r\n"
        f"authorization: Bearer {client.token}\r\ncontent-length: {BODY_BYTES}\r\n\r\n"
    )
    with socket.create_connection((place.hostname, place.port), 10) as line:
        line.sendall(head.encode() + b" " * 16_384)
        return int(line.recv(64).split()[1])


@contextmanager
def flooded(client: ApiClient, blow: Blow) -> Iterator[list[int]]:
    """Strike again and again until the end of the block; yields the statuses of the answers."""
    statuses: list[int] = []
    over = threading.Event()

    def strike() -> None:
        with httpx.Client(trust_env=False, timeout=10.0) as http:
            while not over.wait(PAUSE_S):
                statuses.append(blow(http, client))

    striking = threading.Thread(target=strike)
    striking.start()
    try:
        eventually(lambda: len(statuses) > 2, "the flood has begun")
        yield statuses
    finally:
        over.set()
        striking.join()


def honest_job(client: ApiClient, containers: FakeContainers) -> dict[str, object]:
    """Take a job to its end, each report answered at once, and return it."""
    render = client.started(containers)
    for tenth in range(1, 10):
        assert render.report("running", progress=tenth / 10).status_code == 200
    assert render.finish().json() == {"ok": True}
    return client.job_when(render.job_id, lambda job: bool(job["status"] == "completed"), "done")


@pytest.mark.parametrize(
    ("blow", "status"),
    [
        (unsigned_post, 401),
        pytest.param(stranger_s_socket, 401, marks=pytest.mark.long),
        pytest.param(list_request, 200, marks=pytest.mark.long),
        pytest.param(large_body, 413, marks=pytest.mark.long),
    ],
)
def test_an_honest_job_beside_a_flood_completes_at_its_first_attempt(
    client: ApiClient, containers: FakeContainers, blow: Blow, status: int
) -> None:
    with flooded(client, blow) as answers:
        before = len(answers)
        job = honest_job(client, containers)
        eventually(lambda: len(answers) > before, "the flood went on")

    assert job["attempt"] == 1
    # A stranger is told to come again after some of them.
    assert status in answers and set(answers) <= {status, 429}
