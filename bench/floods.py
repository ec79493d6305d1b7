"""`python -m bench floods`: how long an honest job takes beside floods, and alone.

Each flood comes as fast as one token may ask, 50 times a second. The quickest of several rounds
counts, so that what else this machine does counts for neither.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from app.rates import PER_SECOND
from bench.jobs import Side, running
from dev.installation import ROOT

BODY_BYTES = 64 << 20
PAUSE_S = 1 / PER_SECOND
REPORTS = 9
ENGINE = "burner-ffmpeg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Where a flood comes to; *token* is one that may read."""

    app_url: str
    orchestrator_url: str
    token: str


Blow = Callable[[httpx.Client, Doors], int]
"""Strikes once; returns the status of the answer."""


def unsigned_post(http: httpx.Client, doors: Doors) -> int:
    body = json.dumps({"jobId": "job_1", "status": "completed", "ts": 1, "nonce": "n" * 16})
    headers = {"x-signature": "0" * 64}
    http.post(f"{doors.orchestrator_url}/jobs", content=body, headers=headers)
    http.post(f"{doors.orchestrator_url}/callbacks/container", content=body, headers=headers)
    url = f"{doors.app_url}/api/render/cf-callback"
    return http.post(url, content=body, headers=headers).status_code


def stranger_s_socket(http: httpx.Client, doors: Doors) -> int:
    headers = {
        "upgrade": "websocket",
        "connection": "upgrade",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        "authorization": "Bearer nobody-s-token",
    }
    return http.get(f"{doors.app_url}/api/live", headers=headers).status_code


def list_request(http: httpx.Client, doors: Doors) -> int:
    headers = {"authorization": f"Bearer {doors.token}"}
    return http.get(f"{doors.app_url}/api/jobs?limit=100", headers=headers).status_code


def large_body(_: httpx.Client, doors: Doors) -> int:
    """Announce a large body, send some of it, and read the answer, which does not wait for it."""
    place = urlsplit(doors.app_url)
    head = (
        f"POST /api/jobs HTTP/1.1\r\nhost: {place.netloc}\r\n"
        f"authorization: Bearer {doors.token}\r\ncontent-length: {BODY_BYTES}\r\n\r\n"
    )
    with socket.create_connection((place.hostname, place.port), 10) as line:
        line.sendall(head.encode() + b" " * 16_384)
        return int(line.recv(64).split()[1])


FLOODS: dict[Blow, int] = {
    unsigned_post: 401,
    stranger_s_socket: 401,
    list_request: 200,
    large_body: 413,
}
"""Each with the status that it is answered with; strangers are told 429 after some of them."""


@contextmanager
def flooded(doors: Doors, blow: Blow) -> Iterator[list[int]]:
    """Strike again and again until the end of the block; yields the statuses of the answers."""
    statuses: list[int] = []
    begun, over = threading.Event(), threading.Event()

    def strike() -> None:
        with httpx.Client(trust_env=False, timeout=60.0) as http:
            while not over.wait(PAUSE_S):
                statuses.append(blow(http, doors))
                begun.set()

    striking = threading.Thread(target=strike)
    striking.start()
    try:
        assert begun.wait(60), "the flood has not begun"
        yield statuses
    finally:
        over.set()
        striking.join()


def main(rounds: int) -> None:
    """Measure *rounds* jobs alone and beside each flood, and print the quickest of each."""
    print("| Flood | Answers | Alone | Beside it | × |")
    print("|---|---:|---:|---:|---:|")
    with running(ROOT, is_counted=False) as side:
        stack = side.stack
        doors = Doors(
            app_url=stack.app_url,
            orchestrator_url=stack.orchestrator_url,
            token=stack.admin_token,
        )
        _job_s(side)  # What is made once is made.
        for blow in FLOODS:
            alone_s, beside_s, answers = list[float](), list[float](), 0
            for _ in range(rounds):
                alone_s.append(_job_s(side))
                with flooded(doors, blow) as statuses:
                    beside_s.append(_job_s(side))
                answers += len(statuses)
            alone, beside = min(alone_s), min(beside_s)
            name = blow.__name__.replace("_", " ")
            print(f"| {name} | {answers} | {alone:.2f} s | {beside:.2f} s | {beside / alone:.2f} |")


def _job_s(side: Side) -> float:
    began_s = time.monotonic()
    job_id = side.create(ENGINE)
    side.peers.render(job_id)
    for number in range(1, REPORTS + 1):
        side.report(job_id, status="running", phase="encoding", progress=number / 10)
    side.report(job_id, status="completed", outputs=side.uploaded(ENGINE, job_id))
    side.wait_told([job_id])
    return time.monotonic() - began_s
