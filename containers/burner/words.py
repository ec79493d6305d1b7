"""When each word of a caption is said, and where it stands.

The times are those that subtitles have within a cue: WebVTT's `<00:00.000>`, YouTube's captions,
karaoke. A word is said until the next one begins, the last one until the cue ends.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from engine_kit.text.block import ABOVE, BELOW, Run
from engine_kit.text.shaping import shape

from burner.boxes import rectangle
from burner.captions import Caption, PlacedLine
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.text import Line

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


def cue_by_words(cue: Cue) -> Iterator[Cue]:
    """Yield a cue for each time of words in *cue*, with these words alone on one line.

    The first one stands from the cue's start, the last one to its end.
    """
    spans = [span for line in cue.lines for span in line]
    times: list[int] = []
    groups: list[list[int]] = []
    for number, span in enumerate(spans):
        at_ms = cue.start_ms if span.at_ms is None and not times else span.at_ms
        if at_ms is None or (times and at_ms <= times[-1]) or not span.text.strip():
            if groups:
                groups[-1].append(number)
            continue
        times.append(at_ms)
        groups.append([number])
    if not groups:
        yield cue
        return
    starts = [cue.start_ms, *(max(cue.start_ms, min(t, cue.end_ms)) for t in times[1:]), cue.end_ms]
    for group, (start_ms, end_ms) in zip(groups, pairwise(starts), strict=True):
        if end_ms > start_ms:
            words = tuple(replace(spans[number], at_ms=None) for number in group)
            yield replace(cue, start_ms=start_ms, end_ms=end_ms, lines=(words,))


def word_boxes(caption: Caption, placed: PlacedLine, said: Said) -> Iterator[Caption]:
    """Yield a caption of a box alone for each word of a line, while it is said."""
    for at_ms, (from_ms, to_ms) in said.items():
        runs = [run for run in placed.line.runs if run.style.at_ms == at_ms]
        edges = [_edges(run, placed.em) for run in runs if run.text.strip()]
        if not edges or to_ms <= from_ms:
            continue
        across, down = BOX_ACROSS_EM * placed.em, BOX_DOWN_EM * placed.em
        left = placed.x + min(edge[0] for edge in edges) - across
        width = placed.x + max(edge[1] for edge in edges) + across - left
        top, height = placed.y - ABOVE * placed.em - down, (ABOVE + BELOW) * placed.em + 2 * down
        radius = BOX_RADIUS_EM * placed.em
        box = rectangle(left, top, width, height, style=f"{placed.style}Word", radius=radius)
        yield replace(
            caption,
            start_ms=caption.start_ms + from_ms,
            end_ms=caption.start_ms + to_ms,
            boxes=(box,),
            lines=(),
        )


def _edges(run: Run, em: float) -> tuple[float, float]:
    """Return where the letters of a run begin and end, without the spaces around them."""
    space = shape(" ", run.cut, "Zyyy", rtl=False).width * em
    before = len(run.text) - len(run.text.lstrip(" "))
    after = len(run.text) - len(run.text.rstrip(" "))
    left, right = (after, before) if run.rtl else (before, after)
    return run.x + left * space, run.x + run.width - right * space
