"""Hosts that connect outward: their names and keys, and what goes over their socket. Pure.

A host that nobody can call opens one WebSocket to its engine's dispatcher, and is called through
it. Each call is one text frame, JSON, and so is its answer, in several frames if it is long:

    {id, method, path, headers, body}  →  {id, status, headers, body | base64, more}

Nothing is trusted because it came by the socket: calls are signed as they are to any host.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from pydantic_core import from_json, to_json

from media_jobs.errors import SettingError
from media_jobs.signing import parse_secrets

__all__ = [
    "ANSWER_BYTES_MAX",
    "CALL_CHARS_MAX",
    "HOST_KEY_SETTING",
    "OUTWARD",
    "PING",
    "PONG",
    "REPLACED",
    "AnswerPart",
    "HostCall",
    "HostCredential",
    "answer_frames",
    "call_frame",
    "handshake_target",
    "host_label_of",
    "is_name",
    "is_outward",
    "name_of",
    "outward_host",
    "read_answer",
    "read_call",
    "read_host_key",
    "show_host_key",
    "signer_of",
    "socket_parts",
    "socket_url",
]

OUTWARD = "outward"
"""Stands in an engine's base-URL setting where none of its hosts has a URL."""

HOST_KEY_SETTING = "HOST_KEY"
NAME = "[a-z0-9][a-z0-9-]{0,62}"
"""What a host may be called; it is a segment of a path, and stands in settings."""

PING, PONG = "ping", "pong"
"""Answered by the runtime itself, so that an idle host wakes nothing."""

REPLACED = 4002
"""The close code of a connection whose host has connected anew."""

PART_BYTES = 192 * 1024
"""Of an answer in one frame: in base64 well under the 1 MiB that a Worker receives at once."""
ANSWER_BYTES_MAX = 16 * 1024 * 1024
CALL_CHARS_MAX = 4 * 1024 * 1024
"""A frame of a call; its body is up to 1 MiB, and JSON within JSON is longer."""

_PREFIX = "socket:"
_SCHEME = "socket://"
_NAME = re.compile(NAME, re.ASCII)
_KEY = re.compile(rf"([a-z][a-z0-9-]{{0,62}})@({NAME}):([0-9a-f]{{64}}(?:,[0-9a-f]{{64}})*)")


def outward_host(name: str) -> str:
    """Return the id of the host *name*, beside those of hosts with URLs."""
    return f"{_PREFIX}{name}"


def is_outward(host: str) -> bool:
    """Whether the host with this id connects outward."""
    return host.startswith(_PREFIX)


def name_of(host: str) -> str | None:
    """Return the name of the host with this id; None: it has a URL."""
    return host[len(_PREFIX) :] if is_outward(host) else None


def is_name(name: str) -> bool:
    """Whether a host may be called *name*."""
    return _NAME.fullmatch(name) is not None


def signer_of(engine_id: str, host: str) -> str:
    """Return whose key signs what comes from the host with this id.

    Hosts with URLs share their engine's; each that connects outward has one of its own.
    """
    return f"{engine_id}@{host}" if is_outward(host) else engine_id


def host_label_of(engine_name: str, name: str) -> str:
    """Return what people and settings call a host, and what its key is derived for."""
    return f"{engine_name}@{name}"


def socket_url(engine_id: str, name: str) -> str:
    """Return the base URL under which a host of this engine is called through its socket."""
    return f"{_SCHEME}{name}.{engine_id}"


def socket_parts(url: str) -> tuple[str, str, str] | None:
    """Return engine, host name and target of a `socket_url` with a path; None: it is another."""
    if not url.startswith(_SCHEME):
        return None
    place, slash, target = url[len(_SCHEME) :].partition("/")
    name, _, engine_id = place.partition(".")
    return engine_id, name, slash + target


def handshake_target(engine_name: str, name: str, ts: int, nonce: str) -> str:
    """Return path and query of the request that opens a host's socket, to be signed as a line."""
    return f"/hosts/{engine_name}/{name}?{urlencode({'ts': ts, 'nonce': nonce})}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostCredential:
    """What `HOST_KEY` says: whose host this is, its name, and its key's texts, newest first."""

    engine_name: str
    name: str
    secrets: tuple[str, ...]

    def __repr__(self) -> str:
        return f"HostCredential({host_label_of(self.engine_name, self.name)})"


def read_host_key(text: str) -> HostCredential:
    """Read `burner@garage:6f1c…`; raises SettingError, which does not show it."""
    found = _KEY.fullmatch(text.strip())
    if found is None:
        raise SettingError(HOST_KEY_SETTING, "is not as `host add` has printed it")
    return HostCredential(engine_name=found[1], name=found[2], secrets=parse_secrets(found[3]))


def show_host_key(engine_name: str, name: str, secrets: tuple[str, ...]) -> str:
    """Return the text that `read_host_key` reads."""
    return f"{host_label_of(engine_name, name)}:{','.join(secrets)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostCall:
    """A call of a host, as it comes over the socket. *path*: with the query."""

    id: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPart:
    """An answer, or a part of it; status and headers are those of the first one. *more* follow."""

    id: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    more: bool


def call_frame(
    call_id: str, method: str, path: str, headers: Mapping[str, str], body: str | None
) -> str:
    """Return the frame of a call."""
    call = {"id": call_id, "method": method, "path": path, "headers": headers, "body": body}
    return to_json(call).decode()


def read_call(frame: str) -> HostCall:
    """Read a call's frame; raises ValueError."""
    said = _object(frame)
    body = said.get("body")
    if not (body is None or isinstance(body, str)):
        raise ValueError("the body is no text")
    return HostCall(
        id=_text(said, "id"),
        method=_text(said, "method"),
        path=_text(said, "path"),
        headers=_headers(said),
        body=body,
    )


def answer_frames(
    call_id: str, status: int, headers: Mapping[str, str], body: bytes
) -> Iterator[str]:
    """Yield the frames of an answer."""
    parts = [body[at : at + PART_BYTES] for at in range(0, len(body), PART_BYTES)] or [b""]
    for number, part in enumerate(parts, start=1):
        more = number < len(parts)
        frame: dict[str, object] = {"id": call_id, "status": status, "more": more}
        if number == 1:
            frame["headers"] = headers
        frame |= _written(part)
        yield to_json(frame).decode()


def read_answer(frame: str) -> AnswerPart:
    """Read an answer's frame; raises ValueError."""
    said = _object(frame)
    status, text = said.get("status"), said.get("body")
    if not isinstance(status, int) or not 200 <= status <= 599:
        raise ValueError("no status")
    whole = b64decode(_text(said, "base64"), validate=True) if text is None else None
    if whole is None and not isinstance(text, str):
        raise ValueError("the body is no text")
    return AnswerPart(
        id=_text(said, "id"),
        status=status,
        headers=_headers(said) if "headers" in said else {},
        body=str(text).encode() if whole is None else whole,
        more=said.get("more") is True,
    )


def _written(part: bytes) -> dict[str, object]:
    try:
        return {"body": part.decode()}
    except UnicodeDecodeError:
        return {"base64": b64encode(part).decode()}


def _object(frame: str) -> dict[str, object]:
    said = from_json(frame)
    if not isinstance(said, dict):
        raise ValueError("no object")
    return said


def _text(said: Mapping[str, object], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str):
        raise ValueError(f"no {name}")
    return value


def _headers(said: Mapping[str, object]) -> dict[str, str]:
    headers = said.get("headers")
    given = headers if isinstance(headers, dict) else {}
    return {name.lower(): value for name, value in given.items() if isinstance(value, str)}
