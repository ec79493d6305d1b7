"""The process that hears, as an attempt sees it: told what to do, it does one thing at a time.

It has loaded its model by the second part. When it has failed, what is asked for next has another
one.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from engine_kit.engine import EngineJob
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.logs import log
from engine_kit.processes import ProcessResult, run_process
from pydantic import ValidationError

from media_jobs.engines.transcriber.options import TranscribeOptions
from media_jobs.redaction import redact
from transcriber.orders import (
    Divide,
    Divided,
    Done,
    Failed,
    Hear,
    HearingOrder,
    Loaded,
    Report,
    ServerOrder,
    read_report,
)
from transcriber.placing import cuda_library_path

__all__ = ["Hearer", "hearer"]

_Line = Hear | Divide


class Hearer:
    """What hears one sound, by *order*. *loaded*: the model's place, once it has one."""

    def __init__(self, job: EngineJob[TranscribeOptions], order: HearingOrder) -> None:
        self.loaded: Loaded | None = None
        self._job = job
        self._order = order
        self._process: asyncio.Task[ProcessResult] | None = None
        self._orders: asyncio.Queue[_Line] = asyncio.Queue()
        self._told: Callable[[Report], None] = _nothing
        self._answered = asyncio.Event()
        self._failed: Failed | None = None

    async def hear(self, order: Hear, told: Callable[[Report], None]) -> None:
        """Hear; *told* gets the reports as they come. Raises EngineFailure."""
        await self._ask(order, told)

    async def cuts(self, order: Divide) -> list[int]:
        """Return where to cut around each target; raises EngineFailure."""
        found: list[int] = []

        def take(report: Report) -> None:
            if isinstance(report, Divided):
                found.extend(report.cuts_ms)

        await self._ask(order, take)
        return found

    async def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.cancel()
            await asyncio.gather(self._process, return_exceptions=True)

    async def _ask(self, line: _Line, told: Callable[[Report], None]) -> None:
        self._answered.clear()
        self._told = told
        if self._process is None or self._process.done():
            self._failed, self._orders = None, asyncio.Queue()
            self._process = asyncio.create_task(self._run())
        self._orders.put_nowait(line)
        answered = asyncio.create_task(self._answered.wait())
        try:
            await asyncio.wait({answered, self._process}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            answered.cancel()
            self._told = _nothing
        if not self._answered.is_set():
            raise self._failure(self._process.result())

    async def _run(self) -> ProcessResult:
        env = {
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "HOME": str(self._job.work_dir),
            "HF_HUB_OFFLINE": "1",
        }
        if libraries := cuda_library_path(sys.path):
            env |= {"LD_LIBRARY_PATH": libraries}
        return await run_process(
            [sys.executable, "-m", "transcriber.child"],
            cwd=self._job.work_dir,
            stdin=self._lines(),
            on_line=self._take,
            env=env,
            no_progress_s=self._job.settings.no_progress_s,
            network=isinstance(self._order.by, ServerOrder),
        )

    async def _lines(self) -> AsyncIterator[bytes]:
        yield f"{self._order.model_dump_json()}\n".encode()
        while True:
            yield f"{(await self._orders.get()).model_dump_json()}\n".encode()

    def _take(self, line: str) -> bool:
        """Take one line; a line that is not a report shows no progress."""
        try:
            report = read_report(line)
        except ValidationError:
            log("unexpected_line_of_child", length=len(line))
            return False
        if isinstance(report, Loaded):
            self.loaded = report
        if isinstance(report, Failed):
            self._failed = report
        self._told(report)
        if isinstance(report, Done | Divided):
            self._answered.set()
        return True

    def _failure(self, result: ProcessResult) -> EngineFailure:
        """Return why it has ended."""
        if result.stalled:
            return EngineFailure(
                FailureCode.TIMEOUT,
                f"Nothing was heard for {self._job.settings.no_progress_s:.0f} s.",
                tool_tail=result.stderr_tail,
            )
        if (failed := self._failed) is not None:
            return EngineFailure(
                FailureCode(failed.code),
                failed.message,
                retryable=failed.retryable,
                tool_tail=failed.detail,
            )
        return EngineFailure(
            FailureCode.TOOL_FAILED,
            f"The process that hears ended with code {result.code}.",
            tool_tail=redact(result.stderr_tail),
        )


@asynccontextmanager
async def hearer(job: EngineJob[TranscribeOptions], order: HearingOrder) -> AsyncIterator[Hearer]:
    """Give what hears; its process ends with the block."""
    made = Hearer(job, order)
    try:
        yield made
    finally:
        await made.close()


def _nothing(report: Report) -> None:
    """Take a report that nobody waits for."""
