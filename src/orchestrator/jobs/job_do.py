"""The Durable Object of one job: the runtime on one side, `jobs.lifecycle` on the other.

Every public method can be called over RPC, so there are no helper methods here. Each answers with a
packed reply (`edge.rpc`): exceptions would lose their type on the way. Those that await nothing are
no coroutines: a task of the event loop costs more than what they do.
"""

from collections.abc import Awaitable
from functools import partial
from typing import Any

from workers import DurableObject

from edge.alarm import ObjectTimer
from edge.background import Background
from edge.bindings import binding
from edge.clock import now_ms, token
from edge.convert import raw_env
from edge.ed25519 import SubtleSigner
from edge.host_peers import HostPeers
from edge.isolate import shared
from edge.kv import KvArchivedJobs
from edge.logs import log
from edge.other_jobs import OtherJobStubs
from edge.r2 import R2Objects
from edge.rpc import pack
from edge.slots import DispatcherStubs
from edge.storage import SqlJobStore
from media_jobs.alarm import Alarm, guarded
from media_jobs.dispatch import Ticket
from media_jobs.errors import InvalidInput, MediaJobsError, SignatureError
from media_jobs.kept_permits import KeptPermits
from media_jobs.pieces import Helps, PiecesWanted
from media_jobs.problems import error_document
from media_jobs.record import JobRecord
from media_jobs.request_id import with_fields
from media_jobs.wire import (
    ContainerCallback,
    PartUrlsWanted,
    StartJob,
    UrlsWanted,
    open_message,
    read,
)
from orchestrator.jobs import lifecycle, piecework, telling, upload_urls
from orchestrator.jobs.turn import Turn
from orchestrator.ports import JobPorts
from orchestrator.settings import cached_settings


