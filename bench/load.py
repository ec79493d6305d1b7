"""`python -m bench load`: thousands of jobs at once, half of them cancelled in mid-flight.

They are created in bulk, run by engines that are done at once, and every second one is cancelled
while its engine works at it or while it waits for a slot. Meanwhile somebody asks `/healthz` and
lists jobs, as a page does. What came of it is read from the app's D1 and asked of each job's
object. With `--against REV`, the same is done to the Workers of that commit, on the same host.

The result is a table, and a plot of the goodput over time: jobs that the app knows to have ended.
"""

import json
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from bench.against import checked_out
from bench.calls import BenchCall, KeptConnection, now_ms
from bench.instant import InstantEngines, Render, engine_options
from bench.jobs import Side, running
from bench.plot import Line, stepped_plot
from dev.installation import ROOT
from dev.stack.errors import StackError
from media_jobs.signing import SIGNATURE_HEADER, sign_request_line
from media_jobs.status import ENDED

JOBS, MINUTES = 10_000, 60.0
BATCH = 50
CAPACITY = 200
"""Slots of the engines' host: the others wait."""
HELD = "bold"
"""The preset of a job that is to be cancelled."""
ENGINE = "burner-ffmpeg"
LOOK_S = 1.0
TELL_EVERY = 10
"""Looks, of which one is shown."""
HEALTH_EVERY_S, LIST_EVERY_S = 0.2, 1.0
TRIES, PAUSE_S = 100, 1.0
PLOT = ROOT / "docs" / "load.svg"


