"""Names of languages as BCP 47 has them (RFC 5646): `en`, `pt-BR`, `zh-Hant-TW`.

They are checked by their shape, not in the registry, which grows.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from media_jobs.validation import FieldRefused

__all__ = ["LANGUAGE_CHARS_MAX", "LanguageTag", "broader_tags", "language_tag", "site_language"]

LANGUAGE_CHARS_MAX = 35
"""What RFC 5646 (4.4.1) asks every program to have room for."""

# RFC 5646, 2.1, without the irregular tags that nobody may make any more, and without languages of
# four to eight letters, of which none was ever registered: `english` is no tag.
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3}(?:-[a-z]{3}){0,3})"
    r"(?:-(?P<script>[a-z]{4}))?"
    r"(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
    r"(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*"
    r"(?:-x(?:-[a-z0-9]{1,8})+)?(?![a-z0-9])",
    re.ASCII,
)
# What yt-dlp calls the track that others were translated from.
_SPOKEN_SUFFIX = "-orig"


def language_tag(text: str) -> str | None:
    """Return *text* as RFC 5646 (2.1.1) writes it, or None where it has not the shape of a tag."""
    found = _TAG.fullmatch(text.lower())
    return None if found is None else _written(found)


def site_language(name: str) -> str | None:
    """Return the language of a track by the *name* that its site has for it, None for no language.

    What follows a tag there is left out: `en-orig`, `pt-BR-en` (translated from English).
    """
    plain = name.lower().replace("_", "-").removesuffix(_SPOKEN_SUFFIX)
    found = _TAG.match(plain)
    if found is None or plain[found.end() :][:1] not in ("", "-"):
        return None
    tag = _written(found)
    return tag if len(tag) <= LANGUAGE_CHARS_MAX else found["language"]


def broader_tags(tag: str) -> list[str]:
    """Return *tag* and what RFC 4647 (3.4) looks for after it: `zh-Hant-TW`, `zh-Hant`, `zh`."""
    parts = tag.split("-")
    shorter = ["-".join(parts[:count]) for count in range(len(parts), 0, -1)]
    # A single letter says only what follows it.
    return [one for one in shorter if len(one) < 2 or one[-2] != "-"]


def _written(found: re.Match[str]) -> str:
    """Return a tag in small letters but for its script and its region."""
    written = found[0]
    for name, style in (("script", str.title), ("region", str.upper)):
        if found[name] is not None:
            start, end = (place - found.start() for place in found.span(name))
            written = written[:start] + style(found[name]) + written[end:]
    return written


def _checked(value: str) -> str:
    tag = language_tag(value)
    if tag is None:
        raise FieldRefused("field.language")
    return tag


_SHAPE = (
    r"^[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
    r"(?:-[0-9A-WYZa-wyz](?:-[A-Za-z0-9]{2,8})+)*(?:-[Xx](?:-[A-Za-z0-9]{1,8})+)?$"
)
"""The same for those who read ECMA 262's expressions, in letters of both cases."""

LanguageTag = Annotated[
    str,
    Field(
        min_length=2,
        max_length=LANGUAGE_CHARS_MAX,
        examples=["en", "pt-BR", "zh-Hant"],
        json_schema_extra={"pattern": _SHAPE},
    ),
    AfterValidator(_checked),
]
"""A BCP 47 tag, written as RFC 5646 writes it."""
