"""The boxes behind text, as outlines. Pure geometry, in script pixels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Corner = tuple[float, float]

SNAP_EM = 0.4
"""Ends of neighbouring lines that are less apart than that are seen as a mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedBox:
    """A box behind text. *corners*: of its outline, clockwise, from its own upper left corner, each
    side along an axis; *radius*: how round they are.
    """

    x: float
    y: float
    width: float
    height: float
    style: str
    corners: tuple[Corner, ...]
    radius: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a line takes of a box: *left* to *right*, and down to *bottom*, the next one's top."""

    left: float
    right: float
    bottom: float


def rectangle(
    x: float, y: float, width: float, height: float, *, style: str, radius: float = 0.0
) -> PlacedBox:
    """Return a box with four corners."""
    corners = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
    return PlacedBox(
        x=x, y=y, width=width, height=height, style=style, corners=corners, radius=radius
    )


def stacked(
    rows: Sequence[Row], *, top: float, reach: float, snap: float, style: str, radius: float
) -> PlacedBox:
    """Return one box around each of *rows*, which follow each other downwards from *top*.

    A longer row's box has *reach* over a shorter neighbour's. Rows whose ends are less than *snap*
    apart are as long as the longer one.
    """
    lefts = _snapped([row.left for row in rows], snap, min)
    rights = _snapped([row.right for row in rows], snap, max)
    bottom = rows[-1].bottom
    seams = [row.bottom for row in rows[:-1]]
    at_right = _steps(rights, seams, [reach if a > b else -reach for a, b in pairwise(rights)])
    at_left = _steps(lefts, seams, [reach if a < b else -reach for a, b in pairwise(lefts)])
    outline = [
        *((lefts[0], top), (rights[0], top)),
        *at_right,
        *((rights[-1], bottom), (lefts[-1], bottom)),
        *reversed(at_left),
    ]
    left = min(lefts)
    return PlacedBox(
        x=left,
        y=top,
        width=max(rights) - left,
        height=bottom - top,
        style=style,
        corners=tuple((x - left, y - top) for x, y in outline),
        radius=radius,
    )


def box_around(boxes: Sequence[PlacedBox]) -> PlacedBox:
    """Return one box around several, like the first."""
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    first = boxes[0]
    return rectangle(left, top, right - left, bottom - top, style=first.style, radius=first.radius)


def drawing(box: PlacedBox) -> str:
    """Return the outline in ASS's drawing commands, in whole pixels."""
    points = [(round(x), round(y)) for x, y in box.corners]
    path: list[str] = []
    for at, corner in enumerate(points):
        before, after = points[at - 1], points[(at + 1) % len(points)]
        sides = (_distance(corner, before), _distance(corner, after))
        radius = min(round(box.radius), *(side // 2 for side in sides))
        # A Bézier curve is nearest to a quarter of a circle with its handles at 0.5523 of it.
        handle = round(radius * (1 - 0.5523))
        command = "l" if path else "m"
        path.append(f"{command} {_towards(corner, before, radius)}")
        if radius:
            way = (_towards(corner, before, handle), _towards(corner, after, handle))
            path.append(f"b {' '.join(way)} {_towards(corner, after, radius)}")
    return " ".join(path)


def _distance(one: tuple[int, int], other: tuple[int, int]) -> int:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _towards(point: tuple[int, int], other: tuple[int, int], by: int) -> str:
    """Return the point *by* pixels from one towards another, along an axis."""
    x, y = (a + by * ((b > a) - (b < a)) for a, b in zip(point, other, strict=True))
    return f"{x} {y}"


def _steps(ends: Sequence[float], seams: Sequence[float], reaches: Sequence[float]) -> list[Corner]:
    """Return the corners of one side where its rows differ, from above."""
    found: list[Corner] = []
    for (above, below), seam, reach in zip(pairwise(ends), seams, reaches, strict=True):
        if above != below:
            found += [(above, seam + reach), (below, seam + reach)]
    return found


def _snapped(
    ends: Sequence[float], snap: float, outer: Callable[[float, float], float]
) -> list[float]:
    """Return *ends* with neighbours that are nearly equal made equal, at the *outer* one."""
    found = list(ends)
    for _ in found:
        for at, (one, other) in enumerate(pairwise(found)):
            if abs(one - other) < snap:
                found[at] = found[at + 1] = outer(one, other)
    return found
