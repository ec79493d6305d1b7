"""A result's receipt: what it was made of, how, and who says so, as a signed document.

An in-toto Statement v1 with SLSA Provenance v1 as its predicate, in a DSSE envelope (protocol
1.0.2), signed with Ed25519 (RFC 8032). The key's id is its JWK thumbprint (RFC 7638). Who says a
hash stands beside it: `saidBy` names `container` for SHA-256, of what it has read or written, and
`bucket` for MD5, of what lies there in one piece. No rules of jobs depend on a receipt.
"""

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

__all__ = [
    "BUILD_TYPE",
    "LABEL",
    "PAYLOAD_TYPE",
    "Made",
    "Seen",
    "envelope",
    "key_set",
    "pre_authentication",
    "public_jwk",
    "statement",
    "thumbprint",
]

LABEL = "receipt"
"""Of the seed that is derived from the root secret (`derivation.derive`)."""
PAYLOAD_TYPE = "application/vnd.in-toto+json"
BUILD_TYPE = "urn:media-jobs:job:v1"

_MD5 = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An object as the bucket has it, and what a container says of its bytes (hex), if it did."""

    slot: str
    key: str
    size_bytes: int
    etag: str
    sha256: str | None = None

    def digests(self) -> dict[str, str]:
        """Return its hashes by algorithm; the ETag of what came in parts is none."""
        found = {"sha256": self.sha256} if self.sha256 else {}
        return {**found, "md5": self.etag} if _MD5.fullmatch(self.etag) else found

    def descriptor(self) -> dict[str, object]:
        """Return it as in-toto's ResourceDescriptor."""
        digests = self.digests()
        said = {name: "container" if name == "sha256" else "bucket" for name in digests}
        return {
            "name": self.slot,
            "uri": f"r2:{self.key}",
            "digest": digests,
            "annotations": {"sizeBytes": self.size_bytes, "etag": self.etag, "saidBy": said},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How a result came about. Times are Unix milliseconds of the orchestrator's clock.

    *tools*, *fonts*: versions by name, as the container says; *signer*: the orchestrator's address,
    *version* its own. *options* without secret ones.
    """

    job_id: str
    media_id: str
    engine: str
    generation: int
    attempt: int
    options: Mapping[str, object]
    languages: Mapping[str, str]
    tools: Mapping[str, str]
    fonts: Mapping[str, str]
    inputs: tuple[Seen, ...]
    outputs: tuple[Seen, ...]
    started_ms: int
    finished_ms: int
    signer: str
    version: str


def statement(made: Made) -> bytes:
    """Return the receipt's statement, as the bytes to sign.

    An output of which no hash is known is no subject: it stands among the by-products.
    """
    parameters = {"engine": made.engine, "options": made.options, "languages": made.languages}
    document = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [item.descriptor() for item in made.outputs if item.digests()],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": parameters,
                "internalParameters": {
                    "jobId": made.job_id,
                    "mediaId": made.media_id,
                    "generation": made.generation,
                    "attempt": made.attempt,
                    "fonts": made.fonts,
                    "containerHashes": _hashed(made),
                },
                "resolvedDependencies": [item.descriptor() for item in made.inputs],
            },
            "runDetails": {
                "builder": {
                    "id": made.signer,
                    "version": {"media-orchestrator": made.version, **made.tools},
                },
                "metadata": {
                    "invocationId": f"{made.job_id}/{made.generation}-{made.attempt}",
                    "startedOn": _rfc3339(made.started_ms),
                    "finishedOn": _rfc3339(made.finished_ms),
                },
                "byproducts": [i.descriptor() for i in made.outputs if not i.digests()],
            },
        },
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _hashed(made: Made) -> list[str]:
    """Name what the container has hashed: all inputs, all outputs, or neither."""
    sides = {"inputs": made.inputs, "outputs": made.outputs}
    return [name for name, items in sides.items() if items and all(i.sha256 for i in items)]


def _rfc3339(ms: int) -> str:
    at = datetime.fromtimestamp(ms / 1000, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def pre_authentication(payload: bytes) -> bytes:
    """Return the bytes that DSSE signs for *payload* (its PAE)."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def envelope(payload: bytes, public_key: bytes, signature: bytes) -> str:
    """Return the DSSE envelope of *payload* as JSON; *signature* is of `pre_authentication`."""
    signed = {"keyid": thumbprint(public_key), "sig": b64encode(signature).decode()}
    document = {
        "payloadType": PAYLOAD_TYPE,
        "payload": b64encode(payload).decode(),
        "signatures": [signed],
    }
    return json.dumps(document, separators=(",", ":"))


def public_jwk(public_key: bytes) -> dict[str, str]:
    """Return an Ed25519 public key, 32 bytes, as a JWK (RFC 8037) with its thumbprint as `kid`."""
    return {**_members(public_key), "alg": "EdDSA", "use": "sig", "kid": thumbprint(public_key)}


def key_set(public_keys: tuple[bytes, ...]) -> dict[str, object]:
    """Return the keys as a JWK Set (RFC 7517)."""
    return {"keys": [public_jwk(key) for key in public_keys]}


def thumbprint(public_key: bytes) -> str:
    """Return the JWK thumbprint of an Ed25519 public key (RFC 7638, SHA-256, base64url)."""
    members = json.dumps(_members(public_key), separators=(",", ":"), sort_keys=True)
    return _base64url(sha256(members.encode()).digest())


def _members(public_key: bytes) -> dict[str, str]:
    return {"crv": "Ed25519", "kty": "OKP", "x": _base64url(public_key)}


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
