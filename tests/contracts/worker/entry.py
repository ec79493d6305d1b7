"""A Worker that runs one case of a contract on the real binding; each path is suite/case."""

# mypy: disable-error-code="misc,import-not-found"
# The SDK is untyped, and the packages are on the path of the Worker alone.

import traceback
from collections.abc import Awaitable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import js
from contracts import archived_jobs, database, job_store, objects, peers, signer, verifier
from contracts.cases import cases_of
from workers import DurableObject, Response, WorkerEntrypoint

from edge.alarm import ObjectTimer
from edge.convert import raw_env
from edge.d1 import D1Database
from edge.ed25519 import SubtleSigner
from edge.http import HttpPeers
from edge.kv import KvArchivedJobs
from edge.r2 import R2Objects
from edge.storage import SqlJobStore
from edge.verifier import SubtleVerifier

_set, _clear = js.setTimeout, js.clearTimeout
_timers = {"set": 0, "cleared": 0}


def _set_and_count(run: Any, ms: int) -> Any:
    _timers["set"] += 1
    return _set(run, ms)


def _clear_and_count(timer: Any) -> None:
    _timers["cleared"] += 1
    _clear(timer)


js.setTimeout, js.clearTimeout = _set_and_count, _clear_and_count


def open_timers() -> int:
    """Return how many timers were set and not cleared."""
    return _timers["set"] - _timers["cleared"]


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
        contract, world = {
            "database": (database, D1Database(raw.DB)),
            "archived_jobs": (archived_jobs, KvArchivedJobs(raw.RECORDS)),
            "peers": (peers, peers.World(peers=HttpPeers(), timers=open_timers, **query)),
            "objects": (objects, bucket_of(raw)),
            "signer": (signer, SubtleSigner()),
            "verifier": (verifier, SubtleVerifier()),
        }[suite]
        return Response(await outcome(cases_of(contract)[case](world)))


def bucket_of(raw: Any) -> objects.Bucket:
    async def put_part(key: str, upload_id: str, number: int, text: str) -> str:
        upload = raw.RENDER_BUCKET.resumeMultipartUpload(key, upload_id)
        return str((await upload.uploadPart(number, text)).etag)

    return objects.Bucket(objects=R2Objects(raw), read=read, put_part=put_part)


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
        return await outcome(cases_of(job_store)[case](disk))
