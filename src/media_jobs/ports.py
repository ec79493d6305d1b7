"""What both Workers need from outside: the bucket, other parts over HTTP, and signatures.

The protocols are implemented by `edge` in a Worker and by the tests' platform; the data that
crosses them is defined here, once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

__all__ = [
    "Algorithm",
    "Jwk",
    "ObjectInfo",
    "Objects",
    "PeerAnswer",
    "Peers",
    "RelayedAnswer",
    "Signed",
    "Signer",
    "StoredBody",
    "Verifier",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectInfo:
    """What is known of a stored object. *etag* has no quotes."""

    size_bytes: int
    etag: str
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBody:
    """A stored object, or a range of it, as a stream that is not read here."""

    info: ObjectInfo
    stream: object


class Objects(Protocol):
    """The bucket. All methods raise UpstreamError when it is out of reach."""

    async def head(self, key: str) -> ObjectInfo | None: ...
    async def text(self, key: str, size_bytes_max: int) -> str | None:
        """Return the object as UTF-8 text; None where there is none or it is over the limit."""
        ...

    async def open(self, key: str, offset: int, length: int) -> StoredBody | None: ...
    async def put_text(self, key: str, text: str, content_type: str) -> None: ...
    async def put_bytes(self, key: str, data: bytes, content_type: str) -> None: ...
    async def keys(self, prefix: str, after: str = "", limit: int = 1000) -> list[str]:
        """Return up to *limit* (1–1,000) keys in order that start with *prefix*, after *after*."""
        ...

    async def delete(self, key: str) -> None:
        """Delete an object; it need not exist."""
        ...

    async def delete_many(self, keys: Sequence[str]) -> None:
        """Delete up to 1,000 objects; they need not exist."""
        ...

    async def create_multipart(self, key: str, content_type: str) -> str:
        """Begin a multipart upload; return its id."""
        ...

    async def complete_multipart(
        self, key: str, upload_id: str, parts: Sequence[tuple[int, str]]
    ) -> ObjectInfo:
        """Make the object of *parts*, numbers with ETags in order.

        Raises Conflict (`upload_incomplete`) when the upload or a part is missing, or the sizes are
        not allowed.
        """
        ...

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        """Drop the parts; the upload need not exist any more."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerAnswer:
    """What another part answered; *retry_after_s* is its Retry-After in seconds, if it said so."""

    status: int
    text: str
    retry_after_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayedAnswer:
    """An answer to pass on: its body is a stream that is not read here or, of a refusal, text."""

    status: int
    headers: Mapping[str, str]
    stream: object
    text: str


class Peers(Protocol):
    """Other parts of the system, and the bucket's S3 side, over HTTP."""

    async def call(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], timeout_ms: int
    ) -> PeerAnswer:
        """Return the answer; raises UpstreamError when there is none within *timeout_ms*."""
        ...

    async def relay(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], timeout_ms: int
    ) -> RelayedAnswer:
        """Return the answer to pass on, its body unread; raises UpstreamError as `call`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """An Ed25519 signature, 64 bytes, and the public key that it verifies under, 32 bytes."""

    public_key: bytes
    signature: bytes


class Signer(Protocol):
    """Ed25519 (RFC 8032), which the runtime has and Python's own library has not."""

    async def sign(self, seed: bytes, message: bytes) -> Signed:
        """Sign *message* with the private key *seed*, 32 bytes; raises UpstreamError."""
        ...


Algorithm = Literal["ES256", "RS256", "EdDSA"]
"""By its name in JSON Web Algorithms (RFC 7518, RFC 8037). EdDSA: on Ed25519 alone."""
Jwk = dict[str, str]
"""A public key (RFC 7517)."""


class Verifier(Protocol):
    """Signatures of others under their public keys, which Python's own library does not know."""

    async def verify(
        self, key: Jwk, algorithm: Algorithm, signature: bytes, message: bytes
    ) -> bool:
        """Whether *signature* is one of *message*; of ES256 it is r and s, 32 bytes each.

        A key that is none of the algorithm's verifies nothing.
        """
        ...
