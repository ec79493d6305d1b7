"""Which characters can be drawn is known before anything is drawn (M8)."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from engine_kit.fonts import (
    font_files,
    font_folders,
    fonts_for,
    han_family,
    missing_glyphs,
    write_font_config,
)
from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]  # It ships no types.
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]

FILES = font_files(font_folders())


@pytest.mark.parametrize(
    "text",
    [
        "Größe, ça, Žluťoučký, Ελληνικά, Привет",
        "直骨今 漢字 ひらがな カタカナ 한국어",
        "العربية עברית हिन्दी ไทย বাংলা தமிழ்",
        "😀 👍🏽 👩‍👩‍👧 🇩🇪 ❤️ ♪ … “”",
        "tab\tnew\nline\u00a0\u200b\u2060\ufeff",
        "✓ ✗ ✕ ❦ ➤ ♔ ♞ ⚀ 🂡 🀄 🁢 ䷀ ↴ ⇝ ⟶ ⤷ ⬅ ⭐ ╔═╗ ░▒▓ ◢◣ ☽ ♻",
        "𝒜 𝔅 𝟙 𝕋𝕙𝕚𝕤 𝖙𝖍𝖆𝖙 ∀ ∰ ⨁ ⟨x⟩ ℵ ½ ⅓ ₿ ₹ ₺ № ™",
        "Ⓐ ⓐ ① ⑳ 🄰 🅐 🅰 ㊙ ㈱ ㎡ Ａｂ１ ⠁⠿⣿ ᴬᵇ ₁² 𝄞 𝅘𝅥𝅮 ♭ ♯",
    ],
)
def test_the_scripts_of_the_world_symbols_and_emoji_have_glyphs(text: str) -> None:
    assert missing_glyphs(text, FILES) == ()


def test_characters_without_a_glyph_are_found_once_each_in_order() -> None:
    assert missing_glyphs("a 𞊐 b 𒾐 𞊐 \ue000", FILES) == ("\ue000", "𒾐", "𞊐")


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


def _font(path: Path, character: str) -> Path:
    """Write a font that has one square for *character*."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((500, 0), (500, 500), (0, 500)):
        pen.lineTo(corner)
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "square"])
    builder.setupCharacterMap({ord(character): "square"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "square": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (500, 0), "square": (600, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": path.stem, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)
    return path


def test_of_the_systems_fonts_those_are_used_that_draw_what_the_packages_lack(
    tmp_path: Path,
) -> None:
    rare = _font(tmp_path / "NotoSansCyproMinoan-Regular.ttf", "𒾐")
    for name, character in (("NotoSansLatin", "a"), ("NotoSansToto", "𞊐")):
        _font(tmp_path / f"{name}-Regular.ttf", character)

    assert fonts_for("plain", system=[tmp_path]) == FILES
    assert fonts_for("a 𒾐", system=[tmp_path]) == (*FILES, rare)
    assert missing_glyphs("a 𒾐", fonts_for("a 𒾐", system=[tmp_path])) == ()


def test_libass_is_shown_those_of_the_systems_fonts_alone(tmp_path: Path) -> None:
    rare = tmp_path / "noto" / "NotoSansCyproMinoan-Regular.ttf"

    environment = write_font_config(
        tmp_path, tmp_path, han="Noto Sans CJK SC", files=(*FILES, rare)
    )

    tree = ElementTree.parse(environment["FONTCONFIG_FILE"])  # noqa: S314  Our own file.
    assert [place.text for place in tree.iter("dir")][-1] == str(rare.parent)
    rejected = [glob.text for glob in tree.findall("selectfont/rejectfont/glob")]
    assert f"{rare.parent}/*" in rejected
    assert [glob.text for glob in tree.findall("selectfont/acceptfont/glob")] == [str(rare)]
