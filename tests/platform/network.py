"""Other parts of the system over HTTP, as a test plays them."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from media_jobs.errors import UpstreamError
from media_jobs.ports import PeerAnswer, RelayedAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerCall:
    """One call that a peer got, with the signature it carried."""

    method: str
    url: str
    body: bytes | None
    headers: dict[str, str]
    timeout_ms: int

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def message(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.body or b"{}")
        return document

    def is_signed_with(self, secret: str) -> bool:
        target = "/" + self.url.split("/", 3)[3]
        signed = self.body if self.body is not None else f"{self.method} {target}".encode()
        expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        return self.headers.get("x-signature") == expected


Script = Callable[[PeerCall], PeerAnswer]
CUT = UpstreamError("upstream_failed", part="peer.example", why="TimeoutError")
"""An answer where the connection is cut."""


@dataclass(slots=True)
class Peers:
    """Peers that answer by *script*, which may raise UpstreamError; all calls are recorded.

    *during*: what happens while a call to a path that ends so waits for its answer.
    """

    script: Script
    calls: list[PeerCall] = field(default_factory=list)
    during: dict[str, Callable[[PeerCall], Awaitable[None]]] = field(default_factory=dict)
    relayed_headers: dict[str, str] = field(default_factory=dict)
    _queued: dict[str, list[PeerAnswer | UpstreamError]] = field(default_factory=dict)

    def then(self, path_end: str, *answers: PeerAnswer | UpstreamError) -> None:
        """Give these answers, in order, to calls of such a path before the script's."""
        self._queued.setdefault(path_end, []).extend(answers)

    def forever(self, path_end: str, answer: PeerAnswer | UpstreamError) -> None:
        self._queued[path_end] = [answer] * 10_000

    def forgive(self, path_end: str) -> None:
        self._queued.pop(path_end, None)

    def to(self, path_end: str) -> list[PeerCall]:
        """Return the calls to paths that end so."""
        return [call for call in self.calls if call.path.endswith(path_end)]

    async def call(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], timeout_ms: int
    ) -> PeerAnswer:
        assert timeout_ms > 0
        call = PeerCall(method=method, url=url, body=body, headers=headers, timeout_ms=timeout_ms)
        self.calls.append(call)
        await asyncio.sleep(0)
        for path_end, happen in list(self.during.items()):
            if call.path.endswith(path_end):
                await happen(call)
        for path_end, answers in self._queued.items():
            if call.path.endswith(path_end) and answers:
                answer = answers.pop(0)
                if isinstance(answer, UpstreamError):
                    raise answer
                return answer
        return self.script(call)

    async def relay(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], timeout_ms: int
    ) -> RelayedAnswer:
        answer = await self.call(method, url, body, headers, timeout_ms)
        stream = answer.text.encode() if answer.status == 200 else None
        return RelayedAnswer(
            status=answer.status, headers=self.relayed_headers, stream=stream, text=answer.text
        )


def peer_answer(
    status: int = 200, text: str = "{}", retry_after_s: int | None = None
) -> PeerAnswer:
    """Return what a peer answers."""
    return PeerAnswer(status=status, text=text, retry_after_s=retry_after_s)


def answering(status: int, document: object = None) -> Script:
    """Return a script that answers everything alike."""
    return lambda call: PeerAnswer(status=status, text=json.dumps(document or {}))


def unreachable(call: PeerCall) -> PeerAnswer:
    """Answer nothing, as a peer that is down."""
    raise UpstreamError("upstream_failed", part="orchestrator.test", why="TimeoutError")
