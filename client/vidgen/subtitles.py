"""Versions of a media's subtitles: listed, and exported as a file of another kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vidgen import errors
from vidgen.calls import call, media, page
from vidgen.models import Page, Version
from vidgen.steps import Exchange, Flow

__all__ = ["Exported", "SubtitleFormat", "export_subtitles", "subtitle_versions"]

SubtitleFormat = Literal["vtt", "srt", "ass", "txt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file's text; *left_out*: what its format can't hold: times, word-times, styles, …"""

    text: str
    left_out: tuple[str, ...]


def subtitle_versions(cursor: str | None, media_id: str) -> Flow[Page[Version]]:
    """Yield all versions of a media's subtitles, newest first."""
    path = f"/api/media/{media_id}/inputs"
    return (yield from page(Page[Version], path, cursor, slot="subtitles"))


def export_subtitles(
    media_id: str, kind: SubtitleFormat = "vtt", *, input_id: str | None = None
) -> Flow[Exported]:
    """Return a version of a media's subtitles as another kind of file; by default the newest one.

    Raises NotFound (`no_subtitles`) where the media has none.
    """
    if input_id is None:
        newest = (yield from media(media_id)).inputs.get("subtitles")
        if newest is None:
            raise errors.NotFound(404, "no_subtitles", f"{media_id} has no subtitles.")
        input_id = newest.input_id
    path = f"/api/media/{media_id}/inputs/{input_id}/export"
    exchange = Exchange(method="GET", path=path, params={"format": kind})
    answer = yield from call(exchange, repeatable=True)
    named = answer.headers.get("x-left-out", "").split(",")
    return Exported(
        text=answer.body.decode(), left_out=tuple(name.strip() for name in named if name.strip())
    )
