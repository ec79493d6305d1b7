"""What no font has is drawn as what it stands for, or told."""

from engine_kit.fonts import font_files, font_folders
from engine_kit.glyphs import missing_notice, stand_ins

LATIN = tuple(path for path in font_files(font_folders()) if path.name == "NotoSans[wght].ttf")


def test_fancy_letters_have_plain_ones_for_them_where_no_font_has_them() -> None:
    assert "𝕋𝕙𝕚𝕤 ｉｓ ①".translate(stand_ins(set("𝕋𝕙𝕚𝕤 ｉｓ ①"), LATIN)) == "This is 1"


def test_what_a_font_has_and_what_nothing_stands_for_stay_as_they_are() -> None:
    assert stand_ins("ﬁ½²™", LATIN) == {}
    assert stand_ins("㊙🈂𒾐", LATIN) == {}


def test_a_notice_names_characters_and_where_they_stand() -> None:
    assert missing_notice("𒾐𞊐", ["0:01:01.00", "hint"]).message == (
        "No font has a glyph for U+12F90 CYPRO-MINOAN SIGN CM001, U+1E290 TOTO LETTER PA; "
        "at 0:01:01.00, hint."
    )


def test_a_notice_stays_short_whatever_is_missing() -> None:
    letters, places = [chr(0x12F90 + n) for n in range(50)], [str(n) for n in range(50)]
    told = missing_notice(letters, places).message

    assert " … (+40); at " in told
    assert told.endswith(" … (+45).")
