"""Puts set text on the picture: a place for each line and for the box behind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

from engine_kit.text.block import ABOVE, BELOW, SetLine

from burner.boxes import SNAP_EM, PlacedBox, Row, box_around, rectangle, stacked
from burner.texts import Anchor, Fitted, SetText, gap_between


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedLine:
    """A set line: *x* of its left end and *y* of its baseline."""

    line: SetLine
    em: float
    x: float
    y: float
    style: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What stands together from *start_ms* to *end_ms*. *number*: of its cue, None for others."""

    number: int | None
    start_ms: int
    end_ms: int
    lines: tuple[PlacedLine, ...]
    boxes: tuple[PlacedBox, ...]
    top: float
    bottom: float
    left: float
    right: float

    def moved(self, down: float) -> "Caption":
        """Return the caption, moved."""
        return replace(
            self,
            lines=tuple(replace(line, y=line.y + down) for line in self.lines),
            boxes=tuple(replace(box, y=box.y + down) for box in self.boxes),
            top=self.top + down,
            bottom=self.bottom + down,
        )


def captions_of(
    fit_: Fitted,
    anchor: Anchor,
    *,
    number: int | None,
    start_ms: int,
    end_ms: int,
    shares_box: bool = False,
) -> Iterator[Caption]:
    """Yield a caption for each page, at the anchor's own place."""
    weights = [
        max(1, sum(len(line.text) for t in page for line in t.block.lines)) for page in fit_.pages
    ]
    at, passed, whole = start_ms, 0, sum(weights)
    for page, weight in zip(fit_.pages, weights, strict=True):
        passed += weight
        # Centiseconds, as the script counts.
        until = start_ms + round((end_ms - start_ms) * passed / whole / 10) * 10
        until = end_ms if passed == whole else until
        yield _placed(page, anchor, number, at, until, shares_box)
        at = until


def _placed(
    page: Sequence[SetText],
    anchor: Anchor,
    number: int | None,
    start_ms: int,
    end_ms: int,
    shares_box: bool,
) -> Caption:
    lines: list[PlacedLine] = []
    boxes: list[PlacedBox] = []
    y = 0.0
    for text, following in zip_longest(page, page[1:]):
        own, box = _text_placed(text, anchor, y)
        lines += own
        if box is not None:
            boxes.append(box)
        y += text.height
        if following is not None:
            y += gap_between(text, following)
    if shares_box and len(boxes) > 1:
        boxes = [box_around(boxes)]
    whole = Caption(
        number=number,
        start_ms=start_ms,
        end_ms=end_ms,
        lines=tuple(lines),
        boxes=tuple(boxes),
        top=0.0,
        bottom=y,
        left=min(line.x for line in lines),
        right=max(line.x + line.line.width for line in lines),
    )
    return whole.moved(anchor.top_of(y))


def _text_placed(
    text: SetText, anchor: Anchor, top: float
) -> tuple[list[PlacedLine], PlacedBox | None]:
    """Place a text whose room begins at *top*."""
    across, down = text.look.padding
    aside = max(across, text.look.outline)
    block, left, right = text.block, anchor.left + aside, anchor.right - aside
    lines = []
    for line, baseline in zip(block.lines, block.baselines(), strict=True):
        # What several people say begins at one place, in the middle as a whole.
        measured = block.width if text.dialogue and anchor.column == 1 else line.width
        free = right - left - measured
        x = left + free * anchor.column / 2
        if text.dialogue and anchor.column == 1 and line.base == 1:
            x += measured - line.width
        lines.append(
            PlacedLine(line=line, em=block.em, x=x, y=top + down + baseline, style=text.style)
        )
    if text.look.box is None or all(line.line.ink is None for line in lines):
        return lines, None
    return lines, _box_behind(text, lines, top)


def _box_behind(text: SetText, lines: Sequence[PlacedLine], top: float) -> PlacedBox:
    across, down = text.look.padding
    left = min(line.x for line in lines) - across
    right = max(line.x + line.line.width for line in lines) + across
    if text.look.box == "block":
        return rectangle(
            left, top, right - left, text.height, style=f"{text.style}Box", radius=text.look.radius
        )
    rows = [
        Row(left=line.x - across, right=line.x + line.line.width + across, bottom=bottom)
        for line, bottom in zip(lines, [*_between(lines), top + text.height], strict=True)
    ]
    return stacked(
        rows,
        top=top,
        reach=down,
        snap=max(SNAP_EM * text.look.em, 2 * text.look.radius),
        style=f"{text.style}Box",
        radius=text.look.radius,
    )


def _between(lines: Sequence[PlacedLine]) -> Iterator[float]:
    """Yield the heights half way between the letters of neighbouring lines."""
    for upper, lower in pairwise(lines):
        yield (upper.y + BELOW * upper.em + lower.y - ABOVE * lower.em) / 2
