"""Colours follow from the four that can be chosen."""

from remotion.theme import avatar_ink, contrasting, mixed, parse_colour, theme

from media_jobs.options import CommentsOptions


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


def test_mixing_goes_from_one_to_the_other() -> None:
    assert mixed((0, 0, 0), (200, 100, 50), 0) == (0, 0, 0)
    assert mixed((0, 0, 0), (200, 100, 50), 0.5) == (100, 50, 25)
    assert mixed((0, 0, 0), (200, 100, 50), 1) == (200, 100, 50)


def test_a_name_always_has_the_same_colour() -> None:
    assert avatar_ink("Emma") == avatar_ink("Emma")
    assert avatar_ink("Emma") != avatar_ink("Noah")


def test_letters_on_a_colour_can_be_read() -> None:
    assert contrasting(parse_colour("#FFFF00")) == (16, 18, 22)
    assert contrasting(parse_colour("#000080")) == (255, 255, 255)
