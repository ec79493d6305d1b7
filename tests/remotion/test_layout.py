"""Everything has its place at every size, on even pixels."""

import pytest
from remotion.layout import Layout, layout

from media_jobs.engines.remotion.options import CommentsOptions

SOURCES = [(1280, 720), (720, 1280), (640, 480), (1920, 800), (321, 243)]


@pytest.mark.parametrize("template", ["landscape", "vertical"])
@pytest.mark.parametrize("height", [360, 480, 720, 1080])
@pytest.mark.parametrize("source", SOURCES)
def test_the_source_keeps_its_aspect_ratio_inside_the_picture(
    template: str, height: int, source: tuple[int, int]
) -> None:
    place = placed(template, height, source)
    box = place.video

    if place.fills:
        assert (box.width, box.height) == (place.width, place.height)
        return
    assert box.width / box.height == pytest.approx(source[0] / source[1], rel=0.02)
    assert box.x >= 0 and box.x + box.width <= place.width
    assert box.y >= 0 and box.bottom <= place.height
    for number in (place.width, place.height, box.x, box.y, box.width, box.height, place.feed.x):
        assert number % 2 == 0


def placed(template: str, height: int, source: tuple[int, int]) -> Layout:
    options = CommentsOptions.model_validate({"template": template, "height": height})
    return layout(options, source_width=source[0], source_height=source[1])


def test_the_short_side_is_the_height_of_the_options() -> None:
    landscape, vertical = placed("landscape", 1080, (16, 9)), placed("vertical", 1080, (16, 9))

    assert (landscape.width, landscape.height) == (1920, 1080)
    assert (vertical.width, vertical.height) == (1080, 1920)


def test_video_and_cards_do_not_overlap() -> None:
    landscape, vertical = placed("landscape", 1080, (16, 9)), placed("vertical", 1080, (1, 1))

    assert landscape.video.x + landscape.video.width < landscape.feed.x
    assert vertical.info.bottom <= vertical.video.y
    assert vertical.video.bottom < vertical.feed.y


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("height", [360, 720, 1080])
def test_c16_an_upright_videos_text_stands_clear_of_the_platforms_controls(
    height: int, source: tuple[int, int]
) -> None:
    place, unit = placed("vertical", height, source), height / 1080

    for box in (place.info, place.feed, place.safe):
        assert box.y >= 270 * unit
        assert box.bottom <= 1440 * unit + 1
        assert box.x + box.width <= 960 * unit + 1
    assert place.feed.height >= 380 * unit


@pytest.mark.parametrize(
    ("source", "fills"),
    [((9, 16), True), ((3, 4), True), ((1080, 2340), True), ((4, 5), False), ((16, 9), False)],
)
def test_c17_an_upright_source_fills_the_upright_picture(
    source: tuple[int, int], fills: bool
) -> None:
    place = placed("vertical", 1080, source)

    assert place.fills is fills
    assert ((place.video.width, place.video.height) == (1080, 1920)) is fills


def test_sizes_are_the_same_share_at_every_resolution() -> None:
    small, large = placed("landscape", 360, (16, 9)), placed("landscape", 1080, (16, 9))

    assert small.px(36) * 3 == large.px(36)
    assert small.video.width * 3 == pytest.approx(large.video.width, abs=6)


def test_the_feed_may_be_at_the_left_with_everything_mirrored() -> None:
    options = CommentsOptions()
    right = layout(options, source_width=16, source_height=9)
    left = layout(options, source_width=16, source_height=9, feed_side="left")

    assert left.feed.x == 1920 - right.feed.x - right.feed.width
    assert left.video.x > left.feed.x + left.feed.width
    assert left.video.width == right.video.width
    assert (left.video.x % 2, left.feed.x % 2) == (0, 0)


def test_the_scale_enlarges_the_cards_text() -> None:
    scaled = layout(CommentsOptions(), source_width=16, source_height=9, scale=1.5)

    assert scaled.type_scale == 1.5
