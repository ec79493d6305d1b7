"""Whether a file of sound, Ogg or ASF is all there, by the length that it states itself.

MP3 states frames and bytes in its first frame (the tag "Xing" or "Info", as LAME writes it); the
pages of Ogg have sizes of their own (RFC 3533, 6); ASF states its size in its header (Advanced
Systems Format, 3.2). Nothing of it has to be there; then nothing is said.
"""

from typing import BinaryIO

__all__ = ["ASF", "OGG", "asf_is_cut_off", "mp3_is_cut_off", "ogg_is_cut_off"]

ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
OGG = b"OggS"
_ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_ASF_HEADER_BYTES_MAX = 1 << 16
_ID3_HEADER_BYTES = 10
_XING_WITHIN = 200
_HAS_FRAMES, _HAS_BYTES = 1, 2
# Tags may follow or may have been taken off, and count or not.
_MP3_MISSING_MAX = 0.02
_OGG_HEADER_BYTES = 27
_OGG_PAGE_BYTES_MAX = _OGG_HEADER_BYTES + 255 + 255 * 255


def mp3_is_cut_off(file: BinaryIO, size: int) -> bool:
    """Compare the *size* in bytes with that in the first frame; False where there is none."""
    file.seek(0)
    head = file.read(_ID3_HEADER_BYTES)
    start = 0
    if head[:3] == b"ID3" and len(head) == _ID3_HEADER_BYTES:
        # Seven bits a byte.
        start = _ID3_HEADER_BYTES + sum((head[6 + n] & 0x7F) << (7 * (3 - n)) for n in range(4))
    file.seek(start)
    frame = file.read(_XING_WITHIN)
    if len(frame) < 2 or frame[0] != 0xFF or frame[1] & 0xE0 != 0xE0:
        return False
    at = max(frame.find(b"Xing"), frame.find(b"Info"))
    flags = int.from_bytes(frame[at + 4 : at + 8])
    if at < 0 or not flags & _HAS_BYTES:
        return False
    at += 12 if flags & _HAS_FRAMES else 8
    stated = int.from_bytes(frame[at : at + 4])
    return stated - (size - start) > stated * _MP3_MISSING_MAX


def ogg_is_cut_off(file: BinaryIO, size: int) -> bool:
    """Look at whether the last page is whole.

    A recording of a stream may end with any page, so that the mark of the last one says nothing.
    """
    start = max(0, size - 2 * _OGG_PAGE_BYTES_MAX)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(OGG)
    # The letters may be by chance within a page: its version is 0, its flags are three bits.
    while at >= 0 and (tail[at + 4 : at + 5] not in (b"", b"\0") or tail[at + 5 : at + 6] > b"\7"):
        at = tail.rfind(OGG, 0, at)
    if at < 0:
        return False
    segments = tail[at + 26] if at + 26 < len(tail) else 255
    table = tail[at + _OGG_HEADER_BYTES : at + _OGG_HEADER_BYTES + segments]
    end = at + _OGG_HEADER_BYTES + segments + sum(table)
    return len(table) < segments or end > len(tail)


def asf_is_cut_off(file: BinaryIO, size: int) -> bool:
    """Compare the *size* in bytes with that of the header's File Properties Object."""
    file.seek(0)
    head = file.read(_ASF_HEADER_BYTES_MAX)
    at = head.find(_ASF_FILE_PROPERTIES)
    if at < 0 or at + 92 > len(head):
        return False
    stated = int.from_bytes(head[at + 40 : at + 48], "little")
    is_broadcast = head[at + 88] & 1
    return not is_broadcast and stated > size
