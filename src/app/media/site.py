"""What the site says of a media's video and subtitles, out of the metadata of a download, and the
name that a media has until then.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError

from media_jobs.languages import site_language
from media_jobs.redaction import without_grants
from media_jobs.wire import Foreign

__all__ = ["Chapter", "MediaSite", "file_stem", "name_from_url", "read_site", "track_languages"]

TITLE_CHARS_MAX = 300
"""As for a title that a person gives."""
_CHAPTERS_MAX = 200
_STEM_CHARS_MAX = 80
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u2028\u2029\u202a-\u202e\u2066-\u2069]')
UNTITLED = "Untitled"
"""The title of a media that nobody has named."""
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
    """What a download has taken; *subtitle_tracks* in the order of its outputs."""

    subtitles: _Track | None = None
    subtitle_tracks: list[_Track] | None = None


def track_languages(metadata: str) -> list[str | None]:
    """Return the languages of a download's subtitles (BCP 47), in the order of its outputs.

    None where the site's name for one is no language; nothing where *metadata* can't be read.
    """
    try:
        taken = _Tracks.model_validate_json(metadata)
    except ValidationError:
        return []
    # Before 0.2 a download took one track and had no list.
    tracks = taken.subtitle_tracks or [track for track in (taken.subtitles,) if track is not None]
    return [site_language(track.language) for track in tracks]


def file_stem(title: str | None) -> str | None:
    """Return what files of a media called *title* are called, or None for one that has no name yet.

    Without what a file's name may not have on some system, and short enough for all.
    """
    if title is None or title == UNTITLED or "://" in title:
        return None
    plain = " ".join(_NOT_IN_NAMES.sub(" ", title).split()).strip(". ")
    return plain[:_STEM_CHARS_MAX].strip(". ") or None


def name_from_url(url: str) -> str:
    """Return the name of a media that is made of *url*, until its site or a person names it."""
    return without_grants(url)[:TITLE_CHARS_MAX]
