"""API tokens: how they are made, and which texts can be one.

A token ends in a checksum, so that a typing error or garbage is refused without asking the
database, and a scanner for secrets finds one in a text (GitHub's tokens are made so:
github.blog, "Behind GitHub's new authentication token formats"). It proves nothing: whoever wants
to can compute it.

Tokens of before 0.4 have other shapes and no checksum. Only a text that begins as those of today
is held to it.
"""

import re
from binascii import crc32

__all__ = ["ENTROPY_BYTES", "TOKEN_LENGTH_MAX", "can_be_token", "new_token"]

ENTROPY_BYTES = 32
TOKEN_LENGTH_MAX = 200
PREFIX = "vg_"
_CHECKED = re.compile(r"vg_[0-9a-f]{64}[0-9A-Za-z]{6}", re.ASCII)
_CHECKSUM_DIGITS = 6
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def new_token(entropy: bytes) -> str:
    """Return the token of 32 random bytes: prefix, 64 hex digits, 6 digits of checksum."""
    assert len(entropy) == ENTROPY_BYTES
    text = PREFIX + entropy.hex()
    return text + _checksum(text)


def can_be_token(text: str) -> bool:
    """Whether *text* is worth a look-up: 1 to 200 characters, and the checksum of it is right."""
    if not text.startswith(PREFIX):
        return 1 <= len(text) <= TOKEN_LENGTH_MAX
    body, checksum = text[:-_CHECKSUM_DIGITS], text[-_CHECKSUM_DIGITS:]
    return _CHECKED.fullmatch(text) is not None and _checksum(body) == checksum


def _checksum(text: str) -> str:
    """Return the CRC-32 of *text* in base 62, six digits, most significant first."""
    number, digits = crc32(text.encode()), ""
    for _ in range(_CHECKSUM_DIGITS):
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits
