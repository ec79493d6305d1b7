"""What a person may ask of a download."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from media_jobs.cookies import read_cookies
from media_jobs.engines.downloader.slots import SUBTITLE_TRACKS_MAX
from media_jobs.options import BLANK, HttpUrl, Options
from media_jobs.validation import FieldRefused

__all__ = ["DownloadOptions"]

_PROXY_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")


def _proxy(value: str) -> str:
    # As yt-dlp reads it: http where no scheme is named.
    address = value if "://" in value else f"http://{value}"
    try:
        parts = urlsplit(address)
        known = parts.scheme in _PROXY_SCHEMES and parts.hostname is not None
        _ = parts.port
    except ValueError:
        known = False
    if not known or BLANK.search(value):
        raise FieldRefused("field.proxy")
    return value


def _cookies(value: str) -> str:
    read_cookies(value)
    return value


def _referer(value: str) -> str:
    if not value.isascii():
        raise FieldRefused("field.url_ascii")
    return value


LanguageTag = Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,12}){0,4}\z")]
"""A language as sites name it: `en`, `pt-BR`, `zh-Hans`."""


class DownloadOptions(Options):
    """Download a video, or what is known of it. Unset limits are the container's own.

    *mode*: `full` makes video, sound and metadata; `audio` the sound and its metadata, of a video
    or of what has no picture; `metadata` nothing but the metadata; `comments` also the first
    *maxComments* top-level comments; `list` gives the entries of a channel or a playlist in the
    metadata, *maxEntries* of them from *firstEntry* (from 1) on.

    *maxHeight* is of the shorter side: 1080 lets an upright video of 1080x1920 through. *maxFps*:
    of formats of one size, the most frames a second up to this (60 unless given) are taken.

    *subtitles* and *thumbnail* add these outputs in the first two modes, where the site has them.
    *subtitleLanguages* in order of preference; none: the video's own language, then any. A language
    also stands for its regional forms. *subtitleTracks*: how many of these languages to take (1
    unless given), each as an output of its own.

    *referer*: the page that the video is shown on, for sites that hand it out to those alone.
    *cookies*: see `media_jobs.cookies`. *videoPassword*: of a video that has one of its own.
    """

    url: HttpUrl
    mode: Literal["full", "audio", "metadata", "comments", "list"] = "full"
    max_height: Annotated[int, Field(ge=144, le=4320)] = 1080
    max_fps: Annotated[int, Field(ge=10, le=240)] | None = None
    max_bytes: Annotated[int, Field(ge=1, le=1 << 40)] | None = None
    max_duration_s: Annotated[int, Field(ge=1, le=7 * 24 * 3600)] | None = None
    subtitles: Literal["none", "manual", "automatic", "any"] = "none"
    subtitle_languages: Annotated[list[LanguageTag], Field(max_length=10)] = Field(default=[])
    subtitle_tracks: Annotated[int, Field(ge=1, le=SUBTITLE_TRACKS_MAX)] | None = None
    thumbnail: bool = False
    max_comments: Annotated[int, Field(ge=1, le=500)] = 100
    comments_order: Literal["top", "new"] = "top"
    max_entries: Annotated[int, Field(ge=1, le=500)] = 100
    first_entry: Annotated[int, Field(ge=1, le=100_000)] = 1
    referer: Annotated[HttpUrl, AfterValidator(_referer)] | None = None
    cookies: Annotated[str, Field(max_length=65536), AfterValidator(_cookies)] | None = Field(
        default=None, repr=False
    )
    video_password: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, repr=False
    )
    proxy: Annotated[str, Field(max_length=1024), AfterValidator(_proxy)] | None = Field(
        default=None, repr=False
    )
