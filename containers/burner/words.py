"""When each word of a caption is said, and where it stands.

The times are those that subtitles have within a cue: WebVTT's `<00:00.000>`, YouTube's captions,
karaoke. A word is said until the next one begins, the last one until the cue ends.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from engine_kit.text.block import ABOVE, BELOW, Run
from engine_kit.text.shaping import shape

from burner.boxes import PlacedBox, rectangle
from burner.captions import Caption, PlacedLine
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.rolling import SHORTEST_MS
from media_jobs.subtitles.text import Line, Span

BOX_ACROSS_EM, BOX_DOWN_EM, BOX_RADIUS_EM = 0.12, 0.05, 0.16

Said = Mapping[int | None, tuple[int, int]]
"""By a word's time in the file: from when to when it is said, in ms from the caption's start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stress:
    """How the words of a style stand out while they are said: in *colour*, on a box of it, or
    filled with it from then on. *ink*, *outline*: what they have otherwise. All `#rrggbb`.
    """

    manner: Literal["word", "fill", "box"]
    colour: str
    ink: str
    outline: str


def has_words(cue: Cue) -> bool:
    """Whether parts of the cue have times of their own."""
    return any(span.at_ms is not None for line in cue.lines for span in line)


def said_of(caption: Caption, style: str) -> Said:
    """Return when the words of *caption* in a *style* are said; nothing if they have no times."""
    lines = [placed.line for placed in caption.lines if placed.style == style]
    known = {run.style.at_ms for line in lines for run in line.runs}
    if known <= {None}:
        return {}
    begun = {at_ms: caption.start_ms if at_ms is None else at_ms for at_ms in known}
    length_ms = caption.end_ms - caption.start_ms
    times = sorted(
        (min(max(from_ms - caption.start_ms, 0), length_ms), at_ms is not None, at_ms)
        for at_ms, from_ms in begun.items()
    )
    ends = [time[0] for time in times[1:]] + [length_ms]
    return {time[2]: (time[0], end) for time, end in zip(times, ends, strict=True)}


