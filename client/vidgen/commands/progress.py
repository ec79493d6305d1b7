"""How a job's or a run's way is shown: bars at a terminal, else a line for each state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.filesize import decimal
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from vidgen import flows
from vidgen.commands.console import ERR, say
from vidgen.errors import VidgenError
from vidgen.models import Job
from vidgen.recipe_models import Run, RunJob, RunReview

__all__ = ["shown_progress"]


@contextmanager
def shown_progress(*, quiet: bool) -> Iterator[flows.Progress]:
    """Yield callbacks for the way of a job or a run, and show it while the block runs."""
    if quiet:
        yield flows.Progress()
        return
    if not ERR.is_terminal:
        yield _Lines().progress
        return
    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=ERR) as bars:
        yield _Bars(bars).progress


def _trouble() -> flows.OnTrouble:
    """Return what says why the server could not be asked, once for each reason."""
    told: set[str] = set()

    def tell(error: VidgenError) -> None:
        if str(error) not in told:
            told.add(str(error))
            say(f"{error}; asking again")

    return tell


class _Lines:
    """One line for each state, with the id: what a log keeps."""

    def __init__(self) -> None:
        self.said: dict[str, str] = {}
        self.progress = flows.Progress(
            job=lambda job: self._once(job.job_id, _note(job)),
            run=self._run,
            sent=lambda done, total: self._bytes("upload", done, total),
            received=lambda done, total: self._bytes("result", done, total),
            notice=say,
            trouble=_trouble(),
        )

    def _once(self, what: str, state: str) -> None:
        if self.said.get(what) != state:
            self.said[what] = state
            say(f"{what} {state}")

    def _run(self, run: Run) -> None:
        for step in run.steps:
            of = f" {step.job_id}" if step.kind == "job" else ""
            self._once(f"{run.run_id} {step.step}{of}", _step_note(step))
        self._once(run.run_id, run.status.replace("_", " "))

    def _bytes(self, what: str, done: int, total: int) -> None:
        """Say each quarter of a transfer."""
        quarter = min(4, 4 * max(0, done) // total) if total else 4
        self._once(what, f"{quarter * 25} % of {decimal(total)}")


class _Bars:
    """One bar each for the upload, the job and the result."""

    def __init__(self, bars: Progress) -> None:
        self.bars = bars
        self.tasks: dict[str, TaskID] = {}
        self.progress = flows.Progress(
            job=self._job,
            run=self._run,
            sent=lambda done, total: self._bytes("upload", done, total),
            received=lambda done, total: self._bytes("result", done, total),
            notice=say,
            trouble=_trouble(),
        )

    def _task(self, name: str, total: float) -> TaskID:
        if name not in self.tasks:
            self.tasks[name] = self.bars.add_task(name, total=total, note="")
        return self.tasks[name]

    def _bytes(self, name: str, done: int, total: int) -> None:
        note = f"{decimal(max(0, done))} of {decimal(total)}"
        self.bars.update(self._task(name, total), completed=done, note=note)

    def _job(self, job: Job) -> None:
        task = self._task("job", 1.0)
        self.bars.update(task, completed=job.progress if job.status != "completed" else 1.0)
        self.bars.update(task, note=_note(job))

    def _run(self, run: Run) -> None:
        for step in run.steps:
            task = self._task(step.step, 1.0)
            done = step.status == "completed" if step.kind == "job" else step.state == "approved"
            part = step.progress if step.kind == "job" else 0.0
            self.bars.update(task, completed=1.0 if done else part, note=_step_note(step))


def _step_note(step: RunJob | RunReview) -> str:
    if step.kind == "review":
        return {"requested": "waits for a person"}.get(step.state, step.state)
    again = f", attempt {step.attempt}" if step.attempt > 1 else ""
    return f"{step.phase or step.status.replace('_', ' ')}{again}"


def _note(job: Job) -> str:
    if job.status == "queued" and job.queue is not None and job.queue.position is not None:
        eta = job.queue.eta_ms
        about = f", about {eta / 1000:.0f} s" if eta is not None else ""
        return f"queued, place {job.queue.position}{about}"
    if job.status == "queued" and not job.accepted:
        return "queued (the orchestrator cannot be reached yet)"
    again = f", attempt {job.attempt}" if job.attempt > 1 else ""
    return f"{job.phase or job.status.replace('_', ' ')}{again}"
