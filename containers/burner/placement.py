"""Where a cue wants to stand: WebVTT's cue settings as alignment and margins of an ASS event
(https://www.w3.org/TR/webvtt1/#webvtt-cue-settings).

Margins, not positions: so long lines still wrap and cues at one time still make room for each
other. Vertical writing and regions are not followed.
"""

import math
from dataclasses import dataclass

from burner.cue_settings import percent
from burner.cues import Cue
from burner.looks import Picture

_FOLLOWED = frozenset({"line", "position", "align", "size", "an"})
_COLUMNS = {"start": 0, "left": 0, "center": 1, "middle": 1, "end": 2, "right": 2}
_COLUMN_OF_ANCHOR = {"line-left": 0, "center": 1, "line-right": 2}
_BOTTOM, _TOP = 1, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The event's alignment (numeric keypad) and margins in script pixels; 0: the style's own."""

    alignment: int | None = None
    left: int = 0
    right: int = 0
    vertical: int = 0


def is_followed(cue: Cue) -> bool:
    """Whether all settings of *cue* are of the kinds that are followed."""
    return all(name in _FOLLOWED for name, _ in cue.settings)


def placement_of(
    cue: Cue, picture: Picture, *, line_height: float, edge: int, row: int
) -> Placement:
    """Return where *cue* stands. *edge*: the least distance to a side of the picture.

    *row*: where a cue stands that does not say its line: 1 bottom, 4 middle, 7 top.

    *cue*'s settings are valid ones: see `valid_settings`.
    """
    settings = dict(cue.settings)
    if (keypad := settings.get("an", "")) in set("123456789"):
        return Placement(alignment=int(keypad))
    column, left, right = _across(settings, picture.width, edge)
    own_row, vertical = _down(settings, picture.height, line_height, len(cue.lines), edge)
    if own_row is None and not settings.keys() & {"position", "align", "size"}:
        return Placement()
    return Placement(
        alignment=(row if own_row is None else own_row) + column,
        left=left,
        right=right,
        vertical=vertical,
    )


def _across(settings: dict[str, str], width: int, edge: int) -> tuple[int, int, int]:
    """Return the column (0 left to 2 right) and the margins at both sides."""
    text_column = _COLUMNS.get(settings.get("align", "center"), 1)
    place, _, anchor_name = settings.get("position", "").partition(",")
    position = percent(place)
    if position is None:
        position = (0.0, 0.5, 1.0)[text_column]
    anchor = _COLUMN_OF_ANCHOR.get(anchor_name, text_column)
    room = (1 - position, 2 * min(position, 1 - position), position)[anchor]
    wanted = percent(settings.get("size", ""))
    size = min(room, 1.0 if wanted is None else wanted)
    start = position - size * (0, 0.5, 1)[anchor]
    left, right = round(start * width), round((1 - start - size) * width)
    # An event's margin of 0 means the style's; and no text may touch the side of the picture.
    return text_column, max(left, edge, 1), max(right, edge, 1)


def _down(
    settings: dict[str, str], height: int, line_height: float, lines: int, edge: int
) -> tuple[int | None, int]:
    """Return the row of the alignment, None for the style's own, and the margin to its edge."""
    value, _, anchor = settings.get("line", "").partition(",")
    block = line_height * lines
    if (share := percent(value)) is not None:
        if anchor == "center":
            top = share * height - block / 2
        else:
            top = share * height - (block if anchor == "end" else 0)
        # What would hang over the edge is moved in, as players do.
        return _TOP, max(1, round(min(max(top, edge), height - edge - block)))
    if not value:
        return None, 0
    # Lines may be written with a fraction; the standard rounds halves up.
    number = math.floor(float(value) + 0.5)
    if number < 0:
        from_edge = edge + (-number - 1) * line_height
        return _BOTTOM, max(1, round(min(from_edge, height - edge - block)))
    return _TOP, max(1, round(min(edge + number * line_height, height - edge - block)))
