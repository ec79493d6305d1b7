"""What language models write beside subtitles: what they thought, tags around their answer, and
lines that divide it. Each function yields where in a text that is.
"""

import re
from collections.abc import Iterator

__all__ = ["dividers", "thoughts", "wrapping"]

_THINKING = "think|thinking|thought|thoughts|reasoning|reflection|analysis|scratchpad"
_BEGIN = re.compile(rf"<(?:{_THINKING})>", re.IGNORECASE)
_END = re.compile(rf"</(?:{_THINKING})>", re.IGNORECASE)
_ARROW = "-->"
_TAG = re.compile(r"^[ \t]*<([A-Za-z][\w-]{0,30})(?:\s[^<>\n]{0,200})?>", re.MULTILINE)
_CLOSING = re.compile(r"</([A-Za-z][\w-]{0,30})>")
# Tags of subtitles, and of kinds of files that are XML.
_MARKUP = frozenset(
    {
        *("b", "i", "u", "s", "c", "v", "em", "strong", "font", "ruby", "rt", "lang", "span", "br"),
        *("tt", "timedtext", "transcript", "sami", "body", "p", "div", "xml", "usfsubtitles"),
    }
)
# What a model puts its answer into, and may close only.
_WRAPPERS = frozenset(
    {
        *("subtitle", "subtitles", "srt", "vtt", "webvtt", "translation", "translated", "output"),
        *("translations", "answer", "response", "result", "document", "text", "file", "cues"),
    }
)
_ABOVE_CHARS = 300
# Above a cue.
_NEXT = r"(?=\s{1,9}(?:\W{0,3}\d{1,7}\W{0,3}\n)?[^\n]{0,60}-->)"
_HEADING = re.compile(rf"^(?P<line>[ \t]*#{{2,6}}[ \t][^\n]*)${_NEXT}", re.MULTILINE)
# Close below a text: what stands apart is none anyhow.
_RULE = re.compile(rf"(?<=[^\n])\n(?P<line>[ \t]*([-*_=])\2{{2,}}[ \t]*)${_NEXT}", re.MULTILINE)
_FIRST_TIME = re.compile(r"(\d{1,3}:[\d:.,]{4,12})[ \t]*-->")


def thoughts(text: str) -> Iterator[tuple[int, int]]:
    """Yield what a model thought before it answered, with its tags; the first may be missing."""
    end = 0
    first, first_end = _BEGIN.search(text), _END.search(text)
    if first_end is not None and (first is None or first.start() > first_end.start()):
        if not _begins_again(text, first_end.end()):
            return
        yield 0, first_end.end()
        end = first_end.end()
    while (begin := _BEGIN.search(text, end)) is not None:
        closing = _END.search(text, begin.end())
        # Within cues it is what somebody says.
        if closing is None or _ARROW in text[end : begin.start()]:
            return
        yield begin.start(), closing.end()
        end = closing.end()


def _begins_again(text: str, at: int) -> bool:
    """Whether the cues behind *at* do not go on with those before."""
    before, behind = _FIRST_TIME.search(text, 0, at), _FIRST_TIME.search(text, at)
    return behind is not None and (before is None or behind[1] <= before[1])


def wrapping(text: str) -> Iterator[tuple[int, int]]:
    """Yield the tag around all cues with what stands before it, and its end with what follows."""
    first = text.find(_ARROW)
    if first < 0 or text.lstrip("\ufeff \t\n").startswith("<?xml"):
        return
    tag = next((one for one in _TAG.finditer(text, 0, first) if _is_wrapper(one[1])), None)
    names = _WRAPPERS if tag is None else _WRAPPERS | {tag[1].lower()}
    if tag is not None and f"</{tag[1]}>" in text:
        yield 0, tag.end()
    last = text.rfind(_ARROW)
    for closing in _CLOSING.finditer(text, last):
        if closing[1].lower() in names and _stands_at_end(text, closing):
            yield closing.start(), len(text)
            return


def _is_wrapper(name: str) -> bool:
    return name.lower() not in _MARKUP


def _stands_at_end(text: str, closing: re.Match[str]) -> bool:
    """Whether nothing follows on the line, as nothing does behind the end of an answer."""
    line, _, _ = text[closing.end() : closing.end() + _ABOVE_CHARS].partition("\n")
    return not line.strip()


def dividers(text: str) -> Iterator[tuple[int, int]]:
    """Yield rules close below a text, and headings, above the next cue."""
    spans = [line.span("line") for lines in (_HEADING, _RULE) for line in lines.finditer(text)]
    for start, end in sorted(spans):
        above = text[max(0, start - _ABOVE_CHARS) : start].rstrip()
        # Else it is all that a cue says.
        if _ARROW not in above[above.rfind("\n") + 1 :]:
            yield start, end
