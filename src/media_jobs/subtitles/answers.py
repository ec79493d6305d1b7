"""Files that a language model answered with: in a fence, and with sentences around it."""

import re
from collections.abc import Iterator

from media_jobs.notices import Findings

__all__ = ["unwrapped"]

_FENCE = re.compile(
    r"^[ \t\ufeff]*(?:```+[^`\n]{0,60}|(?:~~~+|\"{3}|'{3})[ \t]*[\w+.-]*[ \t]*)$", re.MULTILINE
)
# Where this stands, there are cues, and nothing is cut out.
_CUES = re.compile(r"-->|→|^[^\S\n]*(?:\[\d+:\d\d|\{\d+\}\{\d|Dialogue:)", re.MULTILINE)
_SIGNATURE = re.compile(r"^WEBVTT(?:[ \t][^\n]*)?$", re.MULTILINE)
_FILLED = re.compile(r"\S")


def unwrapped(text: str) -> tuple[str, Findings]:
    r"""Return what stands within the fences of *text*, and where the reader notes what it finds.

    Lines end with `\n`. Of what is cut out the line ends stay, but at the beginning, where the kind
    of file is to be seen: the lines cut off there are counted by the findings.
    """
    outside = list(_outside(text))
    if not outside:
        return text, Findings()
    kept, position = [], 0
    for start, end in outside:
        kept.append(text[position:start])
        kept.append("\n" * text.count("\n", start, end))
        position = end
    whole = "".join([*kept, text[position:]])
    inside = whole.lstrip("\n")
    lines_before = len(whole) - len(inside)
    found = Findings(lines_before)
    for line in _first_lines(text, outside):
        found.add("answer_unwrapped", line - lines_before)
    return inside, found


def _outside(text: str) -> Iterator[tuple[int, int]]:
    """Yield what is cut out: fences, and what they do not hold."""
    fences = _FENCE.finditer(text)
    first = next(fences, None)
    if first is None:
        signature = _SIGNATURE.search(text)
        if signature is not None and _is_prose(text, 0, signature.start()):
            yield 0, signature.start()
        return
    # A fence behind cues closes what no fence has opened.
    is_inside = _CUES.search(text, 0, first.start()) is not None
    yield first.span() if is_inside else (0, first.end())
    end = first.end()
    for fence in fences:
        is_inside = not is_inside
        keeps = is_inside or _CUES.search(text, end, fence.start()) is not None
        yield fence.span() if keeps else (end, fence.end())
        end = fence.end()
    # The last fence was the other one's end, and what follows is outside if that was inside.
    if is_inside and _is_prose(text, end, len(text)):
        yield end, len(text)


def _is_prose(text: str, start: int, end: int) -> bool:
    return _FILLED.search(text, start, end) is not None and not _CUES.search(text, start, end)


def _first_lines(text: str, outside: list[tuple[int, int]]) -> Iterator[int]:
    line, counted = 1, 0
    for start, end in outside:
        filled = _FILLED.search(text, start, end)
        at = filled.start() if filled is not None else start
        line += text.count("\n", counted, at)
        counted = at
        yield line
