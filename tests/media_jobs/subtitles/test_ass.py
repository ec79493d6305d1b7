"""Scripts: what is kept of their own styling, and the weights of their text (D8)."""

import pytest

from media_jobs.subtitles.ass import kept_script
from media_jobs.subtitles.ass_text import event_text
from media_jobs.subtitles.text import text_lines

SCRIPT = r"""[Script Info]
; a comment
Title: not kept
ScriptType: v4.00+
PlayResX: 640
PlayResY: 360

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour
Style: Default,Arial,20,&H0000FFFF

[Fonts]
fontname: evil.ttf
0123456789ABCDEF

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,not drawn
Dialogue: 0,0:00:03.50,0:00:04.00,Default,,0,0,0,,second
Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\pos(1,2)}first
"""


def test_a_script_keeps_its_styling_but_no_fonts_and_no_unknown_lines() -> None:
    assert kept_script(SCRIPT).split("\n") == [
        *("[Script Info]", "ScriptType: v4.00+", "PlayResX: 640", "PlayResY: 360", ""),
        *("[V4+ Styles]", "Format: Name, Fontname, Fontsize, PrimaryColour"),
        *("Style: Default,Arial,20,&H0000FFFF", ""),
        *("[Events]", SCRIPT.split("\n")[16]),
        *(line for line in SCRIPT.split("\n") if line.startswith("Dialogue")),
        "",
    ]


@pytest.mark.parametrize(
    ("name", "head"), [("[V4 Styles]", "[V4 Styles]"), ("[v4+ styles]", "[V4+ Styles]")]
)
def test_styles_of_the_older_format_stay_such(name: str, head: str) -> None:
    assert head in kept_script(f"[Script Info]\n{name}\nStyle: a\n[Events]\n").split("\n")


def test_the_weights_of_a_text_are_kept() -> None:
    (line, below) = text_lines(event_text(r"{\an8\b1}bold{\b0}! {\i1}x\N{\u1}y", 0).text)

    assert [(s.text, s.bold, s.italic) for s in line] == [
        ("bold", True, False),
        ("! ", False, False),
        ("x", False, True),
    ]
    assert [(s.text, s.italic, s.underline) for s in below] == [("y", True, True)]
