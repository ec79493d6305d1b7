"""Keeps what was heard where the next attempt finds it.

A checkpoint is never an output, and no reason to fail: one that can't be kept or read only costs
the time to hear it again.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from engine_kit.engine import EngineJob
from engine_kit.failures import EngineFailure
from engine_kit.logs import log

from media_jobs.engines.transcriber.options import TranscribeOptions
from transcriber.transcript import BYTES_MAX, Transcript, read_transcript

__all__ = ["PUT", "TAKE", "Keeper", "taken_over"]

PUT = "checkpointPutUrl"
TAKE = "checkpointGetUrl"
_EVERY_S = 30.0

TranscribeJob = EngineJob[TranscribeOptions]


async def taken_over(job: TranscribeJob, purpose: str) -> Transcript:
    """Return what the attempt before has kept, a new transcript where there is nothing."""
    if TAKE not in job.links:
        return Transcript(purpose=purpose)
    path = job.work_dir / "kept.json"
    try:
        await job.download(TAKE, path, size_bytes_max=BYTES_MAX)
    except EngineFailure as failure:
        log("checkpoint_not_read", why=failure.message)
        return Transcript(purpose=purpose)
    kept = await asyncio.to_thread(read_transcript, path, purpose)
    if kept.resumed_ms:
        log("checkpoint_read", heardMs=kept.resumed_ms)
    return kept


class Keeper:
    """Stores the newest state of a transcript, at most every half minute."""

    def __init__(self, job: TranscribeJob) -> None:
        self._job = job
        self._newest: str | None = None
        self._new = asyncio.Event()

    def keep(self, transcript: Transcript) -> None:
        """Take the state of now; it is stored when it may be."""
        if PUT in self._job.links:
            self._newest = transcript.model_dump_json()
            self._new.set()

    @contextlib.asynccontextmanager
    async def storing(self) -> AsyncIterator[None]:
        """Store in the background until the end of the block."""
        task = asyncio.create_task(self._store())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _store(self) -> None:
        path = self._job.work_dir / "checkpoint.json"
        while True:
            await self._new.wait()
            self._new.clear()
            assert self._newest is not None
            await asyncio.to_thread(path.write_text, self._newest, encoding="utf-8")
            try:
                await self._job.reporter.confirmed()
                await self._job.transfers.upload(path, PUT, content_type="application/json")
            except EngineFailure as failure:
                log("checkpoint_not_kept", logging.WARNING, why=failure.message)
            await asyncio.sleep(_EVERY_S)
