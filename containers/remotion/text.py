"""Draws text that `engine_kit.text` has set: measured, in lines, each run in its own face.

One `Pen` is one size and weight. Pillow's raqm shapes each run as it was measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, floor

from engine_kit.contrast import Ink
from engine_kit.text.block import Run, SetLine
from engine_kit.text.breaks import graphemes
from engine_kit.text.emoji import ABOVE_BASELINE, ADVANCE, SIDE
from engine_kit.text.emoji_art import emoji_art, rim_of
from engine_kit.text.faces import Cut
from engine_kit.text.paragraph import Filling
from engine_kit.text.typesetter import Typesetter
from PIL import Image, ImageDraw, ImageFont

from media_jobs.subtitles.text import Span
from remotion.shapes import paint

# FreeType moves letters to whole pixels, which small text shows as uneven gaps. Set so many times
# larger and scaled down, each stands where it belongs, to a fraction of a pixel.
_FINE = 4
_ELLIPSIS = "…"
_BOLD_FROM = 600
"""From this weight on, a face is bold; a lighter one is drawn with an outline instead."""
_OUTLINE = 1 / 45


@dataclass(frozen=True, slots=True)
class Pen:
    """Text of one size (pixels) and weight; *line_height* in sizes."""

    setter: Typesetter
    size: int
    bold: bool = False
    line_height: float = 1.4

    def width(self, text: str) -> float:
        """Return the width of one line of *text* in pixels."""
        return self._line(text).width

    def block(
        self,
        text: str,
        *,
        width_max: int,
        lines_max: int | None = None,
        filling: Filling = "full",
    ) -> "TextBlock":
        """Break *text* into lines; what exceeds *lines_max* is cut with an ellipsis."""
        paragraphs = [(Span(text=line, bold=self.bold),) for line in text.split("\n")]
        made = self.setter.block(paragraphs, em=self.size, width_max=width_max, filling=filling)
        block = TextBlock(pen=self, lines=made.lines, width_max=width_max)
        return block if lines_max is None else block.shortened(lines_max)

    def cut_off(self, line: SetLine, width_max: int) -> SetLine:
        """Return as much of *line* as fits with an ellipsis behind it."""
        text = line.text.rstrip()
        for end in (*reversed(graphemes(text)), 0):
            cut = self._line(text[:end].rstrip() + _ELLIPSIS, base=line.base)
            if cut.width <= width_max:
                break
        return replace(cut, paragraph=line.paragraph)

    def draw_line(
        self, image: Image.Image, x: float, baseline: int, line: SetLine, ink: Ink
    ) -> None:
        """Draw one line from *x* rightwards."""
        for run in line.runs:
            if run.picture is not None:
                side = round(self.size * SIDE)
                art, rim = emoji_art(run.picture, side, side, ink), rim_of(side)
                top = round(baseline - self.size * ABOVE_BASELINE) - rim
                left = round(x + run.x + self.size * (ADVANCE - SIDE) / 2) - rim
                cut = (max(-left, 0), max(-top, 0))
                image.alpha_composite(art, (max(left, 0), max(top, 0)), cut)
            elif run.text.strip():
                self._draw_run(image, x + run.x, baseline, run, ink)

    def _draw_run(self, image: Image.Image, x: float, baseline: int, run: Run, ink: Ink) -> None:
        size = self.size * _FINE
        font = _font(run.cut, size)
        outline = size * _OUTLINE if self.bold and run.cut.weight < _BOLD_FROM else 0.0
        toward = "rtl" if run.rtl else "ltr"
        left, top, right, bottom = font.getbbox(
            run.text, direction=toward, stroke_width=outline, anchor="ls"
        )
        # The mask begins and ends at whole pixels of the picture, and within it.
        from_x = max(0, floor(x + left / _FINE))
        from_y = max(0, floor(baseline + top / _FINE))
        wide = ceil(x + right / _FINE) - from_x + 1
        high = ceil(baseline + bottom / _FINE) - from_y + 1
        if wide <= 0 or high <= 0:
            return
        mask = Image.new("L", (wide * _FINE, high * _FINE))
        ImageDraw.Draw(mask).text(
            ((x - from_x) * _FINE, (baseline - from_y) * _FINE),
            run.text,
            fill=255,
            font=font,
            anchor="ls",
            direction=toward,
            stroke_width=outline,
            stroke_fill=255,
        )
        paint(image, mask.reduce(_FINE), (from_x, from_y), ink)

    def _line(self, text: str, *, base: int | None = None) -> SetLine:
        spans: Sequence[Span] = (Span(text=text, bold=self.bold),)
        (line,) = self.setter.block([spans], em=self.size, width_max=float("inf"), base=base).lines
        return line


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBlock:
    """Lines that are ready to be drawn; sizes in pixels."""

    pen: Pen
    lines: tuple[SetLine, ...]
    width_max: int

    @property
    def height(self) -> int:
        """The height of all lines."""
        return round(len(self.lines) * self.pen.size * self.pen.line_height)

    @property
    def width(self) -> int:
        """The width of the widest line."""
        return round(max((line.width for line in self.lines), default=0))

    def shortened(self, lines_max: int) -> "TextBlock":
        """Return the block with at most *lines_max* lines; an ellipsis marks what is cut off."""
        if len(self.lines) <= lines_max:
            return self
        *kept, last = self.lines[:lines_max]
        return replace(self, lines=(*kept, self.pen.cut_off(last, self.width_max)))

    def draw(
        self, image: Image.Image, x: int, y: int, ink: Ink, *, flush_left: bool = False
    ) -> None:
        """Draw with the upper left corner at *x*, *y*.

        Right-to-left lines end at the right of the block's width, unless *flush_left*: labels
        stand where they are put, in any script.
        """
        step = self.pen.size * self.pen.line_height
        # The capitals' middle is the line's middle; descenders are the smaller part.
        first = (step + self.pen.size * 0.72) / 2
        for number, line in enumerate(self.lines):
            at_right = line.base == 1 and not flush_left
            indent = self.width_max - line.width if at_right else 0
            self.pen.draw_line(image, x + indent, round(y + first + number * step), line, ink)


@lru_cache(maxsize=512)
def _font(cut: Cut, size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(cut.path, size, index=cut.index, layout_engine=ImageFont.Layout.RAQM)
    if cut.variable:
        font.set_variation_by_axes([cut.weight])
    return font
