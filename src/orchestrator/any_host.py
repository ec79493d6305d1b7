"""Which of an engine's hosts answers what is no job: previews, stills and peaks.

Each media has a host of its own, so that its film is fetched by one host alone. One that is known
to be out of order comes last, and one that does not answer, or fails, gives way to the next.
"""

from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from typing import Protocol, TypeVar

from media_jobs.engines import EngineId
from media_jobs.errors import UpstreamError
from media_jobs.ports import Peers

__all__ = ["KnownHosts", "answer_of_a_host", "in_order"]

KnownHosts = Callable[[EngineId], Awaitable[dict[str, dict[str, object]]]]
"""What an engine's dispatcher knows of its hosts, by id: `state` among others."""

OUT_OF_ORDER = ("silent", "left_out", "failing", "draining")
UP_TIMEOUT_MS = 2_000
"""In which one of several hosts says that it is up, before it is asked for a picture."""


class _Answer(Protocol):
    @property
    def status(self) -> int: ...


A = TypeVar("A", bound=_Answer)


async def in_order(
    engine: EngineId, urls: dict[str, str], name: str, known: KnownHosts
) -> Sequence[str]:
    """Return the base URLs of the hosts in the order in which they are asked about *name*."""
    if len(urls) == 1:
        return tuple(urls.values())
    first = int.from_bytes(sha256(name.encode()).digest()[:4]) % len(urls)
    hosts = [*urls][first:] + [*urls][:first]
    try:
        states = await known(engine)
    except UpstreamError:
        states = {}
    hosts.sort(key=lambda host: states.get(host, {}).get("state") in OUT_OF_ORDER)
    return tuple(urls[host] for host in hosts)


async def answer_of_a_host(
    urls: Sequence[str], peers: Peers, ask: Callable[[str], Awaitable[A]]
) -> A:
    """Return the first answer of a host that works; that of the last one whatever it is.

    Raises UpstreamError when the last one does not answer either.
    """
    *others, last = urls
    for url in others:
        if not await _is_up(url, peers):
            continue
        try:
            answer = await ask(url)
        except UpstreamError:
            continue
        if answer.status < 500:
            return answer
    return await ask(last)


async def _is_up(url: str, peers: Peers) -> bool:
    try:
        answer = await peers.call("GET", f"{url}/health", None, {}, UP_TIMEOUT_MS)
    except UpstreamError:
        return False
    return answer.status == 200
