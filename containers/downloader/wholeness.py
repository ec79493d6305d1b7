"""Whether a file is all there, by what its container says of its own length.

What is read are the outermost sizes, not the content: boxes of ISO media files (ISO/IEC 14496-12,
4.2), the segment of Matroska and WebM (RFC 8794, 6; RFC 9559, 5.1), chunks of RIFF (AVI, WAV), what
MP3, Ogg and ASF state (`stated_lengths`), and the packets of 188 bytes of an MPEG transport stream
(ISO/IEC 13818-1, 2.4.3.2). A piece that was cut off puts everything behind it out of step, so that
pieces which were joined are seen too.

A file that a site has as one is looked at with more patience: it may have a tail of something else
(cameras append their own), and a recording of a broadcast may begin, break and end anywhere.
"""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from downloader.stated_lengths import ASF, OGG, asf_is_cut_off, mp3_is_cut_off, ogg_is_cut_off

__all__ = ["is_cut_off"]

_ISO_KINDS = frozenset(
    b"ftyp styp moov moof mdat mfra sidx ssix emsg prft meta uuid free skip wide pdin".split()
)
_EBML = b"\x1a\x45\xdf\xa3"
_SEGMENT = b"\x18\x53\x80\x67"
_TS_PACKET_BYTES = 188
_TS_SYNC = 0x47
_TS_LOOK_PACKETS = 5
_TS_CHUNK_BYTES = _TS_PACKET_BYTES * 65536


def is_cut_off(path: Path, *, joined: bool) -> bool:
    """Say whether the file at *path* ends, or gets out of step, before its container says so.

    *joined*: of pieces. False for whatever says nothing of its length, and for containers that are
    not known here.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_TS_PACKET_BYTES * _TS_LOOK_PACKETS)
        file.seek(0)
        if head[4:8] in _ISO_KINDS:
            return _iso_is_cut_off(file, size, joined=joined)
        if head[:4] == _EBML:
            return _matroska_is_cut_off(head, size)
        if head[:4] == b"RIFF":
            return _riff_is_cut_off(file, size)
        if (stated := _stated(head)) is not None:
            return stated(file, size)
        if joined and len(head) >= _TS_PACKET_BYTES and set(head[::_TS_PACKET_BYTES]) == {_TS_SYNC}:
            return _ts_is_cut_off(file, size)
    return False


def _stated(head: bytes) -> Callable[[BinaryIO, int], bool] | None:
    """Return what compares a file of these containers with the length that it states."""
    if head[: len(ASF)] == ASF:
        return asf_is_cut_off
    if head[: len(OGG)] == OGG:
        return ogg_is_cut_off
    is_mp3 = head[:3] == b"ID3" or (head[:1] == b"\xff" and head[1:2] >= b"\xe0")
    return mp3_is_cut_off if is_mp3 else None


def _iso_is_cut_off(file: BinaryIO, size: int, *, joined: bool) -> bool:
    at = 0
    while at < size:
        file.seek(at)
        header = file.read(16)
        length, kind = int.from_bytes(header[:4]), header[4:8]
        if kind not in _ISO_KINDS:
            return joined
        if length == 1:
            length = int.from_bytes(header[8:16])
        if length < 8:
            return joined  # 0: it goes on to the end, wherever that is.
        at += length
    return at > size


def _matroska_is_cut_off(head: bytes, size: int) -> bool:
    header_bytes, at = _vint(head, 4)
    if header_bytes is None or head[at + header_bytes :][:4] != _SEGMENT:
        return False
    segment_bytes, at = _vint(head, at + header_bytes + 4)
    return segment_bytes is not None and at + segment_bytes > size


def _vint(data: bytes, at: int) -> tuple[int | None, int]:
    """Return the number of variable length at *at* and where it ends; None: it is unknown."""
    if at >= len(data) or data[at] == 0:
        return None, at
    length = 9 - data[at].bit_length()
    bits = 7 * length
    value = int.from_bytes(data[at : at + length]) & ((1 << bits) - 1)
    return (None if value == (1 << bits) - 1 else value), at + length


def _riff_is_cut_off(file: BinaryIO, size: int) -> bool:
    """Walk over the chunks: large AVI files have several. 0 and all ones: not known at writing."""
    at = 0
    while at + 8 <= size:
        file.seek(at)
        header = file.read(8)
        length = int.from_bytes(header[4:], "little")
        if header[:4] != b"RIFF" or length in (0, 0xFFFFFFFF):
            return False
        # A chunk of an odd size has a byte more, which many leave out at the end.
        at += 8 + length
    return at > size


def _ts_is_cut_off(file: BinaryIO, size: int) -> bool:
    if size % _TS_PACKET_BYTES:
        return True
    while chunk := file.read(_TS_CHUNK_BYTES):
        if chunk[::_TS_PACKET_BYTES].strip(bytes([_TS_SYNC])):
            return True
    return False
