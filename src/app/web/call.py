"""One admitted request, as handlers get it."""

from dataclasses import dataclass
from hashlib import sha256

from app.ports import Ports
from app.web.caller import Access, Caller
from media_jobs.errors import invalid_field
from media_jobs.routing import Incoming

TEXT_BYTES_MAX = 4 * 1024 * 1024
KEY_LENGTH_MAX = 200
IDEMPOTENCY_KEY = {
    "Idempotency-Key": {"type": "string", "minLength": 1, "maxLength": KEY_LENGTH_MAX}
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """The Idempotency-Key of a request, and the SHA-256 (hex) of the body that it stands for."""

    key: str
    body_hash: str


class OpenCall:
    """One admitted request, unauthenticated or signed by the orchestrator."""

    __slots__ = ("incoming", "ports", "request")

    def __init__(self, incoming: Incoming[Access], ports: Ports) -> None:
        self.incoming = incoming
        self.request = incoming.request
        self.ports = ports

    def once(self) -> Once | None:
        """Return the request's idempotency key and body hash; raises InvalidInput."""
        key = self.request.header("idempotency-key")
        if key is None:
            return None
        if not 1 <= len(key) <= KEY_LENGTH_MAX:
            raise invalid_field("Idempotency-Key", "field.characters", least=1, most=KEY_LENGTH_MAX)
        return Once(key=key, body_hash=sha256(self.incoming.raw).hexdigest())


class Call(OpenCall):
    """One admitted request of a caller."""

    __slots__ = ("caller",)

    def __init__(self, incoming: Incoming[Access], ports: Ports, caller: Caller) -> None:
        super().__init__(incoming, ports)
        self.caller = caller
