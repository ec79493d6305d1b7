"""The words that are burned are the cue's own: read by comparing their shapes with those that
another renderer (Pillow) draws of all candidates.
"""

from pathlib import Path

import numpy as np
import pytest
from engine_kit.fonts import font_files, font_folders
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tests.media.burning import Burner, vtt
from tests.media.pictures import ffmpeg, frames

LATIN = ["harbour", "hamster", "lantern", "pancake", "horizon"]
HAN = ["春天来了", "夏日海边", "秋风落叶", "冬雪初晴", "春天走了"]
FONTS = {"latin": "NotoSans[wght].ttf", "han": "NotoSansCJK-Regular.ttc"}
SIMPLIFIED = 2  # The face of the collection that has the shapes of the mainland.
SIZE = (160, 40)
Shape = NDArray[np.float32]


def shape_of(brightness: NDArray[np.uint8]) -> Shape:
    """Return what is bright, cut out and brought to one size, with a mean of 0 and a norm of 1."""
    bright = brightness > 150
    rows, columns = (np.flatnonzero(bright.any(axis=axis)) for axis in (1, 0))
    cut = brightness[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    resized = np.asarray(Image.fromarray(cut).resize(SIZE), np.float32)
    centred = resized - resized.mean()
    return np.asarray(centred / np.linalg.norm(centred), np.float32)


def drawn_by_pillow(word: str, script: str) -> Shape:
    """Return the shape of *word* in the same font."""
    path = next(p for p in font_files(font_folders()) if p.name == FONTS[script])
    font = ImageFont.truetype(path, 40, index=SIMPLIFIED if script == "han" else 0)
    image = Image.new("L", (400, 100))
    ImageDraw.Draw(image).text((20, 20), word, fill=255, font=font)
    return shape_of(np.asarray(image))


@pytest.mark.parametrize(("script", "words"), [("latin", LATIN), ("han", HAN)])
def test_each_cue_shows_its_own_words_and_only_in_its_time(
    burns: Burner, tmp_path: Path, script: str, words: list[str]
) -> None:
    clip = tmp_path / "dark.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", f"color=c=0x102030:s=640x360:r=25:d={len(words)}"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(clip)),
    )
    cues = vtt(*((n + 0.2, n + 0.8, word) for n, word in enumerate(words)))
    plain = {"style": {"fontSize": 72, "backgroundOpacity": 0}}

    pictures = [picture for _, picture in frames(burns.burn(clip, cues, plain))]

    candidates = [drawn_by_pillow(word, script) for word in words]
    for number, word in enumerate(words):
        before, shown, after = (
            pictures[number * 25 + at].mean(axis=2).astype(np.uint8) for at in (3, 12, 22)
        )
        assert max(before.max(), after.max()) < 100, f"something stands beside {word}"
        likeness = [float((shape_of(shown) * candidate).sum()) for candidate in candidates]
        assert words[int(np.argmax(likeness))] == word, likeness
        assert max(likeness) > 0.7
