"""One admitted request, and what handlers share."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.ports import Ports
from app.web.caller import Caller
from app.web.paging import PAGE_DEFAULT, PAGE_MAX
from media_jobs.errors import InvalidInput
from media_jobs.ids import parse_id
from media_jobs.routing import Reply, Request, json_reply

JSON_BYTES_MAX = 256 * 1024
TEXT_BYTES_MAX = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One admitted request; *caller* is None on routes that are open or signed."""

    ports: Ports
    caller: Caller | None = None


Handler = Callable[[Call, Request, dict[str, str]], Awaitable[Reply]]
Row = tuple[str, str, str, Handler]
"""Method, path pattern, who may call it (a scope, `open` or `signed`), handler."""


def page_limit(params: dict[str, str]) -> int:
    """Return the `limit` of a list, 1–100 (default 50); raises InvalidInput."""
    value = params.get("limit", str(PAGE_DEFAULT))
    digits = value.isascii() and value.isdigit() and len(value) <= 3
    if not digits or not 1 <= int(value) <= PAGE_MAX:
        raise invalid("limit", f"must be a whole number from 1 to {PAGE_MAX}")
    return int(value)


def page_cursor(params: dict[str, str]) -> str | None:
    """Return the `cursor` of a list that goes on after an id, None for its first page.

    Raises InvalidInput.
    """
    value = params.get("cursor")
    return None if value is None else parse_id(value, "cursor")


def page(items: list[dict[str, object]], cursor: str | None) -> Reply:
    """Return one page of a list; *cursor* None: the last."""
    return json_reply({"items": items, "nextCursor": cursor})


def invalid(field: str, reason: str) -> InvalidInput:
    """Return the refusal of one field, to be raised."""
    return InvalidInput(
        f"{field} {reason}.", details={"errors": [{"field": field, "reason": reason}]}
    )
