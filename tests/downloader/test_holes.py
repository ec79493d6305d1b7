"""Gaps in the tables of sample times of an MP4 file."""

import struct
from pathlib import Path

import pytest
from downloader.holes import read_tracks, shared_gaps

Runs = list[tuple[int, int]]


def box(kind: bytes, *content: bytes) -> bytes:
    inside = b"".join(content)
    return struct.pack(">I4s", 8 + len(inside), kind) + inside


def track(kind: bytes, timescale: int, runs: Runs, *, version: int = 0) -> bytes:
    """Return a `trak` whose samples are *runs* of counts and lengths."""
    times = bytes(16 if version else 8)
    mdhd = box(b"mdhd", bytes([version, 0, 0, 0]), times, struct.pack(">I", timescale), bytes(8))
    hdlr = box(b"hdlr", bytes(8), kind, bytes(12))
    table = b"".join(struct.pack(">II", *run) for run in runs)
    stbl = box(b"stbl", box(b"stts", bytes(4), struct.pack(">I", len(runs)), table))
    return box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", mdhd, hdlr, box(b"minf", stbl)))


def a_file(folder: Path, *tracks: bytes) -> Path:
    path = folder / "file.mp4"
    path.write_bytes(box(b"ftyp", bytes(16)) + box(b"moov", *tracks) + box(b"mdat", bytes(50)))
    return path


# 25 frames, and 47 times 1024 samples of sound, a second; a piece of 2 s is missing after 6 s.
HOLED_VIDEO: Runs = [(149, 512), (1, 512 + 25600), (100, 512)]
HOLED_AUDIO: Runs = [(280, 1024), (1, 1024 + 96000), (180, 1024)]
WHOLE_VIDEO: Runs = [(300, 512)]
WHOLE_AUDIO: Runs = [(563, 1024), (1, 300)]
STILLS: Runs = [(20, 512), (1, 51200), (40, 512), (1, 25600), (7, 2048), (1, 64000), (9, 512)]


def gaps(folder: Path, video: Runs, audio: Runs | None) -> list[tuple[float, float]]:
    tracks = [track(b"text", 90000, [(1, 900000)]), track(b"vide", 12800, video)]
    tracks += [track(b"soun", 48000, audio, version=1)] if audio else []
    found = shared_gaps(read_tracks(a_file(folder, *tracks)))
    return [(round(gap.start_s, 2), round(gap.end_s, 2)) for gap in found]


def test_a_missing_piece_is_missing_in_picture_and_sound(tmp_path: Path) -> None:
    assert gaps(tmp_path, HOLED_VIDEO, HOLED_AUDIO) == [(5.96, 8.0)]


@pytest.mark.parametrize(
    ("video", "audio"),
    [
        (WHOLE_VIDEO, WHOLE_AUDIO),
        # A picture that stands still while somebody speaks, and a pause in a film.
        (HOLED_VIDEO, WHOLE_AUDIO),
        (WHOLE_VIDEO, HOLED_AUDIO),
        # A screen recording without sound, and slides of ten seconds each.
        (STILLS, None),
        ([(30, 128000)], None),
        # A last frame that is held.
        ([(100, 512), (1, 128000)], None),
    ],
)
def test_what_a_film_may_have_is_no_hole(tmp_path: Path, video: Runs, audio: Runs | None) -> None:
    assert gaps(tmp_path, video, audio) == []


def test_in_a_regular_picture_without_sound_a_gap_is_a_hole(tmp_path: Path) -> None:
    assert gaps(tmp_path, HOLED_VIDEO, None) == [(5.96, 8.0)]


def test_a_file_without_its_index_in_front_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.mp4"
    path.write_bytes(box(b"ftyp", bytes(16)) + box(b"mdat", bytes(50)))

    with pytest.raises(ValueError, match="index"):
        read_tracks(path)
