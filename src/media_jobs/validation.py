"""What pydantic refuses, in the words of the catalogue.

The types of its errors: https://docs.pydantic.dev/latest/errors/validation_errors/. A validator of
our own raises FieldRefused.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from media_jobs.errors import field_fault
from media_jobs.messages import Value, message

__all__ = ["FAULTS_MAX", "TAG", "FieldRefused", "field_errors", "json_fault"]

TAG = "|"
"""What the tags of a union begin with, which are no part of a field's name."""
FAULTS_MAX = 20
"""How many invalid fields of one body are reported."""

_REASONS: Mapping[str, tuple[str, dict[str, str]]] = {
    "bool_type": ("field.boolean", {}),
    "dict_type": ("field.object", {}),
    "enum": ("field.choice", {"choices": "expected"}),
    "extra_forbidden": ("field.unknown", {}),
    "finite_number": ("field.number", {}),
    "float_type": ("field.number", {}),
    "greater_than": ("field.more_than", {"least": "gt"}),
    "greater_than_equal": ("field.at_least", {"least": "ge"}),
    "int_from_float": ("field.whole_number", {}),
    "int_parsing": ("field.whole_number", {}),
    "int_parsing_size": ("field.whole_number", {}),
    "int_type": ("field.whole_number", {}),
    "less_than": ("field.less_than", {"most": "lt"}),
    "less_than_equal": ("field.at_most", {"most": "le"}),
    "list_type": ("field.list", {}),
    "literal_error": ("field.choice", {"choices": "expected"}),
    "missing": ("field.required", {}),
    "model_attributes_type": ("field.object", {}),
    "model_type": ("field.object", {}),
    "string_pattern_mismatch": ("field.pattern", {"pattern": "pattern"}),
    "string_too_long": ("field.characters_at_most", {"most": "max_length"}),
    "string_too_short": ("field.characters_at_least", {"least": "min_length"}),
    "string_type": ("field.text", {}),
    "too_long": ("field.items_at_most", {"most": "max_length"}),
    "too_short": ("field.items_at_least", {"least": "min_length"}),
    "tuple_type": ("field.list", {}),
}
"""By pydantic's type: our key, and which of the error's values ours are."""


_LAST_CHOICE = re.compile(r"(?<=[\w']) or (?=[\w']+$)")
"""How pydantic ends a list of choices: `'a', 'b' or 'c'`."""
_PLACE_IN_JSON = re.compile(r"at line (\d+) column (\d+)")


class FieldRefused(ValueError):
    """What a validator of ours raises: the reason *key*, one of `field.…`, and its *values*."""

    def __init__(self, key: str, **values: Value) -> None:
        super().__init__(message(key, **values))
        self.key = key
        self.values = values


def field_errors(error: ValidationError) -> list[dict[str, Any]]:
    """Return up to `FAULTS_MAX` faults as `field_fault` does, without the values that were sent."""
    found = error.errors(include_url=False, include_input=False)[:FAULTS_MAX]
    return [
        _fault(
            ".".join(part for part in map(str, fault["loc"]) if part[:1] != TAG) or "body",
            fault["type"],
            str(fault["msg"]).removeprefix("Value error, "),
            fault.get("ctx", {}),
        )
        for fault in found
    ]


def _fault(field: str, kind: str, said: str, context: Mapping[str, Any]) -> dict[str, Any]:
    if kind == "json_invalid":
        return field_fault(field, "field.json", json_fault(str(context["error"])))
    if kind in _REASONS:
        key, names = _REASONS[kind]
        values = {name: context[theirs] for name, theirs in names.items()}
        if "choices" in values:
            values["choices"] = _LAST_CHOICE.sub(", ", values["choices"])
        return field_fault(field, key, values)
    refused = context.get("error")
    if isinstance(refused, FieldRefused):
        return field_fault(field, refused.key, refused.values)
    return field_fault(field, "field.other", {"why": said})


def json_fault(said: str) -> dict[str, Value]:
    """Return the values of `field.json` for what a parser *said*: where the fault is."""
    place = _PLACE_IN_JSON.search(said)
    if place is None:
        return {"why": said[:100]}
    return {"why": "why.json_at", "line": int(place[1]), "column": int(place[2])}
