"""What is known of a downloaded video, as the `metadata` output carries it.

yt-dlp's own info has some two hundred keys, among them signed media URLs, request headers and
cookies. This document has the ones below and nothing else; every field but `id`, `extractor` and
`hasAudio` may be null, because sites differ in what they tell.
"""

import math
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

__all__ = ["DownloadMetadata", "Thumbnail", "ToolVersions", "metadata_from_info"]

_THUMBNAILS_MAX = 5
_TITLE_CHARS_MAX = 1000
_TEXT_CHARS_MAX = 20_000

_Count = Annotated[int, Field(ge=0)]


class _Document(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True
    )


class Thumbnail(_Document):
    """One still of the video, as the site serves it; width and height in pixels."""

    url: str
    width: _Count | None = None
    height: _Count | None = None


class ToolVersions(_Document):
    """The programs that made the outputs."""

    yt_dlp: str
    ffmpeg: str | None = None


class DownloadMetadata(_Document):
    """The `metadata` output of a download job (JSON, camelCase)."""

    id: str
    extractor: str
    title: str | None = None
    uploader: str | None = None
    description: str | None = None
    webpage_url: str | None = None
    duration_s: Annotated[float, Field(ge=0)] | None = None
    width: _Count | None = None
    height: _Count | None = None
    fps: Annotated[float, Field(ge=0)] | None = None
    view_count: _Count | None = None
    like_count: _Count | None = None
    comment_count: _Count | None = None
    upload_date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    language: str | None = None
    thumbnails: tuple[Thumbnail, ...] = ()
    has_audio: bool = True
    tools: ToolVersions


def metadata_from_info(info: Mapping[str, object], *, yt_dlp: str) -> DownloadMetadata:
    """Reduce yt-dlp's *info*; a value of an unexpected type counts as missing."""
    return DownloadMetadata(
        id=_text(info, "id", 300) or "unknown",
        extractor=_text(info, "extractor_key", 100) or _text(info, "extractor", 100) or "unknown",
        title=_text(info, "title", _TITLE_CHARS_MAX),
        uploader=_text(info, "uploader", 300) or _text(info, "channel", 300),
        description=_text(info, "description", _TEXT_CHARS_MAX),
        webpage_url=_public_url(info.get("webpage_url")),
        duration_s=_number(info, "duration"),
        width=_count(info, "width"),
        height=_count(info, "height"),
        fps=_number(info, "fps"),
        view_count=_count(info, "view_count"),
        like_count=_count(info, "like_count"),
        comment_count=_count(info, "comment_count"),
        upload_date=_date(info.get("upload_date")),
        language=_text(info, "language", 40),
        thumbnails=_thumbnails(info.get("thumbnails")),
        tools=ToolVersions(yt_dlp=yt_dlp),
    )


def _text(info: Mapping[str, object], key: str, chars_max: int) -> str | None:
    value = info.get(key)
    return value[:chars_max] if isinstance(value, str) and value else None


def _number(info: Mapping[str, object], key: str) -> float | None:
    value = info.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None


def _count(info: Mapping[str, object], key: str) -> int | None:
    value = _number(info, key)
    return None if value is None else int(value)


def _date(value: object) -> str | None:
    if not isinstance(value, str) or len(value) != 8 or not (value.isascii() and value.isdigit()):
        return None
    return f"{value[:4]}-{value[4:6]}-{value[6:]}"


def _public_url(value: object) -> str | None:
    """Return an http(s) URL without user, password and fragment, and with the query only where
    it names the page.

    A watch page is nothing without its query (`?v=…`); a direct file is complete without it, and
    its query is where storage services put signatures.
    """
    if not isinstance(value, str):
        return None
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    host = parts.netloc.rpartition("@")[2]
    query = parts.query if _names_a_page(parts.query) else ""
    return urlunsplit((parts.scheme, host, parts.path, query, ""))


# Longer than any page identifier in use, shorter than any signature.
_PAGE_QUERY_CHARS_MAX = 40
_SECRET_WORDS = ("sig", "token", "key", "auth", "secret", "pass", "expires", "credential")


def _names_a_page(query: str) -> bool:
    lowered = query.lower()
    return len(query) <= _PAGE_QUERY_CHARS_MAX and not any(w in lowered for w in _SECRET_WORDS)


def _thumbnails(value: object) -> tuple[Thumbnail, ...]:
    """Keep the last few: yt-dlp sorts them from worst to best."""
    if not isinstance(value, list):
        return ()
    found = []
    for item in reversed(value):
        if isinstance(item, Mapping) and (url := _public_url(item.get("url"))):
            found.append(
                Thumbnail(url=url, width=_count(item, "width"), height=_count(item, "height"))
            )
        if len(found) == _THUMBNAILS_MAX:
            break
    return tuple(found)
