"""Ed25519 through WebCrypto: the Workers' Python has no such algorithm, the runtime does."""

from base64 import urlsafe_b64decode

from js import crypto
from pyodide.ffi import to_js

from edge.convert import options
from edge.upstream import failing_as
from media_jobs.ports import Signed

_PKCS8 = bytes.fromhex("302e020100300506032b657004220420")
"""What stands before the 32 bytes of a private key in PKCS #8 (RFC 8410, section 7)."""


class SubtleSigner:
    """Signs with keys that are made of their seed for one signature."""

    async def sign(self, seed: bytes, message: bytes) -> Signed:
        """Sign *message*; a runtime that cannot is an UpstreamError."""
        algorithm = options({"name": "Ed25519"})
        with failing_as("WebCrypto"):
            # Extractable, as the public half is to be had by an export alone.
            key = await crypto.subtle.importKey(
                "pkcs8", to_js(_PKCS8 + seed), algorithm, True, to_js(["sign"])
            )
            public = (await crypto.subtle.exportKey("jwk", key)).x
            signature = await crypto.subtle.sign(algorithm, key, to_js(message))
        return Signed(public_key=urlsafe_b64decode(f"{public}="), signature=signature.to_bytes())
