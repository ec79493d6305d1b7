"""What the site says of a media's video and subtitles, out of the metadata of a download."""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError

from app.media.names import TITLE_CHARS_MAX
from media_jobs.languages import site_language
from media_jobs.wire import Foreign

__all__ = ["Chapter", "MediaSite", "read_cost", "read_site", "track_languages"]

_CHAPTERS_MAX = 200
METADATA_BYTES_MAX = 4 * 1024 * 1024
"""A list of 500 entries with long titles is half of it, as are the facts of 2,000 cues."""

Seconds = Annotated[float, Field(ge=0)]


def _title(text: str | None) -> str | None:
    """Return *text* as one line of at most TITLE_CHARS_MAX characters; None for nothing to see."""
    line = " ".join(text.split()) if text else ""
    return line[:TITLE_CHARS_MAX] or None


class Chapter(Foreign):
    """A part of the video; seconds from its beginning."""

    title: str
    start_s: Seconds
    end_s: Seconds | None = None


class MediaSite(Foreign):
    """What is kept; stored as JSON in `media.site`. *channel*: who has published it there."""

    title: Annotated[str | None, AfterValidator(_title)] = None
    channel: Annotated[str | None, Field(validation_alias="uploader"), AfterValidator(_title)] = (
        None
    )
    webpage_url: str | None = None
    duration_s: Seconds | None = None
    upload_date: str | None = None
    chapters: list[Chapter] | None = None


def read_site(metadata: str) -> MediaSite | None:
    """Return what the `metadata` output of a download says; None where it can't be read."""
    try:
        site = MediaSite.model_validate_json(metadata)
    except ValidationError:
        return None
    return site.model_copy(update={"chapters": (site.chapters or [])[:_CHAPTERS_MAX] or None})


class _Track(Foreign):
    language: str


class _Tracks(Foreign):
    """The subtitles that a job has taken or made; *subtitle_tracks* in the order of its outputs."""

    subtitles: _Track | None = None
    subtitle_tracks: list[_Track] | None = None


def track_languages(metadata: str) -> list[str | None]:
    """Return the languages of a job's subtitles (BCP 47), in the order of its outputs.

    None where the site's name for one is no language; nothing where *metadata* can't be read.
    """
    try:
        taken = _Tracks.model_validate_json(metadata)
    except ValidationError:
        return []
    # Before 0.2 a download took one track and had no list.
    tracks = taken.subtitle_tracks or [track for track in (taken.subtitles,) if track is not None]
    return [site_language(track.language) for track in tracks]


class _Spent(Foreign):
    """What somebody else's service counted for a job. *cost*: in the currency of its prices."""

    tokens_in: Annotated[int, Field(ge=0)] = 0
    tokens_out: Annotated[int, Field(ge=0)] = 0
    characters_in: Annotated[int, Field(ge=0)] = 0
    cost: Annotated[float, Field(ge=0)] | None = None


def read_cost(metadata: str) -> str | None:
    """Return what a job's metadata says that it has cost, as JSON; None: nothing, or not said."""
    try:
        spent = _Spent.model_validate_json(metadata)
    except ValidationError:
        return None
    if spent == _Spent():
        return None
    return spent.model_dump_json(by_alias=True)
