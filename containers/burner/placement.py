"""Where a cue wants to stand: WebVTT's cue settings as alignment and margins
(https://www.w3.org/TR/webvtt1/#webvtt-cue-settings).

Vertical writing and regions are not followed.
"""

import math
from dataclasses import dataclass

from burner.styles import Frame
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.settings import CueSettings

_COLUMNS = {"start": 0, "left": 0, "center": 1, "end": 2, "right": 2}
_COLUMN_OF_ANCHOR = {"line-left": 0, "center": 1, "line-right": 2}
_BOTTOM, _TOP = 1, 7
LEAST_LINES_WIDE = 5
"""Text is at least as wide as so many lines are high: a few words, whatever the file asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """An alignment (numeric keypad) and margins in script pixels; None, 0: the style's own."""

    alignment: int | None = None
    left: int = 0
    right: int = 0
    vertical: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """The least distance of text to the sides of the picture, in script pixels."""

    top: int
    bottom: int
    side: int


def is_followed(cue: Cue) -> bool:
    """Whether all settings of *cue* are of the kinds that are followed."""
    return cue.settings.vertical is None and cue.settings.region is None


def placement_of(
    cue: Cue, picture: Frame, *, line_height: float, block_height: float, edges: Edges, row: int
) -> Placement:
    """Return where *cue* stands, within *edges*.

    *block_height*: of its text, once that is set. *row*: where a cue stands that does not say its
    line: 1 bottom, 4 middle, 7 top.
    """
    if cue.keypad is not None:
        return Placement(alignment=cue.keypad)
    settings = cue.settings
    if (settings.line, settings.position, settings.size, settings.align) == (None,) * 4:
        return Placement()
    least = LEAST_LINES_WIDE * line_height
    column, left, right = _across(settings, picture.shown_width, edges.side, least)
    own_row, vertical = _down(settings, picture.height, line_height, block_height, edges)
    return Placement(
        alignment=(row if own_row is None else own_row) + column,
        left=left,
        right=right,
        vertical=vertical,
    )


def _across(settings: CueSettings, width: int, edge: int, least: float) -> tuple[int, int, int]:
    """Return the column (0 left to 2 right) and the margins at both sides.

    *least*: the width that text needs; a place that leaves less, as at the very edge, is moved in.
    """
    text_column = _COLUMNS[settings.align or "center"]
    position = (0.0, 0.5, 1.0)[text_column]
    if settings.position is not None:
        position = settings.position / 100
    anchor = text_column
    if settings.position_align is not None:
        anchor = _COLUMN_OF_ANCHOR[settings.position_align]
    room = (1 - position, 2 * min(position, 1 - position), position)[anchor]
    size = min(room, 1.0 if settings.size is None else settings.size / 100)
    start = position - size * (0, 0.5, 1)[anchor]
    left, right = start * width, (1 - start - size) * width
    lacking = min(least, width - 2 * edge) - (width - max(left, edge) - max(right, edge))
    if lacking > 0:
        from_right = min((1.0, 0.5, 0.0)[text_column] * lacking, max(right - edge, 0))
        from_left = min(lacking - from_right, max(left - edge, 0))
        left, right = left - from_left, right - (lacking - from_left)
    left, right = round(left), round(right)
    # No text may touch the side of the picture, nor a margin be 0, which means the style's.
    return text_column, max(left, edge, 1), max(right, edge, 1)


def _down(
    settings: CueSettings, height: int, line_height: float, block: float, edges: Edges
) -> tuple[int | None, int]:
    """Return the row of the alignment, None for the style's own, and the margin to its edge."""
    if settings.line is None:
        return None, 0
    # What would hang over the edge is moved in, as players do.
    lowest = height - edges.bottom - block
    highest = height - edges.top - block
    if settings.line_is_percent:
        top = settings.line / 100 * height
        top -= {"start": 0, "center": block / 2, "end": block}[settings.line_align]
        return _TOP, max(1, round(min(max(top, edges.top), lowest)))
    # Lines may be written with a fraction; the standard rounds halves up.
    number = math.floor(settings.line + 0.5)
    if number < 0:
        return _BOTTOM, max(1, round(min(edges.bottom + (-number - 1) * line_height, highest)))
    return _TOP, max(1, round(min(edges.top + number * line_height, lowest)))
