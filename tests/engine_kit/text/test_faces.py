"""Families are what their files say of themselves."""

import pytest
from engine_kit.text.faces import Families


def test_the_line_height_is_read_from_the_font_that_is_there(families: Families) -> None:
    # winAscent 1124 and winDescent 395 of 1000 in the packaged Noto Sans; 1069 and 293 in others.
    assert families.main.name == "Noto Sans"
    assert families.main.line_per_em == pytest.approx(1.519, abs=1e-9)
    assert families.main.ascent_per_em == pytest.approx(1.124, abs=1e-9)


def test_a_weight_and_a_slope_are_those_of_a_cut(families: Families) -> None:
    cut = families.main.cut(bold=True, italic=True)

    assert (cut.weight, cut.italic, cut.variable) == (700, True, True)


@pytest.mark.parametrize(
    ("text", "han", "language", "family"),
    [
        ("a", False, "", "Noto Sans"),
        ("א", False, "", "Noto Sans Hebrew"),
        ("直", True, "ja", "Noto Sans CJK JP"),
        ("直", True, "zh", "Noto Sans CJK SC"),
        ("，", True, "zh-Hant", "Noto Sans CJK TC"),
        ("☃", False, "", "Noto Sans Symbols2"),
    ],
)
def test_a_character_is_drawn_by_the_first_family_that_has_it(
    families: Families, text: str, han: bool, language: str, family: str
) -> None:
    found = families.that_draws(text, han=han, language=language)

    assert found is not None
    assert found.name == family


def test_what_no_family_has_is_drawn_by_none(families: Families) -> None:
    assert families.that_draws("\ue000", han=False, language="") is None
