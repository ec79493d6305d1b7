"""Which size a picture of several is brought to."""

import pytest
from engine_kit.steady_picture import Shape, most_shown

SMALL, LARGE = Shape(320, 180, 1.0), Shape(1280, 720, 1.0)
UPRIGHT = Shape(360, 640, 1.0)
NARROW, WIDE = Shape(720, 576, 1.0667), Shape(720, 576, 1.4222)


def test_a_picture_of_one_size_is_left_as_it_is() -> None:
    assert most_shown([(0.0, SMALL), (5.0, SMALL)], 10.0) is None
    assert most_shown([], 10.0) is None


@pytest.mark.parametrize("order", [(SMALL, LARGE), (LARGE, SMALL)])
def test_of_one_ratio_the_largest_is_taken_however_long_it_is_shown(
    order: tuple[Shape, Shape],
) -> None:
    assert most_shown([(0.0, order[0]), (1.0, order[1])], 60.0) == LARGE


def test_of_several_ratios_the_one_that_is_shown_longest_is_taken() -> None:
    shapes = [(0.0, UPRIGHT), (2.0, SMALL), (30.0, UPRIGHT)]

    assert most_shown(shapes, 31.0) == SMALL
    assert most_shown(shapes, 90.0) == UPRIGHT


def test_pixels_that_are_not_square_count_as_they_are_shown() -> None:
    chosen = most_shown([(0.0, NARROW), (10.0, WIDE)], 60.0)

    assert chosen == WIDE
    assert WIDE.shown == (1024, 576)
