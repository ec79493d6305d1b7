"""What is known of a downloaded video, as the `metadata` output carries it.

yt-dlp's own info has some two hundred keys, among them signed media URLs, request headers and
cookies. This document has the ones below and nothing else; every field but `id`, `extractor` and
`hasAudio` may be null, because sites differ in what they say.
"""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field

from media_jobs.notices import NoticeDocument
from media_jobs.redaction import without_grants
from media_jobs.strict import Strict

_THUMBNAILS_MAX = 5
_LANGUAGES_MAX = 200
_CHAPTERS_MAX = 500
_TITLE_CHARS_MAX = 1000
_TEXT_CHARS_MAX = 20_000

_Count = Annotated[int, Field(ge=0)]


class Thumbnail(Strict):
    """One still of the video, as the site serves it; width and height in pixels."""

    url: str
    width: _Count | None = None
    height: _Count | None = None


class ToolVersions(Strict):
    """The programs that made the outputs."""

    yt_dlp: str
    ffmpeg: str | None = None


class SubtitleTrack(Strict):
    """Subtitles among the outputs; *automatic*: by speech recognition or translation."""

    language: str
    automatic: bool


class Chapter(Strict):
    """A part of the video, as the site names it; seconds from its beginning."""

    title: str
    start_s: Annotated[float, Field(ge=0)]
    end_s: Annotated[float, Field(ge=0)] | None = None


Unavailable = Literal["live", "upcoming", "private", "members", "list"]


class ListEntry(Strict):
    """One video, or one further list, of a channel or a playlist; *url* can be downloaded.

    *unavailable*: why it is no video that everybody can download now, where the list says so.
    """

    id: str
    url: str
    title: str | None = None
    uploader: str | None = None
    duration_s: Annotated[float, Field(ge=0)] | None = None
    view_count: _Count | None = None
    upload_date: str | None = None
    thumbnail_url: str | None = None
    unavailable: Unavailable | None = None


class DownloadMetadata(Strict):
    """The `metadata` output of a download job (JSON, camelCase).

    *subtitle_languages*, *automatic_languages*: what the site offers; *subtitle_tracks*: what was
    taken, in the order of the outputs; *subtitles*: the first of them.
    *entries* and *entry_count* (of the whole list, if the site gives it) are for lists only.
    *notices*: what was requested and not available, or is not as the site says.
    """

    kind: Literal["video", "list"] = "video"

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
    subtitle_languages: tuple[str, ...] = ()
    automatic_languages: tuple[str, ...] = ()
    subtitles: SubtitleTrack | None = None
    subtitle_tracks: tuple[SubtitleTrack, ...] | None = None
    chapters: tuple[Chapter, ...] | None = None
    entries: tuple[ListEntry, ...] | None = None
    entry_count: _Count | None = None
    notices: tuple[NoticeDocument, ...] = ()
    tools: ToolVersions


def metadata_from_info(info: Mapping[str, object], *, yt_dlp: str) -> DownloadMetadata:
    """Reduce yt-dlp's *info*; a value of an unexpected type counts as missing."""
    return DownloadMetadata(
        id=text_of(info, "id", 300) or "unknown",
        extractor=text_of(info, "extractor_key", 100)
        or text_of(info, "extractor", 100)
        or "unknown",
        title=_title(info),
        uploader=text_of(info, "uploader", 300) or text_of(info, "channel", 300),
        description=text_of(info, "description", _TEXT_CHARS_MAX),
        webpage_url=public_url(info.get("webpage_url")),
        chapters=_chapters(info.get("chapters")),
        duration_s=_number(info, "duration"),
        width=count_of(info, "width"),
        height=count_of(info, "height"),
        fps=_number(info, "fps"),
        view_count=count_of(info, "view_count"),
        like_count=count_of(info, "like_count"),
        comment_count=count_of(info, "comment_count"),
        upload_date=_date(info.get("upload_date")),
        language=text_of(info, "language", 40),
        thumbnails=_thumbnails(info.get("thumbnails")),
        subtitle_languages=_languages(info.get("subtitles")),
        automatic_languages=_languages(info.get("automatic_captions")),
        tools=ToolVersions(yt_dlp=yt_dlp),
    )


def list_from_info(info: Mapping[str, object], *, yt_dlp: str) -> DownloadMetadata:
    """Reduce yt-dlp's *info* of a channel or a playlist; entries without a URL are left out."""
    found = info.get("entries")
    items = found if isinstance(found, Iterable) else ()
    page = _web_address(info.get("webpage_url"))
    entries = [_entry(item, page) for item in items if isinstance(item, Mapping)]
    known = metadata_from_info(info, yt_dlp=yt_dlp)
    return known.model_copy(
        update={
            "kind": "list",
            "has_audio": False,
            "entries": tuple(entry for entry in entries if entry is not None),
            "entry_count": count_of(info, "playlist_count"),
        }
    )


def _entry(info: Mapping[str, object], page: str | None) -> ListEntry | None:
    url = _own_address(info, page)
    if url is None:
        return None
    thumbnails = _thumbnails(info.get("thumbnails"))
    return ListEntry(
        id=text_of(info, "id", 300) or url[-300:],
        url=url,
        title=text_of(info, "title", _TITLE_CHARS_MAX),
        uploader=text_of(info, "uploader", 300) or text_of(info, "channel", 300),
        duration_s=_number(info, "duration"),
        view_count=count_of(info, "view_count"),
        upload_date=_date(info.get("upload_date")),
        thumbnail_url=thumbnails[0].url if thumbnails else _picture_url(info.get("thumbnail")),
        unavailable=_unavailable(info),
    )


