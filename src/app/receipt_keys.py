"""The public keys that receipts were ever signed with, as they are published."""

import re
from dataclasses import dataclass

from media_jobs.keys import RECEIPT_KEYS_PREFIX
from media_jobs.ports import Objects
from media_jobs.receipt import key_set

FRESH_MS = 60_000

_PUBLIC_KEY = re.compile(rf"{RECEIPT_KEYS_PREFIX}([0-9a-f]{{64}})", re.ASCII)


@dataclass(slots=True)
class ReceiptKeys:
    """The keys, in the memory of one isolate: not every stranger's question is a listing."""

    _keys: tuple[bytes, ...] = ()
    _read_ms: int | None = None

    async def document(self, objects: Objects, now_ms: int) -> dict[str, object]:
        """Return the keys as a JWK Set, up to a minute old; raises UpstreamError."""
        if self._read_ms is None or not 0 <= now_ms - self._read_ms < FRESH_MS:
            places = await objects.keys(RECEIPT_KEYS_PREFIX)
            found = (match for place in places if (match := _PUBLIC_KEY.fullmatch(place)))
            self._keys = tuple(bytes.fromhex(match[1]) for match in found)
            self._read_ms = now_ms
        return key_set(self._keys)
