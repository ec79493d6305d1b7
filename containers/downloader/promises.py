"""How long a video has to be, by what the site and the playlists of its pieces say. Pure.

A promise is the least that is said: playlists round the lengths of their pieces, and the last one
of a DASH manifest is as long as what is left for it.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["Promise", "is_open_ended", "playlist_promise", "site_promise"]

_PIECE = "#EXTINF:"
_DISCONTINUITY = "#EXT-X-DISCONTINUITY"
# Of a whole second, half may be rounding.
_ROUNDING_S = 0.5
# Advertisements that yt-dlp leaves out (`is_ad_fragment_start`): what is left is not known here.
_ADVERTISED = ("#ANVATO-SEGMENT-INFO", "#UPLYNK-SEGMENT")


class Promise(BaseModel):
    """At least *seconds* of *stream*, as *by* says it; *stream* "any": of the video as a whole.

    *continuous*: its times go on from piece to piece, so that a gap in them is a missing piece.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: Literal["site", "playlist"]
    stream: Literal["any", "video", "audio"] = "any"
    seconds: float
    continuous: bool = False


def site_promise(info: Mapping[str, object]) -> Promise | None:
    """Return what the site says of the whole video in yt-dlp's *info*, if it does."""
    duration_s = _seconds(info.get("duration"))
    return None if duration_s is None else Promise(by="site", seconds=duration_s)


def playlist_promise(chosen: Mapping[str, object], text: str | None) -> Promise | None:
    """Return what the pieces of a *chosen* format add up to, or None where it is not said.

    *text*: its HLS media playlist (RFC 8216, 4.3.2.1), None for a format whose pieces yt-dlp lists
    itself (DASH).
    """
    lengths = _of_fragments(chosen.get("fragments")) if text is None else _of_hls(text)
    if not lengths:
        return None
    stream = _stream(chosen)
    continuous = text is None or _DISCONTINUITY not in text
    return Promise(
        by="playlist", stream=stream, seconds=round(sum(lengths), 3), continuous=continuous
    )


def is_open_ended(text: str) -> bool:
    """Say whether more pieces may be appended to an HLS media playlist (RFC 8216, 4.3.3.4)."""
    lines = [line.strip() for line in text.splitlines()]
    ends = {"#EXT-X-ENDLIST", "#EXT-X-PLAYLIST-TYPE:VOD"}
    return any(line.startswith(_PIECE) for line in lines) and not ends.intersection(lines)


def _of_hls(text: str) -> list[float]:
    lines = [line.strip() for line in text.splitlines()]
    if is_open_ended(text) or any(line.startswith(_ADVERTISED) for line in lines):
        return []
    lengths = []
    for line in lines:
        if line.startswith(_PIECE):
            said = line.removeprefix(_PIECE).partition(",")[0]
            length_s = _seconds(said)
            if length_s is None:
                return []
            lengths.append(length_s if "." in said else max(0.0, length_s - _ROUNDING_S))
    return lengths


def _of_fragments(value: object) -> list[float]:
    """Return the lengths of a DASH format's pieces but the last, which may be shorter than said."""
    if not isinstance(value, Sequence):
        return []
    lengths = [_seconds(item.get("duration")) for item in value if isinstance(item, Mapping)]
    known = [length_s for length_s in lengths if length_s is not None]
    # An initialisation segment has none.
    return known[:-1] if len(known) >= len(lengths) - 1 else []


def _stream(chosen: Mapping[str, object]) -> Literal["any", "video", "audio"]:
    if chosen.get("vcodec") == "none":
        return "audio"
    return "video" if chosen.get("acodec") == "none" else "any"


def _seconds(value: object) -> float | None:
    """Return a length above nothing; yt-dlp and playlists say numbers, some as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if 0 < seconds < float("inf") else None
