"""The route table and the router of both Workers: no runtime, no I/O.

A row says all there is of a route: method and path, who may call it, its handler, what it answers.
What it takes, the handler's signature says. The router does the rest once for all: it finds the
row, has the Worker admit the caller, reads the body within its limit, validates it and the query by
their models, and hands them to the handler with the values of the path as named arguments.

A `{name}` in a pattern takes one segment that must match the grammar of ids, so that path tricks
end in 404 before any handler sees them.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from types import MappingProxyType
from typing import Generic, TypeVar, cast

from pydantic import BaseModel, ValidationError

from media_jobs.errors import (
    InvalidInput,
    MediaJobsError,
    MethodNotAllowed,
    NotFound,
    SignatureError,
    invalid_field,
)
from media_jobs.http import Reply, Request
from media_jobs.ids import is_id
from media_jobs.keyring import Keyring, Purpose
from media_jobs.later import Later
from media_jobs.opening import open_signed, open_signed_list
from media_jobs.signing import SIGNATURE_HEADER
from media_jobs.validation import field_errors
from media_jobs.wire import Message, read

__all__ = ["BODY_BYTES_MAX", "Binary", "Handler", "Incoming", "Route", "Router", "Rows", "Text"]

BODY_BYTES_MAX = 256 * 1024
"""Of a body whose row does not say otherwise."""

A = TypeVar("A")
"""A Worker's words for who may call."""
_NAME = re.compile(r"\{(\w+)\}")

C = TypeVar("C")
"""What a Worker works with."""

Handler = Callable[..., Awaitable[Reply]]
"""Called with the admitted call, and by name with the path's values, `query` and `body`.

The models of the two are those of its annotations.
"""


@dataclass(frozen=True, slots=True)
class Text:
    """A body that is handed on as text: the content types that it may have."""

    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Binary:
    """An answer of bytes, or a body that is handed on as bytes: the content types it may have."""

    types: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Route(Generic[A]):
    """One row. The handler's docstring says what the route does.

    *answers*: what comes with each status: the name of a model (it is looked up when the reference
    is made, so that no Worker loads it at its start), bytes, or None for no body. *body*: given of
    one that is text or bytes, else the model that the handler takes. *body_needed*: whether there
    must be a body. *headers*: those that the handler looks at, as JSON schemas.
    """

    method: str
    pattern: str
    access: A
    handler: Handler
    _: KW_ONLY
    answers: Mapping[int, str | Binary | None]
    body: type[BaseModel] | Text | Binary | None = None
    body_needed: bool = True
    body_bytes_max: int = BODY_BYTES_MAX
    list_max: int = 0
    headers: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    query: type[BaseModel] | None = field(init=False)
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.names = tuple(_NAME.findall(self.pattern))
        takes = self.handler.__annotations__
        self.query = takes.get("query")
        self.body = self.body or takes.get("body")


class Incoming(Generic[A]):
    """A request whose row was found. Its body is read once, and only when it is needed.

    *values*: those of the path, by name. *raw*: the body's bytes, empty until it was read.
    """

    __slots__ = ("_body", "_is_read", "raw", "request", "route", "values")

    def __init__(self, request: Request, route: Route[A], values: dict[str, str]) -> None:
        self.request = request
        self.route = route
        self.values = values
        self.raw = b""
        self._is_read = False
        self._body: object = None

    async def open_signed(self, part: str, keys: Keyring, now_ms: int) -> None:
        """Accept a body that was signed in the last minutes, as this row's message to this *part*
        about the path's job, or as a list of such messages if the row takes lists.

        Raises SignatureError, TooLarge, InvalidInput (see `media_jobs.opening.open_signed`).
        """
        raw = await self.read()
        signature = self.request.header(SIGNATURE_HEADER)
        model = cast("type[Message]", self.route.body)
        accepted = keys.accepting(model.purpose or Purpose.to(part))
        most = self.route.list_max
        if most and raw[:1] == b"[":
            self._body = open_signed_list(model, raw, signature, accepted, now_ms, most)
            return
        message = open_signed(model, raw, signature, accepted, now_ms)
        job_id, said = self.values.get("job_id"), vars(message)
        if job_id is not None and job_id != said.get("job_id"):
            raise SignatureError("signed for another job")
        if said.get("part", part) != part:
            raise SignatureError("signed for another part")
        self._body = message

    async def body(self) -> object:
        """Return the body as the row has it; raises TooLarge, InvalidInput."""
        if self._body is None:
            self._body = _parsed(self.route, await self.read())
        return self._body

    async def read(self) -> bytes:
        """Return the body's bytes, read once; raises TooLarge, InvalidInput."""
        if not self._is_read:
            self.raw = await self.request.read(self.route.body_bytes_max)
            self._is_read = True
        return self.raw


