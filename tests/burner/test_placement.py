"""Cue settings of WebVTT become alignment and margins."""

import dataclasses

import pytest
from burner.placement import Edges, Placement, is_followed, placement_of
from burner.styles import Frame
from hypothesis import given
from hypothesis import strategies as st

from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.settings import cue_settings
from media_jobs.subtitles.text import Span

HD = Frame(width=1920, height=1080)
BOTTOM, TOP = 1, 7
EDGES = Edges(top=40, bottom=40, side=40)


def cue(settings: str) -> Cue:
    """Return a cue with these settings, written as in a file."""
    own = cue_settings(settings, {"fred"})
    return Cue(start_ms=0, end_ms=1, lines=((Span(text="x"),),), settings=own)


def placed(settings: str, lines: int = 1, row: int = BOTTOM) -> Placement:
    """Return where such a cue stands with lines of 60 pixels, 40 from the edges."""
    return placement_of(
        cue(settings), HD, line_height=60, block_height=60 * lines, edges=EDGES, row=row
    )


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
        ("line:" + "9" * 300, Placement(alignment=8, left=40, right=40, vertical=980)),
        ("line:-" + "9" * 300, Placement(alignment=2, left=40, right=40, vertical=980)),
        ("align:start", Placement(alignment=1, left=40, right=40)),
        ("align:right", Placement(alignment=3, left=40, right=40)),
        ("position:25% align:left", Placement(alignment=1, left=480, right=40)),
        ("position:25% size:50% align:left", Placement(alignment=1, left=480, right=480)),
        ("position:75% align:end", Placement(alignment=3, left=40, right=480)),
        # A centred box reaches equally far to both sides: from 0 to twice the position.
        ("position:25%", Placement(alignment=2, left=40, right=960)),
        ("position:75%,line-left align:center", Placement(alignment=2, left=1440, right=40)),
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


def test_a_cue_with_a_key_of_the_keypad_stands_there_in_its_style_s_margins() -> None:
    keyed = dataclasses.replace(cue("line:0 align:left"), keypad=9)

    spot = placement_of(keyed, HD, line_height=60, block_height=60, edges=EDGES, row=BOTTOM)

    assert spot == Placement(alignment=9)


def test_a_cue_without_a_line_stays_in_the_row_of_its_style() -> None:
    assert placed("align:left", row=TOP).alignment == 7
    assert placed("align:left", row=BOTTOM).alignment == 1


def test_many_lines_do_not_hang_over_the_bottom() -> None:
    assert placed("line:90%", lines=3).vertical == 1080 - 40 - 180


@given(st.text("lineposgcrtd:%,-0123456789. ", max_size=40))
def test_any_settings_leave_the_cue_in_the_picture(text: str) -> None:
    spot = placed(text)

    assert spot == Placement() or 1 <= (spot.alignment or 0) <= 9
    assert 0 <= spot.left <= 1920
    assert 0 <= spot.right <= 1920
    assert 0 <= spot.vertical <= 1080 - 60


def test_vertical_text_and_regions_are_not_followed() -> None:
    assert is_followed(cue("line:1 align:left position:1% size:50%"))
    assert not is_followed(cue("line:1 vertical:rl"))
    assert not is_followed(cue("region:fred"))