class RenderJobDO(DurableObject):  # type: ignore[misc]  # The SDK ships no types for its classes.
    """One job."""

    def __init__(self, ctx: Any, env: Any) -> None:
        super().__init__(ctx, env)
        raw = raw_env()
        self.ports = JobPorts(
            store=SqlJobStore(ctx),
            alarm=Alarm(ObjectTimer(ctx), now_ms),
            turn=Turn(now_ms),
            permits=shared(KeptPermits),
            later=Background(ctx),
            objects=R2Objects(raw),
            peers=HostPeers(binding(raw, "DISPATCHER_DO")),
            slots=DispatcherStubs(binding(raw, "DISPATCHER_DO")),
            others=OtherJobStubs(binding(raw, "RENDER_JOB_DO")),
            archived=KvArchivedJobs(binding(raw, "JOBS")),
            signer=SubtleSigner(),
            settings=cached_settings(raw),
            now_ms=now_ms,
            token=token,
            log=with_fields(log, {"service": "orchestrator"}),
        )
        # An alarm can be lost (platform: six failures); any call to this object sets it again.
        lifecycle.rearm(self.ports)

    async def start(self, body: str, request_id: str = "") -> str:
        """Start the job. *request_id* is absent while an older Worker is being replaced."""
        try:
            answer = await lifecycle.start(open_message(StartJob, body), self.ports, request_id)
        except MediaJobsError as error:
            return _refused(error, self.ports, requestId=request_id or None)
        return pack(502 if "error" in answer else 200, answer)

    def callback(self, attempt: int, token: str, body: str, signers: str | None = None) -> str:
        """Apply a container's callback whose signature was right, under a key of *signers*.

        *signers* is absent while an older Worker is being replaced.
        """
        engines = None if signers is None else signers.split(",")
        message: ContainerCallback | None = None
        try:
            message = open_message(ContainerCallback, body)
            answer = lifecycle.receive_callback(int(attempt), token, message, self.ports, engines)
            return pack(200, answer)
        except MediaJobsError as error:
            return _refused(error, self.ports, jobId=message.job_id if message else None)

    async def cancel(self, job_id: str, generation: int, reason: str, request_id: str = "") -> str:
        """Cancel the job. *request_id* is absent while an older Worker is being replaced."""
        answer = await lifecycle.cancel(job_id, int(generation), reason, self.ports, request_id)
        return pack(404, {"error": "not_found"}) if answer is None else pack(200, answer)

    async def status(self) -> str:
        """Return the public status document."""
        found = await lifecycle.status(self.ports)
        return pack(404, {"error": "not_found"}) if found is None else pack(200, found)

    def replay(self) -> str:
        """Deliver dead letters again."""
        answer = lifecycle.replay(self.ports)
        return pack(404, {"error": "not_found"}) if answer is None else pack(200, answer)

    def watch(self, for_s: int) -> str:
        """Show progress while somebody looks; 404 if none is to come."""
        runs = telling.watch(int(for_s), self.ports)
        return pack(200, {"ok": True}) if runs else pack(404, {"error": "not_found"})

    def hold(self, ticket: str) -> str:
        """Record a granted slot; answer `needed` or `free`."""
        granted = Ticket.model_validate_json(ticket)
        return "needed" if lifecycle.hold(granted, self.ports) else "free"

    def urls(self, attempt: int, token: str, body: str) -> str | Awaitable[str]:
        """Return fresh presigned URLs for an attempt; those of parts may have to be awaited."""
        try:
            parts = read(UrlsWanted, body).upload
            if parts is None:
                return pack(200, upload_urls.fresh_urls(int(attempt), token, self.ports))
        except MediaJobsError as error:
            return _refused(error, self.ports)
        return _part_urls(int(attempt), token, parts, self.ports)

    def pieces(self, attempt: int, token: str, body: str) -> str | Awaitable[str]:
        """Give an attempt its next piece; a helper's are the other job's to give."""
        try:
            wanted = read(PiecesWanted, body)
            if (helps := piecework.helped(self.ports.store.load())) is not None:
                job, _ = upload_urls.current(int(attempt), token, self.ports)
                return _others_piece(job, helps, wanted.made, self.ports)
            answer, calls = piecework.lead(int(attempt), token, wanted, self.ports)
        except MediaJobsError as error:
            return _refused(error, self.ports)
        if calls:
            lifecycle.go_on(self.ports)
        return pack(200, answer)

    def piece(self, attempt: int, helper: str, made: int, wants: int) -> str:
        """Give a helper of an attempt its next piece; *made* is -1 where it has none yet."""
        number = None if int(made) < 0 else int(made)
        given = (int(attempt), helper, number, bool(wants))
        try:
            return pack(200, piecework.give_piece(*given, self.ports))
        except MediaJobsError as error:
            return pack(error.status, error_document(error))

    def help(self, job: str) -> str:
        """Start this job, a helper of another; answer `runs` or `ended`."""
        helper = JobRecord.model_validate_json(job)
        return "runs" if lifecycle.help_out(helper, self.ports) else "ended"

    def helper_ended(self, attempt: int, helper: str) -> str:
        """Let others make what a helper has left."""
        piecework.helper_ended(int(attempt), helper, self.ports)
        return "ok"

    def artifacts(self) -> str:
        """Return the accepted outputs by slot."""
        job = self.ports.store.load()
        outputs = {} if job is None else job.outputs
        return pack(200, {name: item.model_dump(by_alias=True) for name, item in outputs.items()})

    async def alarm(self, info: object = None) -> None:
        """Do what is due."""
        await guarded(
            lifecycle.tick(self.ports), self.ports.log, partial(lifecycle.named, self.ports)
        )


async def _others_piece(job: JobRecord, helps: Helps, made: int | None, ports: JobPorts) -> str:
    try:
        wants = await piecework.may_go_on(job, ports)
        return await ports.others.piece(helps, job.job_id, made, wants)
    except MediaJobsError as error:
        return _refused(error, ports)


async def _part_urls(attempt: int, token: str, wanted: PartUrlsWanted, ports: JobPorts) -> str:
    try:
        return pack(200, await upload_urls.fresh_part_urls(attempt, token, wanted, ports))
    except MediaJobsError as error:
        return _refused(error, ports)


def _refused(error: MediaJobsError, ports: JobPorts, **fields: object) -> str:
    if isinstance(error, SignatureError | InvalidInput):
        why = error.reason if isinstance(error, SignatureError) else error.details or error.message
        named = {**fields, **lifecycle.named(ports)}
        ports.log(
            {
                "event": "message_refused",
                **named,
                "httpStatus": error.status,
                "code": error.code,
                "why": why,
            }
        )
    return pack(error.status, error_document(error))
