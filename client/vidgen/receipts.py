"""Receipts of results: fetching them, and checking a file against one.

A receipt is a DSSE envelope (in-toto) of a statement with SLSA provenance: what went in, with which
options and versions, and the hashes of what came out. It is signed with Ed25519; the app publishes
the keys (RFC 8037), also those of secrets that were replaced.
"""

from __future__ import annotations

import binascii
import hashlib
import json
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, Field, ValidationError

from vidgen.calls import get
from vidgen.errors import FileDiffers, ReceiptInvalid
from vidgen.models import Receipt, ReceiptKey
from vidgen.steps import Flow

__all__ = ["Statement", "Subject", "check_file", "check_receipt", "receipt", "receipt_keys"]

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
KEYS_PATH: Final = "/.well-known/receipt-keys.json"
_CHUNK_BYTES: Final = 1024 * 1024


class Subject(BaseModel):
    """An input or output of a job: its slot and its hashes (hex) by algorithm.

    *annotations*: `sizeBytes`, `etag`, and `saidBy`: who says each hash.
    """

    name: str
    digest: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, Any] = Field(default_factory=dict)  # Any: JSON as it was signed.


class Statement(BaseModel):
    """What a receipt says, once its signature was found right. *key_id*: that of its key."""

    subject: list[Subject]
    predicate: dict[str, Any]  # Any: SLSA provenance v1, as it was signed.
    key_id: str = ""

    @property
    def job_id(self) -> str:
        """The job whose result it is."""
        definition = self.predicate.get("buildDefinition") or {}
        return str((definition.get("internalParameters") or {}).get("jobId", ""))

    @property
    def signer(self) -> str:
        """The address of the orchestrator that signed."""
        return str((self.run.get("builder") or {}).get("id", ""))

    @property
    def finished_on(self) -> str:
        """When the result was there, in RFC 3339."""
        return str((self.run.get("metadata") or {}).get("finishedOn", ""))

    @property
    def run(self) -> dict[str, Any]:
        """How it was made: `builder`, `metadata`."""
        found: dict[str, Any] = self.predicate.get("runDetails") or {}
        return found


def receipt(job_id: str) -> Flow[Receipt]:
    """Return the signed receipt of a completed job. Raises NotFound, Conflict."""
    return (yield from get(Receipt, f"/api/jobs/{job_id}/receipt"))


class _Keys(BaseModel):
    keys: list[ReceiptKey]


def receipt_keys() -> Flow[list[ReceiptKey]]:
    """Return the public keys of all receipts, those of earlier secrets too."""
    found: _Keys = yield from get(_Keys, KEYS_PATH)
    return found.keys


def check_receipt(given: Receipt, keys: Iterable[ReceiptKey]) -> Statement:
    """Return what a receipt says, if one of *keys* has signed it. Raises ReceiptInvalid."""
    # Here, so that the other commands do not load it.
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if given.payload_type != PAYLOAD_TYPE:
        raise ReceiptInvalid(f"This is no receipt: its payload is {given.payload_type!r}.")
    payload = _decoded(given.payload)
    known = {_thumbprint(key.x): key for key in keys}
    for signature in given.signatures:
        if signature.keyid not in known:
            continue
        public = _public_bytes(known[signature.keyid])
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(
                _decoded(signature.sig), _signed_bytes(payload)
            )
        except (InvalidSignature, ValueError):
            raise ReceiptInvalid(
                "The receipt was changed after it was signed, or its signature was made up."
            ) from None
        return _read(payload, signature.keyid)
    named = ", ".join(signature.keyid for signature in given.signatures) or "none"
    raise ReceiptInvalid(f"The receipt was signed with a key that is not published here: {named}.")


def check_file(path: Path, statement: Statement) -> Subject:
    """Return the output that the file at *path* is, to the byte. Raises FileDiffers, OSError."""
    found = _hashes_of(path)
    for subject in statement.subject:
        known = {name: value for name, value in subject.digest.items() if name in found}
        if known and all(found[name] == value for name, value in known.items()):
            return subject
    listed = "".join(
        f"\n  {subject.name}: {name} {value}"
        for subject in statement.subject
        for name, value in subject.digest.items()
    )
    raise FileDiffers(
        f"{path} is not what {statement.job_id} made: its sha256 is {found['sha256']}. "
        f"The receipt has:{listed}"
    )


def _hashes_of(path: Path) -> dict[str, str]:
    hashes = {"sha256": hashlib.sha256(), "md5": hashlib.md5(usedforsecurity=False)}
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            for each in hashes.values():
                each.update(chunk)
    return {name: each.hexdigest() for name, each in hashes.items()}


def _read(payload: bytes, key_id: str) -> Statement:
    try:
        return Statement.model_validate_json(payload).model_copy(update={"key_id": key_id})
    except ValidationError:
        raise ReceiptInvalid("The receipt is of a kind that this version does not know.") from None


def _signed_bytes(payload: bytes) -> bytes:
    """Return what DSSE signs for *payload*: its pre-authentication encoding."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except binascii.Error:
        raise ReceiptInvalid("The receipt is not whole: it has no valid base64.") from None


def _public_bytes(key: ReceiptKey) -> bytes:
    try:
        return urlsafe_b64decode(key.x + "=" * (-len(key.x) % 4))
    except binascii.Error:
        raise ReceiptInvalid(f"The public key {key.x!r} is not valid.") from None


def _thumbprint(x: str) -> str:
    """Return a key's id, worked out and not believed (RFC 7638)."""
    members = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": x}, separators=(",", ":"))
    return urlsafe_b64encode(hashlib.sha256(members.encode()).digest()).decode().rstrip("=")
