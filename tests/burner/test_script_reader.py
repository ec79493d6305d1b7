"""What the judge reads of a script: letters with their fonts and sizes, and no more."""

import pytest
from burner.script_reader import Letters, letters_of, read_script, write_script

HEAD = """[Script Info]
PlayResY: 720

[V4+ Styles]
Format: Name, Fontname, Fontsize, Bold
Style: Default,Noto Sans,40,0
Style: Sign,Noto Serif,60,-1

[Events]
"""
COLUMNS = "Format: Layer, Start, End, Style, Name, Text\n"


def read(text: str, style: str = "Default") -> list[Letters]:
    """Return the letters of an event with *text*."""
    script = read_script(f"{HEAD}{COLUMNS}Dialogue: 0,0:00:00.00,0:00:01.00,{style},,{text}\n")
    (event,) = script.events
    return list(letters_of(event, script.styles))


def parts(*found: tuple[str, str, float]) -> list[Letters]:
    """Return letters by text, font and size."""
    return [Letters(text=text, font=font, size=size) for text, font, size in found]


def test_font_and_size_are_those_of_the_style_until_a_tag_changes_them() -> None:
    assert read(
        "One{\\fnNoto Sans CJK SC\\fs52.5}二{\\fscx50\\fsp3}三{\\r}Four{\\rSign}Five"
    ) == parts(
        ("One", "Noto Sans", 40),
        ("二", "Noto Sans CJK SC", 52.5),
        ("三", "Noto Sans CJK SC", 52.5),
        ("Four", "Noto Sans", 40),
        ("Five", "Noto Serif", 60),
    )


@pytest.mark.parametrize(
    "text", ["", " \\h\\N", "{\\p1}m 0 0 l 9 9", "{only a comment}", "\u200b\u2800"]
)
def test_what_is_not_seen_is_no_letter(text: str) -> None:
    assert read(text) == []


def test_a_style_that_is_not_there_is_the_first_one() -> None:
    assert read("Text", style="Nowhere") == parts(("Text", "Noto Sans", 40))


def test_lines_that_can_not_be_read_are_left_out() -> None:
    script = read_script(
        f"{HEAD}Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,No\n"
        "Dialogue: 0,soon,0:00:01.00,Default,,0,0,0,,No\n"
        "Dialogue: 0,0:00:02.00,0:00:01.00,Default,,0,0,0,,No\n"
        "Dialogue: 0,0:00:00.00\n"
        "Dialogue: 0,0:00:00.00,0:00:01.00,Default,12,0,0,0,,Yes, this\n"
    )

    assert [(event.text, event.number) for event in script.events] == [("Yes, this", 12)]
    assert script.height == 720


def test_a_script_is_written_as_it_was_read() -> None:
    text = f"{HEAD}{COLUMNS}Dialogue: 3,1:02:03.04,1:02:04.00,Sign,,A, b\n"

    # libass takes the names of columns in small letters, too.
    assert write_script(read_script(text)).lower() == text.lower()
