"""A Worker that runs one case of a contract on the real binding; each path is suite/case."""

# mypy: disable-error-code="misc,import-not-found"
# The SDK is untyped, and the packages are on the path of the Worker alone.

import traceback
from collections.abc import Awaitable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import js
from contracts import archived_jobs, database, job_store, objects, peers
from workers import DurableObject, Response, WorkerEntrypoint

from edge.alarm import ObjectTimer
from edge.convert import raw_env
from edge.d1 import D1Database
from edge.http import HttpPeers
from edge.kv import KvArchivedJobs
from edge.r2 import R2Objects
from edge.storage import SqlJobStore


async def outcome(work: Awaitable[None]) -> str:
    try:
        await work
    except Exception:
        return traceback.format_exc()
    return "ok"


class Default(WorkerEntrypoint):
    async def fetch(self, request: Any) -> Any:
        parts = urlsplit(request.url)
        _, suite, case = parts.path.split("/")
        raw = raw_env()
        if suite == "job_store":
            return Response(await raw.JOB_DISK.getByName(case).run(case))
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return Response(await outcome(work(raw, suite, case, query)))


async def work(raw: Any, suite: str, case: str, query: dict[str, str]) -> None:
    if suite == "database":
        await database.CASES[case](D1Database(raw.DB))
    elif suite == "archived_jobs":
        await archived_jobs.CASES[case](KvArchivedJobs(raw.RECORDS))
    elif suite == "peers":
        world = peers.World(peers=HttpPeers(), base=query["base"], nowhere=query["nowhere"])
        await peers.CASES[case](world)
    elif suite == "app_objects":
        await objects.APP_CASES[case](R2Objects(raw))
    elif suite == "multipart":
        parts = objects.Parts(objects=R2Objects(raw), put_part=put_part(raw.RENDER_BUCKET))
        await objects.MULTIPART_CASES[case](parts)
    else:
        bucket = R2Objects(raw)
        await objects.ORCHESTRATOR_CASES[case](
            objects.Bucket(objects=bucket, put=put(bucket), read=read)
        )


def put(bucket: R2Objects) -> Any:
    async def store(key: str, text: str) -> None:
        await bucket.put_text(key, text, "text/plain")

    return store


def put_part(bucket: Any) -> Any:
    async def store(key: str, upload_id: str, number: int, text: str) -> str:
        part = await bucket.resumeMultipartUpload(key, upload_id).uploadPart(number, text)
        return str(part.etag)

    return store


async def read(stream: Any) -> bytes:
    text: str = await js.Response.new(stream).text()
    return text.encode()


class JobDisk(DurableObject):
    async def run(self, case: str) -> str:
        async def alarm_ms() -> int | None:
            at = await self.ctx.storage.getAlarm()
            return None if at is None else int(at)

        disk = job_store.Disk(
            store=lambda: SqlJobStore(self.ctx),
            timer=lambda: ObjectTimer(self.ctx),
            alarm_ms=alarm_ms,
        )
        return await outcome(job_store.CASES[case](disk))
