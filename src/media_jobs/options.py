"""What the models of all engines' options are made of.

Sizes of text are pixels at 1080 lines, so that text is the same share of the height in every video.
"""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from media_jobs.strict import Strict
from media_jobs.validation import FieldRefused

__all__ = ["BLANK", "URL_CHARS_MAX", "Colour", "HttpUrl", "Options", "http_url"]

URL_CHARS_MAX = 4096

BLANK = re.compile(r"[\x00-\x20\x7f]")
"""What no URL may have in it: spaces and control characters."""


class Options(Strict):
    """What a user may ask of an engine, checked by the app and again in the container."""


def http_url(value: str) -> str:
    """Return an http(s) URL as it is; raises FieldRefused."""
    if BLANK.search(value):
        raise FieldRefused("field.url_characters")
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise FieldRefused("field.url") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FieldRefused("field.url_http")
    if parts.username is not None or parts.password is not None:
        raise FieldRefused("field.url_credentials")
    return value


_SHAPE = (
    r"^[Hh][Tt][Tt][Pp][Ss]?://[A-Za-z0-9._~-]+(?::[0-9]{1,4})?"
    r"(?:[/?#][^\u0000-\u0020\u007f]*)?$"
)
"""What nearly every URL is like that `http_url` takes; hosts in other letters are taken, too."""
HttpUrl = Annotated[
    str,
    Field(max_length=URL_CHARS_MAX, json_schema_extra={"pattern": _SHAPE}),
    AfterValidator(http_url),
]
"""An http(s) URL, unchanged: never normalised, because servers sign the bytes they gave out."""

Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}\z", description="#RRGGBB")]
