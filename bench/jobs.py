"""`python -m bench jobs`: what a whole job costs, from the API's call until the app knows its end.

A job is created at the app, started by the orchestrator, reported on, and ended; the container is
the benchmark's own (bench/peers.py), and what it reads from and writes to the bucket is not
counted. A report of each job comes every `PACE_S`, as containers send them: without a pause,
several become one event. Twice:

- what Cloudflare bills, in a stack that counts (dev/stack/host/counting.mjs). It is exact, however
  busy the machine is.
- CPU time of workerd, in a stack that does not count.

`--against REV` runs the Workers of that commit in turn with those of this tree.
"""

import itertools
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.against import alternate, checked_out
from bench.calls import BenchCall, KeptConnection, signed_post
from bench.cpu import cpu_s, wait_until_idle
from bench.job_floor import FloorJobs, running_floor
from bench.job_report import FLOOR, beside_floor, table
from bench.peers import BenchPeers
from bench.running import running_stack
from dev.installation import ROOT
from dev.stack.stack import Stack
from media_jobs.engines import ENGINES

REPORTS = 5
PACE_S = 1.2
"""Between two reports of a job; an engine sends one a second while there is news."""
COUNTED_JOBS = 5
TIMED_JOBS = 20
TOLD_TIMEOUT_S = 120.0
VIDEO = b"\0" * 1024
SUBTITLES = b"WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n"
COMMENTS = {"video": {"title": "Clip"}, "comments": [{"author": "Ann", "content": "Nice"}]}
OPTIONS: dict[str, dict[str, object]] = {
    "burner-ffmpeg": {},
    "renderer-remotion": {"template": "vertical"},
    "media-downloader": {"url": "https://video.test/watch?v=1"},
}

Counts = dict[str, float]
"""By the names of dev/stack/host/counting.mjs, with the Worker's label before them."""


class Side:
    """A running stack with the Workers of one tree, and what jobs need in it."""

    def __init__(self, stack: Stack, peers: BenchPeers) -> None:
        self.stack = stack
        self.peers = peers
        self.app = KeptConnection(stack.app_url)
        self.orchestrator = KeptConnection(stack.orchestrator_url)
        self.s3 = KeptConnection(stack.s3_url)
        self.media_id = self._media()

    def close(self) -> None:
        """Close the connections."""
        for connection in (self.app, self.orchestrator, self.s3):
            connection.close()

    def create(self, engine: str) -> str:
        """Create a job and return its id."""
        wanted: dict[str, object] = {"engine": engine, "options": OPTIONS[engine]}
        if ENGINES[engine].inputs:
            wanted["mediaId"] = self.media_id
        return str(self._api("POST", "/api/jobs", wanted, 201)["jobId"])

    def report(self, job_id: str, **fields: object) -> None:
        """Send the next report of a job's container."""
        render = self.peers.render(job_id)
        target = urlsplit(render["callbackUrl"])
        said = {"jobId": job_id, "attempt": 1, **fields}
        where = f"{target.path}?{target.query}"
        self.orchestrator.send(signed_post(where, "container.callback", said, self.stack.secret))

    def uploaded(self, engine: str, job_id: str) -> dict[str, object]:
        """Upload the outputs that a job needs; return what its end says of them."""
        render = self.peers.render(job_id)
        outputs: dict[str, object] = {}
        for slot in ENGINES[engine].outputs:
            if slot.required:
                headers = {
                    "content-type": slot.content_type,
                    "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
                }
                self._put(render[slot.put_field], headers, VIDEO)
                outputs[slot.name] = {"key": render[slot.key_field], "sizeBytes": len(VIDEO)}
        return outputs

    def wait_told(self, job_ids: Sequence[str]) -> None:
        """Return when the app knows that all are completed."""
        deadline = time.monotonic() + TOLD_TIMEOUT_S
        for job_id in job_ids:
            while self._status(job_id) != "completed":
                if time.monotonic() > deadline:
                    raise TimeoutError(f"the app does not know that {job_id} is completed")
                time.sleep(0.1)

    def _status(self, job_id: str) -> object:
        # Past the Workers, so that it is not counted.
        return self.stack.sql("SELECT status FROM jobs WHERE job_id = ?", job_id)[0]["status"]

    def taken_counts(self) -> Counts:
        """Return what was counted since the last call."""
        found: Counts = {}
        call = BenchCall(method="GET", target="/__counted", headers={})
        for label, worker in (("app", self.app), ("orchestrator", self.orchestrator)):
            for name, value in json.loads(worker.send(call)).items():
                found[f"{label}: {name}"] = value
        return found

    def _media(self) -> str:
        media_id = str(self._api("POST", "/api/media", {"title": "Clip"}, 201)["mediaId"])
        uploads = f"/api/media/{media_id}/uploads"
        upload = self._api("POST", uploads, {"sizeBytes": len(VIDEO)}, 201)
        self._put(upload["url"], upload["headers"], VIDEO)
        self._api("POST", f"{uploads}/{upload['uploadId']}/complete", None, 200)
        self._api("PUT", f"/api/media/{media_id}/subtitles", SUBTITLES, 201)
        self._api("PUT", f"/api/media/{media_id}/comments", COMMENTS, 201)
        return media_id

    def _api(self, method: str, target: str, body: object, status: int) -> Any:
        sent = body if isinstance(body, bytes) else b"" if body is None else _json(body)
        headers = {
            "authorization": f"Bearer {self.stack.admin_token}",
            "content-type": "application/json",
        }
        call = BenchCall(method=method, target=target, body=sent, headers=headers, status=status)
        return json.loads(self.app.send(call))

    def _put(self, url: str, headers: dict[str, str], body: bytes) -> None:
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}"
        self.s3.send(BenchCall(method="PUT", target=target, body=body, headers=headers))


