"""Cue settings of WebVTT become alignment and margins of an ASS event."""

import pytest
from burner.cue_settings import valid_settings
from burner.cues import Cue, Span
from burner.looks import Picture
from burner.placement import Placement, is_followed, placement_of
from hypothesis import given
from hypothesis import strategies as st

HD = Picture(width=1920, height=1080)
BOTTOM, TOP = 1, 7


def cue(settings: str, lines: int = 1) -> Cue:
    """Return a cue with these settings, written as in a file; `an:` is SubRip's."""
    name, _, key = settings.partition(":")
    pairs = ((name, key),) if name == "an" else valid_settings(settings)
    return Cue(start_ms=0, end_ms=1, lines=((Span(text="x"),),) * lines, settings=pairs)


def placed(settings: str, lines: int = 1, row: int = BOTTOM) -> Placement:
    """Return where such a cue stands with lines of 60 pixels, 40 from the edges."""
    return placement_of(cue(settings, lines), HD, line_height=60, edge=40, row=row)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("region:fred", Placement()),
        ("line:0", Placement(alignment=8, left=40, right=40, vertical=40)),
        ("line:2", Placement(alignment=8, left=40, right=40, vertical=160)),
        ("line:-1", Placement(alignment=2, left=40, right=40, vertical=40)),
        ("line:-3", Placement(alignment=2, left=40, right=40, vertical=160)),
        ("line:50%", Placement(alignment=8, left=40, right=40, vertical=540)),
        ("line:50%,center", Placement(alignment=8, left=40, right=40, vertical=510)),
        ("line:50%,end", Placement(alignment=8, left=40, right=40, vertical=480)),
        # What would hang over the edge is moved in: 1080 - 40 - 60.
        ("line:100%", Placement(alignment=8, left=40, right=40, vertical=980)),
        ("line:9999", Placement(alignment=8, left=40, right=40, vertical=980)),
        ("align:start", Placement(alignment=1, left=40, right=40)),
        ("align:right", Placement(alignment=3, left=40, right=40)),
        ("position:25% align:left", Placement(alignment=1, left=480, right=40)),
        ("position:25% size:50% align:left", Placement(alignment=1, left=480, right=480)),
        ("position:75% align:end", Placement(alignment=3, left=40, right=480)),
        # A centred box reaches equally far to both sides: from 0 to twice the position.
        ("position:25%", Placement(alignment=2, left=40, right=960)),
        ("position:75%,line-left align:center", Placement(alignment=2, left=1440, right=40)),
        ("an:9", Placement(alignment=9)),
        ("an:0", Placement()),
        ("line:half position:120% align:sideways", Placement()),
        # Halves are rounded up.
        ("line:1.5", Placement(alignment=8, left=40, right=40, vertical=160)),
        ("line:-1.5", Placement(alignment=2, left=40, right=40, vertical=40)),
        ("size:50%", Placement(alignment=2, left=480, right=480)),
        ("size:50% align:start", Placement(alignment=1, left=40, right=960)),
        ("align:middle", Placement(alignment=2, left=40, right=40)),
    ],
)
def test_a_cue_stands_where_its_settings_say(settings: str, expected: Placement) -> None:
    assert placed(settings) == expected


def test_a_cue_without_a_line_stays_in_the_row_of_its_style() -> None:
    assert placed("align:left", row=TOP).alignment == 7
    assert placed("align:left", row=BOTTOM).alignment == 1


def test_many_lines_do_not_hang_over_the_bottom() -> None:
    assert placed("line:90%", lines=3).vertical == 1080 - 40 - 180


@given(st.text("lineposgcrtd:%,-0123456789. ", max_size=40))
def test_any_settings_leave_the_cue_in_the_picture(text: str) -> None:
    pairs = valid_settings(text)
    spot = placement_of(
        Cue(start_ms=0, end_ms=1, lines=((Span(text="x"),),), settings=pairs),
        HD,
        line_height=60,
        edge=40,
        row=BOTTOM,
    )

    assert spot == Placement() or 1 <= (spot.alignment or 0) <= 9
    assert 0 <= spot.left <= 1920
    assert 0 <= spot.right <= 1920
    assert 0 <= spot.vertical <= 1080 - 60


def test_vertical_text_and_regions_are_not_followed() -> None:
    assert is_followed(cue("line:1 align:left position:1% size:50%"))
    assert not is_followed(cue("line:1 vertical:rl"))
    assert not is_followed(cue("region:fred"))
