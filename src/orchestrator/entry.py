"""The media-orchestrator Worker: wiring."""

from functools import cache
from typing import Any

from workers import WorkerEntrypoint

from edge.clock import now_ms, token
from edge.convert import raw_env
from edge.http import Peers, read_request, to_response
from edge.kv import KvFinalRecords
from edge.logs import log
from edge.r2 import R2Objects
from edge.rpc import JobStub, unpack
from edge.slots import DispatcherStubs
from media_jobs.errors import MediaJobsError, SignatureError
from media_jobs.redaction import describe
from media_jobs.routing import Reply, dispatch, json_reply
from orchestrator.dispatch_do import DispatcherDO
from orchestrator.job_do import RenderJobDO
from orchestrator.routes import ROUTER, Context, refuse
from orchestrator.settings import cached_settings

__all__ = ["Default", "DispatcherDO", "RenderJobDO"]


class Default(WorkerEntrypoint):  # type: ignore[misc]  # The SDK ships no types for its classes.
    """HTTP in, HTTP out."""

    async def fetch(self, request: Any) -> Any:
        """Answer one request."""
        incoming = read_request(request)

        def refused(error: MediaJobsError) -> Reply:
            why = error.reason if isinstance(error, SignatureError) else error.message
            if error.status in (401, 500, 502):
                log({"event": "refused", "path": incoming.path, "code": error.code, "why": why})
            return refuse(error)

        try:
            return to_response(await dispatch(ROUTER, _context(), incoming, refused))
        except Exception as error:  # The door of this Worker: logged, and a generic answer.
            log({"event": "crashed", "path": incoming.path, "why": describe(error)})
            return to_response(json_reply({"error": "internal_error"}, 500))


@cache
def _context() -> Context:
    """Return the runtime's side of the Worker: its bindings are the same in every request."""
    raw = raw_env()
    return Context(
        settings=lambda: cached_settings(raw),
        job=lambda job_id: JobStub(raw.RENDER_JOB_DO, job_id),
        unpack=unpack,
        objects=R2Objects(raw.RENDER_BUCKET),
        peers=Peers(),
        finals=KvFinalRecords(raw.JOBS),
        waiting=DispatcherStubs(raw.DISPATCHER_DO).waiting,
        now_ms=now_ms,
        token=token,
        log=log,
    )
