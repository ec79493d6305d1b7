"""What the queries of lists share: numbers, values with commas between them, pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, core_schema

from media_jobs.http import Reply, json_reply
from media_jobs.ids import Id
from media_jobs.validation import FieldRefused

PAGE_DEFAULT: Final = 50
PAGE_MAX: Final = 100
"""Items of one page at most, and jobs of one bulk request."""

R = TypeVar("R")


class Query(BaseModel):
    """A query: camelCase; what it names beside is ignored."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number in decimal digits, from *least* to *most*; no other way to write one."""

    least: int
    most: int

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        number = core_schema.int_schema(ge=self.least, le=self.most)
        return core_schema.no_info_before_validator_function(self._read, number)

    def _read(self, value: object) -> int:
        text = str(value)
        if text.isascii() and text.isdigit() and len(text) <= len(str(self.most)):
            number = int(text)
            if self.least <= number <= self.most:
                return number
        raise FieldRefused("field.whole_number_from_to", least=self.least, most=self.most)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of *words*, which are known only when the program runs."""

    words: Sequence[str]

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.literal_schema(list(self.words))


UnixMs = Annotated[int, Whole(0, 10**14 - 1), Field(description="Unix time in milliseconds")]


def _split(value: object) -> object:
    return tuple(dict.fromkeys(value.split(","))) if isinstance(value, str) else value


COMMAS = BeforeValidator(_split)
"""Several distinct values in one parameter, with commas between them."""


class Limit(Query):
    """How many items a page has."""

    limit: Annotated[int, Whole(1, PAGE_MAX)] = PAGE_DEFAULT


class Paging(Limit):
    """A page of a list that continues after an id."""

    cursor: Annotated[Id | None, Field(description="the last answer's `nextCursor`")] = None


def paged(
    rows: Sequence[R],
    limit: int,
    document: Callable[[R], dict[str, object]],
    cursor: Callable[[R], str | None],
) -> Reply:
    """Return a page of at most *limit* of *rows*, which are one more when there are others.

    *cursor*: the cursor of the page after an item.
    """
    more = len(rows) > limit
    return page([document(row) for row in rows[:limit]], cursor(rows[limit - 1]) if more else None)


def page(items: list[dict[str, object]], cursor: str | None) -> Reply:
    """Return one page of a list; *cursor* None: the last."""
    return json_reply({"items": items, "nextCursor": cursor})
