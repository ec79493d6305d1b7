"""Whether the video that was made is the whole video: its length against what was promised, and
no hole in it where pieces were put together.

The container's index knows best: it was written by who made the file. Playlists add up the lengths
of their pieces. Sites tell lengths of other cuts, or with advertisements: where the index or the
playlist is kept, a site that says a little more is told in a notice.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from engine_kit.probe import ProbeResult

from downloader.failures import DownloadFailed, failure
from downloader.holes import has_unwritten, read_tracks, shared_gaps
from downloader.promises import Promise
from media_jobs.notices import Notice

__all__ = ["check_holes", "check_length", "check_written"]

# FFmpeg's names of containers whose index was written before, or apart from, their content. The
# others' lengths are what FFmpeg found, or an estimate.
_INDEXED = frozenset({"mov", "matroska", "flv", "flac"})

# How much may be missing: seconds, or a share of the whole.
_BY_INDEX = (1.0, 0.01)
_BY_PLAYLIST = (0.5, 0.005)
_BY_SITE = (1.5, 0.02)
_BY_SITE_BESIDE_OTHERS = (1.5, 0.25)

# Promises are the least there is: of many short pieces, rounding makes up a third.
_TOO_LONG = 1.5
_ROUNDED_S = 5.0


def check_length(
    source: ProbeResult, made: ProbeResult, promises: Sequence[Promise], *, attempt: int
) -> list[Notice]:
    """Compare *made* with the index of *source* and with *promises*; return what to tell.

    Raises DownloadFailed: worth one more attempt when a part is missing, none when much more came
    than a playlist says.
    """
    by_index = list(_indexed(source, made))
    by_playlist = [(p.seconds, _length(made, p.stream)) for p in promises if p.by == "playlist"]
    by_site = [(p.seconds, _length(made, p.stream)) for p in promises if p.by == "site"]
    site_allows = _BY_SITE_BESIDE_OTHERS if by_index or by_playlist else _BY_SITE
    checks = (
        ("download_incomplete", by_index, _BY_INDEX),
        ("download_network", by_playlist, _BY_PLAYLIST),
        ("download_network", by_site, site_allows),
    )
    for code, pairs, allowed in checks:
        for promised_s, made_s in pairs:
            if made_s is not None and _is_short(promised_s, made_s, allowed):
                detail = f"{made_s:.2f} s came of {promised_s:.2f} s"
                raise DownloadFailed(failure(code, detail, retryable=attempt < 2))
    for promised_s, made_s in by_playlist:
        if made_s is not None and made_s > promised_s * _TOO_LONG + _ROUNDED_S:
            # Each answer to a byte range was the whole file, for example.
            detail = f"{made_s:.2f} s came, and the playlist says {promised_s:.2f} s"
            raise DownloadFailed(failure("download_failed", detail))
    return [
        Notice(
            code="shorter_than_said",
            facts={"said_s": f"{promised_s:.1f}", "made_s": f"{made_s:.1f}"},
        )
        for promised_s, made_s in by_site
        if made_s is not None and _is_short(promised_s, made_s, _BY_SITE)
    ]


def check_holes(video: Path, promises: Sequence[Promise], *, attempt: int) -> bool:
    """Look for a missing piece in the MP4 file *video*, which was made of pieces.

    Where one piece has picture and sound, both are missing with it; what comes apart has holes of
    its own. A gap of one alone is the film's: a picture that stands still while somebody speaks.
    Raises DownloadFailed, worth one more attempt. Where times may begin anew between two pieces a
    hole may be none: then returns whether there is one, and its length tells what is missing.
    """
    pieces = [promise for promise in promises if promise.by == "playlist"]
    tracks = read_tracks(video) if pieces else []
    groups = [[track] for track in tracks] if len(pieces) > 1 else [tracks]
    holes = [gap for group in groups if group for gap in shared_gaps(group)]
    if holes and all(promise.continuous for promise in pieces):
        detail = f"nothing came from {holes[0].start_s:.2f} s to {holes[0].end_s:.2f} s"
        raise DownloadFailed(failure("download_incomplete", detail, retryable=attempt < 2))
    return bool(holes)


def check_written(video: Path, *, attempt: int) -> None:
    """Raise DownloadFailed where the samples of the MP4 file *video*, copied, are bytes of zero."""
    if has_unwritten(video):
        detail = "the file has places where nothing was written"
        raise DownloadFailed(failure("download_incomplete", detail, retryable=attempt < 2))


def _is_short(promised_s: float, made_s: float, allowed: tuple[float, float]) -> bool:
    seconds, share = allowed
    return promised_s - made_s > max(seconds, share * promised_s)


def _indexed(source: ProbeResult, made: ProbeResult) -> Iterator[tuple[float, float | None]]:
    """Yield what the index of *source* promises, and what was made: by stream where it says so."""
    if not _INDEXED & set(source.format_name.split(",")):
        return
    found = [(_own_length(source, stream), _length(made, stream)) for stream in ("video", "audio")]
    told = [(promised_s, made_s) for promised_s, made_s in found if promised_s]
    if not told and source.duration_s:
        told = [(source.duration_s, made.duration_s)]
    yield from told


def _length(made: ProbeResult, stream: str) -> float | None:
    """Return how long *stream* ("any", "video", "audio") of *made* is, the whole where unknown."""
    if (stream == "video" and not made.videos) or (stream == "audio" and not made.audios):
        return None
    return _own_length(made, stream) or made.duration_s


def _own_length(file: ProbeResult, stream: str) -> float | None:
    """Return the length of the track of *stream* that is taken, as *file* says it."""
    track = {"video": file.video, "audio": file.audio}.get(stream)
    return None if track is None else track.duration_s
