"""The attempts of one container: accepted once, followed, canceled, and ended when it stops.

An attempt is its job, its number and its callback URL: the same three again start nothing. One job
has one attempt at work; a newer one takes the place of the older. A slot is free again before the
end is reported, so that the orchestrator's next start finds it.

There is no queue here: a start that finds no free slot, or too little disk, is answered "full", and
the job waits where it is safe, in the orchestrator.
"""

import asyncio
import errno
import logging
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import Generic, TypeVar

import httpx
from pydantic import BaseModel

from engine_kit.acceptance import Acceptance
from engine_kit.callbacks import Outputs, Reporter
from engine_kit.engine import Desk, EngineJob, Program
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.links import Links, fields_of
from engine_kit.logs import log, under_attempt
from engine_kit.metrics import Metrics
from engine_kit.piecework import kit_of
from engine_kit.settings import VERSION, ContainerSettings
from engine_kit.tool_log import ToolLog, under_log
from engine_kit.transfer import Transfers
from media_jobs.status import Status
from media_jobs.wire import Evidence, RenderRequest

__all__ = ["Attempts", "Start"]

RequestT = TypeVar("RequestT", bound=RenderRequest)
OptionsT = TypeVar("OptionsT", bound=BaseModel)

REMEMBERED_MAX = 1000
"""Ended attempts that are still known, for polling and for starts that come twice."""
CANCEL_S = 2.0
REPORTS_REFUSED = (
    "The orchestrator refuses all reports as unauthorized: JOB_CALLBACK_HMAC_SECRET or the clock"
    " is another here than there."
)


class Start(Enum):
    """What became of a request to start."""

    STARTED = auto()
    KNOWN = auto()
    FULL = auto()
    STOPPING = auto()
    SUPERSEDED = auto()


class _Cause(Enum):
    """Why an attempt is being ended before its engine is done."""

    CANCELED = auto()
    INTERRUPTED = auto()
    FENCED = auto()
    UNAUTHORIZED = auto()


@dataclass(slots=True, kw_only=True)
class _Attempt:
    request: RenderRequest
    reporter: Reporter
    cause: _Cause | None = None
    begun: bool = False
    began_at: float = 0.0
    work: asyncio.Task[None] | None = None
    released: asyncio.Event = field(default_factory=asyncio.Event)
    log: ToolLog = field(default_factory=ToolLog)

    def is_same(self, request: RenderRequest) -> bool:
        return (self.request.attempt, self.request.callback_url) == (
            request.attempt,
            request.callback_url,
        )

    def end_early(self, cause: _Cause) -> None:
        """End the work, unless it has ended; the first cause stays."""
        if self.released.is_set() or self.cause is not None:
            return
        self.cause = cause
        # A task that is canceled before its first step would never run its own ending.
        if self.begun and self.work is not None:
            self.work.cancel()


