"""Files that a language model answered with: in a fence, a quotation or a string, and with
sentences around it.
"""

import re
from collections.abc import Iterator

from pydantic_core import from_json

from media_jobs.notices import Findings

__all__ = ["unwrapped"]

_FENCE = re.compile(
    r"^[ \t\ufeff]*(?:```+[^`\n]{0,60}|(?:~~~+|\"{3}|'{3})[ \t]*[\w+.-]*[ \t]*)$", re.MULTILINE
)
# Where this stands, there are cues, and nothing is cut out.
_CUES = re.compile(r"-->|→|^[^\S\n]*(?:\[\d+:\d\d|\{\d+\}\{\d|Dialogue:)", re.MULTILINE)
_SIGNATURE = re.compile(
    r"^(?:WEBVTT(?:[ \t][^\n]*)?|\[(?i:script info)\][ \t]*|<\?xml[ \t][^\n]*|<tt[ \t>][^\n]*)$",
    re.M,
)
_END_OF_XML = re.compile(r"</(?:[\w.-]+:)?(?:tt|timedtext|transcript)>")
_FILLED = re.compile(r"\S")
# Lines of scripts that are comments are none.
_SENTENCE = re.compile(r"^[^\S\n]*[^\s;!]", re.MULTILINE)
_FILLED_LINE = re.compile(r"^[^\n]*\S[^\n]*$", re.MULTILINE)
_RULE = re.compile(r"[ \t]*([-*_=])\1{2,}[ \t]*")
_QUOTED = re.compile(r"^[ \t]*> ?", re.MULTILINE)
# A whole file in one string of JSON.
_ESCAPES_LEAST = 3
_END_OF_STRING = re.compile(r'\n["}\]\s]+\Z')


def unwrapped(text: str) -> tuple[str, Findings]:
    r"""Return what stands within the fences of *text*, and where the reader notes what it finds.

    Lines end with `\n`. Of what is cut out the line ends stay, but at the beginning, where the kind
    of file is to be seen: the lines cut off there are counted by the findings.
    """
    text = _of_quotation(_of_string(text))
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


def _of_string(text: str) -> str:
    """Return *text* with its escapes read, where it is a string of JSON or of a program."""
    if text.count("\\n") < _ESCAPES_LEAST or text.strip().count("\n") > 0:
        return text
    whole = _json_of(text.strip("\ufeff \t\n"))
    if isinstance(whole, str):
        return whole
    for escape, sign in (("\\r\\n", "\n"), ("\\n", "\n"), ('\\"', '"')):
        text = text.replace(escape, sign)
    return _END_OF_STRING.sub("\n", text)


def _json_of(text: str) -> object:
    """Return what *text* says as JSON; None where it is none."""
    try:
        said: object = from_json(text)
    except ValueError:
        return None
    return said


def _of_quotation(text: str) -> str:
    """Return *text* without the sign before each line, where it is a quotation."""
    if not text.lstrip().startswith(">"):
        return text
    lines = _FILLED_LINE.finditer(text)
    return _QUOTED.sub("", text) if all(_QUOTED.match(line[0]) for line in lines) else text


def _outside(text: str) -> Iterator[tuple[int, int]]:
    """Yield what is cut out: fences, and what they do not hold."""
    fences = _FENCE.finditer(text)
    first = next(fences, None)
    if first is None:
        yield from _around_signature(text)
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


def _around_signature(text: str) -> Iterator[tuple[int, int]]:
    """Yield sentences above the beginning of a file and below its end, and rules around it."""
    signature = _SIGNATURE.search(text)
    if signature is not None and _is_prose(text, 0, signature.start()):
        yield 0, signature.start()
    first = _FILLED_LINE.search(text)
    last_begin = text.rstrip().rfind("\n") + 1
    if (
        first is not None
        and _RULE.fullmatch(first[0])
        and _RULE.fullmatch(text[last_begin:].rstrip())
    ):
        yield first.span()
        if last_begin > first.end():
            yield last_begin, len(text.rstrip())
    if signature is not None and text.startswith("<", signature.start()):
        ends = [end.end() for end in _END_OF_XML.finditer(text, signature.start())]
        if ends and _is_prose(text, ends[-1], len(text)):
            yield ends[-1], len(text)


def _is_prose(text: str, start: int, end: int) -> bool:
    return _SENTENCE.search(text, start, end) is not None and not _CUES.search(text, start, end)


def _first_lines(text: str, outside: list[tuple[int, int]]) -> Iterator[int]:
    line, counted = 1, 0
    for start, end in outside:
        filled = _FILLED.search(text, start, end)
        at = filled.start() if filled is not None else start
        line += text.count("\n", counted, at)
        counted = at
        yield line
