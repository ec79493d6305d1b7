"""A hint and a watermark stand in the script as literal text, in the picture (D8)."""

import re

import pytest
from burner.layout import Drawing, drawing_of
from burner.styles import Frame
from hypothesis import given, settings
from hypothesis import strategies as st

from media_jobs.engines.burner.options import BurnOptions
from tests.burner.laying import HD, SMALL, UPRIGHT, cue, laid_out, of_two, setter, texts
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


PLACES = [
    *("top-left", "top", "top-right", "left", "center", "right"),
    *("bottom-left", "bottom", "bottom-right"),
]


def overlap(drawing: Drawing) -> list[tuple[str, str]]:
    """Return which captions of one time lie over each other, by their texts."""
    captions = [one.caption for one in drawing.shown if one.caption.lines]
    return [
        (a.lines[0].line.text, b.lines[0].line.text)
        for n, a in enumerate(captions)
        for b in captions[:n]
        if a.start_ms < b.end_ms and b.start_ms < a.end_ms
        if a.top < b.bottom and b.top < a.bottom and a.left < b.right and b.left < a.right
    ]


@pytest.mark.parametrize("picture", [HD, UPRIGHT])
@pytest.mark.parametrize("row", ["top", "center", "bottom"])
@pytest.mark.parametrize("place", PLACES)
def test_no_overlay_lies_over_another_or_over_a_cue(place: str, row: str, picture: Frame) -> None:
    options: dict[str, object] = {
        "style": {"position": row},
        "secondaryStyle": {"position": row},
        "hint": {"text": "A hint of some words", "position": place, "startS": 2, "endS": 5},
        "watermark": {"text": "© mark", "position": place},
    }
    said = [
        cue("A line of a film that is as long as one may be", start_ms=1000, end_ms=3000),
        cue("Another one,", "in two lines that are long", start_ms=3000, end_ms=6000),
        cue("after the hint", start_ms=7000, end_ms=8000),
    ]

    assert overlap(laid_out(options, *said, picture=picture)) == []
    assert overlap(of_two(options, said, said[:2], picture=picture)) == []


def test_a_cue_that_meets_no_overlay_stands_where_it_would_without() -> None:
    hint = {"text": "hint", "position": "bottom", "startS": 5, "endS": 9}
    mark = {"text": "©", "position": "bottom-right"}

    (alone,) = laid_out({}, cue("said")).shown
    among = laid_out({"hint": hint, "watermark": mark}, cue("said")).shown

    assert among[0] == alone


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
