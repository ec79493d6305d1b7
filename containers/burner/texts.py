"""A cue's texts, before and after they are set to fit the room that there is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from engine_kit.text.block import PITCH, Block
from engine_kit.text.typesetter import Typesetter

from burner.fit import FLOOR, Room, fitted, is_dialogue, pages
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
        """The lines as they are measured: with the style's own weight, without a blank begin."""
        return tuple(
            tuple(
                replace(
                    span,
                    text=span.text if at else span.text.lstrip(" \t"),
                    bold=span.bold or self.bold,
                    italic=span.italic or self.italic,
                )
                for at, span in enumerate(line)
            )
            for line in self.lines
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Where a caption stands, in script pixels of a picture *width* by *height*.

    *row*: 0 bottom, 1 middle, 2 top; *column*: 0 left, 1 centre, 2 right. The text keeps within
    *left* and *right*, *edge* from its own row's side and *far* from the other one. *measure*: how
    long a line is at ease.
    """

    row: int
    column: int
    left: float
    right: float
    measure: float
    edge: float
    far: float
    height: float

    @property
    def room(self) -> float:
        """The height there is."""
        return self.height - self.edge - self.far

    def within(self, height: float) -> "Anchor":
        """Return the same with room for so much alone."""
        # A hundredth more: what fits exactly must fit after rounding, too.
        return replace(self, far=self.height - self.edge - height - 0.01)

    def top_of(self, height: float) -> float:
        """Return where what is so high begins."""
        tops = (self.height - self.edge - height, (self.height - height) / 2, self.edge)
        return max(tops[self.row], 0.0)


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
    most = max(1, duration_ms // PAGE_MS_MIN)
    whole = texts
    texts = [_shortened(text, most, anchor, floor) for text in whole]
    height = anchor.room - sum(gap_between(a, b) for a, b in pairwise(texts))
    shares = _shares(setter, texts, anchor, height)
    found: list[list[SetText]] = []
    smaller = False
    for text, share in zip(texts, shares, strict=True):
        across, down = text.look.padding
        room = Room(
            width=max(anchor.right - anchor.left - 2 * max(across, text.look.outline), 1.0),
            measure=anchor.measure,
            height=max(share - 2 * down, 1.0),
            lines_max=lines_max,
            floor=floor,
        )
        block = fitted(setter, text.spans, text.look.em, room)
        smaller |= block.em < text.look.em
        look = replace(text.look, em=block.em)
        dialogue = is_dialogue(text.lines)
        found.append(
            [
                SetText(
                    block=page,
                    style=text.style,
                    look=look,
                    dialogue=dialogue,
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
    cut = count > most or any(
        len(a.lines) > len(b.lines) for a, b in zip(whole, texts, strict=True)
    )
    return Fitted(pages=tuple(shown[:most]), smaller=smaller, cut=cut)


def _shortened(text: Text, pages_max: int, anchor: Anchor, floor: float) -> Text:
    """Leave lines away for which there is no time whatever their size: no need to set them."""
    least = max(floor, text.look.em * FLOOR)
    lines_max = pages_max * (int(anchor.room / (least * PITCH)) + 1)
    return text if len(text.lines) <= lines_max else replace(text, lines=text.lines[:lines_max])


def _shares(
    setter: Typesetter, texts: Sequence[Text], anchor: Anchor, height: float
) -> Iterable[float]:
    """Divide *height* between the texts: half each, or what the other leaves."""
    if len(texts) == 1:
        return [height]
    return divided([wanted_height(setter, text, anchor) for text in texts], height)


def wanted_height(setter: Typesetter, text: Text, anchor: Anchor) -> float:
    """Return how high *text* is at its own size."""
    width = max(anchor.right - anchor.left, 1.0)
    block = setter.block(text.spans, em=text.look.em, width_max=width)
    return block.height() + 2 * text.look.padding[1]


def divided(wanted: Sequence[float], height: float) -> list[float]:
    """Divide *height*: what is *wanted* and as much of the rest each, or half, or what is left."""
    if sum(wanted) <= height:
        rest = (height - sum(wanted)) / len(wanted)
        return [one + rest for one in wanted]
    half = height / len(wanted)
    spare = sum(max(half - one, 0.0) for one in wanted)
    over = sum(1 for one in wanted if one > half)
    return [min(one, half) if one <= half else half + spare / over for one in wanted]


def gap_between(above: Text | SetText, below: Text | SetText) -> float:
    """Return what stands between a text and the one below it."""
    boxed = above.look.box is not None or below.look.box is not None
    return gap_of(min(above.look.em, below.look.em), boxed=boxed)


def gap_of(em: float, *, boxed: bool) -> float:
    """Return what stands between two texts, the smaller of which is *em* pixels large."""
    return (BOX_GAP_EM if boxed else LANGUAGE_GAP_EM) * em
