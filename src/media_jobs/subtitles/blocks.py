"""The blocks of WebVTT: each line with an arrow begins a cue, wherever it stands
(https://www.w3.org/TR/webvtt1/#collect-a-webvtt-block).
"""

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["TEXT_CHARS_MAX", "Block", "arrow_blocks"]

TEXT_CHARS_MAX = 2_000
"""Of one cue. Longer text fills any screen, and libass lays out every character of it."""

_ARROW = "-->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A line with an arrow, and the text below it.

    *start*, *end*: where both stand in the file; *number*: of the line, counted from 1.
    """

    start: int
    end: int
    number: int
    line: str
    text: str


def arrow_blocks(text: str, begin: int) -> Iterator[Block]:
    """Yield the blocks behind *begin*; one ends at an empty line, or where the next begins.

    Arrows alone are looked for: so a file of blank lines costs nothing.
    """
    number, counted, start = 1, 0, _next_arrow_line(text, begin)
    while start >= 0:
        number += text.count("\n", counted, start)
        counted = start
        line_end = _find(text, "\n", start, len(text))
        following = _next_arrow_line(text, line_end)
        end = _find(text, "\n\n", line_end, len(text) if following < 0 else following)
        yield Block(
            start=start,
            end=end,
            number=number,
            line=text[start:line_end],
            text=text[line_end + 1 : end].removesuffix("\n"),
        )
        start = following


def _next_arrow_line(text: str, position: int) -> int:
    """Return where the first line begins that has an arrow behind *position*, or -1."""
    arrow = text.find(_ARROW, position)
    return arrow if arrow < 0 else text.rfind("\n", 0, arrow) + 1


def _find(text: str, wanted: str, start: int, end: int) -> int:
    found = text.find(wanted, start, end)
    return end if found < 0 else found
