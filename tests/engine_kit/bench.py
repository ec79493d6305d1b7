"""A container without a port: the kit's application around an engine that the test directs."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import httpx
from engine_kit.attempts import Attempts
from engine_kit.engine import Answer, Desk, DirectAnswer, EngineJob, Outputs, Program
from engine_kit.routes import application
from engine_kit.settings import ContainerSettings
from pydantic import BaseModel, ConfigDict

from media_jobs.engines import CheckpointSlot
from media_jobs.engines.burner import ENGINE
from media_jobs.errors import InvalidInput
from media_jobs.signing import sign
from media_jobs.wire import OutputClaim

SECRET = "a shared secret"


class CopyOptions(BaseModel):
    """The options of the test's engine."""

    model_config = ConfigDict(extra="forbid", strict=True)

    speed: int = 1


CopyJob = EngineJob[CopyOptions]
Run = Callable[[CopyJob], Awaitable[Outputs]]
Receive = Callable[[httpx.Request], Awaitable[httpx.Response]]
T = TypeVar("T")


async def ends(job: CopyJob) -> Outputs:
    """Be done at once."""
    return {"video": OutputClaim(key="k", size_bytes=1)}


async def never_ends(job: CopyJob) -> Outputs:
    """Work until canceled."""
    await asyncio.Event().wait()
    return {}


class Bench:
    """The application, and what it has sent to its callback URLs."""

    def __init__(self, attempts: Attempts[CopyOptions]) -> None:
        self.attempts = attempts
        self.client: httpx.AsyncClient
        self.callbacks: list[dict[str, object]] = []
        self.receive: Receive = self.keep
        self._came = asyncio.Condition()

    async def keep(self, request: httpx.Request) -> httpx.Response:
        """Answer one callback."""
        async with self._came:
            self.callbacks.append(json.loads(request.content))
            self._came.notify_all()
        return httpx.Response(200, json={"ok": True})

    async def last_callback(self, job_id: str = "job_1", attempt: int = 1) -> dict[str, object]:
        """Wait for the attempt's last callback and return it."""

        def found() -> list[dict[str, object]]:
            return [
                body
                for body in self.callbacks
                if (body["jobId"], body["attempt"]) == (job_id, attempt)
                and body["status"] in ("completed", "failed", "canceled")
            ]

        async with asyncio.timeout(10), self._came:
            await self._came.wait_for(lambda: bool(found()))
        return found()[0]

    async def post(
        self, path: str, body: object, *, signature: str | None = None
    ) -> httpx.Response:
        """POST *body* as JSON (bytes as they are), signed unless another *signature* is given."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"x-signature": sign(content, (SECRET,)) if signature is None else signature}
        return await self.client.post(path, content=content, headers=headers)


def render_body(**changes: object) -> dict[str, object]:
    """Return a valid body for POST /render; a value of None leaves the field out."""
    body: dict[str, object] = {
        "type": "container.render",
        "ts": now_ms(),
        "nonce": "nonce-0001",
        "jobId": "job_1",
        "mediaId": "med_1",
        "engine": "burner-ffmpeg",
        "attempt": 1,
        "callbackUrl": "http://orchestrator.test/callbacks/container?token=t",
        "inputVideoUrl": "http://store.test/video?X-Amz-Signature=secret",
        "engineOptions": {},
    }
    body |= changes
    return {name: value for name, value in body.items() if value is not None}


def cancel_body(**changes: object) -> dict[str, object]:
    """Return a valid body for POST /jobs/job_1/cancel."""
    return {
        "type": "container.cancel",
        "jobId": "job_1",
        "attempt": 1,
        "ts": now_ms(),
        "nonce": "nonce-0002",
    } | changes


def now_ms() -> int:
    """Return the time as messages carry it."""
    return time.time_ns() // 1_000_000


async def _echo(body: bytes, _: Desk) -> Answer:
    if b"nonsense" in body:
        raise InvalidInput(
            "bad_request", details={"errors": [{"field": "text", "reason": "nonsense"}]}
        )
    return Answer(content=body, headers={"content-type": "text/echo"})


def played(
    run: Run,
    home: Path,
    scenario: Callable[[Bench], Awaitable[T]],
    *,
    capacity: int = 1,
    disk_free_bytes_min: int = 0,
    make: Callable[[bytes, Desk], Awaitable[Answer]] = _echo,
) -> T:
    """Play *scenario* with the kit's application around *run*; return what it returns."""
    copier = replace(
        ENGINE,
        name="copier",
        inputs=ENGINE.inputs[:1],
        outputs=(replace(ENGINE.outputs[0], required=False),),
        options=lambda: CopyOptions,
        checkpoint=CheckpointSlot(size_bytes_max=4096),
    )
    echo = DirectAnswer(type="container.echo", make=make)
    program = Program(engine=copier, run=run, answers={"/echo": echo})
    settings = ContainerSettings(
        secrets=(SECRET,),
        port=0,
        capacity=capacity,
        work_dir=home,
        ffmpeg="/nonexistent",
        disk_free_bytes_min=disk_free_bytes_min,
    )

    async def whole() -> T:
        async def receive(request: httpx.Request) -> httpx.Response:
            return await made.receive(request)

        async with httpx.AsyncClient(transport=httpx.MockTransport(receive)) as outgoing:
            made = Bench(Attempts(program, settings, outgoing, home, {"ffmpeg": "7"}))
            app = application(program, settings, made.attempts, {"ffmpeg": "7"})
            transport = httpx.ASGITransport(app=app)
            url = "http://container.test"
            async with httpx.AsyncClient(transport=transport, base_url=url) as made.client:
                try:
                    return await scenario(made)
                finally:
                    await made.attempts.stop(3)

    return asyncio.run(whole())


def play_upload(home: Path, receive: Receive, *, size: int = 5, **body: object) -> None:
    """Have an attempt upload *size* bytes to where *receive* answers; return when it is over."""
    over = asyncio.Event()

    async def run(job: CopyJob) -> Outputs:
        (job.work_dir / "out").write_bytes(b"x" * size)
        try:
            await job.upload("video", job.work_dir / "out")
        finally:
            over.set()
        return {}

    async def scenario(made: Bench) -> None:
        made.receive = receive
        output = {"outputPutUrl": "http://store.test/out?sig=x"}
        await made.post("/render", render_body(**output, **body))
        await asyncio.wait_for(over.wait(), 5)

    played(run, home, scenario)
