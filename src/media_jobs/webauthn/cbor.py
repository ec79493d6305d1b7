"""The CBOR of authenticators: CTAP2's canonical form, the subset that WebAuthn needs.

RFC 8949, section 3: integers, byte and text strings, arrays, maps, false, true, null; each of
definite length, in the shortest form (section 4.2.1), no key twice, at most four levels deep (FIDO
CTAP 2.1, section 8). Everything else is refused.
"""

from media_jobs.webauthn.refusal import CredentialRefused

__all__ = ["Item", "read_item"]

Item = int | bytes | str | bool | None | list["Item"] | dict[int | str, "Item"]
DEPTH_MAX = 4
_SIMPLE: dict[int, bool | None] = {20: False, 21: True, 22: None}
_LENGTHS = {24: 1, 25: 2, 26: 4, 27: 8}


def read_item(data: bytes, at: int = 0, depth: int = 0) -> tuple[Item, int]:
    """Return the item at *at*, and where it ends; raises CredentialRefused."""
    if depth > DEPTH_MAX:
        raise CredentialRefused("CBOR is nested too deeply")
    major, number, at = _head(data, at)
    if major in (0, 1):
        return (number if major == 0 else -1 - number), at
    if major in (2, 3):
        cut = _cut(data, at, number)
        return (cut if major == 2 else _text(cut)), at + number
    if major == 4:
        return _array(data, at, number, depth)
    if major == 5:
        return _map(data, at, number, depth)
    if major == 7 and number in _SIMPLE:
        return _SIMPLE[number], at
    raise CredentialRefused("CBOR of a kind that no authenticator writes")


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Return the major type, its number, and where the head ends (RFC 8949, section 3)."""
    first = _cut(data, at, 1)[0]
    major, small = first >> 5, first & 31
    if small < 24:
        return major, small, at + 1
    length = _LENGTHS.get(small)
    if length is None or major == 7:
        raise CredentialRefused("CBOR of a kind that no authenticator writes")
    number = int.from_bytes(_cut(data, at + 1, length))
    if number < (24 if length == 1 else 1 << (4 * length)):
        raise CredentialRefused("CBOR is not in its shortest form")
    return major, number, at + 1 + length


def _cut(data: bytes, at: int, length: int) -> bytes:
    if length > len(data) - at:
        raise CredentialRefused("CBOR ends too early")
    return data[at : at + length]


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise CredentialRefused("CBOR with a text that is no UTF-8") from None


def _array(data: bytes, at: int, length: int, depth: int) -> tuple[list[Item], int]:
    items: list[Item] = []
    for _ in range(length):
        item, at = read_item(data, at, depth + 1)
        items.append(item)
    return items, at


def _map(data: bytes, at: int, length: int, depth: int) -> tuple[dict[int | str, Item], int]:
    found: dict[int | str, Item] = {}
    for _ in range(length):
        key, at = read_item(data, at, depth + 1)
        if isinstance(key, bool) or not isinstance(key, int | str) or key in found:
            raise CredentialRefused("CBOR with a key twice, or of another kind")
        found[key], at = read_item(data, at, depth + 1)
    return found, at
