"""Puts cues on the picture: what is said at a time, set, fitted, and with a place for each line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

from engine_kit.text.block import ABOVE, BELOW, Block, SetLine
from engine_kit.text.typesetter import Typesetter

from burner.fit import Room, fitted, is_dialogue, pages
from burner.styles import Look
from media_jobs.subtitles.text import Line

PAGE_MS_MIN = 500
"""No part of a cue that is shown part after part stands for less."""
LANGUAGE_GAP_EM = 0.28
"""What stands between two languages in one box, beside the line's own room."""
BOX_GAP_EM = 0.12
"""What stands between two boxes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Lines in one style, before they are set. *style*: its name in the script."""

    lines: tuple[Line, ...]
    style: str
    look: Look
    bold: bool = False
    italic: bool = False

    @property
    def spans(self) -> tuple[Line, ...]:
        """The lines with the style's own weight in each span, as they are measured."""
        return tuple(
            tuple(
                replace(span, bold=span.bold or self.bold, italic=span.italic or self.italic)
                for span in line
            )
            for line in self.lines
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Where a caption stands, in script pixels of a picture *width* by *height*.

    *row*: 0 bottom, 1 middle, 2 top; *column*: 0 left, 1 centre, 2 right. The text keeps within
    *left* and *right*, *edge* from its own row's side and *far* from the other one.
    """

    row: int
    column: int
    left: float
    right: float
    edge: float
    far: float
    height: float

    @property
    def room(self) -> float:
        """The height there is."""
        return self.height - self.edge - self.far


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedLine:
    """A set line: *x* of its left end and *y* of its baseline."""

    line: SetLine
    em: float
    x: float
    y: float
    style: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedBox:
    """A box behind text: *parts* as (x, y, width, height) from its own corner, with round corners.

    Parts that overlap are one area.
    """

    x: float
    y: float
    width: float
    height: float
    style: str
    parts: tuple[tuple[float, float, float, float], ...]
    radius: float = 0.0


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SetText:
    """Text that has been set. *dialogue*: its lines begin at one place."""

    block: Block
    style: str
    look: Look
    dialogue: bool

    @property
    def height(self) -> float:
        """The height with what the box adds."""
        return self.block.height() + 2 * self.look.padding[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A cue's texts, page after page. *smaller*: than asked. *cut*: some of it is not shown."""

    pages: tuple[tuple[SetText, ...], ...]
    smaller: bool = False
    cut: bool = False


def fit(
    setter: Typesetter,
    texts: Sequence[Text],
    anchor: Anchor,
    *,
    lines_max: int,
    floor: float,
    duration_ms: int,
) -> Fitted:
    """Set *texts* so that they stand one below the other in the anchor's room.

    Text that is too much for it even at the smallest size is shown part after part; what the
    cue's time does not suffice for is left out.
    """
    height = anchor.room - sum(_gap(a, b) for a, b in pairwise(texts))
    shares = _shares(setter, texts, anchor, height)
    found: list[list[SetText]] = []
    smaller = False
    for text, share in zip(texts, shares, strict=True):
        across, down = text.look.padding
        room = Room(
            width=max(anchor.right - anchor.left - 2 * max(across, text.look.outline), 1.0),
            height=max(share - 2 * down, 1.0),
            lines_max=lines_max,
            floor=floor,
        )
        block = fitted(setter, text.spans, text.look.em, room)
        smaller |= block.em < text.look.em
        look = replace(text.look, em=block.em)
        found.append(
            [
                SetText(
                    block=page,
                    style=text.style,
                    look=look,
                    dialogue=is_dialogue(text.lines),
                )
                for page in pages(block, room.height)
            ]
        )
    # A language with fewer pages stays while the other goes on.
    count = max(len(of_text) for of_text in found)
    shown = [
        tuple(of_text[min(n * len(of_text) // count, len(of_text) - 1)] for of_text in found)
        for n in range(count)
    ]
    most = max(1, duration_ms // PAGE_MS_MIN)
    return Fitted(pages=tuple(shown[:most]), smaller=smaller, cut=count > most)


def _shares(
    setter: Typesetter, texts: Sequence[Text], anchor: Anchor, height: float
) -> Iterable[float]:
    """Divide *height* between the texts: half each, or what the other leaves."""
    if len(texts) == 1:
        return [height]
    width = anchor.right - anchor.left
    wanted = [
        setter.block(t.spans, em=t.look.em, width_max=max(width, 1.0)).height()
        + 2 * t.look.padding[1]
        for t in texts
    ]
    if sum(wanted) <= height:
        rest = (height - sum(wanted)) / len(texts)
        return [one + rest for one in wanted]
    half = height / len(texts)
    spare = sum(max(half - one, 0.0) for one in wanted)
    over = sum(1 for one in wanted if one > half)
    return [min(one, half) if one <= half else half + spare / over for one in wanted]


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
    at, passed = start_ms, 0
    for page, weight in zip(fit_.pages, weights, strict=True):
        passed += weight
        # Centiseconds, as the script counts.
        until = start_ms + round((end_ms - start_ms) * passed / sum(weights) / 10) * 10
        until = end_ms if passed == sum(weights) else until
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
            y += _gap(text, following)
    if shares_box and len(boxes) > 1:
        boxes = [_around(boxes)]
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
    top = (
        anchor.height - anchor.edge - y,
        (anchor.height - y) / 2,
        anchor.edge,
    )[anchor.row]
    return whole.moved(max(top, 0.0))


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
    if text.look.box is None:
        return lines, None
    return lines, _box_behind(text, lines, top)


def _box_behind(text: SetText, lines: Sequence[PlacedLine], top: float) -> PlacedBox:
    across, down = text.look.padding
    left = min(line.x for line in lines) - across
    right = max(line.x + line.line.width for line in lines) + across
    parts: list[tuple[float, float, float, float]] = [(0.0, 0.0, right - left, text.height)]
    if text.look.box == "lines":
        # As high as a line's letters, or its ink where that is more; neighbours touch.
        edges = [top, *_between(lines), top + text.height]
        parts = []
        for line, above, below in zip(lines, edges, edges[1:], strict=False):
            begin, end = max(above - down, top), min(below + down, top + text.height)
            parts.append(
                (line.x - across - left, begin - top, line.line.width + 2 * across, end - begin)
            )
    return PlacedBox(
        x=left,
        y=top,
        width=right - left,
        height=text.height,
        style=f"{text.style}Box",
        parts=tuple(parts),
        radius=text.look.radius,
    )


def _between(lines: Sequence[PlacedLine]) -> Iterator[float]:
    """Yield the heights half way between the letters of neighbouring lines."""
    for upper, lower in pairwise(lines):
        yield (upper.y + BELOW * upper.em + lower.y - ABOVE * lower.em) / 2


def _gap(above: Text | SetText, below: Text | SetText) -> float:
    em = min(above.look.em, below.look.em)
    boxed = above.look.box is not None or below.look.box is not None
    return (BOX_GAP_EM if boxed else LANGUAGE_GAP_EM) * em


def _around(boxes: Sequence[PlacedBox]) -> PlacedBox:
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    width, height = right - left, bottom - top
    return PlacedBox(
        x=left,
        y=top,
        width=width,
        height=height,
        style=boxes[0].style,
        parts=((0.0, 0.0, width, height),),
        radius=boxes[0].radius,
    )
