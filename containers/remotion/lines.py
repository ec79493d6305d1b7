"""Break text into lines that fit. Pure: widths come from a function.

Lines break after spaces and hyphens, and between the characters of Chinese, Japanese and Korean
text, except where a line would begin with closing punctuation or end with opening punctuation
(the basic kinsoku rules). A word longer than a line, such as a URL, is cut between characters.
"""

from collections.abc import Callable, Iterator, Sequence

from remotion.characters import is_cjk, is_mark

Width = Callable[[str], float]
"""The width of a stretch of text in pixels."""

Pieces = Callable[[str], Sequence[str]]
"""Splits text into what may not be divided: letters with their marks, whole emoji."""

_NOT_FIRST = frozenset(
    "!%),.:;?]}¢°·»‐–—†‡•›‼⁇⁈⁉℃∶、。〃〆〕〗〞﹏！＂％＇），．：；？］｜｝～々〉》」』】〙〛〟｠"
    "…‥ゝゞヽヾーァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎゕゖㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ”’"
)
_NOT_LAST = frozenset("$([{£¥‘“‵〈《「『【〔〖〝﹙﹛（．［｛￡￥")
_ELLIPSIS = "…"


def pieces(text: str, emoji_end: Callable[[str, int], int | None]) -> list[str]:
    """Split *text* into what stays together; *emoji_end* says where an emoji at a place ends."""
    found: list[str] = []
    at = 0
    while at < len(text):
        end = emoji_end(text, at) or at + 1
        while end < len(text) and is_mark(text[end]):
            end += 1
        found.append(text[at:end])
        at = end
    return found


def wrapped(text: str, *, width_max: float, width: Width, split: Pieces) -> list[str]:
    """Return *text* as lines of at most *width_max*, without the spaces at their ends.

    Line breaks in *text* stay. A single piece wider than the line gets a line of its own.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _wrapped_paragraph(paragraph, width_max, width, split) or [""]
    return lines


def fitted(lines: Sequence[str], *, count_max: int, width_max: float, width: Width) -> list[str]:
    """Return at most *count_max* lines; what is cut off is marked by an ellipsis."""
    if len(lines) <= count_max:
        return list(lines)
    kept = list(lines[:count_max])
    last = kept[-1].rstrip()
    while last and width(last + _ELLIPSIS) > width_max:
        last = last[:-1].rstrip()
    kept[-1] = last + _ELLIPSIS
    return kept


def _wrapped_paragraph(paragraph: str, width_max: float, width: Width, split: Pieces) -> list[str]:
    lines: list[str] = []
    line, line_width = "", 0.0
    for token in _tokens(split(paragraph)):
        if line and line_width + width(token.rstrip()) > width_max:
            lines.append(line.rstrip())
            line, line_width = "", 0.0
        if width(token.rstrip()) > width_max:
            *full, token = _cut(token, width_max, width, split)
            lines += full
        line += token
        line_width += width(token)
    if line:
        lines.append(line.rstrip())
    return lines


def _tokens(parts: Sequence[str]) -> Iterator[str]:
    """Yield stretches that a line may end after."""
    token = ""
    for at, part in enumerate(parts):
        token += part
        following = parts[at + 1] if at + 1 < len(parts) else ""
        if following and _may_break(part, following):
            yield token
            token = ""
    if token:
        yield token


def _may_break(before: str, after: str) -> bool:
    if after[0].isspace() or after[0] in _NOT_FIRST or before[-1] in _NOT_LAST:
        return False
    if before.isspace() or before == "-":
        return True
    # Emoji are of two characters or more, or lie beyond the alphabets: they part like ideographs.
    return any(is_cjk(part[0]) or ord(part[0]) >= 0x1F000 for part in (before, after))


def _cut(token: str, width_max: float, width: Width, split: Pieces) -> list[str]:
    lines: list[str] = []
    line = ""
    for part in split(token):
        if line and width(line + part) > width_max:
            lines.append(line)
            line = ""
        line += part
    return [*lines, line]
