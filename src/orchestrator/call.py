"""Who may call the orchestrator, and what a handler gets of an admitted request.

Signatures and links are checked here, before a Durable Object is woken, and so is the signature of
an attempt's token; whether that attempt is still at work, its job knows.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, assert_never

from media_jobs.engines import ENGINES, EngineId
from media_jobs.errors import AccessDenied, HandshakeRefused, SignatureError
from media_jobs.http import Reply, Request
from media_jobs.ids import is_id
from media_jobs.keyring import Purpose
from media_jobs.keys import DEBUG_PREFIX, is_key
from media_jobs.outward import host_label_of, is_name, signer_of
from media_jobs.ports import Objects, Peers
from media_jobs.routing import Incoming
from media_jobs.signing import (
    SIGNATURE_HEADER,
    TOLERANCE_MS,
    is_one_of,
    matches,
    request_line,
    verify_attempt,
    verify_link,
    verify_request_line,
)
from orchestrator.ports import ArchivedJobs
from orchestrator.probe import Probes
from orchestrator.settings import Host, OrchestratorSettings

_TS = re.compile(r"[0-9]{1,15}", re.ASCII)
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,128}", re.ASCII)


class Access(StrEnum):
    """Who may call a route.

    Anybody; who has signed its message, or its request line; who has a link to it; the attempt
    whose token is in the URL. A probe of storage is anybody's under `debug/`. Autoscalers can sign
    nothing: they have a token. A host that connects outward, by its own key.
    """

    OPEN = "open"
    SIGNED = "signed"
    SIGNED_OR_LINK = "signed or link"
    LINK = "link"
    ATTEMPT = "attempt token"
    REPORT = "signed, attempt token"
    PROBE = "open under `debug/`, else signed"
    METRICS = "metrics token"
    HOST = "signed with a host's key"


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


class Door(Protocol):
    """Where hosts connect."""

    async def connect(self, engine: EngineId, name: str, nonce: str) -> object:
        """Open the socket of a host; return the 101 answer, to be passed on untouched.

        Raises HandshakeRefused for a nonce that was used, RateLimited, UpstreamError.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The runtime's side of the Worker."""

    settings: Callable[[], OrchestratorSettings]
    job: Callable[[str], JobCalls]
    unpack: Callable[[str], Reply]
    objects: Objects
    peers: Peers
    door: Door
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

    *signers*: who may have signed it, as they do reports alone (`media_jobs.outward.signer_of`).
    """

    __slots__ = ("attempt", "job_id", "signers", "token")

    def __init__(
        self,
        context: Context,
        incoming: Incoming[Access],
        job_id: str,
        params: Mapping[str, str],
        signers: tuple[str, ...] = (),
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


class HostCall(Call):
    """A handshake of the host *name* of *engine*, which holds its key."""

    __slots__ = ("engine", "name", "nonce")

    def __init__(
        self, context: Context, incoming: Incoming[Access], engine: EngineId, name: str, nonce: str
    ) -> None:
        super().__init__(context, incoming)
        self.engine, self.name, self.nonce = engine, name, nonce


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
        case Access.HOST:
            call = _host_call(incoming, context)
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


def _signers(body: bytes, request: Request, context: Context) -> tuple[str, ...]:
    """Return under whose containers' keys *body* is signed; raises SignatureError.

    Of a host that connects outward the URL says which it is: its key is its own.
    """
    signature, keys = request.header(SIGNATURE_HEADER), context.settings().host_keys
    if (label := request.params().get("host")) is not None:
        engine, host = _outward(label, context)
        if not matches(body, signature, host.keys):
            raise SignatureError("not signed by the host in the URL")
        return (signer_of(engine, host.id),)
    # Hosts that hold the root secret share one list.
    found = {texts for texts in set(keys.values()) if matches(body, signature, texts)}
    if not found:
        raise SignatureError("signed by no container's key")
    return tuple(engine for engine, texts in keys.items() if texts in found)


def _outward(label: str, context: Context) -> tuple[EngineId, Host]:
    """Return engine and host of a label such as `burner@garage`.

    Raises SignatureError for one that there can't be.
    """
    engine_name, _, name = label.partition("@")
    engine = next((it.id for it in ENGINES.values() if it.name == engine_name), None)
    if engine is None or not is_name(name):
        raise SignatureError("no host can have this name")
    return engine, context.settings().outward(engine, name)


def _host_call(incoming: Incoming[Access], context: Context) -> HostCall:
    """Admit a host; raises SignatureError or, for one that holds a key of its name, why not."""
    request, values = incoming.request, incoming.values
    label = host_label_of(values["engine"], values["name"])
    engine, host = _outward(label, context)
    signature, settings = request.header(SIGNATURE_HEADER), context.settings()
    line = request_line(request.method, request.target)
    if not matches(line, signature, host.keys):
        if matches(line, signature, settings.revoked_keys(label)):
            raise HandshakeRefused("handshake_refused.revoked", host=label)
        raise SignatureError("not signed by the host in the path")
    params = request.params()
    ts, nonce = params.get("ts", ""), params.get("nonce", "")
    if not _TS.fullmatch(ts) or not _NONCE.fullmatch(nonce):
        raise SignatureError("no ts or no nonce in the query")
    if abs(context.now_ms() - int(ts)) > TOLERANCE_MS:
        raise HandshakeRefused("handshake_refused.age")
    return HostCall(context, incoming, engine, values["name"], nonce)


def _report_call(incoming: Incoming[Access], context: Context, signers: tuple[str, ...]) -> Call:
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
