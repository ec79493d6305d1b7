"""Blocks of text: paragraphs keep their direction, runs their font."""

from dataclasses import replace

import numpy as np
import pytest
from engine_kit.text.emoji import EmojiPictures
from PIL import Image
from remotion.text import Line, Pen
from remotion.typefaces import Typefaces


@pytest.fixture(scope="module")
def pen(faces: Typefaces) -> Pen:
    return Pen(faces, EmojiPictures({}, 0), 20)


def test_a_line_that_begins_with_a_foreign_word_keeps_its_paragraphs_direction(pen: Pen) -> None:
    text = "שלום שלום Blender שלום\nplain"
    width_max = round(pen.width("שלום שלום "))

    lines = pen.block(text, width_max=width_max).lines

    assert [line.base for line in lines] == [1] * (len(lines) - 1) + [0]
    assert "Blender" in [line.text.split(" ")[0] for line in lines]
    assert lines[-1] == Line(text="plain", base=0)


def test_a_shortened_block_keeps_directions_and_says_that_it_was_cut(pen: Pen) -> None:
    block = pen.block("שלום\nhello\nmore\nmore", width_max=300)

    assert block.shortened(2).lines == (Line(text="שלום", base=1), Line(text="hello…", base=0))
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
    eight = replace(pen, size=46, _widths={}).block("llllllll", width_max=400)

    eight.draw(image, 10, 0, (255, 255, 255))

    columns = np.asarray(image.convert("L")).sum(axis=0, dtype=float)
    letters = np.split(np.arange(400), np.flatnonzero(columns == 0))
    centres = [np.average(at, weights=columns[at]) for at in letters if columns[at].sum() > 0]
    assert len(centres) == 8
    # An eighth of the width apart, all of them: none is a pixel nearer to its neighbour.
    assert np.ptp(np.diff(centres)) < 0.3
