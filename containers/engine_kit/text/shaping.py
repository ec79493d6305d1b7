"""How wide a stretch of text is and where its ink lies, by the shaper that will draw it: HarfBuzz,
which libass and Pillow use too. Figures are in ems, so they hold for every size.
"""

from dataclasses import dataclass
from functools import lru_cache

import uharfbuzz as hb  # type: ignore[import-untyped]  # It ships no types.

from engine_kit.text.faces import Cut

__all__ = ["Ink", "Shaped", "shape"]

# Slanted by FreeType where a family has no italic: by this much of the height.
_SLANT = 0.2126
_NOTHING = (float("inf"), float("inf"), float("-inf"), float("-inf"))


@dataclass(frozen=True, slots=True)
class Ink:
    """A box around ink, from the start of the baseline: x rightwards, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def moved(self, x: float, y: float = 0.0) -> "Ink":
        """Return the box, moved."""
        return Ink(self.left + x, self.top + y, self.right + x, self.bottom + y)

    def scaled(self, scale: float) -> "Ink":
        """Return the box, larger by *scale*."""
        return Ink(self.left * scale, self.top * scale, self.right * scale, self.bottom * scale)

    def around(self, other: "Ink | None") -> "Ink":
        """Return the box around both."""
        if other is None:
            return self
        return Ink(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


@dataclass(frozen=True, slots=True)
class Shaped:
    """A shaped stretch. *advances*: of each character, 0 for those that join the one before.

    *ink*: None where nothing is drawn, as of spaces.
    """

    width: float
    advances: tuple[float, ...]
    ink: Ink | None


@lru_cache(maxsize=65536)
def shape(text: str, cut: Cut, script: str, *, rtl: bool, slanted: bool = False) -> Shaped:
    """Shape *text* in one face, one script (ISO 15924) and one direction.

    *slanted*: the face is upright, and is drawn aslant.
    """
    if not text:
        return Shaped(0.0, (), None)
    font, em = _font(cut)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.direction = "rtl" if rtl else "ltr"
    buffer.script = script
    hb.shape(font, buffer)
    advances = [0.0] * len(text)
    # Plain numbers in font units: this is where the time of a layout goes.
    left, top, right, bottom = _NOTHING
    x = 0
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        box = _glyph_ink(cut, info.codepoint)
        if box is not None:
            at_x, at_y = x + place.x_offset, -place.y_offset
            left, top = min(left, at_x + box[0]), min(top, at_y + box[1])
            right, bottom = max(right, at_x + box[2]), max(bottom, at_y + box[3])
        advances[info.cluster] += place.x_advance / em
        x += place.x_advance
    if left > right:
        return Shaped(x / em, tuple(advances), None)
    lean = _SLANT if slanted else 0.0
    ink = Ink((left - lean * bottom) / em, top / em, (right - lean * top) / em, bottom / em)
    return Shaped(x / em, tuple(advances), ink)


@lru_cache(maxsize=65536)
def _glyph_ink(cut: Cut, glyph: int) -> tuple[int, int, int, int] | None:
    """Return a glyph's box in font units: left, top, right, bottom, y downwards."""
    font, _ = _font(cut)
    box = font.get_glyph_extents(glyph)
    if box is None or not box.width or not box.height:
        return None
    left, top = box.x_bearing, -box.y_bearing
    return left, top, left + box.width, top - box.height


@lru_cache(maxsize=256)
def _font(cut: Cut) -> tuple[hb.Font, int]:
    face = hb.Face(hb.Blob.from_file_path(cut.path), cut.index)
    font = hb.Font(face)
    if cut.variable:
        font.set_variations({"wght": cut.weight})
    return font, face.upem
