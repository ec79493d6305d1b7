"""Where an MP4 file has nothing to show or to play for a while, by its tables of sample times.

The boxes are those of ISO/IEC 14496-12: `moov`, `trak`, `mdia` with `mdhd` (8.4.2), `hdlr` (8.4.3)
and `stts` (8.6.1.2), `stco` and `co64` (8.7.5). Nothing is decoded, so that hours of video are
looked at in a moment.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["GAP_S", "Gap", "Track", "has_unwritten", "read_tracks", "shared_gaps"]

GAP_S = 0.5
"""Shorter ones are dropped frames, and nothing that a missing piece leaves."""
# A still picture or a slide show has long samples throughout; a hole stands out.
_TIMES_THE_USUAL = 10
_ABOUT_THE_USUAL = 3
_ODD_SAMPLES_MAX = 3
# Every codec begins a sample with something: of so many bytes, some are no zeros.
_BEGINNING_BYTES = 64
_CHUNKS_LOOKED_AT = 200
_MOOV_BYTES_MAX = 256 << 20
_INSIDE = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """From *start_s* to *end_s*, in seconds from the track's beginning, one sample stands alone."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """The gaps of a track; *regular*: but for a few samples, all are about as long."""

    gaps: tuple[Gap, ...]
    regular: bool


def read_tracks(path: Path) -> list[Track]:
    """Return the tracks of picture and of sound in the MP4 file at *path*.

    Raises ValueError where there is no index in front of what it is about.
    """
    return [
        _track(_timescale(boxes[b"mdhd"]), boxes[b"stts"])
        for boxes in _tracks(_moov(path))
        if boxes.get(b"hdlr", b"")[8:12] in (b"vide", b"soun")
    ]


def shared_gaps(tracks: list[Track]) -> list[Gap]:
    """Return the gaps that all of *tracks* have at the same time.

    Of one track, those that stand out of a regular one: a screen recording has frames only where
    something changes.
    """
    if len(tracks) == 1:
        return list(tracks[0].gaps) if tracks[0].regular else []
    first, *others = tracks or [Track(gaps=(), regular=True)]
    return [gap for gap in first.gaps if all(_meets(gap, track.gaps) for track in others)]


def has_unwritten(path: Path) -> bool:
    """Say whether the index of the MP4 file at *path* leads to places where nothing was written.

    Who downloads or copies a file may make room for all of it first; up to 200 places of each track
    are looked at, the last among them. Raises ValueError as `read_tracks` does.
    """
    with path.open("rb") as file:
        for boxes in _tracks(_moov(path)):
            for offset in _some(_offsets(boxes)):
                file.seek(offset)
                beginning = file.read(_BEGINNING_BYTES)
                if beginning and not any(beginning):
                    return True
    return False


def _offsets(boxes: Mapping[bytes, bytes]) -> list[int]:
    size, table = (8, boxes[b"co64"]) if b"co64" in boxes else (4, boxes.get(b"stco", b""))
    return [int.from_bytes(table[at : at + size]) for at in range(8, len(table), size)]


def _some(offsets: list[int]) -> list[int]:
    # From the end, where what is missing mostly is.
    return offsets[:: -max(1, len(offsets) // _CHUNKS_LOOKED_AT)]


def _meets(gap: Gap, others: tuple[Gap, ...]) -> bool:
    return any(gap.start_s < other.end_s and other.start_s < gap.end_s for other in others)


def _track(timescale: int, stts: bytes) -> Track:
    count = int.from_bytes(stts[4:8])
    runs = [
        (int.from_bytes(stts[at : at + 4]), int.from_bytes(stts[at + 4 : at + 8]))
        for at in range(8, 8 + 8 * count, 8)
    ]
    usual = max(runs, default=(0, 0))[1]
    odd = sum(samples for samples, length in runs if length > _ABOUT_THE_USUAL * usual)
    return Track(gaps=tuple(_gaps(timescale, runs, usual)), regular=odd <= _ODD_SAMPLES_MAX)


def _gaps(timescale: int, runs: list[tuple[int, int]], usual: int) -> Iterator[Gap]:
    least = max(GAP_S * timescale, _TIMES_THE_USUAL * usual)
    time = 0
    for number, (samples, length) in enumerate(runs):
        # The last sample is held until the end, which the length of the whole says.
        if length >= least and number < len(runs) - 1:
            last = time + samples * length
            yield Gap(start_s=(last - length) / timescale, end_s=last / timescale)
        time += samples * length


def _timescale(mdhd: bytes) -> int:
    at = 20 if mdhd[0] == 1 else 12
    return int.from_bytes(mdhd[at : at + 4]) or 1


def _moov(path: Path) -> bytes:
    with path.open("rb") as file:
        while header := file.read(8):
            length, kind = int.from_bytes(header[:4]), header[4:]
            if kind == b"moov" and length <= _MOOV_BYTES_MAX:
                return file.read(length - 8)
            if length < 8 or kind == b"mdat":
                break
            file.seek(length - 8, 1)
    raise ValueError("no index in front")


def _tracks(moov: bytes) -> Iterator[dict[bytes, bytes]]:
    """Yield the boxes of each track by their kinds; each of those that are read comes once."""
    for kind, content in _boxes(moov):
        if kind == b"trak":
            yield dict(_leaves(content))


def _leaves(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    for kind, content in _boxes(data):
        if kind in _INSIDE:
            yield from _leaves(content)
        else:
            yield kind, content


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        if length < 8:
            return
        yield data[at + 4 : at + 8], data[at + 8 : at + length]
        at += length
