"""Signatures of others, verified by WebCrypto: the Workers' Python has no such algorithms."""

from js import crypto
from pyodide.ffi import JsException, to_js

from edge.convert import options
from media_jobs.ports import Algorithm, Jwk

_IMPORTED: dict[Algorithm, dict[str, object]] = {
    "ES256": {"name": "ECDSA", "namedCurve": "P-256"},
    "RS256": {"name": "RSASSA-PKCS1-v1_5", "hash": "SHA-256"},
    "EdDSA": {"name": "Ed25519"},
}
_VERIFIED: dict[Algorithm, dict[str, object]] = {
    "ES256": {"name": "ECDSA", "hash": "SHA-256"},
    "RS256": {"name": "RSASSA-PKCS1-v1_5"},
    "EdDSA": {"name": "Ed25519"},
}
_OF_KEY = ("kty", "crv", "x", "y", "n", "e")


class SubtleVerifier:
    """Verifies with keys that are imported for one signature."""

    async def verify(
        self, key: Jwk, algorithm: Algorithm, signature: bytes, message: bytes
    ) -> bool:
        """Whether *signature* is one of *message*; a key of another kind verifies nothing."""
        public = {name: key[name] for name in _OF_KEY if name in key}
        try:
            imported = await crypto.subtle.importKey(
                "jwk", options(public), options(_IMPORTED[algorithm]), False, to_js(["verify"])
            )
            return bool(
                await crypto.subtle.verify(
                    options(_VERIFIED[algorithm]), imported, to_js(signature), to_js(message)
                )
            )
        except JsException:
            return False
