"""An authenticator in software, and the browser before it: passkeys as a person's device makes.

*tamper* changes what is signed over, so that each rule can be broken alone.
"""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from media_jobs.base64url import to_base64url

UP, UV, BE, BS, AT = 1, 4, 8, 16, 64


@dataclass(slots=True)
class Authenticator:
    """One discoverable credential on P-256."""

    origin: str
    rp_id: str
    credential_id: bytes = b"a credential of tests"
    count: int = 0
    user_handle: str = ""
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, options: dict[str, Any], **broken: Any) -> dict[str, object]:
        """Return the new credential as the page sends it."""
        self.user_handle = options["user"]["id"]
        client_data = self._client_data("webauthn.create", options["challenge"], broken)
        numbers = self.key.public_key().public_numbers()
        key = cose(numbers.x.to_bytes(32), numbers.y.to_bytes(32))
        length = len(self.credential_id).to_bytes(2)
        attested = bytes(16) + length + self.credential_id + key
        data = self._data(AT | broken.get("flags", UP | UV), broken) + attested
        attestation = (
            b"\xa3" + text("fmt") + text("none") + text("attStmt") + b"\xa0" + text("authData")
        )
        return {
            "clientData": to_base64url(client_data),
            "attestation": to_base64url(attestation + octets(data)),
            "transports": ["internal"],
        }

    def use(self, options: dict[str, Any], **broken: Any) -> dict[str, object]:
        """Return what the page sends of a sign-in."""
        self.count = broken.get("count", self.count + 1)
        client_data = self._client_data("webauthn.get", options["challenge"], broken)
        data = self._data(broken.get("flags", UP | UV), broken)
        key = broken.get("key", self.key)
        signature = key.sign(data + sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return {
            "credentialId": to_base64url(broken.get("credential_id", self.credential_id)),
            "clientData": to_base64url(client_data),
            "authenticatorData": to_base64url(data),
            "signature": to_base64url(signature),
            "userHandle": broken.get("user_handle", self.user_handle),
        }

    def _client_data(self, kind: str, challenge: str, broken: dict[str, Any]) -> bytes:
        said = {
            "type": broken.get("type", kind),
            "challenge": broken.get("challenge", challenge),
            "origin": broken.get("origin", self.origin),
            "crossOrigin": broken.get("cross_origin", False),
        }
        return json.dumps(said).encode()

    def _data(self, flags: int, broken: dict[str, Any]) -> bytes:
        rp_id = broken.get("rp_id", self.rp_id)
        return sha256(rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)


def cose(x: bytes, y: bytes) -> bytes:
    """Return a COSE_Key on P-256 for ES256."""
    return b"\xa5\x01\x02\x03\x26\x20\x01\x21" + octets(x) + b"\x22" + octets(y)


def octets(data: bytes) -> bytes:
    """Return a byte string in CBOR."""
    return _head(2, len(data)) + data


def text(value: str) -> bytes:
    """Return a text string in CBOR."""
    return _head(3, len(value)) + value.encode()


def _head(major: int, length: int) -> bytes:
    if length < 24:
        return bytes([major << 5 | length])
    if length < 256:
        return bytes([major << 5 | 24, length])
    return bytes([major << 5 | 25]) + length.to_bytes(2)
