"""Emoji as they are drawn: pictures in the size of their text, with a rim where they are dark."""

from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageFilter

__all__ = ["RIM_SHARE", "emoji_art", "rim_of"]

RIM_SHARE = 1 / 24
"""How far the rim of a dark emoji reaches beyond it, of its height."""
_DARK, _LIGHT, _LIGHT_SHARE_MIN = 75, 110, 0.1
"""A picture is dark whose mean luma is below the first, and that has too few above the second."""


def rim_of(height: int) -> int:
    """Return how many pixels around an emoji of *height* pixels belong to it."""
    return max(1, round(height * RIM_SHARE))


@lru_cache(maxsize=512)
def emoji_art(path: Path, width: int, height: int, rim: tuple[int, int, int]) -> Image.Image:
    """Return the picture *path* (RGBA) in a size, with `rim_of(height)` pixels around it.

    Dark pictures, as ✔️ and 🖤, have an edge there in the colour *rim*, that of the text they
    stand in: it can be seen on its ground.
    """
    with Image.open(path) as file:
        art = file.convert("RGBA")
    reach = rim_of(height)
    whole = Image.new("RGBA", (width + 2 * reach, height + 2 * reach))
    whole.paste(art.resize((width, height), Image.Resampling.LANCZOS), (reach, reach))
    if not _is_dark(art):
        return whole
    around = whole.getchannel("A").filter(ImageFilter.MaxFilter(2 * reach + 1))
    ground = Image.new("RGBA", whole.size, rim)
    ground.putalpha(around.filter(ImageFilter.GaussianBlur(reach / 3)))
    return Image.alpha_composite(ground, whole)


def _is_dark(art: Image.Image) -> bool:
    opaque = art.getchannel("A").point([0] * 128 + [255] * 128)
    luma = art.convert("L").histogram(opaque)
    count = sum(luma) or 1
    mean = sum(value * many for value, many in enumerate(luma)) / count
    return mean < _DARK and sum(luma[_LIGHT:]) / count < _LIGHT_SHARE_MIN
