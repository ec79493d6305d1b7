"""Which characters can be drawn is known before anything is drawn (M8)."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.fonts import (
    font_files,
    font_folders,
    han_family,
    main_face,
    missing_glyphs,
    require_glyphs,
    write_font_config,
)

FILES = font_files(font_folders())


@pytest.mark.parametrize(
    "text",
    [
        "Größe, ça, Žluťoučký, Ελληνικά, Привет",
        "直骨今 漢字 ひらがな カタカナ 한국어",
        "العربية עברית हिन्दी ไทย বাংলা தமிழ்",
        "😀 👍🏽 👩‍👩‍👧 🇩🇪 ❤️ ♪ … “”",
        "tab\tnew\nline\u00a0\u200b\u2060\ufeff",
    ],
)
def test_the_scripts_of_the_world_and_emoji_have_glyphs(text: str) -> None:
    assert missing_glyphs(text, FILES) == ()


def test_each_character_without_a_glyph_is_listed_by_code_point() -> None:
    with pytest.raises(EngineFailure) as caught:
        require_glyphs("a 𒀀 b ༄ 𒀀 \ue000", FILES)

    assert caught.value.code is FailureCode.GLYPHS_MISSING
    assert not caught.value.retryable
    assert caught.value.message == (
        "No font has a glyph for U+0F04 TIBETAN MARK INITIAL YIG MGO MDUN MA, "
        "U+E000 unnamed, U+12000 CUNEIFORM SIGN A."
    )


def test_a_hundred_missing_characters_make_a_short_message() -> None:
    with pytest.raises(EngineFailure) as caught:
        require_glyphs("".join(chr(0x12000 + n) for n in range(100)), FILES)

    assert caught.value.message.endswith(" and 80 more.")


def test_the_line_height_is_read_from_the_font_that_is_there() -> None:
    face = main_face(FILES)

    # winAscent 1124 and winDescent 395 of 1000 in the packaged Noto Sans; 1069 and 293 in others.
    assert face.family == "Noto Sans"
    assert face.line_per_em == pytest.approx(1.519, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("直す", "Noto Sans CJK JP"),
        ("漢字 한국", "Noto Sans CJK KR"),
        ("直骨", "Noto Sans CJK SC"),
        ("plain", "Noto Sans CJK SC"),
    ],
)
def test_han_shapes_follow_the_language_of_the_text(text: str, family: str) -> None:
    assert han_family(text) == family


def test_the_font_configuration_is_private_and_names_our_folders_only(tmp_path: Path) -> None:
    environment = write_font_config(tmp_path, tmp_path / "ca&che", han="Noto Sans CJK JP")

    tree = ElementTree.parse(environment["FONTCONFIG_FILE"])  # noqa: S314  Our own file.
    assert [place.text for place in tree.iter("dir")] == [str(f) for f in font_folders()]
    assert [place.text for place in tree.iter("cachedir")] == [str(tmp_path / "ca&che")]
    assert [name.text for name in tree.iter("string")] == ["Noto Sans", "Noto Sans CJK JP"]
    assert list(tree.iter("include")) == []
