"""What lies over what, where and when."""

from dataclasses import replace

import pytest
from remotion.feed import lay_out
from remotion.layers import Overlay, Scroll, overlays
from remotion.layout import Box

from tests.remotion.scenes import a_scene


def test_the_cover_is_in_front_and_the_corners_are_behind_everything() -> None:
    files = [layer.picture.file for layer in overlays(a_scene())]

    assert files == [
        *(*(f"corner-00{number}.tif" for number in range(4)), "feed-000.tif"),
        *("veil-above.tif", "veil-below.tif", "bar.tif", "cover.tif"),
    ]


def test_vertical_cards_have_no_veils_and_move_sideways() -> None:
    layers = {layer.picture.file: layer for layer in overlays(a_scene(template="vertical"))}

    assert "veil-above.tif" not in layers
    assert layers["feed-000.tif"].x.steps
    assert not layers["feed-000.tif"].y.steps


def test_the_feed_moves_from_stop_to_stop_when_scenes_begin() -> None:
    # The cover stands for 2 s; scenes are 3.6 s long; cards are 100 and the gap is 10 (28 / 3).
    (feed,) = (layer for layer in overlays(a_scene()) if layer.picture.file == "feed-000.tif")

    # In the middle, a card of 100 begins at 130.
    assert [round(feed.y.at(at_s)) for at_s in (2, 2.6, 5.6, 6.2, 9.8)] == [482, 122, 122, 12, -98]
    assert [(step.start_s, step.length_s) for step in feed.y.steps] == [
        (2.0, 0.6),
        (5.6, 0.6),
        (9.2, 0.6),
    ]


def test_pieces_of_the_feed_are_drawn_and_move_only_while_their_cards_may_be_seen() -> None:
    scene = a_scene(comments=100)
    tall = replace(scene, feed=lay_out(scene.layout, [1000] * 100))
    pieces = [layer for layer in overlays(tall) if layer.picture.file.startswith("feed-")]

    # Eleven cards are a piece: the second holds 11 to 21 and is in sight in the scenes 9 to 24.
    moved_at_s = [step.start_s for step in pieces[1].y.steps]
    assert moved_at_s == pytest.approx([2 + scene * 3.6 for scene in range(9, 25)])
    assert pieces[0].start_s == 2.0
    assert (pieces[1].start_s, pieces[1].end_s) == (2 + 9 * 3.6, 2 + 24 * 3.6 + 0.6)
    assert pieces[-1].end_s is None


def named(layers: list[Overlay], file: str) -> Overlay:
    return next(layer for layer in layers if layer.picture.file == file)


def test_a_tall_text_scrolls_to_its_end_between_two_rests() -> None:
    scroll = Scroll(card=1, left=12, top=40, width=180, height=50, text_height=250)
    layers = overlays(a_scene(scrolls=(scroll,)))

    text = named(layers, "scroll-001.tif")
    assert text.window is not None
    # The scene begins at 5.6 s, has arrived at 6.2 s and ends at 9.2 s: a quarter of 3 s each rest.
    assert [text.window.y.at(s) for s in (0, 6.9, 6.95, 7.7, 8.45, 20)] == pytest.approx(
        [0, 0, 0, 100, 200, 200]
    )
    # It goes with its card: 40 below where a card of 100 stands in the middle.
    assert text.y.at(7) == pytest.approx(130 + 40)
    assert text.x.at(7) == a_scene().layout.feed.x + 12


def test_a_text_that_scrolls_lies_over_its_card_and_under_the_veils() -> None:
    scroll = Scroll(card=1, left=12, top=40, width=180, height=50, text_height=250)

    files = [layer.picture.file for layer in overlays(a_scene(scrolls=(scroll,)))]

    order = ["feed-000.tif", "scroll-001.tif", "scroll-edge.tif", "veil-above.tif"]
    assert [file for file in files if file in order] == order


def test_the_translated_title_comes_after_the_cover_and_goes_with_it() -> None:
    line = named(overlays(a_scene(line=(50, 200))), "cover-line.tif")

    appears = line.fades[0]
    assert [appears.at(s) for s in (0, 0.5, 0.85, 1.2, 2)] == pytest.approx([0, 0, 0.5, 1, 1])
    assert line.y.at(0) > line.y.at(1.2) == pytest.approx(200)
    assert line.y.at(2.8) == pytest.approx(200 - 360)


def test_a_cover_leaves_as_it_is_told_to() -> None:
    faded = named(overlays(a_scene(cover_leaves="fade")), "cover.tif")
    cut = named(overlays(a_scene(cover_leaves="none")), "cover.tif")

    assert [fade.at(2.4) for fade in faded.fades] == pytest.approx([0.5])
    assert faded.y.at(2.8) == 0
    # The frame before the source's first is the cover's last.
    assert cut.is_shown(2 - 1 / 30)
    assert not cut.is_shown(2)


def test_the_countdown_empties_in_each_scene_and_says_the_seconds_left() -> None:
    layers = overlays(a_scene(countdown=Box(x=4, y=6, width=20, height=20)))
    ring, seconds = named(layers, "countdown.tif"), named(layers, "countdown-seconds.tif")

    assert ring.window is not None and seconds.window is not None
    # Scenes of 3.6 s from 2 s on, sixty states of 20 pixels each.
    assert [ring.window.x.at(s) for s in (2, 3.81, 5.59, 5.61)] == [0, 600, 1180, 0]
    assert [seconds.window.x.at(s) for s in (2.01, 3.81, 5.59)] == [80, 40, 20]
    assert not ring.is_shown(1.9)