def _parsed(route: Route[A], raw: bytes) -> object:
    model = route.body
    if isinstance(model, Binary):
        return raw
    if isinstance(model, Text):
        try:
            return raw.decode()
        except UnicodeDecodeError:
            raise invalid_field("body", "field.utf8") from None
    assert model is not None
    return read(model, raw) if raw or route.body_needed else model()


def _queried(model: type[BaseModel], params: dict[str, str]) -> BaseModel:
    try:
        return model.model_validate(params)
    except ValidationError as error:
        # Of a parameter that holds several values, the parameter is named and not the value.
        errors = [{**f, "field": f["field"].partition(".")[0]} for f in field_errors(error)]
        raise InvalidInput("bad_request.query", details={"errors": errors}) from None


Rows = Later[tuple[Route[A], ...]]
"""Rows whose module is imported by the first request for one of them."""


class _Node(Generic[A]):
    """What follows the beginning of a path: by the next segment, None for any id; rows by method
    where it ends.
    """

    __slots__ = ("next", "routes")

    def __init__(self) -> None:
        self.next: dict[str | None, _Node[A]] = {}
        self.routes: dict[str, Route[A]] = {}


class Router(Generic[A, C]):
    """Answers requests by the rows. A path without values goes before one with them, and in a path
    a segment that is named before one that is a value.

    *admit* enforces a row's access and returns the call that the handler gets; *refuse* answers
    what was refused, there or later. *later*: more rows, with the first segment or
    two of their patterns.
    """

    def __init__(
        self,
        routes: Iterable[Route[A]],
        admit: Callable[[Incoming[A], C], Awaitable[object]],
        refuse: Callable[[MediaJobsError, Request, C], Reply],
        later: Mapping[Rows[A], tuple[str, ...]] = MappingProxyType({}),
    ) -> None:
        self._given = tuple(routes)
        self._admit = admit
        self._refuse = refuse
        self._literal: dict[str, dict[str, Route[A]]] = {}
        # Not expressions: to compile one for each pattern makes a Worker's start longer.
        self._patterns = _Node[A]()
        self.later = later
        self._missing: dict[str, list[Rows[A]]] = {}
        for rows, beginnings in later.items():
            for beginning in beginnings:
                self._missing.setdefault(beginning, []).append(rows)
        self._add(self._given)

    @property
    def routes(self) -> tuple[Route[A], ...]:
        """All rows; those that are not yet imported are."""
        return (*self._given, *(route for rows in self.later for route in rows()))

    def _add(self, routes: Iterable[Route[A]]) -> None:
        for route in routes:
            if "{" in route.pattern:
                node = self._patterns
                for segment in route.pattern.split("/"):
                    kind = None if segment.startswith("{") else segment
                    node = node.next.setdefault(kind, _Node())
                node.routes[route.method] = route
            else:
                self._literal.setdefault(route.pattern, {})[route.method] = route

    def find(self, method: str, path: str) -> tuple[Route[A], dict[str, str]]:
        """Return the row and the path's values; raises NotFound, MethodNotAllowed."""
        if self._missing:
            self._complete(path)
        routes, values = self._literal.get(path), []
        if routes is None:
            node = self._patterns
            for segment in path.split("/"):
                following = node.next.get(segment)
                if following is None and is_id(segment):
                    following = node.next.get(None)
                    values.append(segment)
                if following is None:
                    raise NotFound("not_found")
                node = following
            routes = node.routes
        route = routes.get(method)
        if route is not None:
            return route, dict(zip(route.names, values, strict=True))
        if routes:
            raise MethodNotAllowed(", ".join(sorted(routes)))
        raise NotFound("not_found")

    def _complete(self, path: str) -> None:
        """Have all rows that *path* may belong to."""
        segments = path.split("/", 3)
        for beginning in ("/".join(segments[:2]), "/".join(segments[:3])):
            for rows in self._missing.get(beginning, ()):
                self._add(rows())
            self._missing.pop(beginning, None)

    async def answer(self, request: Request, context: C) -> Reply:
        """Answer *request* by its row."""
        try:
            route, values = self.find(request.method, request.path)
            incoming = Incoming(request, route, values)
            call = await self._admit(incoming, context)
            arguments: dict[str, object] = {**values}
            if route.query is not None:
                arguments["query"] = _queried(route.query, request.params())
            if route.body is not None:
                arguments["body"] = await incoming.body()
            return await route.handler(call, **arguments)
        except MediaJobsError as error:
            return self._refuse(error, request, context)
