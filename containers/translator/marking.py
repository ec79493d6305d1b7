"""The text of a cue as it is handed to a translator, and what came back as styled text.

The style of most of a text is left out and put around the translation again. Parts in another style
stand in marks, `<s1>…</s1>`; where an answer does not have each mark once and in order, the marks
are left out. Who speaks begins with a dash, and is a text of its own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.text import Line, Span
from media_jobs.subtitles.units import is_unspaced

__all__ = ["Segment", "Turn", "plain", "turns_of", "unmarked"]

_DASH = re.compile(r"\s*[-‐‑–—](?!\d)\s*(?=\S)")
_MARK = re.compile(r"<(/?)s(\d{1,3})>")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text, and the style that it is shown in, whose text and time do not matter."""

    text: str
    look: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one speaker says in a cue. *dash*: it began with one. *looks*: of the marks, from 1.

    *text* has marks where there are *looks*; *had_styles*: there were some, and no marks could say
    where.
    """

    text: str
    look: Span
    dash: bool = False
    looks: tuple[Span, ...] = ()
    had_styles: bool = False


def turns_of(cue: Cue, *, with_marks: bool) -> tuple[Turn, ...]:
    """Return what is said in *cue*: one turn, or one for each dash and what stands before it."""
    turns: list[tuple[bool, list[Segment]]] = []
    for line in cue.lines:
        segments = [Segment(span.text, replace(span, text="", at_ms=None)) for span in line]
        dash = _DASH.match(segments[0].text) if segments else None
        if dash is not None:
            segments[0] = Segment(segments[0].text[dash.end() :], segments[0].look)
        if dash is not None or not turns:
            turns.append((dash is not None, segments))
        else:
            _append_line(turns[-1][1], segments)
    return tuple(_turn(segments, dash=dash, with_marks=with_marks) for dash, segments in turns)


def _append_line(segments: list[Segment], more: Sequence[Segment]) -> None:
    """Put a line behind others, with the space that stands for the line's end."""
    before = "".join(one.text for one in segments)[-1:]
    after = "".join(one.text for one in more)[:1]
    is_joined = before.isspace() or (is_unspaced(before or " ") and is_unspaced(after or " "))
    if segments and not is_joined:
        segments[-1] = Segment(segments[-1].text + " ", segments[-1].look)
    segments += more


def _turn(segments: Sequence[Segment], *, dash: bool, with_marks: bool) -> Turn:
    merged = list(_merged(segments))
    lengths: dict[Span, int] = {}
    for one in merged:
        lengths[one.look] = lengths.get(one.look, 0) + len(one.text)
    look = max(lengths, key=lengths.__getitem__)
    text = " ".join("".join(one.text for one in merged).split())
    if len(lengths) == 1:
        return Turn(text=text, look=look, dash=dash)
    if not with_marks or _MARK.search(text):
        return Turn(text=text, look=look, dash=dash, had_styles=True)
    return Turn(
        text=" ".join("".join(_marked(merged, look)).split()),
        look=look,
        dash=dash,
        looks=tuple(one.look for one in merged if one.look != look),
    )


def _merged(segments: Sequence[Segment]) -> Iterator[Segment]:
    """Yield *segments*, neighbours of one style as one; spaces have the style before them."""
    pending: Segment | None = None
    for one in segments:
        if pending is None:
            pending = one
        elif one.look == pending.look or not one.text.strip():
            pending = Segment(pending.text + one.text, pending.look)
        elif not pending.text.strip():
            pending = Segment(pending.text + one.text, one.look)
        else:
            yield pending
            pending = one
    if pending is not None:
        yield pending


def _marked(segments: Sequence[Segment], look: Span) -> Iterator[str]:
    number = 0
    for one in segments:
        if one.look == look:
            yield one.text
            continue
        number += 1
        inner = one.text.strip()
        start = one.text.index(inner)
        # Spaces stand outside of marks: models move them.
        yield f"{one.text[:start]}<s{number}>{inner}</s{number}>{one.text[start + len(inner) :]}"


def unmarked(text: str, turn: Turn) -> tuple[tuple[Segment, ...], bool]:
    """Return a translation of *turn* as styled text, and whether styles were left out of it."""
    if not turn.looks:
        return (Segment(text, turn.look),), turn.had_styles
    found = tuple(_styled(text, turn))
    names = [f"{mark[1]}s{mark[2]}" for mark in _MARK.finditer(text)]
    wanted = {f"{end}s{number}" for number in range(1, len(turn.looks) + 1) for end in ("", "/")}
    is_whole = len(names) == len(wanted) and set(names) == wanted and _alternate(names)
    if is_whole:
        return found, False
    return (Segment(" ".join(_MARK.sub("", text).split()), turn.look),), True


def _alternate(names: Sequence[str]) -> bool:
    """Whether each mark is closed before the next one opens."""
    return all(
        not names[at].startswith("/") and names[at + 1] == f"/{names[at]}"
        for at in range(0, len(names), 2)
    )


def _styled(text: str, turn: Turn) -> Iterator[Segment]:
    position, look = 0, turn.look
    for mark in _MARK.finditer(text):
        if mark.start() > position:
            yield Segment(text[position : mark.start()], look)
        number = int(mark[2])
        is_known = not mark[1] and 0 < number <= len(turn.looks)
        look = turn.looks[number - 1] if is_known else turn.look
        position = mark.end()
    if position < len(text):
        yield Segment(text[position:], look)


def plain(text: str) -> str:
    """Return *text* as it is compared and shown to a model as context: no marks, single spaces."""
    return " ".join(_MARK.sub("", text).split())


def as_line(segments: Sequence[Segment]) -> Line:
    """Return *segments* as the spans of a line."""
    return tuple(replace(one.look, text=one.text) for one in segments if one.text)
