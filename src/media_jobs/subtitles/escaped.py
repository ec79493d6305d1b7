r"""Characters that were written as codes of ASCII and saved so: `caf\u00e9`, `caf\xc3\xa9`,
`Caf=C3=A9`, `~{Dc:C#~}`.

Programs and mail do that; nobody says such a text. A few may be what somebody writes of.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["Unescaped", "unescaped"]

_LEAST = 3
# JSON has such codes of its own right.
_JSON = re.compile(r"[\[{]\s{0,99}\"|\"[:,]")


@dataclass(frozen=True, slots=True)
class Unescaped:
    """A text, and in *what* way its characters were written."""

    text: str
    what: str


@dataclass(frozen=True, slots=True)
class _Way:
    """*least*: how many places there must be; a whole line in Chinese is one."""

    name: str
    sign: str
    pattern: re.Pattern[str]
    read: Callable[[str], str]
    least: int = _LEAST


def unescaped(text: str) -> Unescaped | None:
    """Return *text* with its characters; None where they are not written as codes."""
    for way in _WAYS:
        if way.sign not in text or (way.sign == "\\u" and _JSON.search(text)):
            continue
        count = others = 0
        parts: list[str] = []
        end = 0
        for found, read in _read(way, text):
            parts += (text[end : found.start()], read)
            end = found.end()
            count += 1
            others += sum(c > "\x7f" for c in read)
        if count >= way.least and others >= _LEAST:
            return Unescaped("".join((*parts, text[end:])), way.name)
    return None


def _read(way: _Way, text: str) -> Iterator[tuple[re.Match[str], str]]:
    for found in way.pattern.finditer(text):
        try:
            read = way.read(found[0])
        except (ValueError, UnicodeError):
            continue
        if not read.isascii() and read.isprintable():
            yield found, read


def _utf_16(codes: str) -> str:
    return bytes.fromhex(codes.replace("\\u", "")).decode("utf-16-be")


def _utf_8(codes: str) -> str:
    return bytes.fromhex(codes.replace("\\x", "").replace("=", "")).decode()


_WAYS = (
    _Way("\\u", "\\u", re.compile(r"(?:\\u[0-9A-Fa-f]{4}){1,500}"), _utf_16),
    _Way("\\x", "\\x", re.compile(r"(?:\\x[89A-Fa-f][0-9A-Fa-f]){2,500}"), _utf_8),
    _Way("quoted-printable", "=", re.compile(r"(?:=[89A-F][0-9A-F]){2,500}"), _utf_8),
    _Way(
        "HZ-GB-2312",
        "~{",
        re.compile(r"~\{(?:[!-w][!-}]){1,200}~\}"),
        lambda codes: codes.encode().decode("hz"),
        least=1,
    ),
)
