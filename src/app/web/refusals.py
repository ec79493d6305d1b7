"""The base of the API's responses, and refusals: models for the reference and the tests."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Answer(BaseModel):
    """The base of all responses: camelCase names; each field exactly of its type."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="ignore", populate_by_name=True, strict=True
    )


class Said(Answer):
    """A message by its key in the catalogue and its values, for other languages."""

    message_key: str | None = None
    message_values: dict[str, str | int | float] = {}


class Notice(Said):
    """A remark on what was handed in: a stable code, a sentence; *cue*, *at*: the first cue, line
    or comment that it is about; *track*: which of several subtitle tracks.
    """

    code: str
    message: str
    cue: Annotated[int, Field(ge=1)] | None = None
    at: Annotated[int, Field(ge=1)] | None = None
    track: str | None = None


class FieldProblem(Answer):
    """What is wrong with one field: its path with dots, and a sentence."""

    field: str
    reason: str


class Problem(Said):
    """Why a request was refused (RFC 9457). `code` is stable, for programs; `detail` for people.

    `requestId` finds the log lines of the request; `errorMessages` are those of `errors`, in order.
    """

    type: str
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    code: str
    detail: str
    request_id: str | None = None
    errors: list[FieldProblem] = []
    error_messages: list[Said] = []
