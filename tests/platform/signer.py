"""Ed25519 on a library of this machine, where a Worker has WebCrypto."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from media_jobs.ports import Signed


class Signer:
    async def sign(self, seed: bytes, message: bytes) -> Signed:
        key = Ed25519PrivateKey.from_private_bytes(seed)
        public = key.public_key().public_bytes_raw()
        return Signed(public_key=public, signature=key.sign(message))