def with_own_times(before: Sequence[Line], lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return *lines*, without times where all they have is that of the last word *before* them.

    In files a time counts until the next one: a translation below words with times has theirs.
    """
    last_ms = before[-1][-1].at_ms if before and before[-1] else None
    if {span.at_ms for line in lines for span in line} != {last_ms}:
        return lines
    return tuple(tuple(replace(span, at_ms=None) for span in line) for line in lines)


def with_openers(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return *lines* with signs that begin one, as a dash, having the time of the word behind.

    A time in a file is in front of the word, and so behind the dash. Signs with a time of their own
    keep it.
    """
    found: list[Line] = []
    before_ms: int | None = None
    for line in lines:
        found.append(_opened(line, before_ms))
        before_ms = line[-1].at_ms if line else before_ms
    return tuple(found)


def _opened(line: Line, before_ms: int | None) -> Line:
    if not line or line[0].at_ms not in (None, before_ms):
        return line
    if any(character.isalnum() for character in line[0].text):
        return line
    return (replace(line[0], at_ms=line[1].at_ms), *line[1:]) if len(line) > 1 else line


def cue_by_words(cue: Cue) -> Iterator[Cue]:
    """Yield a cue for each time of words in *cue*, with these words alone.

    The first one stands from the cue's start, the last one to its end. Words whose times are out
    of order, outside of the cue or too short to be seen stand with those before them.
    """
    spans = [(at, span) for at, line in enumerate(with_openers(cue.lines)) for span in line]
    begins = dict(_begins(cue, [span for _, span in spans]))
    # Each group has its words by the line that they stand in.
    groups: list[dict[int, list[Span]]] = []
    starts = [cue.start_ms]
    for number, (line, span) in enumerate(spans):
        if groups and number in begins:
            starts.append(begins[number])
            groups.append({})
        if groups or span.text.strip():
            groups = groups or [{}]
            groups[-1].setdefault(line, []).append(replace(span, at_ms=None))
    if not groups:
        yield cue
        return
    for words, (start_ms, end_ms) in zip(groups, pairwise([*starts, cue.end_ms]), strict=True):
        lines = tuple(tuple(line) for line in words.values())
        yield replace(cue, start_ms=start_ms, end_ms=end_ms, lines=lines)


def _begins(cue: Cue, spans: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Yield number and time of the spans that begin something new: as many as are in order."""
    timed = [
        (number, span.at_ms)
        for number, span in enumerate(spans)
        if span.at_ms is not None
        and span.text.strip()
        and cue.start_ms < span.at_ms <= cue.end_ms - SHORTEST_MS
    ]
    # The longest rising row: by its length so far, the least time that it can end with.
    least: list[int] = []
    lengths: list[int] = []
    for _, at_ms in timed:
        lengths.append(bisect_left(least, at_ms))
        least[lengths[-1] : lengths[-1] + 1] = [at_ms]
    row: list[tuple[int, int]] = []
    for one, length in zip(reversed(timed), reversed(lengths), strict=True):
        if row and length == len(least) - len(row) and one[1] == row[-1][1]:
            row[-1] = one
        elif length == len(least) - 1 - len(row) and (not row or one[1] < row[-1][1]):
            row.append(one)
    before_ms = cue.start_ms
    for number, at_ms in reversed(row):
        if at_ms - before_ms >= SHORTEST_MS:
            yield number, at_ms
            before_ms = at_ms


def word_boxes(caption: Caption, placed: PlacedLine, said: Said) -> Iterator[Caption]:
    """Yield a caption of boxes alone for each word of a line, while it is said.

    A word that is in several places, as a number is whose sign stands at the other side of a name
    from right to left, has a box at each.
    """
    boxes = dict[int | None, list[PlacedBox]]()
    for stretch in _stretches(placed):
        box = _box_behind(placed, *stretch)
        if box is not None:
            boxes.setdefault(stretch[1].style.at_ms, []).append(box)
    for at_ms, (from_ms, to_ms) in said.items():
        if at_ms in boxes and to_ms > from_ms:
            yield replace(
                caption,
                start_ms=caption.start_ms + from_ms,
                end_ms=caption.start_ms + to_ms,
                boxes=tuple(boxes[at_ms]),
                lines=(),
            )


Stretch = tuple[Run | None, Run, Run, Run | None]
"""First and last of runs side by side, of one time, between their neighbours."""


def _stretches(placed: PlacedLine) -> Iterator[Stretch]:
    """Yield the stretches of a line from left to right."""
    runs = placed.line.runs
    begin = 0
    for at, run in enumerate(runs):
        if at + 1 < len(runs) and runs[at + 1].style.at_ms == run.style.at_ms:
            continue
        before = runs[begin - 1] if begin else None
        after = runs[at + 1] if at + 1 < len(runs) else None
        yield before, runs[begin], run, after
        begin = at + 1


def _box_behind(
    placed: PlacedLine, before: Run | None, first: Run, last: Run, after: Run | None
) -> PlacedBox | None:
    """Return the box behind a stretch, None where it has no letter."""
    em, ink = placed.em, placed.line.ink
    begin, _ = _edges(first, em)
    _, end = _edges(last, em)
    if ink is None or end <= begin:
        return None
    across, down = BOX_ACROSS_EM * em, BOX_DOWN_EM * em
    # No box reaches over the letters beside it.
    free_before = across if before is None else begin - _edges(before, em)[1]
    free_after = across if after is None else _edges(after, em)[0] - end
    left = placed.x + begin - min(across, max(free_before, 0.0))
    right = placed.x + end + min(across, max(free_after, 0.0))
    top = placed.y + min(-ABOVE * em, ink.top) - down
    bottom = placed.y + max(BELOW * em, ink.bottom) + down
    style, radius = f"{placed.style}Word", BOX_RADIUS_EM * em
    return rectangle(left, top, right - left, bottom - top, style=style, radius=radius)


def _edges(run: Run, em: float) -> tuple[float, float]:
    """Return where the letters of a run begin and end, without the spaces around them."""
    space = shape(" ", run.cut, "Zyyy", rtl=False).width * em
    before = len(run.text) - len(run.text.lstrip(" "))
    after = len(run.text) - len(run.text.rstrip(" "))
    left, right = (after, before) if run.rtl else (before, after)
    return run.x + left * space, run.x + run.width - right * space
