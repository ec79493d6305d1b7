"""Identifiers: their grammar, and how new ones are made.

An id is a short prefix, ``_`` and 26 characters of Crockford base 32: 48 bits of Unix time in
milliseconds, then 80 random bits (the layout of ULID, https://github.com/ulid/spec). Ids sort by
creation. Ids of the earlier system have other shapes; everything that matches `ID` is accepted.
"""

import re
from typing import Annotated

from pydantic import StringConstraints

__all__ = ["ID", "Id", "first_id", "is_id", "new_id", "new_input_id"]

ID = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
_ID = re.compile(ID, re.ASCII)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _CROCKFORD for second in _CROCKFORD]

Id = Annotated[str, StringConstraints(pattern=rf"^{ID}\z", max_length=64)]
"""An id in a message: letters, digits, ``_`` and ``-``, at most 64, no leading punctuation."""


def new_id(prefix: str, now_ms: int, entropy: bytes) -> str:
    """Return a new id from the time and 10 random bytes."""
    assert len(entropy) == 10
    number = (now_ms << 80) | int.from_bytes(entropy)
    pairs = [_PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10)]
    return f"{prefix}_{''.join(pairs)}"


def new_input_id(slot: str, now_ms: int, entropy: bytes) -> str:
    """Return a new id of a version of the input *slot*."""
    return new_id(slot[:3], now_ms, entropy)


def first_id(prefix: str, ms: int) -> str:
    """Return an id that sorts before every other one made at *ms* (Unix time) or later."""
    return new_id(prefix, min(max(ms, 0), 2**48 - 1), bytes(10))


def is_id(value: str) -> bool:
    """Whether *value* has the grammar of ids."""
    return _ID.fullmatch(value) is not None
