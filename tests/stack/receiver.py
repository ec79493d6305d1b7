"""A server of somebody else, to whom webhooks are sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from dev.loopback import Handler, served


@dataclass(slots=True)
class Receiver:
    """A server that answers with *statuses* in turn, the last one for ever, and keeps what came."""

    url: str = ""
    statuses: list[int] = field(default_factory=lambda: [200])
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def take(self, headers: dict[str, str], body: bytes) -> int:
        self.got.append((headers, body))
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


@contextmanager
def running_receiver(*statuses: int) -> Iterator[Receiver]:
    """Run a receiver on a free port of this machine."""
    kept = Receiver(statuses=list(statuses) or [200])

    class Endpoint(Handler):
        def do_POST(self) -> None:
            status = kept.take({k.lower(): v for k, v in self.headers.items()}, self.body())
            # The caller reads the beginning and goes.
            text = f"answer {len(kept.got)} ".encode() + b"x" * 100_000
            self.answer(status, text, {"location": "/elsewhere"} if status == 302 else {})

    with served(Endpoint) as address:
        kept.url = f"{address}/hook"
        yield kept
