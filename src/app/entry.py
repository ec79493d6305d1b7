"""The app Worker: wiring."""

import gc

# Imports leave next to no garbage; to look for it again and again is an eighth of a start.
gc.disable()

from collections.abc import Awaitable, Callable
from copy import copy
from functools import cache
from typing import Any

from workers import WorkerEntrypoint

from app.api.router import answer
from app.live.hub_do import LiveDO
from app.oidc_keys import ProviderMemory
from app.ports import Ports
from app.rates import Rates, strangers
from app.receipt_keys import ReceiptKeys
from app.settings import cached_settings
from app.store import EVERYONE, Store
from app.webhooks.sender_do import WebhookDO
from edge.bindings import binding
from edge.clock import entropy, now_ms
from edge.convert import raw_env
from edge.d1 import D1Database
from edge.http import HttpPeers, read_request, to_response
from edge.hub import HubStub
from edge.logs import log
from edge.r2 import R2Objects
from edge.verifier import SubtleVerifier
from edge.webhooks import SenderStubs
from media_jobs.errors import MediaJobsError
from media_jobs.later import Later
from media_jobs.problems import problem_reply
from media_jobs.redaction import describe
from media_jobs.request_id import with_fields

__all__ = ["Default", "LiveDO", "WebhookDO"]

_log = with_fields(log, {"service": "app"})
_run_steps: Later[Callable[[Ports], Awaitable[None]]] = Later("app.cron", "run_steps")


class Default(WorkerEntrypoint):  # type: ignore[misc]  # The SDK ships no types for its classes.
    """HTTP in, HTTP out; and a sweep by cron."""

    async def fetch(self, request: Any) -> Any:
        """Answer one request."""
        incoming = read_request(request)
        request_id = incoming.request_id
        try:
            reply = await answer(incoming, _answering(self.ctx))
            return to_response(reply, request_id)
        except Exception as error:  # The outer boundary: logged, and a generic 500.
            _log(
                {
                    "event": "crashed",
                    "method": incoming.method,
                    "path": incoming.path,
                    "why": describe(error),
                    "requestId": request_id,
                }
            )
            refused = MediaJobsError("internal_error")
            return to_response(problem_reply(refused, request_id), request_id)

    async def scheduled(self, controller: Any, env: Any = None, ctx: Any = None) -> None:
        """Run every step of the cron; raises StepsFailed."""
        ports = _ports().under(entropy(16).hex())
        await _run_steps()(ports)


def _answering(ctx: Any) -> Ports:
    """Return the ports of one request, which stays alive for what it leaves to others."""
    raw, mine = raw_env(), copy(_ports())
    mine.hub = HubStub(binding(raw, "LIVE_DO"), ctx.waitUntil)
    mine.senders = SenderStubs(binding(raw, "WEBHOOK_DO"), ctx.waitUntil)
    return mine


@cache
def _ports() -> Ports:
    """Return the runtime's side of the app: its bindings are the same in every request."""
    raw = raw_env()
    return Ports(
        store=Store(D1Database(binding(raw, "DB")), EVERYONE),
        objects=R2Objects(raw),
        orchestrator=HttpPeers(getattr(raw, "ORCHESTRATOR", None)),
        settings=lambda: cached_settings(raw),
        now_ms=now_ms,
        entropy=entropy,
        log=_log,
        rates=Rates(),  # Of this isolate; empty until its first request.
        strangers=strangers(),
        receipt_keys=ReceiptKeys(),
        hub=HubStub(binding(raw, "LIVE_DO")),
        senders=SenderStubs(binding(raw, "WEBHOOK_DO")),
        verifier=SubtleVerifier(),
        outside=HttpPeers(),
        oidc=ProviderMemory(),
    )


# What is loaded stays, and is not looked at again.
gc.freeze()
gc.enable()
