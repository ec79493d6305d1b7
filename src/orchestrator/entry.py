"""The media-orchestrator Worker: wiring."""

import gc

# Imports leave next to no garbage; to look for it again and again is an eighth of a start.
gc.disable()

from functools import cache
from typing import Any

from workers import WorkerEntrypoint

from edge.bindings import binding
from edge.clock import now_ms, token
from edge.convert import raw_env
from edge.host_peers import HostDoor, HostPeers
from edge.http import read_request, to_response
from edge.kv import KvArchivedJobs
from edge.logs import log
from edge.r2 import R2Objects
from edge.rpc import JobStub, unpack
from edge.slots import DispatcherStubs
from media_jobs.http import json_reply
from media_jobs.redaction import describe
from media_jobs.request_id import with_fields
from orchestrator.call import Context
from orchestrator.dispatch.dispatcher_do import DispatcherDO
from orchestrator.jobs.job_do import RenderJobDO
from orchestrator.jobs.job_log import naming
from orchestrator.probe import Probes
from orchestrator.routes import ROUTER
from orchestrator.settings import cached_settings

__all__ = ["Default", "DispatcherDO", "RenderJobDO"]


class Default(WorkerEntrypoint):  # type: ignore[misc]  # The SDK ships no types for its classes.
    """HTTP in, HTTP out."""

    async def fetch(self, request: Any) -> Any:
        """Answer one request."""
        incoming = read_request(request)
        request_id = incoming.request_id
        try:
            reply = await ROUTER.answer(incoming, _context())
        except Exception as error:  # The outer boundary: logged, and a generic 500.
            _log({"event": "crashed", **naming(incoming), "why": describe(error)})
            reply = json_reply({"error": "internal_error"}, 500)
        return to_response(reply, request_id)


_log = with_fields(log, {"service": "orchestrator"})


@cache
def _context() -> Context:
    """Return the runtime's side of the Worker: its bindings are the same in every request."""
    raw = raw_env()
    return Context(
        settings=lambda: cached_settings(raw),
        job=lambda job_id: JobStub(binding(raw, "RENDER_JOB_DO"), job_id),
        unpack=unpack,
        objects=R2Objects(raw),
        peers=HostPeers(binding(raw, "DISPATCHER_DO")),
        door=HostDoor(binding(raw, "DISPATCHER_DO")),
        archived=KvArchivedJobs(binding(raw, "JOBS")),
        hosts=lambda engine: DispatcherStubs(binding(raw, "DISPATCHER_DO")).hosts(engine),
        waiting=lambda engine: DispatcherStubs(binding(raw, "DISPATCHER_DO")).waiting(engine),
        now_ms=now_ms,
        token=token,
        probes=Probes(),
        log=_log,
    )


# What is loaded stays, and is not looked at again.
gc.freeze()
gc.enable()
