"""What a container answers at once: never more than it can do beside its jobs, and for nobody who
has gone (A17).
"""

import asyncio
import json
from collections.abc import MutableMapping
from pathlib import Path

import httpx
import pytest
from engine_kit.engine import Answer, Desk
from engine_kit.routes import ANSWERS_AT_ONCE, ANSWERS_WAITING_MAX

from media_jobs.signing import sign
from tests.engine_kit.bench import SECRET, Bench, ends, now_ms, played


class Slow:
    """Answers that take until they are allowed to end."""

    def __init__(self) -> None:
        self.begun = asyncio.Semaphore(0)
        self.canceled = 0
        self.may_end = asyncio.Event()

    async def make(self, body: bytes, _: Desk) -> Answer:
        """Answer with the body, later."""
        self.begun.release()
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.canceled += 1
            raise
        return Answer(content=body, headers={"content-type": "text/echo"})


def message() -> dict[str, object]:
    return {"type": "container.echo", "ts": now_ms()}


async def hang_up(made: Bench, after: asyncio.Semaphore) -> None:
    """Ask, and break the connection off once the work has begun."""
    body = json.dumps(message()).encode()
    received = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> MutableMapping[str, object]:
        for part in received:
            return part
        await after.acquire()
        return {"type": "http.disconnect"}

    async def send(_: MutableMapping[str, object]) -> None:
        return None

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/echo",
        "raw_path": b"/echo",
        "query_string": b"",
        "headers": [(b"x-signature", sign(body, (SECRET,)).encode())],
    }
    transport = made.client._transport
    assert isinstance(transport, httpx.ASGITransport)
    await transport.app(scope, receive, send)


@pytest.mark.timeout(20)
def test_a17_the_work_ends_with_its_caller(tmp_path: Path) -> None:
    slow = Slow()

    async def scenario(made: Bench) -> httpx.Response:
        for _ in range(ANSWERS_AT_ONCE + 1):
            await hang_up(made, slow.begun)
        slow.may_end.set()
        return await made.post("/echo", message())

    # Where the work went on, those who have gone would hold the places of the last one.
    assert played(ends, tmp_path, scenario, make=slow.make).status_code == 200
    assert slow.canceled == ANSWERS_AT_ONCE + 1


@pytest.mark.timeout(20)
def test_a17_some_wait_and_more_are_told_to_come_again(tmp_path: Path) -> None:
    slow = Slow()

    async def scenario(made: Bench) -> tuple[httpx.Response, list[httpx.Response]]:
        count = ANSWERS_AT_ONCE + ANSWERS_WAITING_MAX
        held = [asyncio.create_task(made.post("/echo", message())) for _ in range(count)]
        for _ in range(ANSWERS_AT_ONCE):
            await slow.begun.acquire()
        # Those that wait have come in, too, when a later one is answered.
        assert (await made.client.get("/health")).status_code == 200
        over = await made.post("/echo", message())
        slow.may_end.set()
        return over, await asyncio.gather(*held)

    over, held = played(ends, tmp_path, scenario, make=slow.make)

    assert (over.status_code, over.json()["error"]) == (429, "preview_busy")
    assert int(over.headers["retry-after"]) > 0
    assert {answer.status_code for answer in held} == {200}
