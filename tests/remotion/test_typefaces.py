"""Every character is drawn by a font that has it."""

from pathlib import Path

import pytest
from remotion.typefaces import Typefaces, typefaces

SC = "Noto Sans CJK SC"


def name(faces: Typefaces, character: str, han: str = SC) -> str:
    return faces.files[faces.face_for(character, han)].family


@pytest.mark.parametrize(
    ("character", "family"),
    [
        ("a", "NotoSans"),
        ("é", "NotoSans"),
        ("Ж", "NotoSans"),
        ("ع", "NotoSansArabic"),
        ("ש", "NotoSansHebrew"),
        ("ह", "NotoSansDevanagari"),
        ("ไ", "NotoSansThai"),
        ("字", SC),
        ("，", SC),
    ],
)
def test_a_script_is_drawn_by_its_own_font(faces: Typefaces, character: str, family: str) -> None:
    assert name(faces, character) == family


def test_ideographs_take_the_forms_of_their_language(faces: Typefaces) -> None:
    assert name(faces, "骨", "Noto Sans CJK JP") == "Noto Sans CJK JP"
    assert name(faces, "骨", "Noto Sans CJK KR") == "Noto Sans CJK KR"


def test_every_face_can_be_made_bold(faces: Typefaces) -> None:
    latin, han = faces.face_for("a", SC), faces.face_for("字", SC)

    thin = faces.font(latin, 40, bold=False).getlength("Hamburg")
    thick = faces.font(latin, 40, bold=True).getlength("Hamburg")
    assert thick > thin
    assert faces.files[han].bold is not None or faces.outline(han, 45, bold=True) == 1.0


def test_without_fonts_nothing_can_be_drawn() -> None:
    with pytest.raises(ValueError, match="no Noto fonts"):
        typefaces([Path("Other.ttf")])
