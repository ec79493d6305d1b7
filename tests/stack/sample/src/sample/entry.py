"""A Worker that uses everything the host has to provide; each path is one use."""

# mypy: disable-error-code="misc,import-not-found"
# The SDK is untyped, and the package is on the path of the Worker alone.

import json
import os
import random
import time
import uuid
from typing import Any
from urllib.parse import urlsplit

import js
from pydantic import BaseModel
from sample.at_import import OUTCOMES, TIME_S
from sample.counter import Counter
from workers import Response, WorkerEntrypoint, fetch, import_from_javascript

__all__ = ["Counter", "Default"]


class Point(BaseModel):
    x: int


class Default(WorkerEntrypoint):
    async def fetch(self, request: Any, env: Any, ctx: Any) -> Any:
        assert env is None and ctx is None, "as in production: self.env and self.ctx have them"
        handler = HANDLERS.get(urlsplit(request.url).path)
        if handler is None:
            return Response("no such path", status=404)
        answer = await handler(self, request)
        return Response(answer) if isinstance(answer, str) else answer

    async def scheduled(self, controller: Any, env: Any = None, ctx: Any = None) -> None:
        await self.env.TEXTS.put("cron", controller.cron)


async def bindings(worker: Any, request: Any) -> str:
    return json.dumps(
        {
            "env": sorted(worker.env._env.object_keys()),
            "importable": sorted(import_from_javascript("cloudflare:workers").env.object_keys()),
            "vars": [worker.env.GREETING, worker.env.ADDRESS],
            "location": hasattr(js, "location"),
        }
    )


async def at_import(worker: Any, request: Any) -> str:
    return json.dumps({**OUTCOMES, "time": TIME_S})


async def entropy(worker: Any, request: Any) -> str:
    drawn = [random.random(), uuid.uuid4().hex, os.urandom(4).hex()]  # noqa: S311
    return json.dumps({"drawn": drawn, "time": time.time()})


async def validate(worker: Any, request: Any) -> str:
    return str(Point.model_validate_json(await request.text()).model_dump_json())


async def count(worker: Any, request: Any) -> str:
    return str(await worker.env.COUNTERS.getByName(await request.text()).add(5))


async def ring(worker: Any, request: Any) -> str:
    await worker.env.COUNTERS.getByName("alarm").ring_soon()
    return "set"


async def socket(worker: Any, request: Any) -> Any:
    return await worker.env.COUNTERS.getByName("socket").fetch(request.js_object)


async def fail(worker: Any, request: Any) -> str:
    stub = worker.env.COUNTERS.getByName("failing")
    try:
        await (stub.fail() if await request.text() == "fail" else stub.no_such_method())
    except Exception as error:
        return str(error)
    return "did not fail"


async def text(worker: Any, request: Any) -> str:
    return str(await worker.env.TEXTS.get(await request.text()))


async def upload(worker: Any, request: Any) -> str:
    stored = await worker.env.BUCKET.put("object", request.js_object.body)
    return str(int(stored.size))


async def download(worker: Any, request: Any) -> Any:
    stored = await worker.env.BUCKET.get("object")
    return Response(stored.body, headers={"content-type": "application/octet-stream"})


async def rows(worker: Any, request: Any) -> str:
    insert = worker.env.DB.prepare("INSERT INTO rows VALUES (?, ?)")
    await worker.env.DB.batch([insert.bind(str(uuid.uuid4()), n) for n in (1, 2)])
    result = await worker.env.DB.prepare("SELECT count(*) AS n FROM rows").all()
    return str(int(result.results[0].n))


async def service(worker: Any, request: Any) -> str:
    answer = await worker.env.OTHER.fetch("http://other/", method="POST", body="hello")
    return f"{await answer.text()}, {await worker.env.OTHER_RPC.add(2, 3)}"


async def outgoing(worker: Any, request: Any) -> str:
    answer = await fetch(await request.text(), method="POST", body="from outside")
    return f"{answer.status} {await answer.text()}"


async def background(worker: Any, request: Any) -> str:
    async def later() -> None:
        await worker.env.TEXTS.put("background", "done")

    worker.ctx.waitUntil(later())
    return "answered"


async def crash(worker: Any, request: Any) -> str:
    raise RuntimeError("this is the reason")


HANDLERS = {
    f"/{handler.__name__}": handler
    for handler in (
        bindings, at_import, entropy, validate, count, ring, socket, fail, text, upload, download,
        rows, service, outgoing, background, crash,
    )
}  # fmt: skip
