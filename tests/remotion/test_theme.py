"""The look follows from a preset and what is changed of it."""

from typing import get_args

import pytest
from engine_kit.contrast import parse_colour
from remotion.theme import PRESETS, avatar_ink, contrasting, theme

from media_jobs.engines.remotion.options import CommentsOptions, CommentsTheme, Preset


def test_the_chosen_colours_are_used_as_they_are() -> None:
    colours = theme(
        CommentsOptions(
            background_color="#000102",
            card_color="#102030",
            text_color="#FFEEDD",
            accent_color="#00ff7F",
        )
    )

    assert colours.background == (0, 1, 2)
    assert colours.card == (16, 32, 48)
    assert colours.text == (255, 238, 221)
    assert colours.accent == (0, 255, 127)


def test_a_name_always_has_the_same_colour() -> None:
    assert avatar_ink("Emma") == avatar_ink("Emma")
    assert avatar_ink("Emma") != avatar_ink("Noah")


def test_letters_on_a_colour_can_be_read() -> None:
    assert contrasting(parse_colour("#FFFF00")) == (16, 18, 22)
    assert contrasting(parse_colour("#000080")) == (255, 255, 255)


def test_every_preset_of_the_options_is_there() -> None:
    assert set(PRESETS) == set(get_args(Preset))
    assert len({look.background for look in PRESETS.values()}) == len(PRESETS)


def luminance(ink: tuple[int, int, int]) -> float:
    """Return the relative luminance of WCAG 2.2."""

    def linear(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(value) for value in ink)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("preset", get_args(Preset))
def test_text_can_be_read_in_every_preset(preset: Preset) -> None:
    look = theme(CommentsOptions(preset=preset))

    def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
        darker, lighter = sorted((luminance(one), luminance(other)))
        return (lighter + 0.05) / (darker + 0.05)

    # WCAG 2.2, 1.4.3: 4.5 for text, 3 for large text and for what is read second.
    assert contrast(look.text, look.card) > 7
    assert contrast(look.text, look.background) > 7
    assert contrast(look.muted, look.card) > 3
    assert contrast(look.accent, look.background) > 3


def test_a_theme_changes_parts_of_its_preset() -> None:
    own = CommentsTheme(motion="none", corner_radius=0, scale=1.25)
    look = theme(CommentsOptions(preset="paper", theme=own, accent_color="#112233"))
    paper = theme(CommentsOptions(preset="paper"))

    assert (look.transition_s, look.radius, look.scale, look.accent) == (0, 0, 1.25, (17, 34, 51))
    assert (look.card, look.shadow, look.feed_side) == (paper.card, paper.shadow, "right")
