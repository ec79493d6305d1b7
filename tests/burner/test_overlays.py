"""A hint and a watermark stand in the script as literal text (D8)."""

import re

import pytest
from burner.ass import ass_script
from burner.styles import Frame
from engine_kit.fonts import Face
from hypothesis import given
from hypothesis import strategies as st

from media_jobs.engines.burner.options import BurnOptions

FACE = Face(family="Noto Sans", line_per_em=1.5)
HD = Frame(width=1920, height=1080)


def texts_of(options: dict[str, object]) -> list[str]:
    """Return the texts of the script's events."""
    script = ass_script((), BurnOptions.model_validate(options), HD, FACE)
    return [line.split(",", 9)[9] for line in script.split("\n") if line.startswith("Dialogue: ")]


@pytest.mark.parametrize(
    ("position", "path"),
    [
        ("top", "960,-178.08,960,70.08"),
        ("bottom-left", "106,1258.08,106,1010"),
    ],
)
def test_a_sliding_hint_comes_from_its_edge(position: str, path: str) -> None:
    hint = {"text": "x", "animation": "slide", "position": position}

    (text,) = texts_of({"hint": hint})

    moves = re.fullmatch(r"\{\\move\((.*),0,400\)\\fad\(0,400\)\}x", text)
    assert moves is not None
    got, wanted = ([round(float(v)) for v in way.split(",")] for way in (moves[1], path))
    assert got == wanted


@given(st.text(min_size=1, max_size=100))
def test_no_text_of_a_hint_or_watermark_is_markup(text: str) -> None:
    options: dict[str, object] = {"hint": {"text": text}, "watermark": {"text": text}}

    texts = texts_of(options)

    assert len(texts) == 2
    for written in texts:
        rest = written.replace("\\{", "").replace("\\}", "").replace("\\\u2060", "")
        assert not set(rest.replace("\\N", "")) & set("{}\\\r")
