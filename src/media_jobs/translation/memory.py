"""What an owner has settled for translations: a glossary, and texts that a person corrected.

The app writes it for a job (slot `memory`), the translator reads it. A whole document is at most
`MEMORY_BYTES_MAX` of JSON.
"""

import unicodedata
from typing import Annotated, Literal

from pydantic import Field

from media_jobs.languages import LanguageTag
from media_jobs.strict import Strict
from media_jobs.translation.limits import (
    GLOSSARY_MAX,
    MEMORY_BYTES_MAX,
    PAIRS_MAX,
    TERM_CHARS_MAX,
    TEXT_CHARS_MAX,
)

__all__ = [
    "GLOSSARY_MAX",
    "MEMORY_BYTES_MAX",
    "PAIRS_MAX",
    "TERM_CHARS_MAX",
    "TEXT_CHARS_MAX",
    "GlossaryTerm",
    "TranslationMemory",
    "TranslationPair",
    "source_key",
]

_Term = Annotated[str, Field(min_length=1, max_length=TERM_CHARS_MAX, pattern=r"\S")]
_Text = Annotated[str, Field(min_length=1, max_length=TEXT_CHARS_MAX, pattern=r"\S")]


class GlossaryTerm(Strict):
    """How *source* is to be said in the other language; *note*: when, or why, for the model."""

    source: _Term
    target: _Term
    note: Annotated[str, Field(max_length=500)] | None = None


class TranslationPair(Strict):
    """The text of a cue, and what a person made of its translation; lines are ended by a feed."""

    source: _Text
    target: _Text


class TranslationMemory(Strict):
    """All that is settled from one language into another; *from* is null for any language."""

    version: Literal[1] = 1
    source_language: Annotated[LanguageTag | None, Field(alias="from")] = None
    target_language: Annotated[LanguageTag, Field(alias="to")]
    # Not strict as lists: a tuple can't be written in JSON.
    glossary: Annotated[tuple[GlossaryTerm, ...], Field(max_length=GLOSSARY_MAX, strict=False)] = ()
    pairs: Annotated[tuple[TranslationPair, ...], Field(max_length=PAIRS_MAX, strict=False)] = ()


def source_key(text: str) -> str:
    """Return what texts have in common that are the same to a memory: their words.

    Where lines are broken, how much white space there is, and how characters are composed (NFC of
    Unicode's annex 15) makes no difference; capital letters and punctuation do.
    """
    return " ".join(unicodedata.normalize("NFC", text).split())
