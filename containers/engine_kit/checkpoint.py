"""What an attempt keeps for the next one of its job, which goes on from there.

An engine that declares a `CheckpointSlot` makes one `Checkpoint` of a pydantic model, asks it once
what the attempt before has left, and hands it each new state. A checkpoint is never an output, and
no reason to fail: one that can't be kept or read costs the work to be done again, and a notice.

The stored object is a line of JSON (engine, what it is for, size and SHA-256 of the rest), and the
state as JSON. It is believed if all of that is right, and its model takes the state.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from engine_kit.engine import EngineJob
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.logs import log
from media_jobs.notices import Notice

__all__ = ["Checkpoint"]

StateT = TypeVar("StateT", bound=BaseModel)

EVERY_S = 10.0
LAST_S = 10.0
"""How long the last state of an attempt that has failed may take to be stored."""
_HEAD_BYTES_MAX = 1024


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    engine: str
    purpose: str
    size_bytes: int
    sha256: str


class Checkpoint(Generic[StateT]):
    """The state of one attempt's work, of the model *state*.

    Made when the inputs have been downloaded: what was kept is for the same bytes of them, the same
    options and the same *facts*, which are whatever else decides how the state goes on (a model, a
    size of pieces), and a number to raise when the state's meaning changes.
    """

    def __init__(self, job: EngineJob[Any], state: type[StateT], *facts: object) -> None:
        slot = job.engine.checkpoint
        assert slot is not None, f"{job.engine.id} declares no checkpoint"
        self._slot = slot
        self._job = job
        self._model = state
        self._purpose = _purpose(job, facts)
        self._newest: StateT | None = None
        self._new = asyncio.Event()
        self.notices: tuple[Notice, ...] = ()

    async def taken_over(self) -> StateT | None:
        """Return what an attempt before has kept; None where there is nothing to go on from.

        `notices` says if there was something that could not be used.
        """
        field = self._slot.get_field
        if field not in self._job.links:
            return None
        path = self._job.work_dir / "checkpoint.taken"
        try:
            await self._job.transfers.download(
                field, path, size_bytes_max=self._slot.size_bytes_max
            )
            state = await asyncio.to_thread(lambda: self._read(path.read_bytes()))
        except EngineFailure as failure:
            if failure.code is not FailureCode.INPUT_MISSING:
                self._note_unused(failure.message)
            return None
        except ValidationError:
            # What it says of a value holds the value.
            self._note_unused("it is not what this engine keeps")
            return None
        except ValueError as error:
            self._note_unused(str(error))
            return None
        finally:
            path.unlink(missing_ok=True)
        log("checkpoint_read")
        return state

    def keep(self, state: StateT) -> None:
        """Take the state of now; it is stored when it may be."""
        if self._slot.put_field in self._job.links:
            self._newest = state
            self._new.set()

    @contextlib.asynccontextmanager
    async def storing(self) -> AsyncIterator[None]:
        """Store in the background until the end of the block, at most every ten seconds.

        Also the last state of a block that fails: another attempt may go on from it.
        """
        task = asyncio.create_task(self._store_always())
        try:
            yield
        except EngineFailure:
            await _ended(task)
            if self._new.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._store(), LAST_S)
            raise
        finally:
            await _ended(task)

    async def _store_always(self) -> None:
        while True:
            await self._new.wait()
            await self._store()
            await asyncio.sleep(EVERY_S)

    async def _store(self) -> None:
        assert self._newest is not None
        # Before any await: what is kept after it is another state.
        body = self._newest.model_dump_json().encode()
        path = self._job.work_dir / "checkpoint"
        self._new.clear()
        try:
            if len(body) + _HEAD_BYTES_MAX > self._slot.size_bytes_max:
                raise EngineFailure(FailureCode.TRANSFER_FAILED, "The checkpoint is too large.")
            await asyncio.to_thread(path.write_bytes, self._written(body))
            await self._job.reporter.confirmed()
            await self._job.transfers.upload(
                path, self._slot.put_field, content_type=self._slot.content_type
            )
        except asyncio.CancelledError:
            self._new.set()
            raise
        except (EngineFailure, OSError) as failure:
            log("checkpoint_not_kept", logging.WARNING, why=str(failure))
        else:
            log("checkpoint_kept", sizeBytes=len(body))

    def _written(self, body: bytes) -> bytes:
        head = _Head(
            engine=self._job.engine.id,
            purpose=self._purpose,
            size_bytes=len(body),
            sha256=sha256(body).hexdigest(),
        )
        return head.model_dump_json().encode() + b"\n" + body

    def _read(self, stored: bytes) -> StateT:
        """Return the state in *stored*; raises ValueError for what can't be believed."""
        line, _, body = stored.partition(b"\n")
        if len(line) > _HEAD_BYTES_MAX:
            raise ValueError("it is no checkpoint")
        head = _Head.model_validate_json(line)
        if (head.engine, head.purpose) != (self._job.engine.id, self._purpose):
            raise ValueError("it is for other inputs or options")
        if (head.size_bytes, head.sha256) != (len(body), sha256(body).hexdigest()):
            raise ValueError("it is damaged")
        return self._model.model_validate_json(body)

    def _note_unused(self, why: str) -> None:
        log("checkpoint_not_read", logging.WARNING, why=why)
        self.notices = (Notice(code="checkpoint_not_used"),)


def _purpose(job: EngineJob[Any], facts: tuple[object, ...]) -> str:
    """Return what tells the work of *job* from any other, as hex."""
    inputs = sorted((name, read.sha256) for name, read in job.evidence.inputs.items())
    return sha256(repr((inputs, job.options.model_dump_json(), facts)).encode()).hexdigest()


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
