"""Blocks of text: paragraphs keep their direction, runs their font."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from engine_kit.text.faces import Families
from engine_kit.text.typesetter import Typesetter
from PIL import Image
from remotion.text import Pen

CASES = Path(__file__).parents[1] / "vectors/cases"


@pytest.fixture(scope="module")
def pen(families: Families) -> Pen:
    return Pen(Typesetter(families), 20)


def test_a_line_that_begins_with_a_foreign_word_keeps_its_paragraphs_direction(pen: Pen) -> None:
    text = "שלום שלום Blender שלום\nplain"
    width_max = round(pen.width("שלום שלום ")) + 5

    lines = pen.block(text, width_max=width_max).lines

    assert [line.base for line in lines] == [1] * (len(lines) - 1) + [0]
    assert "Blender" in [line.text.split(" ")[0] for line in lines]
    assert lines[-1].text == "plain"


def test_a_shortened_block_keeps_directions_and_says_that_it_was_cut(pen: Pen) -> None:
    block = pen.block("שלום\nhello\nmore\nmore", width_max=300)

    assert [(line.text, line.base) for line in block.shortened(2).lines] == [
        ("שלום", 1),
        ("hello…", 0),
    ]
    assert [line.base for line in block.shortened(1).lines] == [1]
    assert block.shortened(4) == block


def test_widths_add_up_over_scripts(pen: Pen) -> None:
    parts = pen.width("abc") + pen.width("字字")

    assert pen.width("abc字字") == pytest.approx(parts, abs=0.5)
    assert pen.width("字字") == pytest.approx(40, abs=1)
    assert pen.width("") == 0


def test_joined_letters_are_narrower_than_letters_alone(pen: Pen) -> None:
    alone = sum(pen.width(letter) for letter in "سسسس")

    assert pen.width("سسسس") < alone * 0.8


def test_letters_stand_where_they_belong_not_at_whole_pixels(pen: Pen) -> None:
    image = Image.new("RGBA", (400, 60), (0, 0, 0, 255))
    eight = replace(pen, size=46).block("llllllll", width_max=400)

    eight.draw(image, 10, 0, (255, 255, 255))

    columns = np.asarray(image.convert("L")).sum(axis=0, dtype=float)
    letters = np.split(np.arange(400), np.flatnonzero(columns == 0))
    centres = [np.average(at, weights=columns[at]) for at in letters if columns[at].sum() > 0]
    assert len(centres) == 8
    # An eighth of the width apart, all of them: none is a pixel nearer to its neighbour.
    assert np.ptp(np.diff(centres)) < 0.3


def test_what_is_cut_off_ends_in_an_ellipsis_within_the_width(pen: Pen) -> None:
    (line,) = pen.block("hello there", width_max=60, lines_max=1).lines

    assert line.text.endswith("…")
    assert line.width <= 60


@pytest.mark.parametrize("width_max", [120, 150, 170, 200, 260])
def test_c10_no_line_begins_with_a_thai_vowel_of_the_letter_before(
    pen: Pen, width_max: int
) -> None:
    content = json.loads((CASES / "comments/thai.json").read_text())["comments"][0]["content"]

    lines = [line.text for line in pen.block(content, width_max=width_max).lines]

    assert len(lines) > 1
    assert "".join(lines) == content
    assert not [line for line in lines if line[0] in "\u0e33\u0e30\u0e32"]
    assert not [line for line in lines if line[-1] in "\u0e40\u0e41\u0e42\u0e43\u0e44"]


def test_bold_han_is_drawn_in_a_bold_face(families: Families) -> None:
    image = Image.new("RGBA", (200, 60), (0, 0, 0, 255))
    heavy = image.copy()

    for bold, ground in ((False, image), (True, heavy)):
        Pen(Typesetter(families), 40, bold=bold).block("直骨字", width_max=200).draw(
            ground, 0, 0, (255, 255, 255)
        )

    light, dark = (int(np.asarray(one.convert("L")).sum()) for one in (image, heavy))
    assert dark > 1.2 * light
