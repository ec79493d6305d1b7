"""Files that a language model answered with: in a fence, a quotation or a string, and with
sentences around it.
"""

import re
from collections.abc import Iterator

from media_jobs.notices import Findings
from media_jobs.subtitles.answers_json import cues_of_json, json_of
from media_jobs.subtitles.answers_markup import dividers, thoughts, wrapping

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
_QUOTATION = re.compile(r"(?:^[ \t]*>[^\n]*(?:\n|\Z))+", re.MULTILINE)
_QUOTED_TIMES = re.compile(r"^[ \t]*> ?[ \t]*[\d:.,]{5,12}[ \t]*-->", re.MULTILINE)
_LINE_CHARS = 300
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
    cut: list[int] = []
    for parts in (thoughts, _outside, wrapping, dividers):
        spans = list(parts(text))
        cut += _first_lines(text, spans)
        text = _without(text, spans)
    inside = text.lstrip("\n") if cut else text
    said = cues_of_json(inside)
    if said is not None:
        # Its lines are none of the file.
        found = Findings()
        found.add("answer_unwrapped", 1)
        return said, found
    found = Findings(len(text) - len(inside))
    for line in sorted(cut):
        found.add("answer_unwrapped", line - len(text) + len(inside))
    return inside, found


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """Return *text* of whose *spans* only the line ends are left."""
    kept, position = [], 0
    for start, end in spans:
        kept.append(text[position:start])
        kept.append("\n" * text.count("\n", start, end))
        position = end
    return "".join([*kept, text[position:]])


def _of_string(text: str) -> str:
    """Return *text* with its escapes read, where it is a string of JSON or of a program."""
    if text.count("\\n") < _ESCAPES_LEAST or text.strip().count("\n") > 0:
        return text
    whole = json_of(text.strip("\ufeff \t\n"))
    if isinstance(whole, str):
        return whole
    if whole is not None:
        return text
    for escape, sign in (("\\r\\n", "\n"), ("\\n", "\n"), ('\\"', '"')):
        text = text.replace(escape, sign)
    return _END_OF_STRING.sub("\n", text)


def _of_quotation(text: str) -> str:
    """Return *text* without the sign before each line of its quotations that have cues."""
    if not _QUOTED.search(text):
        return text
    lines = _FILLED_LINE.finditer(text)
    if all(_QUOTED.match(line[0]) for line in lines):
        return _QUOTED.sub("", text)
    return _QUOTATION.sub(_unquoted, text)


def _unquoted(quotation: re.Match[str]) -> str:
    has_cues = _QUOTED_TIMES.search(quotation[0]) is not None
    return _QUOTED.sub("", quotation[0]) if has_cues else quotation[0]


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
    end, opened = first.end(), first.start()
    for fence in fences:
        is_inside = not is_inside
        keeps = (
            is_inside
            or _CUES.search(text, end, fence.start()) is not None
            or _is_of_cue(text, opened)
        )
        yield fence.span() if keeps else (end, fence.end())
        end, opened = fence.end(), fence.start()
    # The last fence was the other one's end, and what follows is outside if that was inside.
    if is_inside and _is_prose(text, end, len(text)):
        yield end, len(text)


def _is_of_cue(text: str, fence: int) -> bool:
    """Whether what follows the fence at *fence* is a cue's text: its times stand above."""
    above = text[max(0, fence - _LINE_CHARS) : fence].rstrip()
    return _CUES.search(above[above.rfind("\n") + 1 :]) is not None


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
