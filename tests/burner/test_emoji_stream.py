"""Emoji become pictures with their times, as ffmpeg's concat demuxer reads them."""

from pathlib import Path

import numpy as np
import pytest
from burner.emoji_stream import overlaid, write_streams
from burner.signs import Band, Scene, Stamp
from engine_kit.colours import BT709
from PIL import Image

RED = (200, 30, 30, 255)
GREEN_TEXT = "#00FF00"


def art(folder: Path, name: str, colour: tuple[int, int, int, int]) -> Path:
    """Save a square with transparent sides."""
    picture = Image.new("RGBA", (72, 72))
    picture.paste(colour, (18, 0, 54, 72))
    picture.save(folder / name)
    return folder / name


def stamp(picture: Path, x: int = 110, opacity: float = 1.0) -> Stamp:
    return Stamp(x=x, y=210, width=40, height=40, picture=picture, rim=GREEN_TEXT, opacity=opacity)


def band(*scenes: tuple[int, tuple[Stamp, ...]]) -> Band:
    made = tuple(Scene(start_ms=start_ms, stamps=stamps) for start_ms, stamps in scenes)
    return Band(x=100, y=200, width=120, height=60, scenes=made)


def pixels(path: Path) -> "np.ndarray[tuple[int, int, int], np.dtype[np.int16]]":
    return np.asarray(Image.open(path).convert("RGBA")).astype(np.int16)


def test_each_scene_has_its_picture_and_its_time(tmp_path: Path) -> None:
    red = stamp(art(tmp_path, "red.png", RED))

    write_streams(tmp_path, [band((0, ()), (1010, (red,)), (2000, ()), (2500, (red,)), (3000, ()))])

    written = (tmp_path / "emoji0.ffconcat").read_text().split("\n")
    assert written[0] == "ffconcat version 1.0"
    assert [line for line in written if line.startswith("file")] == [
        "file emoji0-empty.png",
        "file emoji0-1.png",
        "file emoji0-empty.png",
        "file emoji0-1.png",
        "file emoji0-empty.png",
    ]
    assert [line for line in written if line.startswith("duration")] == [
        "duration 1.010",
        "duration 0.990",
        "duration 0.500",
        "duration 0.500",
        "duration 1.000",
    ]


def test_an_emoji_stands_at_its_place_on_nothing(tmp_path: Path) -> None:
    write_streams(tmp_path, [band((0, (stamp(art(tmp_path, "red.png", RED)),)), (1000, ()))])

    drawn = pixels(tmp_path / "emoji0-1.png")
    assert drawn.shape == (60, 120, 4)
    rows, columns = np.nonzero(drawn[..., 3] > 128)
    # The art's own sides are a quarter each.
    assert (columns.min(), columns.max()) == (20, 39)
    assert (rows.min(), rows.max()) == (10, 49)
    assert np.abs(drawn[30, 30] - RED).max() <= 2
    assert pixels(tmp_path / "emoji0-empty.png")[..., 3].max() == 0


def test_a_half_opaque_emoji_has_half_the_alpha(tmp_path: Path) -> None:
    half = stamp(art(tmp_path, "red.png", RED), opacity=0.5)

    write_streams(tmp_path, [band((0, (half,)), (1000, ()))])

    assert pixels(tmp_path / "emoji0-1.png")[30, 30, 3] == pytest.approx(128, abs=1)


def test_a_dark_emoji_has_a_rim_in_the_colour_of_its_text(tmp_path: Path) -> None:
    dark = stamp(art(tmp_path, "dark.png", (40, 40, 40, 255)))

    write_streams(tmp_path, [band((0, (dark,)), (1000, ()))])

    drawn = pixels(tmp_path / "emoji0-1.png")
    assert drawn[30, 19, 1] > 200
    assert drawn[30, 19, 0] < 100


def test_what_hangs_over_the_edge_is_cut_off(tmp_path: Path) -> None:
    outside = stamp(art(tmp_path, "red.png", RED), x=80)

    write_streams(tmp_path, [band((0, (outside,)), (1000, ()))])

    columns = np.nonzero(pixels(tmp_path / "emoji0-1.png")[..., 3] > 128)[1]
    assert (columns.min(), columns.max()) == (0, 9)


def test_the_pictures_get_the_matrix_of_the_video() -> None:
    chains = overlaid("[written]", "[2:v]", 0, band((0, ())), BT709)

    assert chains[0].startswith("[2:v]scale=out_color_matrix=bt709:out_range=tv")
    assert chains[1] == "[written][emoji0]overlay=100:200:eof_action=pass[laid0]"


def test_what_stands_for_days_is_given_hour_by_hour(tmp_path: Path) -> None:
    # ffmpeg leaves out what comes more than 30 hours after what was before.
    red = stamp(art(tmp_path, "red.png", RED))

    write_streams(tmp_path, [band((0, (red,)), (99 * 3_600_000, ()))])

    lines = (tmp_path / "emoji0.ffconcat").read_text().split("\n")
    assert lines.count("file emoji0-1.png") == 99
    assert lines.count("duration 3600.000") == 99