def _json(body: object) -> bytes:
    return json.dumps(body).encode()


class Cpu:
    """CPU time of one process in the blocks that are measured, in seconds."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.spent_s = 0.0

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Measure the block, from one pause of the process to the next."""
        wait_until_idle(self._pid)
        before_s = cpu_s(self._pid)
        yield
        wait_until_idle(self._pid)
        self.spent_s += cpu_s(self._pid) - before_s


def whole_jobs(side: Side, engine: str, count: int, pace_s: float, cpu: Cpu) -> None:
    """Take *count* jobs from their creation until the app knows their ends."""
    with cpu.measured():
        job_ids = [side.create(engine) for _ in range(count)]
        for job_id in job_ids:
            side.peers.render(job_id)
    outputs = {job_id: side.uploaded(engine, job_id) for job_id in job_ids}
    with cpu.measured():
        for number in range(REPORTS):
            time.sleep(pace_s)
            for job_id in job_ids:
                progress = (number + 1) / (REPORTS + 1)
                side.report(job_id, status="running", phase="encoding", progress=progress)
        time.sleep(pace_s)
        for job_id in job_ids:
            side.report(job_id, status="completed", outputs=outputs[job_id])
        side.wait_told(job_ids)


def counted(side: Side, engine: str) -> Counts:
    """Return the counts of one job of *engine*."""
    cpu = Cpu(side.stack.workerd_pid)
    whole_jobs(side, engine, 1, 0.0, cpu)  # What is made once, and no more.
    side.taken_counts()
    whole_jobs(side, engine, COUNTED_JOBS, PACE_S, cpu)
    return {name: value / COUNTED_JOBS for name, value in side.taken_counts().items()}


def timed(side: Side, engine: str) -> float:
    """Return the milliseconds of CPU of one job of *engine*."""
    cpu = Cpu(side.stack.workerd_pid)
    whole_jobs(side, engine, TIMED_JOBS, PACE_S, cpu)
    return cpu.spent_s * 1000 / TIMED_JOBS


def floor_timed(floor: FloorJobs) -> float:
    """Return the milliseconds of CPU of one job of bench/floor.mjs."""
    cpu = Cpu(floor.workerd_pid)
    with cpu.measured():
        floor.whole_jobs(TIMED_JOBS, REPORTS)
    return cpu.spent_s * 1000 / TIMED_JOBS


@contextmanager
def running(tree: Path, *, is_counted: bool, peers: BenchPeers | None = None) -> Iterator[Side]:
    """Start a stack with the Workers of *tree*, and *peers* as its containers."""
    with ExitStack() as exit_stack:
        peers = peers or exit_stack.enter_context(BenchPeers())
        stack = exit_stack.enter_context(running_stack(peers.url, root=tree, is_counted=is_counted))
        side = Side(stack, peers)
        exit_stack.callback(side.close)
        yield side


def main(rounds: int) -> None:
    """Measure this tree and print a table."""
    print(_measured({"here": ROOT}, rounds, lambda _: None))


def compare(revision: str, *, rounds: int, tell: Callable[[str], None]) -> str:
    """Return the table of this tree's figures beside those of *revision*."""
    with checked_out(revision) as tree:
        return _measured({"here": ROOT, revision: tree}, rounds, tell)


def _measured(trees: Mapping[str, Path], rounds: int, tell: Callable[[str], None]) -> str:
    counts: dict[tuple[str, str], Counts] = {}
    for name, tree in trees.items():
        tell(f"counting: {name}")
        with running(tree, is_counted=True) as side:
            for engine in OPTIONS:
                counts[name, engine] = counted(side, engine)
    spent = _rounds(trees, rounds, tell)
    for (name, engine), rounds_ms in spent.items():
        if name != FLOOR:
            counts[name, engine]["CPU ms"] = statistics.median(rounds_ms)
    tables = table(tuple(trees), tuple(OPTIONS), counts, spent)
    return f"{tables}\n\n{beside_floor(spent)}" if spent else tables


def _rounds(
    trees: Mapping[str, Path], rounds: int, tell: Callable[[str], None]
) -> dict[tuple[str, str], list[float]]:
    """Time the jobs of all trees, and of the JavaScript Worker, in turns."""
    spent: dict[tuple[str, str], list[float]] = defaultdict(list)
    if not rounds:
        return spent
    with ExitStack() as exit_stack:
        sides: list[tuple[str, Callable[[str], float]]] = []
        for name, tree in trees.items():
            side = exit_stack.enter_context(running(tree, is_counted=False))
            sides.append((name, lambda engine, side=side: timed(side, engine)))  # type: ignore[misc]
        floor = exit_stack.enter_context(running_floor())
        sides.append((FLOOR, lambda _engine: floor_timed(floor)))
        for number in itertools.chain([-1], range(rounds)):  # The first one is for warming up.
            tell("warming up" if number < 0 else f"round {number + 1} of {rounds}")
            for engine in OPTIONS:
                for name, of_one in alternate(number, sides):
                    spent_ms = of_one(engine)
                    if number >= 0:
                        spent[name, engine].append(spent_ms)
    return spent
