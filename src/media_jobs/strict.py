"""The model of whatever is sent to be read by our own rules alone."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

__all__ = ["Strict"]


class Strict(BaseModel):
    """camelCase names, each value exactly of its type, nothing surplus.

    Its validator is made at the first use, as most isolates need few of them.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        defer_build=True,
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        strict=True,
    )
