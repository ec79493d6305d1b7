"""Compares a frame of the finished video with what is drawn over it. Pure: pictures in.

All pictures are luma, 0 to 255, of one size.
"""

from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter, ImageStat

from burner.ink import LIGHT

TOLERANCE = 40
"""How far an encoder may bring thin strokes from their luma."""
OPAQUE = 96
"""Where black and white grounds come out nearer to each other, it is text that is seen."""
PIXELS_MIN = 24
"""Of fewer pixels nothing can be told."""
CONTRAST_MIN = 40
"""Letters that differ less from what is around them can't be told from a picture."""
_RING = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What stands over a frame: *low* over black, *high* over white, and *ink*, letters alone.

    Only the part of the frame that holds the letters, *box* (left, upper, right, lower).
    """

    low: Image.Image
    high: Image.Image
    ink: Image.Image
    box: tuple[int, int, int, int]

    @classmethod
    def of(cls, stacked: Image.Image) -> "Drawn | None":
        """Return the three pictures that stand below each other in one; None without letters."""
        width, height = stacked.width, stacked.height // 3
        ink = _mask(stacked.crop((0, 2 * height, width, 3 * height)), 235 - LIGHT)
        letters = ink.getbbox()
        if letters is None:
            return None
        left, top = (max(side - _RING, 0) for side in letters[:2])
        right, bottom = min(letters[2] + _RING, width), min(letters[3] + _RING, height)
        low, high = (stacked.crop((left, top + by, right, bottom + by)) for by in (0, height))
        box = (left, top, right, bottom)
        return cls(low=low, high=high, ink=ink.crop(box), box=box)

    def part_of(self, frame: Image.Image) -> Image.Image:
        """Return the part of *frame* that the letters are in."""
        return frame.crop(self.box)


def seen_share(frame: Image.Image, drawn: Drawn, *, opaque: bool) -> float | None:
    """Return how much of the letters is in *frame*, 0 to 1; None where that can't be told.

    Letters let so much of the video shine through as *high* is above *low*: between both the
    frame has to be. *opaque*: all letters have to be seen; else only those that can be told from
    the video are counted.
    """
    frame = drawn.part_of(frame)
    through = ImageChops.subtract(drawn.high, drawn.low)
    judged = ImageChops.multiply(drawn.ink, _mask(ImageChops.invert(through), 255 - OPAQUE))
    count = _count(drawn.ink if opaque else judged)
    if count < PIXELS_MIN:
        return None
    below = ImageChops.subtract(drawn.low, frame, 1, -TOLERANCE)
    above = ImageChops.subtract(frame, drawn.high, 1, -TOLERANCE)
    wrong = ImageChops.multiply(judged, _mask(ImageChops.lighter(below, above), 1))
    return (_count(judged) - _count(wrong)) / count


def contrast(frame: Image.Image, drawn: Drawn) -> float:
    """Return by how much the letters are lighter than what is close around them, on the average.

    In a picture without them that is next to nothing, because letters are thin.
    """
    frame, ink = drawn.part_of(frame), drawn.ink
    wide = ink.filter(ImageFilter.MaxFilter(_RING))
    around = ImageChops.subtract(wide, ink.filter(ImageFilter.MaxFilter(3)))
    if _count(ink) < PIXELS_MIN or _count(around) < PIXELS_MIN:
        return 0.0
    return ImageStat.Stat(frame, ink).mean[0] - ImageStat.Stat(frame, around).mean[0]


def _mask(picture: Image.Image, least: int) -> Image.Image:
    """Return 255 where *picture* has *least* or more, else 0."""
    return picture.point([255 if value >= least else 0 for value in range(256)])


def _count(mask: Image.Image) -> int:
    return mask.histogram()[255]