class Attempts(Generic[OptionsT]):
    """What runs in this container, and what ran lately. *tools*: versions by name."""

    def __init__(
        self,
        program: Program[OptionsT],
        settings: ContainerSettings,
        client: httpx.AsyncClient,
        home: Path,
        tools: Mapping[str, str],
    ) -> None:
        self._program = program
        self._settings = settings
        self._client = client
        self._home = home
        self._tools = {program.engine.name: VERSION, **tools}
        self.kit = kit_of(self._tools) if program.engine.in_pieces else ""
        self.cache_dir = home / "cache"
        self.cache_dir.mkdir(exist_ok=True)
        self._by_job: OrderedDict[str, _Attempt] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self.stopping = False
        self.active = 0
        self.metrics = Metrics(program.engine.id)
        self.acceptance = Acceptance()

    def start(self, request: RenderRequest, options: OptionsT) -> Start:
        """Take the attempt on, or say why not. Nothing is ever started twice."""
        known = self._by_job.get(request.job_id)
        if known is not None:
            if known.is_same(request):
                return Start.KNOWN
            if not known.released.is_set() and request.attempt < known.request.attempt:
                self.metrics.refused("superseded")
                return Start.SUPERSEDED
        if self.stopping:
            self.metrics.refused("stopping")
            return Start.STOPPING
        if known is not None:
            known.end_early(_Cause.FENCED)
        if self.active >= self._settings.capacity:
            self.metrics.refused("full")
            return Start.FULL
        if (free := self.disk_free_bytes()) < self._settings.disk_free_bytes_min:
            self.metrics.refused("disk")
            named = {"jobId": request.job_id, "attempt": request.attempt}
            log("disk_nearly_full", logging.WARNING, **named, freeBytes=free)
            return Start.FULL
        self._begin(request, options)
        return Start.STARTED

    async def cancel(self, job_id: str, attempt: int) -> Status | None:
        """End the job's work within two seconds; return its status, None for an unknown job.

        A job that has ended keeps its status. An order for an older attempt is not followed.
        """
        known = self._by_job.get(job_id)
        if known is None or attempt < known.request.attempt:
            return None
        known.end_early(_Cause.CANCELED)
        if known.cause is not None:
            await _within(CANCEL_S, known.released.wait())
        return known.reporter.status if known.reporter.ended else Status.CANCELED

    def state(self, job_id: str) -> Mapping[str, object] | None:
        """Return the last known state of the job's newest attempt, as its callback would say it."""
        known = self._by_job.get(job_id)
        if known is None:
            return None
        callback = known.reporter.callback(ts=0, nonce="unsent--")
        return callback.model_dump(
            mode="json", by_alias=True, exclude_none=True, exclude={"type", "ts", "nonce"}
        )

    def log_of(self, job_id: str, count: int) -> Mapping[str, object] | None:
        """Return the last *count* lines of what the tools of the job's newest attempt have said.

        None for an unknown job; nothing of one that has ended, whose failure has its own.
        """
        known = self._by_job.get(job_id)
        if known is None:
            return None
        return {"attempt": known.request.attempt, "lines": known.log.tail(count)}

    @property
    def desk(self) -> Desk:
        """What direct answers are made with."""
        return Desk(
            cache_dir=self.cache_dir,
            settings=self._settings,
            client=self._client,
            metrics=self.metrics,
        )

    def disk_free_bytes(self) -> int:
        """Return the free space where attempts work."""
        return shutil.disk_usage(self._home).free

    async def drain(self, within_s: float) -> None:
        """Take no more work, and wait until what runs has ended and is reported, or *within_s*."""
        self.stopping = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within_s)

    async def stop(self, deadline_s: float) -> None:
        """Take no more work, end what runs as interrupted, and report it within *deadline_s*."""
        self.stopping = True
        for attempt in self._by_job.values():
            attempt.end_early(_Cause.INTERRUPTED)
        if self._tasks:
            _, pending = await asyncio.wait(self._tasks, timeout=deadline_s)
            for task in pending:
                task.cancel()
            if pending:
                log("stopped_with_unanswered_reports", logging.WARNING, count=len(pending))
                await asyncio.wait(pending, timeout=1.0)

    def _begin(self, request: RenderRequest, options: OptionsT) -> None:
        self.active += 1
        self.metrics.started()
        attempt: _Attempt
        reporter = Reporter(
            client=self._client,
            secrets=self._settings.secrets,
            job_id=request.job_id,
            attempt=request.attempt,
            callback_url=request.callback_url,
            first_status=self._program.engine.first_status,
            on_fenced=lambda: attempt.end_early(_Cause.FENCED),
            on_unauthorized=lambda: self._end_unauthorized(attempt),
            acceptance=self.acceptance,
            # The earlier system's orchestrator names no type.
            plain_errors="type" not in request.model_fields_set,
        )
        attempt = _Attempt(
            request=request, reporter=reporter, began_at=asyncio.get_running_loop().time()
        )
        self._by_job.pop(request.job_id, None)
        self._by_job[request.job_id] = attempt
        self._forget_old()
        named = {"jobId": request.job_id, "attempt": request.attempt, "engine": request.engine}
        with under_attempt(**named), under_log(attempt.log):
            self._spawn(reporter.run())
            attempt.work = self._spawn(self._work(attempt, request, options))
            log("attempt_started")

    def _end_unauthorized(self, attempt: _Attempt) -> None:
        """Free the slot of an attempt of which the orchestrator takes no report."""
        self.acceptance.refused()
        log("reports_refused", logging.ERROR, why=REPORTS_REFUSED)
        attempt.end_early(_Cause.UNAUTHORIZED)

    async def _work(self, attempt: _Attempt, request: RenderRequest, options: OptionsT) -> None:
        """Run the engine to its end, whatever that is, and report it."""
        work_dir: Path | None = None
        outputs: Outputs | None = None
        evidence = Evidence(tools=self._tools)
        failure: EngineFailure | None = None
        attempt.begun = True
        try:
            if attempt.cause is not None:
                raise asyncio.CancelledError
            work_dir = Path(tempfile.mkdtemp(prefix=f"{request.job_id}-", dir=self._home))
            job = self._job(attempt, request, options, work_dir, evidence)
            outputs = await self._program.run(job)
        except asyncio.CancelledError:
            # Also when an engine was canceled by a bug of its own: then it is a plain failure.
            if attempt.cause is None:
                failure = EngineFailure(FailureCode.INTERNAL_ERROR, "The work was interrupted.")
        except EngineFailure as error:
            failure = error
        except OSError as error:
            failure = _from_os_error(error)
        except Exception:
            # One of the two places where everything is caught: one job's fault harms no other.
            failure = EngineFailure(FailureCode.INTERNAL_ERROR, "The engine failed unexpectedly.")
            log("engine_crashed", logging.ERROR)
        self.active -= 1
        attempt.released.set()
        attempt.log.clear()
        self._report_end(attempt, outputs, evidence, failure)
        if work_dir is not None:
            await asyncio.to_thread(shutil.rmtree, work_dir, ignore_errors=True)

    def _job(
        self,
        attempt: _Attempt,
        request: RenderRequest,
        options: OptionsT,
        work_dir: Path,
        evidence: Evidence,
    ) -> EngineJob[OptionsT]:
        links = Links(
            self._client,
            fields_of(request),
            urls_url=request.urls_url,
            on_fenced=lambda: attempt.end_early(_Cause.FENCED),
            job_id=request.job_id,
        )
        transfers = Transfers(links, self.metrics, idle_s=self._settings.no_progress_s)
        return EngineJob(
            engine=self._program.engine,
            request=request,
            options=options,
            work_dir=work_dir,
            cache_dir=self.cache_dir,
            settings=self._settings,
            links=links,
            transfers=transfers,
            reporter=attempt.reporter,
            evidence=evidence,
            kit=self.kit,
        )

    def _report_end(
        self,
        attempt: _Attempt,
        outputs: Outputs | None,
        evidence: Evidence,
        failure: EngineFailure | None,
    ) -> None:
        reporter = attempt.reporter
        if outputs is not None:
            # Done is done: a cancel or a SIGTERM that came too late does not undo it.
            reporter.end(Status.COMPLETED, outputs=outputs, evidence=evidence)
        elif attempt.cause is _Cause.CANCELED:
            reporter.end(Status.CANCELED)
        elif attempt.cause is _Cause.FENCED:
            reporter.drop()
        elif attempt.cause is _Cause.UNAUTHORIZED:
            # For who asks; it is not sent, as nothing is taken.
            forbidden = EngineFailure(FailureCode.OUTPUT_FORBIDDEN, REPORTS_REFUSED)
            reporter.end(Status.FAILED, failure=forbidden)
            reporter.drop()
        elif attempt.cause is _Cause.INTERRUPTED:
            reporter.end(
                Status.FAILED,
                failure=EngineFailure(FailureCode.INTERRUPTED, "The container was stopped."),
            )
        else:
            reporter.end(Status.FAILED, failure=failure)
        seconds = asyncio.get_running_loop().time() - attempt.began_at
        self.metrics.ended(reporter.status, failure.code if failure else "", seconds)
        log(
            "attempt_ended",
            status=reporter.status,
            tookMs=round(seconds * 1000),
            code=failure.code if failure else None,
            why=failure.message if failure else None,
            toolTail=failure.tool_tail if failure else None,
        )

    def _forget_old(self) -> None:
        if len(self._by_job) <= REMEMBERED_MAX + self._settings.capacity:
            return
        for job_id, attempt in self._by_job.items():
            if attempt.released.is_set():
                del self._by_job[job_id]
                return

    def _spawn(self, coroutine: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _within(seconds: float, waiting: Coroutine[object, object, bool]) -> None:
    task = asyncio.create_task(waiting)
    await asyncio.wait({task}, timeout=seconds)
    task.cancel()


def _from_os_error(error: OSError) -> EngineFailure:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return EngineFailure(FailureCode.DISK_FULL, "The disk is full.")
    log("engine_crashed", logging.ERROR)
    return EngineFailure(FailureCode.INTERNAL_ERROR, "The engine failed unexpectedly.")