@dataclass(slots=True)
class Waits:
    """How long somebody waited for answers, in seconds, and which were none."""

    seconds: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)

    def share(self, share: float) -> float:
        """Return what *share* of them stayed below."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


@dataclass(slots=True)
class Load:
    """What came of one run. *ended*: how many jobs had ended, by seconds since the beginning."""

    jobs: int
    created_s: float = 0.0
    cancelled_s: float = 0.0
    all_ended_s: float | None = None
    ended: list[tuple[float, int]] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    unfulfilled: int = 0
    disagreeing: list[str] = field(default_factory=list)
    health: Waits = field(default_factory=Waits)
    lists: Waits = field(default_factory=Waits)

    @property
    def standstill_s(self) -> float:
        """The longest time without an end, from the first job's creation to the last's end."""
        longest, since, before = 0.0, 0.0, 0
        for at_s, ended in self.ended:
            longest = max(longest, at_s - since)
            if ended > before:
                before, since = ended, at_s
        return longest


class Crowd:
    """Somebody who creates, cancels and looks, at the app of *side*."""

    def __init__(self, side: Side, jobs: int, seed: int, end_s: float, known: str) -> None:
        """*known*: the id of a job that is there already."""
        self.side = side
        self.load = Load(jobs)
        self.held: set[str] = set()
        self._made: list[str] = []
        self._random = Random(f"load {seed}")  # noqa: S311 - a seed must give the same load again.
        self._began_s = time.monotonic()
        self._end_s = end_s
        self._known = known
        self._over = threading.Event()
        self._created = threading.Event()
        self._all_ended = threading.Event()

    def run(self) -> Load:
        """Take all jobs to their ends, or to the end of the time."""
        parts = [self._cancel, self._look, self._watch_health, self._watch_lists]
        threads = [threading.Thread(target=part, daemon=True) for part in parts]
        for thread in threads:
            thread.start()
        try:
            self._create()
            self._created.set()
            self._all_ended.wait(max(0.0, self._end_s - self._now_s()))
        finally:
            self._over.set()
            for thread in threads:
                thread.join(60)
        self._compare()
        return self.load

    def _now_s(self) -> float:
        return time.monotonic() - self._began_s

    # --- what is asked --------------------------------------------------------------------------

    def _create(self) -> None:
        line = KeptConnection(self.side.stack.app_url)
        while len(self._made) < self.load.jobs:
            count = min(BATCH, self.load.jobs - len(self._made))
            held = [self._random.random() < 0.5 for _ in range(count)]
            jobs = [self._job(is_held) for is_held in held]
            key = {"idempotency-key": f"load-{len(self._made)}"}
            answer = self._asked(line, "/api/jobs/batch", {"jobs": jobs}, key)
            for is_held, item in zip(held, answer["items"], strict=True):
                assert item["status"] in (200, 201), item
                job_id = item["job"]["jobId"]
                if is_held:
                    self.held.add(job_id)
                self._made.append(job_id)
        self.load.created_s = self._now_s()
        line.close()

    def _job(self, is_held: bool) -> dict[str, object]:
        options = {"preset": HELD} if is_held else {}
        return {"engine": ENGINE, "mediaId": self.side.media_id, "options": options}

    def _cancel(self) -> None:
        """Cancel what is held, a batch behind its creation."""
        line, done = KeptConnection(self.side.stack.app_url), 0
        while not self._over.is_set() and not (self._created.is_set() and done == self.load.jobs):
            behind = 0 if self._created.is_set() else BATCH
            part = self._made[done : min(done + BATCH, len(self._made) - behind)]
            wanted = [job_id for job_id in part if job_id in self.held]
            done += len(part)
            for _ in range(TRIES):
                if not wanted or self._over.is_set():
                    break
                body = {"filter": {"ids": wanted}, "limit": len(wanted)}
                items = self._asked(line, "/api/jobs/cancel", body, {})["items"]
                wanted = [item["jobId"] for item in items if "problem" in item]
                self._over.wait(PAUSE_S if wanted else 0)
            self._over.wait(0 if part else 0.1)
        self.load.cancelled_s = self._now_s()
        line.close()

    def _asked(
        self, line: KeptConnection, target: str, body: object, headers: Mapping[str, str]
    ) -> Any:
        sent = json.dumps(body).encode()
        all_headers = {**self._token(), "content-type": "application/json", **headers}
        call = BenchCall(method="POST", target=target, body=sent, headers=all_headers)
        status, answer = 0, b""
        for _ in range(TRIES):
            try:
                status, answer = line.exchange(call)
            except OSError:
                line.close()
            if status == 200:
                return json.loads(answer)
            time.sleep(PAUSE_S)
        raise AssertionError((target, status, answer[:500]))

    def _token(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.side.stack.admin_token}"}

    # --- what is seen ---------------------------------------------------------------------------

    def _watch_health(self) -> None:
        self._watch("/healthz", HEALTH_EVERY_S, self.load.health)

    def _watch_lists(self) -> None:
        self._watch("/api/jobs?limit=50", LIST_EVERY_S, self.load.lists)

    def _watch(self, target: str, every_s: float, waits: Waits) -> None:
        line = KeptConnection(self.side.stack.app_url)
        call = BenchCall(method="GET", target=target, headers=self._token())
        while not self._over.wait(every_s):
            began_s = time.monotonic()
            try:
                status, _ = line.exchange(call)
            except OSError as error:
                status = 0
                waits.failures[type(error).__name__] += 1
                line.close()
            waits.seconds.append(time.monotonic() - began_s)
            if status not in (0, 200):
                waits.failures[str(status)] += 1
        line.close()

    def _look(self) -> None:
        """Note again and again how many have ended, by what the app knows."""
        # Past the Workers, so that nothing waits behind it.
        counted = "SELECT count(*) - 1 AS n FROM jobs WHERE finished_ms IS NOT NULL"
        while not self._over.wait(LOOK_S):
            try:
                ended = int(self.side.stack.sql(counted)[0]["n"])
            except StackError as error:
                self.load.lists.failures[f"D1 {error}"] += 1
                continue
            self.load.ended.append((self._now_s(), ended))
            if len(self.load.ended) % TELL_EVERY == 0:
                made, s = len(self._made), self._now_s()
                print(f"{s:.0f} s: {made} made, {ended} ended", file=sys.stderr, flush=True)
            if ended == self.load.jobs:
                self.load.all_ended_s = self._now_s()
                self._all_ended.set()
                return

    def _compare(self) -> None:
        """Compare what D1 says of each job with what its object says."""
        query = "SELECT job_id, status FROM jobs WHERE job_id != ?"
        rows = self.side.stack.sql(query, self._known)
        load, line = self.load, KeptConnection(self.side.stack.orchestrator_url)
        for row in rows:
            job_id, status = str(row["job_id"]), str(row["status"])
            load.statuses[status] += 1
            if load.all_ended_s is None:
                continue  # Its Workers are still at it, and would answer for a long time.
            target = f"/jobs/{job_id}?ts={now_ms()}"
            signature = sign_request_line("GET", target, (self.side.stack.secret,))
            call = BenchCall(method="GET", target=target, headers={SIGNATURE_HEADER: signature})
            answer_status, answer = line.exchange(call)
            said = json.loads(answer).get("status") if answer_status == 200 else answer_status
            if said != status:
                load.disagreeing.append(f"{job_id}: D1 {status}, object {said}")
            wanted = "canceled" if job_id in self.held else "completed"
            load.unfulfilled += status in ENDED and status != wanted
        line.close()


def loaded(tree: Path, jobs: int, seed: int, end_s: float) -> Load:
    """Return what came of *jobs* at the Workers of *tree*, within *end_s*."""

    def is_held(render: Render) -> bool:
        return engine_options(render).get("preset") == HELD

    with ExitStack() as exit_stack:
        engines = exit_stack.enter_context(InstantEngines(CAPACITY, is_held))
        side = exit_stack.enter_context(running(tree, is_counted=False, peers=engines))
        engines.secret = side.stack.secret
        first = side.create(ENGINE)  # What is loaded at a first request is no part of it.
        side.wait_told([first])
        return Crowd(side, jobs, seed, end_s, first).run()


def main(rounds: int) -> None:
    """Measure this tree; a load has no rounds."""
    compare(None, JOBS, MINUTES)


def compare(
    revision: str | None, jobs: int, minutes: float, tell: Callable[[str], None] = print
) -> None:
    """Measure this tree, and that of *revision*; print the table and draw the plot."""
    found: dict[str, Load] = {}
    with ExitStack() as exit_stack:
        trees = {"this version": ROOT}
        if revision is not None:
            trees[revision] = exit_stack.enter_context(checked_out(revision))
        for name, tree in trees.items():
            print(f"{name}: {jobs} jobs", file=sys.stderr, flush=True)
            found[name] = loaded(tree, jobs, 1, minutes * 60)
            print(table({name: found[name]}), file=sys.stderr, flush=True)
    tell(table(found))
    PLOT.write_text(plot(found, jobs))
    tell(f"drawn: {PLOT.relative_to(ROOT)}")


def table(found: Mapping[str, Load]) -> str:
    """Return what came of the runs as a table."""
    loads = list(found.values())
    lines = [f"| | {' | '.join(found)} |", "|---|" + "---:|" * len(loads)]

    def row(name: str, value: Callable[[Load], str]) -> None:
        lines.append(f"| {name} | {' | '.join(value(load) for load in loads)} |")

    row("created in", lambda load: f"{load.created_s:.0f} s")
    row("cancelled after", lambda load: f"{load.cancelled_s:.0f} s")
    row("all ended after", lambda load: _seconds(load.all_ended_s))
    row("jobs ended a second", lambda load: f"{_rate(load):.1f}")
    row("longest time in which none ended", lambda load: f"{load.standstill_s:.1f} s")
    row("completed, canceled, other", _split)
    row("ended otherwise than was asked", lambda load: _compared(load, load.unfulfilled))
    row("D1 and object disagree", lambda load: _compared(load, len(load.disagreeing)))
    row("`/healthz`, median", lambda load: _median(load.health))
    row("`/healthz`, p99", lambda load: f"{load.health.share(0.99):.2f} s")
    row("a list of 50 jobs, median", lambda load: _median(load.lists))
    row("a list of 50 jobs, longest", lambda load: f"{load.lists.share(1.0):.2f} s")
    row("looks without a right answer", _failures)
    return "\n".join(lines)


def _failures(load: Load) -> str:
    counts = load.health.failures + load.lists.failures
    return ", ".join(f"{what}: {count}" for what, count in counts.items()) or "0"


def _compared(load: Load, count: int) -> str:
    return "not compared" if load.all_ended_s is None else str(count)


def _seconds(value: float | None) -> str:
    return "not in its time" if value is None else f"{value:.0f} s"


def _median(waits: Waits) -> str:
    return f"{statistics.median(waits.seconds or [0.0]):.2f} s"


def _rate(load: Load) -> float:
    last_s, ended = load.ended[-1]
    return ended / last_s


def _split(load: Load) -> str:
    known = load.statuses["completed"], load.statuses["canceled"]
    return f"{known[0]}, {known[1]}, {load.statuses.total() - sum(known)}"


def plot(found: Mapping[str, Load], jobs: int) -> str:
    """Return the goodput over time as an SVG: jobs ended a second."""
    end_s = max(load.ended[-1][0] for load in found.values())
    step_s = max(1.0, end_s / 100)
    lines = [Line(name, _goodput(load, step_s)) for name, load in found.items()]
    title = f"{jobs:,} jobs: how many end in a second, as the app knows it"
    return stepped_plot(title, "seconds since the first was created", "jobs a second", lines)


def _goodput(load: Load, step_s: float) -> list[tuple[float, float]]:
    """Return jobs ended a second, for each step of *step_s*."""
    points, known, before, at_s = list[tuple[float, float]](), 0, 0, step_s
    for seen_s, ended in load.ended:
        while seen_s > at_s:
            points.append((at_s - step_s, (known - before) / step_s))
            before, at_s = known, at_s + step_s
        known = ended
    points.append((at_s - step_s, (known - before) / step_s))
    return [*points, (at_s, 0.0)]
