"""A picture that changes its size or shape midway is brought to one; text stands in all of it."""

from pathlib import Path

import numpy as np
import pytest

from tests.media.burning import Burner, vtt
from tests.media.cases import made
from tests.media.pictures import frame_at
from tests.media.test_burn_cases import burned

TEXT = vtt((0.2, 0.8, "A line of text in the first part"), (1.2, 1.8, "And in the second"))
CODINGS = {
    "mpegts": ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
    "webm": ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M"),
}


def film(folder: Path, kind: str, *parts: tuple[str, str]) -> Path:
    """Make a film of a second of each part: its size and a filter. Green, with a red left edge."""
    make = made(folder)
    names = []
    for number, (size, filters) in enumerate(parts):
        green = ("-f", "lavfi", "-i", f"color=0x00A000:s={size}:r=25:d=1")
        edge = f"drawbox=w=iw/8:color=red:t=fill,{filters}"
        names.append(make(f"{number}.{kind}", *green, "-vf", edge, *CODINGS[kind], "-f", kind).name)
    (folder / "list.txt").write_text("".join(f"file {name}\n" for name in names))
    return make("film", "-f", "concat", "-i", str(folder / "list.txt"), "-c", "copy", "-f", kind)


def extent(picture: np.ndarray) -> tuple[int, int]:
    """Return in how many columns and rows there is anything but black."""
    bright = picture.max(axis=2) > 60
    return int(bright.any(axis=0).sum()), int(bright.any(axis=1).sum())


@pytest.mark.parametrize("kind", ["mpegts", pytest.param("webm", marks=pytest.mark.long)])
def test_a_call_that_begins_small_is_shown_large_from_the_start(
    burns: Burner, tmp_path: Path, kind: str
) -> None:
    source = film(tmp_path, kind, ("320x180", "null"), ("640x360", "null"))

    result = burned(burns, source, TEXT)

    assert "brought to 640 × 360" in result.notices
    for at_s in (0.5, 1.5):
        picture = frame_at(result.video, at_s)
        assert picture.shape == (360, 640, 3)
        assert extent(picture) == (640, 360)
        red = (picture[100, :, 0] > 150).sum()
        assert red == pytest.approx(80, abs=4)


def test_a_part_of_another_shape_stands_in_black(burns: Burner, tmp_path: Path) -> None:
    wide = ("640x480", "setsar=4/3")
    source = film(tmp_path, "mpegts", wide, wide, ("480x480", "null"))

    result = burned(burns, source, TEXT)

    first, last = frame_at(result.video, 0.5), frame_at(result.video, 2.5)
    assert first.shape == last.shape == (480, 854, 3)
    assert extent(first) == (854, 480)
    columns, rows = extent(last)
    assert rows == 480
    assert columns == pytest.approx(480, abs=4)
