"""Requests and replies as plain data: no runtime, no I/O."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

__all__ = ["GUARDS", "Reply", "Request", "json_reply"]

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
# Made once: `json.dumps` makes an encoder of its options each time.


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request. *read* returns the body, or raises TooLarge before reading over a limit.

    *query* is the raw query string; *header* looks a header up, whatever its case. *origin* is
    where the request was sent to, as browsers write it: `https://jobs.example.com`. *request_id*:
    see `media_jobs.request_id`.
    """

    method: str
    path: str
    query: str
    header: Callable[[str], str | None]
    read: Callable[[int], Awaitable[bytes]]
    origin: str = ""
    request_id: str = ""

    @property
    def target(self) -> str:
        """Path and query, as a request line carries them."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def params(self) -> dict[str, str]:
        """Return the query's parameters; of a repeated one, the last."""
        if "%" in self.query or "+" in self.query:
            return dict(parse_qsl(self.query, keep_blank_values=True))
        # A callback's query: the same without looking for escapes in each of its parts.
        return {
            name: value
            for name, _, value in (pair.partition("=") for pair in self.query.split("&") if pair)
        }


GUARDS: Mapping[str, str] = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
}
"""What every answer of both Workers says that does not say otherwise: it is nobody's page, comes by
https from now on, and is neither kept nor taken for another type. Static files: public/_headers.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One HTTP answer. *body* is text, or a stream that the edge hands on untouched."""

    status: int = 200
    body: object = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def json_reply(
    document: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Reply:
    """Return *document* as JSON."""
    return Reply(
        status=status,
        body=_encode(document),
        headers={"content-type": "application/json; charset=utf-8", **(headers or {})},
    )
