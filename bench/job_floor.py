"""Whole jobs of floor.mjs: what workerd itself costs for the calls of `bench jobs`."""

import itertools
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.calls import BenchCall, KeptConnection
from bench.floor import Floor
from bench.peers import BenchPeers
from dev.scratch import scratch_folder
from media_jobs.signing import SIGNATURE_HEADER, sign

_numbers = itertools.count()


class FloorJobs:
    """Takes jobs of the running *floor* from their creation to their ends."""

    def __init__(self, floor: Floor, peers: BenchPeers) -> None:
        self._peers = peers
        self.workerd_pid = floor.workerd_pid
        self._secret = floor.secret
        self._connection = KeptConnection(floor.url)
        self._post("/setup", {})

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def whole_jobs(self, count: int, reports: int) -> None:
        """Take *count* jobs to their ends; the last answer comes when the app was told."""
        job_ids = [f"job_floor_{next(_numbers)}" for _ in range(count)]
        for job_id in job_ids:
            self._post("/create", {"job": job_id})
        for job_id in job_ids:
            self._peers.render(job_id)
        for number in range(reports):
            for job_id in job_ids:
                self._report(job_id, status="running", progress=(number + 1) / (reports + 1))
        for job_id in job_ids:
            self._report(job_id, status="completed", outputs=["output"])

    def _report(self, job_id: str, **fields: object) -> None:
        nonce = f"floor-{next(_numbers)}"
        self._post("/callback", {"job": job_id, "nonce": nonce, **fields})

    def _post(self, target: str, document: dict[str, object]) -> None:
        body = json.dumps(document).encode()
        headers = {SIGNATURE_HEADER: sign(body, (self._secret,))}
        call = BenchCall(method="POST", target=target, body=body, headers=headers)
        self._connection.send(call)


@contextmanager
def running_floor() -> Iterator[FloorJobs]:
    """Start floor.mjs with a container of its own."""
    with (
        tempfile.TemporaryDirectory(dir=scratch_folder()) as folder,
        BenchPeers() as peers,
        Floor(Path(folder), peers.url) as floor,
    ):
        jobs = FloorJobs(floor, peers)
        yield jobs
        jobs.close()
