"""Who may call the orchestrator, and what a handler gets of an admitted request.

Signatures and links are checked here, before a Durable Object is woken, and so is the signature of
an attempt's token; whether that attempt is still at work, its job knows.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, assert_never

from media_jobs.engines import EngineId
from media_jobs.errors import AccessDenied, SignatureError
from media_jobs.http import Reply, Request
from media_jobs.ids import is_id
from media_jobs.keyring import Purpose
from media_jobs.keys import DEBUG_PREFIX, is_key
from media_jobs.ports import Objects, Peers
from media_jobs.routing import Incoming
from media_jobs.signing import (
    SIGNATURE_HEADER,
    is_one_of,
    matches,
    verify_attempt,
    verify_link,
    verify_request_line,
)
from orchestrator.ports import ArchivedJobs
from orchestrator.probe import Probes
from orchestrator.settings import OrchestratorSettings


class Access(StrEnum):
    """Who may call a route.

    Anybody; who has signed its message, or its request line; who has a link to it; the attempt
    whose token is in the URL. A probe of storage is anybody's under `debug/`. Autoscalers can sign
    nothing: they have a token.
    """

    OPEN = "open"
    SIGNED = "signed"
    SIGNED_OR_LINK = "signed or link"
    LINK = "link"
    ATTEMPT = "attempt token"
    REPORT = "signed, attempt token"
    PROBE = "open under `debug/`, else signed"
    METRICS = "metrics token"


class JobCalls(Protocol):
    """One job's Durable Object. Answers are replies in text form (see `edge.rpc`)."""

    async def start(self, body: str, request_id: str) -> str: ...
    async def callback(self, attempt: int, token: str, body: str, signers: str) -> str: ...
    async def cancel(self, generation: int, reason: str, request_id: str) -> str: ...
    async def status(self) -> str: ...
    async def watch(self, for_s: int) -> str: ...
    async def replay(self) -> str: ...
    async def urls(self, attempt: int, token: str, body: str) -> str: ...
    async def pieces(self, attempt: int, token: str, body: str) -> str: ...
    async def artifacts(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The runtime's side of the Worker."""

    settings: Callable[[], OrchestratorSettings]
    job: Callable[[str], JobCalls]
    unpack: Callable[[str], Reply]
    objects: Objects
    peers: Peers
    archived: ArchivedJobs
    waiting: Callable[[EngineId], Awaitable[int]]
    hosts: Callable[[EngineId], Awaitable[dict[str, dict[str, object]]]]
    now_ms: Callable[[], int]
    token: Callable[[], str]
    probes: Probes
    log: Callable[[dict[str, object]], None]


# Plain classes: one is made for each request, and each dataclass lengthens the Worker's start.


class Call:
    """One admitted request."""

    __slots__ = ("context", "incoming", "request")

    def __init__(self, context: Context, incoming: Incoming[Access]) -> None:
        self.context = context
        self.incoming = incoming
        self.request = incoming.request


class LinkCall(Call):
    """A request by a link; *link*: the parameters that were signed with it."""

    __slots__ = ("link",)

    def __init__(
        self, context: Context, incoming: Incoming[Access], link: Mapping[str, str]
    ) -> None:
        super().__init__(context, incoming)
        self.link = link


class AttemptCall(Call):
    """A request of an attempt of the job *job_id*; the job knows whether *token* still holds.

    *signers*: the engines whose containers may have signed it, as they do reports alone.
    """

    __slots__ = ("attempt", "job_id", "signers", "token")

    def __init__(
        self,
        context: Context,
        incoming: Incoming[Access],
        job_id: str,
        params: Mapping[str, str],
        signers: tuple[EngineId, ...] = (),
    ) -> None:
        super().__init__(context, incoming)
        attempt, token = params.get("attempt", ""), params.get("token", "")
        if not attempt.isascii() or not attempt.isdigit() or len(attempt) > 4 or not token:
            raise SignatureError("no attempt token in the URL")
        self.job_id, self.attempt = job_id, int(attempt)
        self.token = token[:128]
        self.signers = signers
        if not signers:  # A report is signed, and its URLs of before 0.3 are not.
            accepted = context.settings().keys.accepting(Purpose.ATTEMPT)
            verify_attempt(job_id, self.attempt, self.token, params.get("sig"), accepted)


class ProbeCall(Call):
    """A request to try storage. *is_signed*: a URL may be shown."""

    __slots__ = ("is_signed", "key")

    def __init__(
        self, context: Context, incoming: Incoming[Access], key: str, is_signed: bool
    ) -> None:
        super().__init__(context, incoming)
        self.key, self.is_signed = key, is_signed


async def admit(incoming: Incoming[Access], context: Context) -> Call:
    """Let in whom the route is for; raises SignatureError, AccessDenied, SettingError."""
    access, request = incoming.route.access, incoming.request
    call: Call
    match access:  # What comes most often stands first.
        case Access.REPORT:
            signers = _signers(await incoming.read(), request, context)
            call = _report_call(incoming, context, signers)
        case Access.SIGNED:
            keys = context.settings().keys
            await incoming.open_signed("orchestrator", keys, context.now_ms())
            call = Call(context, incoming)
        case Access.OPEN:
            call = Call(context, incoming)
        case Access.SIGNED_OR_LINK:
            is_signed = request.header(SIGNATURE_HEADER) is not None
            (_check_line if is_signed else _follow_link)(request, context)
            call = Call(context, incoming)
        case Access.LINK:
            call = LinkCall(context, incoming, _follow_link(request, context))
        case Access.ATTEMPT:
            job_id, params = incoming.values["job_id"], request.params()
            call = AttemptCall(context, incoming, job_id, params)
        case Access.PROBE:
            call = _probe_call(incoming, context)
        case Access.METRICS:
            _check_token(request, context)
            call = Call(context, incoming)
        case _:
            assert_never(access)
    return call


def _follow_link(request: Request, context: Context) -> dict[str, str]:
    accepted = context.settings().keys.accepting(Purpose.LINK)
    return verify_link(request.path, request.query, accepted, context.now_ms())


def _check_token(request: Request, context: Context) -> None:
    scheme, _, token = (request.header("authorization") or "").partition(" ")
    accepted = context.settings().keys.tokens(Purpose.METRICS)
    if scheme.lower() != "bearer" or not is_one_of(token.strip(), accepted):
        raise SignatureError("no metrics token")


def _check_line(request: Request, context: Context) -> None:
    accepted = context.settings().keys.accepting(Purpose.TO_ORCHESTRATOR)
    signature = request.header(SIGNATURE_HEADER)
    verify_request_line(request.method, request.target, signature, accepted, context.now_ms())


def _signers(body: bytes, request: Request, context: Context) -> tuple[EngineId, ...]:
    """Return the engines under whose containers' keys *body* is signed; raises SignatureError."""
    signature, keys = request.header(SIGNATURE_HEADER), context.settings().host_keys
    # Hosts that hold the root secret share one list.
    found = {texts for texts in set(keys.values()) if matches(body, signature, texts)}
    if not found:
        raise SignatureError("signed by no container's key")
    return tuple(engine for engine, texts in keys.items() if texts in found)


def _report_call(
    incoming: Incoming[Access], context: Context, signers: tuple[EngineId, ...]
) -> Call:
    """Return an AttemptCall, or no more than a call when a container shows that reports arrive."""
    params = incoming.request.params()
    if "probe" in params:
        return Call(context, incoming)
    job_id = params.get("job", "")
    if not is_id(job_id):
        raise SignatureError("no job in the callback URL")
    return AttemptCall(context, incoming, job_id, params, signers)


def _probe_call(incoming: Incoming[Access], context: Context) -> ProbeCall:
    context.settings()
    request = incoming.request
    is_signed = request.header(SIGNATURE_HEADER) is not None
    if is_signed:
        _check_line(request, context)
    key = request.params().get("key", "")
    if not is_key(key) or not (is_signed or key.startswith(DEBUG_PREFIX)):
        raise AccessDenied("forbidden.debug_key")
    return ProbeCall(context, incoming, key, is_signed)
