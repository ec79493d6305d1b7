"""What a person may ask of a download."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

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


LanguageTag = Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,12}){0,4}\z")]
"""A language as sites name it: `en`, `pt-BR`, `zh-Hans`."""


class DownloadOptions(Options):
    """Download a video, or what is known of it. Unset limits are the container's own.

    *mode*: `full` makes video, sound and metadata; `metadata` nothing but the metadata; `comments`
    also the first *maxComments* top-level comments; `list` gives the entries of a channel or a
    playlist in the metadata, *maxEntries* of them from *firstEntry* (from 1) on.

    *subtitles* and *thumbnail* add these outputs in the first two modes, where the site has them.
    *subtitleLanguages* in order of preference; none: the video's own language, then any. A language
    also stands for its regional forms.
    """

    url: HttpUrl
    mode: Literal["full", "metadata", "comments", "list"] = "full"
    max_height: Annotated[int, Field(ge=144, le=4320)] = 1080
    max_bytes: Annotated[int, Field(ge=1, le=1 << 40)] | None = None
    max_duration_s: Annotated[int, Field(ge=1, le=7 * 24 * 3600)] | None = None
    subtitles: Literal["none", "manual", "automatic", "any"] = "none"
    subtitle_languages: Annotated[list[LanguageTag], Field(max_length=10)] = Field(default=[])
    thumbnail: bool = False
    max_comments: Annotated[int, Field(ge=1, le=500)] = 100
    comments_order: Literal["top", "new"] = "top"
    max_entries: Annotated[int, Field(ge=1, le=500)] = 100
    first_entry: Annotated[int, Field(ge=1, le=100_000)] = 1
    cookies: Annotated[str, Field(max_length=65536)] | None = Field(default=None, repr=False)
    proxy: Annotated[str, Field(max_length=1024), AfterValidator(_proxy)] | None = Field(
        default=None, repr=False
    )
