"""A hint and a watermark stand in the script as literal text, in the picture (D8)."""

import re

import pytest
from burner.layout import Drawing, drawing_of
from burner.styles import Frame
from hypothesis import given, settings
from hypothesis import strategies as st

from media_jobs.engines.burner.options import BurnOptions
from tests.burner.laying import HD, SMALL, UPRIGHT, setter, texts
from tests.burner.test_ass import OURS


def overlays_of(options: dict[str, object], picture: Frame = HD) -> Drawing:
    """Lay out overlays alone."""
    return drawing_of((), BurnOptions.model_validate(options), picture, setter())


@pytest.mark.parametrize(
    ("position", "side"),
    [("top", "above"), ("bottom-left", "below"), ("left", "left"), ("right", "right")],
)
def test_a_sliding_hint_comes_from_its_edge(position: str, side: str) -> None:
    drawing = overlays_of({"hint": {"text": "x", "animation": "slide", "position": position}})

    (event,) = texts(drawing)
    number = r"([-\d.]+)"
    move = re.match(
        rf"\{{\\move\({number},{number},{number},{number},0,400\)\\fad\(0,400\)\}}x", event.text
    )
    assert move is not None
    from_x, from_y, x, y = (float(value) for value in move.groups())
    came = {
        "above": from_x == x and from_y < 0,
        "below": from_x == x and from_y >= 1080 - 60,
        "left": from_y == y and from_x < 0,
        "right": from_y == y and from_x > 1920,
    }
    assert came[side]


@pytest.mark.parametrize("kind", ["hint", "watermark"])
@pytest.mark.parametrize("position", ["top-left", "top-right", "right", "bottom", "bottom-right"])
def test_an_overlay_of_an_upright_picture_is_clear_of_what_apps_lay_over_it(
    position: str, kind: str
) -> None:
    wanted: dict[str, object] = {kind: {"text": "A hint", "position": position}}

    (shown,) = overlays_of(wanted, UPRIGHT).shown
    (free,) = overlays_of({**wanted, "safeArea": "off"}, UPRIGHT).shown

    assert shown.caption.top >= 0.14 * 1920
    assert shown.caption.bottom <= 0.76 * 1920
    if position.endswith("right") and not position.startswith("top"):
        assert shown.caption.right <= 0.86 * 1080
    assert shown.caption.left >= 0
    assert (free.caption.top, free.caption.right) != (shown.caption.top, shown.caption.right)


@settings(max_examples=60)
@given(st.text(min_size=1, max_size=100))
def test_no_text_of_a_hint_or_watermark_is_markup(text: str) -> None:
    for event in texts(overlays_of({"hint": {"text": text}, "watermark": {"text": text}})):
        rest = OURS.sub("", event.text)
        for escaped in ("\\{", "\\}", "\\\u2060"):
            rest = rest.replace(escaped, "")
        assert not set(rest) & set("{}\\\r\n")


@pytest.mark.parametrize("position", ["top-left", "top", "center", "bottom-right"])
@pytest.mark.parametrize("text", ["水" * 45, "watermarks on end " * 5, "x" * 100])
def test_a_long_overlay_is_broken_and_stays_in_the_picture(text: str, position: str) -> None:
    drawing = overlays_of(
        {
            "hint": {"text": text, "position": position},
            "watermark": {"text": text[:100], "position": position},
        },
        SMALL,
    )

    for shown in drawing.shown:
        assert shown.caption.left >= 0
        assert shown.caption.right <= 1280
        assert shown.caption.top >= 0
        assert shown.caption.bottom <= 720
        drawn = "".join(line.line.text for line in shown.caption.lines)
        assert drawn.replace(" ", "") == text[:100].replace(" ", "")
