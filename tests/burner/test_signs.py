"""Emoji stand where the script leaves room for them, and come and go with it."""

from dataclasses import replace
from pathlib import Path

import pytest
from burner.layout import Drawing, drawing_of
from burner.signs import BANDS_MAX, Band, Sign, bands_of
from burner.standing import CROWD_MAX
from burner.styles import Frame
from engine_kit.fonts import font_files, font_folders
from engine_kit.text.emoji import pictures_in
from engine_kit.text.faces import families_in
from engine_kit.text.typesetter import Typesetter

from media_jobs.engines.burner.options import BurnOptions
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.text import Span
from tests.burner.laying import HD, cue

PICTURES = pictures_in(Path(f"{name}.png") for name in ("1f602", "1f60e"))
SETTER = Typesetter(families_in(font_files(font_folders())), emoji=PICTURES)
PLAIN = {"fontSize": 48, "backgroundOpacity": 0}


def laid_out(*cues: Cue, picture: Frame = HD, **options: object) -> Drawing:
    return drawing_of(
        cues, BurnOptions.model_validate({"style": PLAIN, **options}), picture, SETTER
    )


def signs(*cues: Cue, picture: Frame = HD, **options: object) -> tuple[Sign, ...]:
    return laid_out(*cues, picture=picture, **options).emoji


def bands(*cues: Cue, picture: Frame = HD, **options: object) -> tuple[Band, ...]:
    return bands_of(signs(*cues, picture=picture, **options), picture)


def scenes(band: Band) -> list[tuple[int, int]]:
    """Return when each scene begins, and how many emoji it has."""
    return [(scene.start_ms, len(scene.stamps)) for scene in band.scenes]


def test_an_emoji_alone_stands_in_the_middle_and_is_as_high_as_the_text() -> None:
    (sign,) = signs(cue("😂"))

    assert (sign.start_ms, sign.end_ms) == (1000, 4000)
    assert sign.stamp.picture.name == "1f602.png"
    assert sign.stamp.width == sign.stamp.height == pytest.approx(48 * 1.1, abs=1)
    assert sign.stamp.x + sign.stamp.width / 2 == pytest.approx(960, abs=1)
    # The usual bottom margin of the style is below it.
    assert 900 < sign.stamp.y < 1080 - sign.stamp.height


def test_emoji_stand_in_the_gaps_of_their_line_from_left_to_right() -> None:
    first, second = signs(cue("one 😂 two 😎"))

    assert [s.stamp.picture.name for s in (first, second)] == ["1f602.png", "1f60e.png"]
    assert second.stamp.x - first.stamp.x > 48 * 2
    assert first.stamp.y == second.stamp.y


def test_text_that_runs_from_right_to_left_has_its_first_emoji_at_the_right() -> None:
    by_picture = {s.stamp.picture.name: s.stamp.x for s in signs(cue("שלום 😂 עולם 😎"))}

    assert by_picture["1f602.png"] > by_picture["1f60e.png"]


def test_in_wide_pixels_an_emoji_is_narrower_so_that_it_looks_square() -> None:
    wide = Frame(width=960, height=1080, sample_aspect=2.0)

    (sign,) = signs(cue("😂"), picture=wide)

    assert (sign.stamp.width, sign.stamp.height) == pytest.approx((26, 53), abs=1)
    assert sign.stamp.x + sign.stamp.width / 2 == pytest.approx(480, abs=1)


def test_times_are_those_of_the_script() -> None:
    short, odd = signs(cue("😂", start_ms=1003, end_ms=1004), cue("😎", start_ms=2009, end_ms=2999))

    assert (short.start_ms, short.end_ms) == (1000, 1010)
    assert (odd.start_ms, odd.end_ms) == (2000, 2990)


def test_text_without_emoji_needs_no_band() -> None:
    assert bands(cue("plain ✓ text")) == ()


def test_a_band_begins_and_ends_empty_and_changes_with_the_cues() -> None:
    (band,) = bands(
        cue("a 😂 b 😎", start_ms=1000, end_ms=2000),
        cue("plain", start_ms=2000, end_ms=3000),
        cue("😂", start_ms=3000, end_ms=4000),
    )

    assert scenes(band) == [(0, 0), (1000, 2), (2000, 0), (3000, 1), (4000, 0)]


