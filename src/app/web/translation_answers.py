"""The API's responses about glossary and translation memory, as models; see `app.web.answers`."""

from typing import Annotated

from pydantic import Field

from app.web.media_answers import UnixMs
from app.web.refusals import Answer
from media_jobs.ids import Id

__all__ = ["ImportedTerms", "MemoryPair", "Term"]


class Term(Answer):
    """How `source` is said in the language `to`; `from` null: whatever language it is in."""

    term_id: Id
    from_language: Annotated[str | None, Field(alias="from")]
    to_language: Annotated[str, Field(alias="to")]
    source: str
    target: str
    note: str | None
    updated_at: UnixMs


class ImportedTerms(Answer):
    """How many terms of a file were added, and how many took the place of others."""

    added: Annotated[int, Field(ge=0)]
    replaced: Annotated[int, Field(ge=0)]


class MemoryPair(Answer):
    """What a person made of a text's translation, in the subtitles of a media that a job has
    translated. `from` null: nobody has said the language. `taughtBy`: the name of the token.
    """

    pair_id: Id
    from_language: Annotated[str | None, Field(alias="from")]
    to_language: Annotated[str, Field(alias="to")]
    source: str
    target: str
    media_id: Id
    job_id: Id
    taught_by: str | None
    updated_at: UnixMs
