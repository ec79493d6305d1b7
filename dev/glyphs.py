"""`python -m dev.glyphs` prints how many characters of each block have no glyph: the table of
docs/decisions/0033-a-font-for-every-character.md. Needs Debian's fonts-noto-core.
"""

import unicodedata

from engine_kit.fonts import coverage, font_files, font_folders, system_font_files

from media_jobs.characters import is_invisible

# Of Unicode's Blocks.txt: what people write in subtitles and comments.
BLOCKS = {
    "Latin, Greek, Cyrillic with extensions": [(0x20, 0x52F), (0x1D00, 0x1FFF), (0x2C60, 0x2C7F)],
    "Scripts of South and Southeast Asia": [(0x900, 0xEFF), (0x1000, 0x109F), (0x1780, 0x17FF)],
    "Arabic, Hebrew with presentation forms": [(0x590, 0x6FF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFE)],
    "Armenian, Georgian, Ethiopic": [(0x530, 0x58F), (0x10A0, 0x10FF), (0x1200, 0x139F)],
    "Punctuation, sub- and superscripts, currency": [(0x2000, 0x20CF), (0x2E00, 0x2E7F)],
    "Letterlike, number forms": [(0x2100, 0x218F)],
    "Arrows": [(0x2190, 0x21FF), (0x27F0, 0x27FF), (0x2900, 0x297F), (0x1F800, 0x1F8FF)],
    "Mathematics": [(0x2200, 0x22FF), (0x27C0, 0x27EF), (0x2980, 0x2AFF)],
    "Mathematical letters": [(0x1D400, 0x1D7FF), (0x1EE00, 0x1EEFF)],
    "Technical, control pictures, OCR": [(0x2300, 0x245F)],
    "Enclosed letters and digits": [(0x2460, 0x24FF), (0x1F100, 0x1F1FF)],
    "Box drawing, blocks, geometric shapes": [(0x2500, 0x25FF), (0x1F780, 0x1F7FF)],
    "Symbols, dingbats, stars": [(0x2600, 0x27BF), (0x2B00, 0x2BFF), (0x1F650, 0x1F67F)],
    "Braille": [(0x2800, 0x28FF)],
    "Chess, cards, dominoes, mahjong": [(0x1F000, 0x1F0FF), (0x1FA00, 0x1FA6F)],
    "Music": [(0x1D000, 0x1D1FF)],
    "Emoji": [(0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1F9FF), (0x1FA70, 0x1FAFF)],
    "CJK punctuation, kana, Hangul, bopomofo": [(0x3000, 0x318F), (0x31A0, 0x31FF)],
    "CJK enclosed and compatibility": [(0x3200, 0x33FF), (0xFE10, 0xFE6F), (0xFF00, 0xFFEF)],
    "Han": [(0x3400, 0x4DBF), (0x4E00, 0x9FFF)],
    "Hangul syllables": [(0xAC00, 0xD7AF)],
    "Han, rare (extensions B to G)": [(0x20000, 0x3134F)],
    "Tibetan": [(0xF00, 0xFFF)],
    "Thaana, Syriac, N'Ko, Tifinagh": [(0x700, 0x7FF), (0x2D30, 0x2D7F)],
    "Cherokee, Canadian syllabics, Ogham, runes": [(0x13A0, 0x16FF), (0x18B0, 0x18FF)],
    "Mongolian, Javanese, Balinese, Batak, Sundanese": [
        (0x1800, 0x18AF),
        (0xA980, 0xA9DF),
        (0x1B00, 0x1BFF),
    ],
    "Yi, Lisu, Vai, Bamum": [(0xA000, 0xA63F), (0xA6A0, 0xA6FF), (0x16800, 0x16A3F)],
    "Old scripts: Linear A and B, Italic, Gothic, hieroglyphs, cuneiform": [
        (0x10000, 0x1034F),
        (0x10600, 0x1077F),
        (0x12000, 0x1342F),
    ],
}


def table() -> list[str]:
    """Return the lines of the table."""
    files = font_files(font_folders())
    packaged = frozenset[int]().union(*map(coverage, files))
    all_fonts = packaged.union(*map(coverage, system_font_files()))
    lines = [
        "| Characters | seen | not in the packages | nor in fonts-noto-core |",
        "|---|---|---|---|",
    ]
    for name, ranges in BLOCKS.items():
        seen = {
            code
            for low, high in ranges
            for code in range(low, high + 1)
            if unicodedata.category(chr(code)) not in ("Cn", "Co") and not is_invisible(chr(code))
        }
        counts = (len(seen), len(seen - packaged), len(seen - all_fonts))
        lines.append(f"| {name} | {' | '.join(f'{count:,}' for count in counts)} |")
    return lines


if __name__ == "__main__":
    print("\n".join(table()))