def test_cues_in_a_row_have_no_empty_scene_between_them() -> None:
    (band,) = bands(
        cue("😂", start_ms=1000, end_ms=2000), cue("😎 yes", start_ms=2000, end_ms=3000)
    )

    assert scenes(band) == [(0, 0), (1000, 1), (2000, 1), (3000, 0)]


def test_an_emoji_that_stays_is_one_scene() -> None:
    (band,) = bands(cue("😂", start_ms=0, end_ms=2000), cue("plain", start_ms=1000, end_ms=1500))

    assert scenes(band)[0] == (0, 1)
    assert scenes(band)[-1] == (2000, 0)


def test_a_band_holds_its_emoji_and_has_even_sides() -> None:
    (band,) = bands(cue("😂 and 😎"), cue("left out", "😂", start_ms=5000, end_ms=6000))

    assert not (band.x % 2 or band.y % 2 or band.width % 2 or band.height % 2)
    assert band.height < 200
    for scene in band.scenes:
        for stamp in scene.stamps:
            assert band.x < stamp.x
            assert stamp.x + stamp.width < band.x + band.width
            assert band.y < stamp.y
            assert stamp.y + stamp.height < band.y + band.height


def test_what_stands_far_apart_has_bands_of_its_own_but_not_too_many() -> None:
    hint = {"text": "😂", "position": "top-left"}
    both = bands(cue("😂"), hint=hint)
    places = ["top-left", "left", "bottom-right"]
    many = [
        *signs(cue("😂")),
        *(
            replace(s, caption=n)
            for n, place in enumerate(places, 1)
            for s in signs(hint={"text": "😂", "position": place})
        ),
    ]

    assert [band.height < 200 for band in both] == [True, True]
    assert len(bands_of(many, HD)) == BANDS_MAX


def test_a_watermark_s_emoji_is_as_opaque_as_its_text() -> None:
    (sign,) = signs(watermark={"text": "😂", "opacity": 0.25})

    assert sign.stamp.opacity == 0.25


def test_a_hint_s_emoji_fades_with_it() -> None:
    (sign,) = signs(hint={"text": "😂", "startS": 1, "endS": 3, "animation": "fade"})

    assert [sign.at(at).opacity for at in (1000, 1200, 2000, 2800)] == [0, 0.5, 1, 0.5]
    (band,) = bands_of([sign], HD)
    assert len(band.scenes) == pytest.approx(2 * 400 / 20, abs=4)


def test_a_hint_s_emoji_slides_in_with_it_from_beyond_the_edge() -> None:
    hint = {"text": "😂", "startS": 1, "endS": 3, "animation": "slide", "position": "top"}
    (sign,) = signs(hint=hint)

    assert sign.at(1000).y + sign.stamp.height <= 0
    assert sign.at(1200).y == pytest.approx((sign.at(1000).y + sign.stamp.y) / 2, abs=1)
    assert sign.at(1400).y == sign.stamp.y
    (band,) = bands_of([sign], HD)
    assert band.y == 0


def test_a_watermark_for_ever_is_two_scenes() -> None:
    (band,) = bands(watermark={"text": "😂"})

    assert [count for _, count in scenes(band)] == [1, 0]


@pytest.mark.heavy
def test_of_thousands_of_captions_at_one_time_the_first_have_emoji() -> None:
    (one,) = signs(cue("😂"))
    crowd = [
        replace(one, caption=n, start_ms=n * 10, end_ms=900_000 + n * 10) for n in range(10_000)
    ]

    (band,) = bands_of(crowd, HD)

    assert max(len(scene.stamps) for scene in band.scenes) == CROWD_MAX


SAID = Cue(
    start_ms=0,
    end_ms=3000,
    lines=(
        (
            Span(text="one ", at_ms=0),
            Span(text="😂 two ", at_ms=1000),
            Span(text="three", at_ms=2000),
        ),
    ),
)


@pytest.mark.parametrize("highlight", ["word", "fill", "box"])
def test_an_emoji_stands_still_while_words_of_its_cue_stand_out(highlight: str) -> None:
    (band,) = bands(SAID, style={**PLAIN, "highlight": highlight})

    assert scenes(band) == [(0, 1), (3000, 0)]


def test_where_words_stand_alone_an_emoji_is_there_with_its_own() -> None:
    (band,) = bands(SAID, style={**PLAIN, "highlight": "single"})

    assert scenes(band) == [(0, 0), (1000, 1), (2000, 0)]
