"""Requests, replies and the route table, as plain data: no runtime, no I/O.

A route is a method, a path pattern and a handler. A `{name}` in a pattern takes one segment that
must match the grammar of ids, so that path tricks end in 404 before any handler sees them.
"""

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import parse_qsl

from media_jobs.errors import MediaJobsError, NotFound, SettingError
from media_jobs.ids import ID

__all__ = [
    "Match",
    "Reply",
    "Request",
    "Route",
    "Router",
    "dispatch",
    "error_document",
    "json_reply",
]

C = TypeVar("C")

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


Handler = Callable[[C, Request, dict[str, str]], Awaitable[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Generic[C]):
    """A method, a pattern, a handler, and what its caller must hold (a word of the Worker)."""

    method: str
    pattern: str
    handler: Handler[C]
    access: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match(Generic[C]):
    """A route and the values of its path parameters."""

    route: Route[C]
    values: dict[str, str]


class Router(Generic[C]):
    """Finds the route of a request. Literal paths are looked up, patterns are tried in order."""

    def __init__(self, routes: Iterable[Route[C]]) -> None:
        self.routes = tuple(routes)
        self._literal: dict[str, dict[str, Route[C]]] = {}
        self._patterns: list[tuple[re.Pattern[str], Route[C]]] = []
        for route in self.routes:
            if "{" in route.pattern:
                pattern = re.sub(r"\{(\w+)\}", rf"(?P<\1>{ID})", route.pattern)
                self._patterns.append((re.compile(pattern, re.ASCII), route))
            else:
                self._literal.setdefault(route.pattern, {})[route.method] = route

    def find(self, method: str, path: str) -> Match[C] | frozenset[str]:
        """Return the match, or the methods that *path* does answer to (empty: no such path)."""
        literal = self._literal.get(path)
        if literal is not None:
            route = literal.get(method)
            return Match(route=route, values={}) if route else frozenset(literal)
        others: set[str] = set()
        for pattern, route in self._patterns:
            found = pattern.fullmatch(path)
            if found is None:
                continue
            if route.method == method:
                return Match(route=route, values=found.groupdict())
            others.add(route.method)
        return frozenset(others)


async def dispatch(
    router: Router[C], context: C, request: Request, refuse: Callable[[MediaJobsError], Reply]
) -> Reply:
    """Answer *request* by its route; what the use cases refuse is answered by *refuse*."""
    try:
        found = router.find(request.method, request.path)
        if not isinstance(found, Match):
            if not found:
                raise NotFound("There is nothing here.")
            allow = ", ".join(sorted(found))
            return json_reply({"error": "method_not_allowed"}, 405, {"allow": allow})
        return await found.route.handler(context, request, found.values)
    except MediaJobsError as error:
        return refuse(error)


def error_document(error: MediaJobsError) -> dict[str, object]:
    """Return what a caller is told of *error*: code, sentence, details."""
    document: dict[str, object] = {"error": error.code}
    if error.status != 401:
        document["message"] = error.message
        if error.details and (error.status < 500 or isinstance(error, SettingError)):
            document["details"] = dict(error.details)
    return document
