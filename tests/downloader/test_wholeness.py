"""A file that is cut off is told by the sizes that its container states."""

import struct
from pathlib import Path

import pytest
from downloader.wholeness import is_cut_off


def box(kind: bytes, size: int) -> bytes:
    return struct.pack(">I4s", size, kind) + bytes(size - 8)


def riff(kind: bytes, size: int) -> bytes:
    return b"RIFF" + struct.pack("<I", size) + kind + bytes(size - 4)


MP4 = box(b"ftyp", 24) + box(b"moov", 400) + box(b"mdat", 2000)
LARGE = struct.pack(">I4sQ", 1, b"mdat", 1016) + bytes(1000)
PIECE = box(b"styp", 24) + box(b"moof", 100) + box(b"mdat", 500)
# EBML header of 3 bytes; a segment whose size takes eight bytes.
MKV = (
    b"\x1a\x45\xdf\xa3\x83"
    + bytes(3)
    + b"\x18\x53\x80\x67"
    + b"\x01"
    + (900).to_bytes(7)
    + bytes(900)
)
LIVE_MKV = (
    b"\x1a\x45\xdf\xa3\x83" + bytes(3) + b"\x18\x53\x80\x67" + b"\x01" + b"\xff" * 7 + bytes(900)
)
TS = (b"\x47" + bytes(187)) * 40


def cut_off(folder: Path, content: bytes, *, joined: bool = False) -> bool:
    path = folder / "file"
    path.write_bytes(content)
    return is_cut_off(path, joined=joined)


@pytest.mark.parametrize(
    ("content", "joined"),
    [
        (MP4, False),
        (box(b"ftyp", 24) + LARGE, False),
        (box(b"ftyp", 24) + struct.pack(">I4s", 0, b"mdat") + bytes(50), False),
        (PIECE * 3, True),
        (MKV, False),
        (LIVE_MKV, False),
        (riff(b"AVI ", 500) + riff(b"AVIX", 300), False),
        (riff(b"WAVE", 501), False),
        (TS, True),
        (b"\x1f\x8bsomething else" * 50, True),
        (b"", True),
        (b"RIFF", False),
        # A tail that cameras append, and a recording that a broadcast has cut.
        (MP4 + b"SEFT" * 10, False),
        (TS[:-50], False),
    ],
)
def test_a_whole_file_is_whole(tmp_path: Path, content: bytes, *, joined: bool) -> None:
    assert not cut_off(tmp_path, content, joined=joined)


@pytest.mark.parametrize(
    "content",
    [MP4, box(b"ftyp", 24) + LARGE, MKV, riff(b"AVI ", 500) + riff(b"AVIX", 300)],
)
@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_a_file_that_ends_early_is_cut_off(tmp_path: Path, content: bytes, share: float) -> None:
    assert cut_off(tmp_path, content[: int(len(content) * share)])


@pytest.mark.parametrize("piece", [PIECE, TS])
def test_a_piece_that_is_cut_puts_the_next_out_of_step(tmp_path: Path, piece: bytes) -> None:
    whole, cut = piece * 3, piece + piece[:-77] + piece

    assert not cut_off(tmp_path, whole, joined=True)
    assert cut_off(tmp_path, cut, joined=True)
    assert cut_off(tmp_path, piece + b"<html>Sorry</html>" + piece, joined=True)
    assert cut_off(tmp_path, piece + piece[:-77], joined=True)
