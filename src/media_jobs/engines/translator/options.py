"""What a person may ask of a translation."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from media_jobs.languages import LanguageTag
from media_jobs.options import Options
from media_jobs.translation.memory import GlossaryTerm
from media_jobs.validation import FieldRefused

__all__ = ["Budget", "TranslateOptions"]

GLOSSARY_MAX = 200
CONTEXT_MAX = 20
STYLE_CHARS_MAX = 1_000


class Budget(Options):
    """What a job may use, by the server's own count. *maxCost*: in the currency of its prices."""

    max_tokens: Annotated[int, Field(ge=1_000, le=100_000_000)] | None = None
    max_cost: Annotated[float, Field(gt=0, le=100_000)] | None = None


class TranslateOptions(Options):
    """Translate subtitles cue by cue, or the comments of a video.

    *mode*: which of both. *from*: the language of the source, if not the one that is kept with it.
    *style*: a note on tone and wording. *glossary*: terms and how they are said in the other
    language; they stand above those of the owner. *context*: how many cues before and after are
    shown to a model beside those that it translates. *maxCharactersPerLine*: instead of what is
    usual for the script. *budget*: the job ends before it uses more. *model*: one of the
    container's. *title*, *description*: translated, too; they stand in the metadata.
    """

    mode: Literal["subtitles", "comments"] = "subtitles"
    target_language: Annotated[LanguageTag, Field(alias="to")]
    source_language: Annotated[LanguageTag | None, Field(alias="from")] = None
    style: Annotated[str, Field(max_length=STYLE_CHARS_MAX)] | None = None
    glossary: Annotated[list[GlossaryTerm], Field(max_length=GLOSSARY_MAX)] = Field(default=[])
    context: Annotated[int, Field(ge=0, le=CONTEXT_MAX)] = 3
    max_characters_per_line: Annotated[int, Field(ge=8, le=120)] | None = None
    budget: Budget | None = None
    model: Annotated[str, Field(pattern=r"^[A-Za-z0-9@][A-Za-z0-9@._:/-]{0,99}\z")] | None = None
    title: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    description: Annotated[str, Field(min_length=1, max_length=5_000)] | None = None

    @model_validator(mode="after")
    def _has_two_languages(self) -> "TranslateOptions":
        if self.source_language == self.target_language:
            raise FieldRefused("field.another_language")
        return self
