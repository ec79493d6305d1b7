"""Colours of scripts as numbers of high dynamic range: all of them, and nothing else."""

from burner.script_colours import script_in
from engine_kit.colours import BT709, Colours

from media_jobs.engines.burner.options import BurnOptions
from tests.burner.laying import cue, laid_out

PQ = Colours(matrix="bt2020nc", primaries="bt2020", transfer="smpte2084")
WHITE = "949494"
"""58 % of 255: ITU-R BT.2408."""

KEPT = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Fontname
Style: One,&H80FFFFFF,16777215,-1,&HFFFFFF&,Arial

[Events]
Format: Start, End, Style, Text
Dialogue: 0:00:00.00,0:00:01.00,One,{\\c&HFFFFFF&\\3cHffffff\\clip(0,0,1,1)}\
{\\t(0,9,\\1c&HFFFFFF&)}&HFFFFFF& \\{\\c&HFFFFFF&}
"""


def test_every_colour_of_styles_and_tags_becomes_the_videos() -> None:
    made = script_in(KEPT, PQ)

    style = next(line for line in made.splitlines() if line.startswith("Style: One"))
    assert style == f"Style: One,&H80{WHITE},&H00{WHITE},&HFF{WHITE},&H00{WHITE},Arial"
    *_, event = made.splitlines()
    assert event.endswith(
        f"{{\\c&H{WHITE}&\\3cH{WHITE}\\clip(0,0,1,1)}}{{\\t(0,9,\\1c&H{WHITE}&)}}"
        "&HFFFFFF& \\{\\c&HFFFFFF&}"
    )


def test_events_without_a_style_are_no_brighter() -> None:
    lines = script_in(KEPT, PQ).splitlines()

    (default,) = [line for line in lines if line.startswith("Style: Default")]
    assert f"&H00{WHITE}" in default
    # Before those of the script, which count more.
    assert lines.index(default) < lines.index(
        next(line for line in lines if line.startswith("Style: One"))
    )


def test_styles_of_old_scripts_are_read_by_their_own_columns() -> None:
    old = "[V4 Styles]\nStyle: A,Arial,20,16777215,0,0,0,0,0,1,2,2,2,20,20,20,0,1\n"

    made = script_in(old, PQ).splitlines()

    assert made[-1].startswith(f"Style: A,Arial,20,&H00{WHITE},&H00000000,")
    assert script_in("[V4+ Styles]", PQ).count("Format: ") == 1


def test_standard_range_is_written_as_it_is() -> None:
    assert script_in(KEPT, BT709) == KEPT


def test_no_white_of_ours_is_left() -> None:
    options: dict[str, object] = {
        "style": {"highlight": "box", "backgroundColor": "#FFFFFF", "outlineColor": "#FFFFFF"},
        "hint": {"text": "hint"},
        "watermark": {"text": "mark"},
    }
    drawing = laid_out(options, cue("text"))

    assert "FFFFFF" in drawing.script
    assert "FFFFFF" not in script_in(drawing.script, PQ).upper()
    assert BurnOptions.model_validate(options).dynamic_range == "sdr"
