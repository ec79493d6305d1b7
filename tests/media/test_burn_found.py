"""Subtitle files as people have them, burned: T07 to T14, T17 and L15 (F9), seen in the frames."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.media.burning import Burner
from tests.media.pictures import H264, Picture, ffmpeg, frame_at

CASES = Path(__file__).parents[1] / "vectors/cases/subtitles"
LIGHT = 150
"""From this on, of 255, in its brightest channel, a pixel is ink: the ground is at most 64."""
HEIGHT = 360


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of 8 s, dark and small."""
    path = tmp_path_factory.mktemp("clip") / "small.mp4"
    ffmpeg("-f", "lavfi", "-i", "color=c=0x203040:s=640x360:d=8:r=10", *H264, str(path))
    return path


def burned(burns: Burner, clip: Path, name: str, **options: object) -> Path:
    return burns.burn(clip, (CASES / name).read_bytes(), options)


def lines_in(picture: Picture) -> list[tuple[int, int]]:
    """Return the first and the last row of each line of letters."""
    filled = (picture.max(axis=2) >= LIGHT).any(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], filled, [False])).astype(int)))
    return [(int(top), int(end)) for top, end in zip(edges[::2], edges[1::2], strict=True)]


def coloured(picture: Picture, *rgb: int) -> NDArray[np.bool_]:
    """Return which rows have ink near a colour."""
    near: NDArray[np.bool_] = (np.abs(picture - np.array(rgb)).max(axis=2) < 60).any(axis=1)
    return near


def are_alike(one: Picture, other: Picture) -> bool:
    """Whether the same letters stand in both, as far as an encoder leaves them alike."""
    differ = (one.max(axis=2) >= LIGHT) != (other.max(axis=2) >= LIGHT)
    return bool(differ.sum() < 0.05 * (one.max(axis=2) >= LIGHT).sum())


def test_damaged_subrip_is_drawn_as_if_it_were_clean(burns: Burner, clip: Path) -> None:
    spaced = [burned(burns, clip, name) for name in ("no-blank-lines.srt", "cr-cr-lf.srt")]
    halves, fenced = (burned(burns, clip, name) for name in ("blank-inside.srt", "fenced.srt"))
    good, anybody, not_yet = (frame_at(spaced[0], time_s) for time_s in (0.5, 1.5, 2.5))

    assert [len(lines_in(picture)) for picture in (good, anybody, not_yet)] == [1, 1, 1]
    assert not are_alike(good, not_yet)
    assert len(lines_in(frame_at(spaced[1], 0.5))) == 2
    assert are_alike(frame_at(spaced[1], 1.5), anybody)
    assert len(lines_in(frame_at(halves, 0.5))) == 2
    assert are_alike(frame_at(halves, 1.5), not_yet)
    assert are_alike(frame_at(fenced, 0.5), good)
    assert are_alike(frame_at(fenced, 1.5), not_yet)


def test_colours_places_and_line_breaks_of_subrip_are_drawn(burns: Burner, clip: Path) -> None:
    fonts = burned(burns, clip, "font-br.srt")
    tags = burned(burns, clip, "ass-tags.srt", cueSettings="follow")

    assert coloured(frame_at(fonts, 0.5), 255, 0, 0).any()
    assert coloured(frame_at(fonts, 1.5), 255, 255, 0).any()
    assert len(lines_in(frame_at(fonts, 2.5))) == 3
    yellow = np.flatnonzero(coloured(frame_at(tags, 1.5), 255, 255, 0))
    assert yellow.size
    assert yellow.max() < HEIGHT / 2
    (old_top,) = lines_in(frame_at(tags, 3.5))
    assert old_top[1] < HEIGHT / 2


def test_t14_no_line_flashes_between_rolling_captions(burns: Burner, clip: Path) -> None:
    video = burned(burns, clip, "rolling.vtt")

    works, shut = frame_at(video, 4.5), frame_at(video, 4.8)
    assert [len(lines_in(picture)) for picture in (works, shut)] == [1, 1]
    between = frame_at(video, 4.65)
    assert are_alike(between, works) or are_alike(between, shut)


def test_t17_a_colour_class_of_the_standard_is_drawn(burns: Burner, clip: Path) -> None:
    picture = frame_at(burned(burns, clip, "colour-class.vtt"), 0.5)

    assert coloured(picture, 255, 255, 0).any()
    assert coloured(picture, 255, 255, 255).any()


def test_l15_a_restyled_script_says_each_line_once_and_keeps_its_sign(
    burns: Burner, clip: Path
) -> None:
    video = burned(burns, clip, "typeset.ass")

    sign, said = lines_in(frame_at(video, 0.5))
    assert 50 < sign[0] < 90
    assert said[0] > HEIGHT * 0.7
    assert len(lines_in(frame_at(video, 1.5))) == 1
    assert len(lines_in(frame_at(video, 3.5))) == 1
