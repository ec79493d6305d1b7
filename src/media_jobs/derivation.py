"""Keys derived from the root secret, one for each purpose, so that holding one gives no other.

HKDF with SHA-256 (RFC 5869), without salt, as RFC 5869 section 3.1 allows where the secret is
itself random.
"""

import hmac

__all__ = ["derive", "host_label"]

DIGEST_BYTES = 32


def derive(root: str, label: str) -> bytes:
    """Return the 32-byte key of *label* (HKDF's `info`, as UTF-8) under the secret *root*."""
    extracted = hmac.digest(bytes(DIGEST_BYTES), root.encode(), "sha256")
    # One block of HKDF-Expand: as many bytes as the digest has.
    return hmac.digest(extracted, label.encode() + b"\x01", "sha256")


def host_label(name: str, generation: int) -> str:
    """Return the label of a container host's key; a stolen key is replaced by the next one."""
    return f"host/{name}/{generation}"
