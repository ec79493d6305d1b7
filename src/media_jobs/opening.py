"""Signed messages as they arrive: signature, direction and age, for one message or a list."""

from typing import TypeVar

from pydantic_core import from_json, to_json

from media_jobs.errors import MediaJobsError, invalid_field
from media_jobs.signing import check_age, verify
from media_jobs.validation import json_fault
from media_jobs.wire import Message, open_message

__all__ = ["Opened", "open_signed", "open_signed_list"]

S = TypeVar("S", bound=Message)
Opened = tuple[object, S | MediaJobsError]
"""An entry of a list, as JSON, and the message that it is or why it is refused."""


def open_signed(
    model: type[S], body: bytes, signature: str | None, secrets: tuple[str, ...], now_ms: int
) -> S:
    """Return the message in *body* if it was signed, for this direction, in the last minutes.

    Raises SignatureError for a wrong signature, another message type or a `ts` too far from
    *now_ms*, and InvalidInput for a body that its own author got wrong.
    """
    verify(body, signature, secrets)
    return _open_of_age(model, body, now_ms)


def open_signed_list(
    model: type[S],
    body: bytes,
    signature: str | None,
    secrets: tuple[str, ...],
    now_ms: int,
    most: int,
) -> list[Opened[S]]:
    """Return each entry of the list in *body*, and the message that it is or why it is refused.

    One signature is for all. Raises SignatureError for that, InvalidInput for what is no list of 1
    to *most* entries; what `open_signed` raises of a message stands in its place.
    """
    verify(body, signature, secrets)
    try:
        entries = from_json(body)
    except ValueError as error:
        raise invalid_field("body", "field.json", **json_fault(str(error))) from None
    if not entries:
        raise invalid_field("body", "field.items_at_least", least=1)
    if len(entries) > most:
        raise invalid_field("body", "field.items_at_most", most=most)
    return [(entry, _opened(model, to_json(entry), now_ms)) for entry in entries]


def _opened(model: type[S], body: bytes, now_ms: int) -> S | MediaJobsError:
    try:
        return _open_of_age(model, body, now_ms)
    except MediaJobsError as error:
        return error


def _open_of_age(model: type[S], body: bytes, now_ms: int) -> S:
    message = open_message(model, body)
    ts = getattr(message, "ts", None)
    if ts is not None:
        check_age(ts, now_ms)
    return message
