"""What of a report may be cut, left out or said otherwise, so that it is not lost for that."""

from pydantic import BaseModel, BeforeValidator
from pydantic_core import to_json

from media_jobs.messages import Value
from media_jobs.redaction import redact

__all__ = ["few", "first", "present", "reason", "redacted_tail", "some", "values"]

_REASON = {
    "code": str,
    "message": str,
    "messageValues": dict,
    "retryable": bool,
    "hints": list,
    "options": list,
}


def first(size: int) -> BeforeValidator:
    """Cut a text that is too long: a report must not be lost because it says too much."""
    return BeforeValidator(lambda value: value[:size] if isinstance(value, str) else value)


def few(value: object) -> object:
    """Keep the first ten of a list: a report must not be lost because it says too much."""
    return value[:10] if isinstance(value, list) else value


def some(most: int) -> BeforeValidator:
    """Keep the first entries of a table: a report must not be lost because it says too much."""
    return BeforeValidator(
        lambda value: dict(list(value.items())[:most]) if isinstance(value, dict) else value
    )


def values(value: object) -> object:
    """Keep the first values that a message can have, their texts redacted and cut."""
    if not isinstance(value, dict):
        return None
    kept = [(name, one) for name, one in value.items() if isinstance(one, Value)]
    return {n: redact(one)[:200] if isinstance(one, str) else one for n, one in kept[:10]}


def redacted_tail(text: str) -> str:
    """Redact before cutting: half a URL is harder to recognise."""
    return redact(text)[-8000:]


def present(value: object) -> object:
    """Leave out outputs that an older container names without having made them; read bare keys."""
    if not isinstance(value, dict):
        return value
    claims = {slot: claim for slot, claim in value.items() if claim is not None}
    return {s: {"key": c} if isinstance(c, str) else c for s, c in claims.items()}


def reason(value: object) -> object:
    """Read an error whatever it is: a failure must not be lost for the form of its reason.

    One that was made here, by our containers, has its form already.
    """
    if not isinstance(value, dict):
        is_read = value is None or isinstance(value, str | BaseModel)
        return value if is_read else to_json(value).decode()
    said = {name: v for name, v in value.items() if isinstance(v, _REASON.get(name, str))}
    for name in ("code", "message"):
        if name not in said and value.get(name) is not None:
            said[name] = str(value[name])
    return {name: v for name, v in said.items() if name != "code" or v}