# By what yt-dlp calls `live_status` and `availability`.
_LIVE: dict[object, Unavailable] = {"is_live": "live", "is_upcoming": "upcoming"}
_CLOSED: dict[object, Unavailable] = {
    "private": "private",
    "needs_auth": "private",
    "premium_only": "members",
    "subscriber_only": "members",
}
# What YouTube calls the videos of a playlist that nobody may see.
_HIDDEN_TITLES = frozenset({"[Private video]", "[Deleted video]"})
# How yt-dlp's extractors of lists are called, which an entry that is one names.
_LIST_EXTRACTOR = re.compile(r"(Tab|Playlist|Channel|Album|Collection|Series|User)(IE)?\Z")


_NUMBERING = frozenset({"Generic", "HTML5MediaEmbed"})


def _title(info: Mapping[str, object]) -> str | None:
    """Return the title, without the number that yt-dlp gives even the one video of a page."""
    title = text_of(info, "title", _TITLE_CHARS_MAX)
    is_numbered = info.get("extractor_key") in _NUMBERING and str(info.get("id")).endswith("-1")
    return title.removesuffix(" (1)") if title and is_numbered else title


def _unavailable(info: Mapping[str, object]) -> Unavailable | None:
    if info.get("_type") in ("playlist", "multi_video"):
        return "list"
    if isinstance(named := info.get("ie_key"), str) and _LIST_EXTRACTOR.search(named):
        return "list"
    if info.get("title") in _HIDDEN_TITLES:
        return "private"
    live, closed = info.get("live_status"), info.get("availability")
    return (_LIVE.get(live) if isinstance(live, str) else None) or (
        _CLOSED.get(closed) if isinstance(closed, str) else None
    )


def _own_address(info: Mapping[str, object], page: str | None) -> str | None:
    """Return the address of an entry: its page or, of several files on *page*, that of its best."""
    formats = info.get("formats")
    best = formats[-1] if isinstance(formats, list) and formats else None
    direct = best.get("url") if isinstance(best, Mapping) else None
    named = [_web_address(value) for value in (info.get("webpage_url"), info.get("url"), direct)]
    known = [address for address in named if address is not None]
    return next((address for address in known if address != page), next(iter(known), None))


def _chapters(value: object) -> tuple[Chapter, ...] | None:
    """Keep the chapters that begin somewhere and have a name."""
    items = value if isinstance(value, list) else []
    found = []
    for item in items[:_CHAPTERS_MAX]:
        start_s = _number(item, "start_time") if isinstance(item, Mapping) else None
        title = text_of(item, "title", 300) if isinstance(item, Mapping) else None
        if start_s is not None and title:
            found.append(Chapter(title=title, start_s=start_s, end_s=_number(item, "end_time")))
    return tuple(found) or None


def _languages(value: object) -> tuple[str, ...]:
    """Return the languages of yt-dlp's subtitle table; the live chat that it lists is none."""
    if not isinstance(value, Mapping):
        return ()
    names = [name for name in value if isinstance(name, str) and name != "live_chat"]
    return tuple(sorted(name[:40] for name in names)[:_LANGUAGES_MAX])


def text_of(info: Mapping[str, object], key: str, chars_max: int) -> str | None:
    value = info.get(key)
    return value[:chars_max] if isinstance(value, str) and value else None


def _number(info: Mapping[str, object], key: str) -> float | None:
    value = info.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None


def count_of(info: Mapping[str, object], key: str) -> int | None:
    value = _number(info, key)
    return None if value is None else int(value)


def _date(value: object) -> str | None:
    if not isinstance(value, str) or len(value) != 8 or not (value.isascii() and value.isdigit()):
        return None
    return f"{value[:4]}-{value[4:6]}-{value[6:]}"


def public_url(value: object) -> str | None:
    """Return an http(s) URL as it may be stored and shown: without what gives access to it."""
    url = _web_address(value)
    return None if url is None else without_grants(url)


def _picture_url(value: object) -> str | None:
    """Return the URL of a picture: without its whole query where that is signed, because what the
    signature is over is of no use without it.
    """
    url, whole = public_url(value), _web_address(value)
    if url is None or whole is None or urlsplit(url).query == urlsplit(whole).query:
        return url
    return urlsplit(url)._replace(query="").geturl()


# What yt-dlp hands itself on in a fragment.
_SMUGGLED = "#__youtubedl_smuggle"


def _web_address(value: object) -> str | None:
    """Return an http(s) URL with all that it takes to be fetched, but a login, or None."""
    if not isinstance(value, str):
        return None
    try:
        parts = urlsplit(value.partition(_SMUGGLED)[0])
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _thumbnails(value: object) -> tuple[Thumbnail, ...]:
    """Keep the last few: yt-dlp sorts them from worst to best."""
    if not isinstance(value, list):
        return ()
    found = []
    for item in reversed(value):
        if isinstance(item, Mapping) and (url := _picture_url(item.get("url"))):
            found.append(
                Thumbnail(url=url, width=count_of(item, "width"), height=count_of(item, "height"))
            )
        if len(found) == _THUMBNAILS_MAX:
            break
    return tuple(found)
