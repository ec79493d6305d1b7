"""Set text in any script: measure it, break it into lines, draw it.

One `Pen` is one size and weight. A line is cut into runs of one face and one direction, the runs
are put in visual order, and each is shaped as a whole by HarfBuzz (through Pillow's raqm).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import ceil, floor
from pathlib import Path

from engine_kit.fonts import han_family
from engine_kit.text.emoji import EmojiPictures
from PIL import Image, ImageDraw

from remotion import direction
from remotion.lines import fitted, pieces, wrapped
from remotion.shapes import paint
from remotion.theme import Ink
from remotion.typefaces import Typefaces

# Twemoji's pictures fill their square; letters fill three quarters of theirs.
_EMOJI_SCALE = 1.18
_EMOJI_ABOVE_BASELINE = 0.98
_EMOJI_ADVANCE = 1.26
# FreeType moves letters to whole pixels, which small text shows as uneven gaps. Set so many times
# larger and scaled down, each stands where it belongs, to a fraction of a pixel.
_FINE = 4


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of one line: text in one face, or one emoji's picture."""

    text: str
    face: int
    level: int
    picture: Path | None = None


def _toward(run: _Run) -> str:
    return "rtl" if run.level % 2 else "ltr"


@dataclass(slots=True)
class Pen:
    """Text of one size (pixels) and weight; *line_height* in sizes."""

    faces: Typefaces
    emoji: EmojiPictures
    size: int
    bold: bool = False
    line_height: float = 1.4
    _widths: dict[str, float] = field(default_factory=dict)

    def width(self, text: str) -> float:
        """Return the width of one line of *text* in pixels."""
        known = self._widths.get(text)
        if known is None:
            han = han_family(text)
            known = sum(self._run_width(run) for run in self._runs(text, 0, han))
            self._widths[text] = known
        return known

    def block(self, text: str, *, width_max: int, lines_max: int | None = None) -> "TextBlock":
        """Break *text* into lines; what exceeds *lines_max* is cut with an ellipsis."""
        lines: list[Line] = []
        for paragraph in text.split("\n"):
            # The paragraph decides, not the line: a line of it may begin with a foreign word.
            base = 1 if direction.runs_right_to_left(paragraph) else 0
            broken = wrapped(paragraph, width_max=width_max, width=self.width, split=self._pieces)
            lines += [Line(text=line, base=base) for line in broken]
        block = TextBlock(pen=self, lines=tuple(lines), width_max=width_max, han=han_family(text))
        return block if lines_max is None else block.shortened(lines_max)

    def draw_line(
        self,
        image: Image.Image,
        x: float,
        baseline: int,
        line: "Line",
        ink: Ink,
        *,
        han: str,
    ) -> None:
        """Draw one line from *x* rightwards."""
        runs = [(run.level, run) for run in self._runs(line.text, line.base, han)]
        for _, run in direction.in_visual_order(runs):
            if run.picture is not None:
                side = round(self.size * _EMOJI_SCALE)
                top = round(baseline - self.size * _EMOJI_ABOVE_BASELINE)
                left = round(x + self.size * (_EMOJI_ADVANCE - _EMOJI_SCALE) / 2)
                image.alpha_composite(_picture(run.picture, side), (left, top))
            elif run.text.strip():
                self._draw_run(image, x, baseline, run, ink)
            x += self._run_width(run)

    def _draw_run(self, image: Image.Image, x: float, baseline: int, run: _Run, ink: Ink) -> None:
        size = self.size * _FINE
        font = self.faces.font(run.face, size, bold=self.bold)
        outline = self.faces.outline(run.face, size, bold=self.bold)
        toward = _toward(run)
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

    def _pieces(self, text: str) -> list[str]:
        return pieces(text, self._emoji_end)

    def _emoji_end(self, text: str, at: int) -> int | None:
        found = self.emoji.match(text, at)
        return found[1] if found else None

    def _run_width(self, run: _Run) -> float:
        if run.picture is not None:
            return float(round(self.size * _EMOJI_ADVANCE))
        font = self.faces.font(run.face, self.size * _FINE, bold=self.bold)
        return font.getlength(run.text, direction=_toward(run)) / _FINE

    def _runs(self, line: str, base: int, han: str) -> list[_Run]:
        """Split *line* into runs in logical order."""
        levels = direction.levels(line, base=base)
        runs: list[_Run] = []
        at = 0
        for piece in self._pieces(line):
            level = levels[at]
            found = self.emoji.match(line, at)
            at += len(piece)
            if found is not None:
                runs.append(_Run(piece, 0, level, found[0]))
                continue
            face = self._face(piece, runs, han)
            last = runs[-1] if runs else None
            if last and last.picture is None and (last.face, last.level) == (face, level):
                runs[-1] = _Run(last.text + piece, face, level)
            else:
                runs.append(_Run(piece, face, level))
        return runs

    def _face(self, piece: str, runs: Sequence[_Run], han: str) -> int:
        # A space stays in the face of the word before it: fewer runs, and no change in width.
        if piece == " " and runs and runs[-1].picture is None:
            return runs[-1].face
        return self.faces.face_for(piece[0], han)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line; *base* is its paragraph's direction level: 1 runs right to left."""

    text: str
    base: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBlock:
    """Lines that are ready to be drawn; sizes in pixels."""

    pen: Pen
    lines: tuple[Line, ...]
    width_max: int
    han: str

    @property
    def height(self) -> int:
        return round(len(self.lines) * self.pen.size * self.pen.line_height)

    @property
    def width(self) -> int:
        return round(max((self.pen.width(line.text) for line in self.lines), default=0))

    def shortened(self, lines_max: int) -> "TextBlock":
        """Return the block with at most *lines_max* lines; an ellipsis marks what is cut off."""
        texts = fitted(
            [line.text for line in self.lines],
            count_max=lines_max,
            width_max=self.width_max,
            width=self.pen.width,
        )
        kept = zip(texts, self.lines, strict=False)
        return replace(self, lines=tuple(Line(text=text, base=line.base) for text, line in kept))

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
            indent = self.width_max - self.pen.width(line.text) if at_right else 0
            baseline = round(y + first + number * step)
            self.pen.draw_line(image, x + indent, baseline, line, ink, han=self.han)


@lru_cache(maxsize=256)
def _picture(path: Path, side: int) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGBA").resize((side, side), Image.Resampling.LANCZOS)
