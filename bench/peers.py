"""The parts that are not measured: a container and an app that answer at once.

They run in the process of the benchmark, so none of their work is counted.
"""

import json
import threading
from collections import Counter
from contextlib import ExitStack
from functools import partial
from typing import Any, Self

from dev.loopback import Handler, served

TIMEOUT_S = 60.0
JSON = {"content-type": "application/json"}


class BenchPeers:
    """Answers as container and as app on one port; keeps what it was asked.

    A container's `POST /render` is 202 and its `POST /jobs/:id/cancel` 200; the app's
    `POST /api/render/cf-callback` is 200. While it is *held*, the container takes requests and
    does not answer, so that a start can be measured up to there. Use it as a context manager.
    """

    def __init__(self, capacity: int = 1_000_000) -> None:
        self.capacity = capacity
        self._changed = threading.Condition()
        self._renders: dict[str, dict[str, Any]] = {}
        self._told: Counter[str] = Counter()
        self._completed: set[str] = set()
        self._answering = threading.Event()
        self._answering.set()
        self._held = ExitStack()
        self.url = ""

    def __enter__(self) -> Self:
        self.url = self._held.enter_context(served(partial(_Handler, self)))
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def hold(self) -> None:
        """Answer nothing until `release`."""
        self._answering.clear()

    def release(self) -> None:
        """Answer what was held, and all that follows."""
        self._answering.set()

    def render(self, job_id: str) -> dict[str, Any]:
        """Return the `/render` request of *job_id*, as soon as it has come."""
        with self._changed:
            self._wait(lambda: job_id in self._renders, f"no /render for {job_id}")
            return self._renders[job_id]

    def wait_told(self, job_ids: list[str], events: int) -> None:
        """Return when at least *events* events of each job have reached the app."""
        with self._changed:
            self._wait(
                lambda: all(self._told[job_id] >= events for job_id in job_ids),
                f"the app was not told {events} times of each job",
            )

    def wait_completed(self, job_id: str) -> None:
        """Return when the app knows that *job_id* is completed."""
        with self._changed:
            self._wait(lambda: job_id in self._completed, f"{job_id} is not completed")

    def _wait(self, done: Any, problem: str) -> None:
        if not self._changed.wait_for(done, TIMEOUT_S):
            raise TimeoutError(problem)

    def take(self, path: str, body: dict[str, Any]) -> int:
        """Keep a request and return the status of its answer, once none is held."""
        with self._changed:
            status = 200
            if path == "/render":
                self._renders[body["jobId"]] = body
                status = 202
            elif path == "/api/render/cf-callback":
                self._told[body["jobId"]] += 1
                if body["status"] == "completed":
                    self._completed.add(body["jobId"])
            self._changed.notify_all()
        self._answering.wait(TIMEOUT_S)
        return status


class _Handler(Handler):
    def __init__(self, peers: BenchPeers, *given: Any) -> None:
        self.peers = peers
        super().__init__(*given)

    def do_GET(self) -> None:
        self.answer(200, b'{"ok":true,"capacity":%d}' % self.peers.capacity, JSON)

    def do_POST(self) -> None:
        status = self.peers.take(self.path, json.loads(self.body()))
        self.answer(status, b'{"ok":true}', JSON)
