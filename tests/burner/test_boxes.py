"""Boxes behind text are one outline each, round where it turns, in whole pixels."""

import re

import pytest
from burner.boxes import PlacedBox, Row, drawing, rectangle, stacked
from PIL import Image, ImageDraw


def box_of(*widths: float, radius: float = 10, snap: float = 0, reach: float = 6) -> PlacedBox:
    """Return a box around rows of these widths, each 50 high, on one axis at 200."""
    rows = [
        Row(left=200 - width / 2, right=200 + width / 2, bottom=50 * number)
        for number, width in enumerate(widths, 1)
    ]
    return stacked(rows, top=0, reach=reach, snap=snap, style="Box", radius=radius)


def painted(box: PlacedBox) -> Image.Image:
    """Return the box on black, its curves replaced by the lines between their ends."""
    picture = Image.new("1", (420, 220))
    path = re.sub(r"b \d+ \d+ \d+ \d+", "l", drawing(box))
    points = [(int(x), int(y)) for x, y in re.findall(r"(\d+) (\d+)", path)]
    ImageDraw.Draw(picture).polygon([(x + box.x, y + box.y) for x, y in points], fill=1)
    return picture


def width_at(picture: Image.Image, y: int) -> int:
    """Return how many pixels of a row are filled."""
    return sum(1 for x in range(picture.width) if picture.getpixel((x, y)))


def test_a_rectangle_has_four_corners_round_or_not() -> None:
    plain, rounded = (rectangle(0, 0, 100, 40, style="Box", radius=r) for r in (0, 10))

    assert drawing(plain) == "m 0 0 l 100 0 l 100 40 l 0 40"
    assert drawing(rounded).count("b ") == 4


def test_each_row_is_as_wide_as_its_line_and_the_longer_one_reaches_over_the_shorter() -> None:
    picture = painted(box_of(300, 100, 200))

    assert [width_at(picture, y) for y in (25, 75, 125)] == pytest.approx([300, 100, 200], abs=1)
    # The seams are at 50 and 100.
    assert width_at(picture, 52) > 250
    assert width_at(picture, 70) == pytest.approx(100, abs=1)
    assert width_at(picture, 97) > 150


def test_a_step_is_round_at_both_of_its_corners() -> None:
    path = drawing(box_of(300, 100))

    assert path.count("b ") == 8


def test_a_small_step_is_round_as_far_as_it_goes() -> None:
    path = drawing(box_of(300, 292, radius=10))

    assert path.count("b ") == 8
    assert all(0 <= int(value) <= 300 for value in re.findall(r"\d+", path))


@pytest.mark.parametrize(("widths", "corners"), [((300, 290), 4), ((300, 290, 240), 8)])
def test_rows_that_end_almost_together_end_together(
    widths: tuple[float, ...], corners: int
) -> None:
    box = box_of(*widths, snap=20)

    assert len(box.corners) == corners
    assert width_at(painted(box), 75) == pytest.approx(300, abs=1)
