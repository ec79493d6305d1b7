"""Simulated people and programs: they submit, submit again, cancel, and start failed jobs again."""

import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from tests.sim.kernel import Node
from tests.sim.network import Answer

TIMEOUT_MS = 30_000
SUBMITS_MAX = 8
CANCELS_MAX = 12
RETRIES_MAX = 6
ENGINES = ("burner-ffmpeg", "burner-ffmpeg", "renderer-remotion", "media-downloader")
COMMENTS = {"title": "Clip"}
OPTIONS: dict[str, dict[str, object]] = {
    "burner-ffmpeg": {},
    "renderer-remotion": {},
    "media-downloader": {"url": "https://video.test/watch?v=1"},
    "asr-pipeline": {},
}
ITS_OWN: Mapping[str, object] = {}
"""Options that a job has beside its engine's."""

NEWEST: Mapping[str, str] = {}
"""The versions of a media that a job names: none, it takes the newest ones."""


class Client(Node):
    """One caller with one job in mind; its own random source, so that others may be left out."""

    jobs = 1
    """How many jobs it has submitted in the end, at most."""

    def __init__(
        self,
        world: Any,
        number: int,
        seed: int,
        engine: str | None = None,
        limits: dict[str, int] | None = None,
        inputs: Mapping[str, str] = NEWEST,
        options: Mapping[str, object] = ITS_OWN,
    ) -> None:
        super().__init__(world.kernel, f"client {number}")
        self.world = world
        self.number = number
        self.random = Random(seed)  # noqa: S311 - a seed must give the same world again.
        chosen = ENGINES[int(self.random.random() * len(ENGINES))]
        self.engine = chosen if engine is None else engine
        self.job_id: str | None = None
        self.submits = self.cancels = self.retries = 0
        self.body = self._wish(limits or self._limits(), inputs, options)

    def _limits(self) -> dict[str, int]:
        """Return the engine's own limits half of the time, and narrow ones otherwise."""
        if self.random.random() < 0.5:
            return {}
        limits = {"heartbeatS": 15, "noProgressS": 40, "totalS": 120, "startS": 30}
        return {**limits, "queueS": 600, "maxAttempts": 1 + self.number % 4}

    def _wish(
        self, limits: dict[str, int], inputs: Mapping[str, str], more: Mapping[str, object]
    ) -> bytes:
        options = {**OPTIONS[self.engine], **more}
        wish: dict[str, object] = {"engine": self.engine, "options": options}
        if self.engine != "media-downloader":
            wish["mediaId"] = "med_1"
        wish["limits"] = limits
        wish["inputs"] = dict(inputs)
        return json.dumps(wish).encode()

    def begin(self) -> None:
        """Decide when to do what."""
        faults, at = self.world.faults, self.kernel.at
        submit_ms = int(self.random.random() * 60_000)
        cancel_ms = submit_ms + int(self.random.random() ** 3 * 120_000)
        retry_ms = submit_ms + 20_000 + int(self.random.random() * 1_200_000)
        at(submit_ms, self.submit)
        if faults.hit("submitted twice"):
            at(submit_ms + int(self.random.random() * 200), self.submit)
        if faults.hit("canceled"):
            at(cancel_ms, self.cancel)
        if faults.hit("started again"):
            at(retry_ms, self.retry)

    # --- what it asks ---------------------------------------------------------------------------

    def submit(self) -> None:
        """Submit, by the same key each time."""
        self.submits += 1
        self._post("/api/jobs", self.body, self._submitted)

    def _submitted(self, answer: Answer | None) -> None:
        if answer is not None and answer.status in (200, 201):
            self.job_id = json.loads(answer.text)["jobId"]
            self.world.acknowledged[self.job_id] = None
        elif self.submits < SUBMITS_MAX:
            self.kernel.at(1000 << self.submits, self.submit)

    def cancel(self) -> None:
        """Cancel the job, if it is known by now."""
        self.cancels += 1
        if self.job_id is None:
            self._cancel_later()
        else:
            self._post(f"/api/jobs/{self.job_id}/cancel", b"", self._canceled)

    def _canceled(self, answer: Answer | None) -> None:
        if answer is None or answer.status != 200:
            self._cancel_later()
            return
        document = json.loads(answer.text)
        if document["status"] == "canceled":
            self.world.oracle.canceled[self.job_id] = document["generation"]

    def _cancel_later(self) -> None:
        if self.cancels < CANCELS_MAX:
            self.kernel.at(3000 * self.cancels, self.cancel)

    def retry(self) -> None:
        """Start the job again, if it has failed or was canceled by now."""
        self.retries += 1
        if self.job_id is None:
            self._retry_later()
        else:
            self._post(f"/api/jobs/{self.job_id}/retry", b"", self._retried)

    def _retried(self, answer: Answer | None) -> None:
        if answer is None or answer.status != 200:
            self._retry_later()

    def _retry_later(self) -> None:
        if self.retries < RETRIES_MAX:
            self.kernel.at(60_000 * self.retries, self.retry)

    def _post(self, path: str, body: bytes, done: Callable[[Answer | None], None]) -> None:
        headers = {"authorization": "Bearer simulated-token"}
        if path == "/api/jobs" or path.endswith("/runs"):
            headers["idempotency-key"] = f"key-{self.number}"
        self.world.network.send(
            self,
            "POST",
            f"http://app.sim{path}",
            body,
            headers,
            TIMEOUT_MS,
            done,
            lambda: done(None),
        )
