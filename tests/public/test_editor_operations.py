"""What the subtitle editor does to the times of many cues, and to several that are chosen."""

import json
from typing import Any

import pytest

from tests.public.javascript import evaluate

pytestmark = pytest.mark.programs

CUES = [
    {"key": key, "startMs": start_ms, "endMs": end_ms, "text": text, "before": before}
    for key, start_ms, end_ms, text, before in (
        (1, 1000, 2000, "one <00:00:01.500>more", ["NOTE a"]),
        (2, 2000, 4000, "two", ["NOTE b"]),
        (3, 5000, 6000, "three", []),
        (4, 8000, 9000, "four", []),
    )
]


def after(expression: str) -> Any:
    """Return the value of an expression, in which `c` are the cues."""
    return evaluate("editor/operations.js", f"(c => {expression})({json.dumps(CUES)})")


def times(expression: str) -> list[tuple[int, int]]:
    return [(cue["startMs"], cue["endMs"]) for cue in after(expression)]


def test_chosen_cues_all_or_those_from_here_on_are_shifted_and_none_before_the_beginning() -> None:
    assert times("m.shifted(c, new Set([2, 3]), 250)") == [
        (1000, 2000),
        (2250, 4250),
        (5250, 6250),
        (8000, 9000),
    ]
    assert times("m.shifted(c, m.fromHere(c, 3), -1000)")[2:] == [(4000, 5000), (7000, 8000)]
    moved = after("m.shifted(c, null, -9000)")
    assert [cue["startMs"] for cue in moved] == [0, 1000, 4000, 7000]
    assert moved[0]["text"] == "one <00:00:00.500>more"
    assert after("m.shifted(c, null, 0) === c")


def test_times_are_stretched_from_the_first_fitted_to_two_points_and_put_to_another_rate() -> None:
    assert times("m.stretched(c, null, 1.5)") == [
        (1000, 2500),
        (2500, 5500),
        (7000, 8500),
        (11500, 13000),
    ]
    # The first cue belongs to 2 s, the last to 16 s: all times are doubled.
    assert times("m.fitted(c, null, [1000, 8000], [2000, 16000])")[1:3] == [
        (4000, 8000),
        (10000, 12000),
    ]
    assert after("m.fitted(c, null, [1000, 1000], [0, 9000]) === c")
    rate = "m.atOtherRate(c, null, 25, m.RATES.find(([name]) => name === '23.976')[1])"
    # 25 · 1001 / 24000 = 1.042708…
    assert times(rate)[3] == (8342, 9384)


def test_a_time_snaps_to_the_nearest_frame_and_to_a_neighbour_that_is_near() -> None:
    assert after("[1000, 1010, 1030].map((ms) => m.nearestFrame(ms, 25))") == [1000, 1000, 1040]
    assert after("m.nearestFrame(1000, 24000 / 1001)") == 1001
    near = "[4950, 4100, 4500].map((ms) => m.nearestEdge(c, new Set([4]), ms, 200))"
    assert after(near) == [5000, 4000, 4500]
    assert after("m.nearestEdge(c, new Set([3]), 4990, 200)") == 4990


def test_a_change_of_an_end_moves_what_follows_by_as_much_if_that_is_wanted() -> None:
    change = "[[2, 2100, 4600]]"

    assert times(f"m.withTimes(c, {change}, {{ripple: true}})") == [
        (1000, 2000),
        (2100, 4600),
        (5600, 6600),
        (8600, 9600),
    ]
    assert times(f"m.withTimes(c, {change})")[2:] == [(5000, 6000), (8000, 9000)]
    # What is moved as a whole takes the times of its words along; what is cut does not.
    assert after("m.withTimes(c, [[1, 1100, 2100]])[0].text") == "one <00:00:01.600>more"
    assert after("m.withTimes(c, [[1, 1100, 2000]])[0].text") == "one <00:00:01.500>more"


def test_neighbours_that_are_chosen_become_one_and_others_stay() -> None:
    joined = after("m.joined(c, new Set([1, 2, 4]))")

    assert [(cue["key"], cue["endMs"], cue["text"]) for cue in joined] == [
        (1, 4000, "one <00:00:01.500>more\ntwo"),
        (3, 6000, "three"),
        (4, 9000, "four"),
    ]
    left = after("m.without(c, new Set([1, 2]))")
    assert [(cue["key"], cue["before"]) for cue in left] == [(3, ["NOTE a", "NOTE b"]), (4, [])]


def test_a_cue_is_parted_between_two_words_by_their_times_or_by_the_share_of_its_text() -> None:
    said = '{startMs: 0, endMs: 4000, text: "one <00:00:01.000>two <00:00:03.000>three"}'
    unsaid = '{startMs: 0, endMs: 4000, text: "one two three four"}'
    chinese = '{startMs: 0, endMs: 4000, text: "我们今天去北京"}'

    assert after(f"[900, 2900].map((ms) => m.caretAt({said}, ms))") == [4, 8]
    assert after(f"m.caretAt({unsaid}, 2000)") == 8
    assert after(f"m.caretAt({chinese}, 2300)") in {2, 4, 5}


def test_a_selection_is_extended_from_where_it_began_and_loses_what_is_deleted() -> None:
    program = f"""(c => {{
      let s = m.extended(m.only(2), c, 4);
      const extended = [...s.keys];
      s = m.extended(s, c, 1);
      const back = [...s.keys];
      s = m.toggled(s, 4);
      const toggled = [...s.keys];
      s = m.kept(s, c.filter(({{key}}) => key !== 2));
      return {{extended, back, toggled, kept: [...s.keys], current: s.current}};
    }})({json.dumps(CUES)})"""

    assert evaluate("editor/selection.js", program) == {
        "extended": [2, 3, 4],
        "back": [1, 2],
        "toggled": [1, 2, 4],
        "kept": [1, 4],
        "current": 4,
    }


def test_only_rows_that_are_seen_are_drawn_and_the_pinned_one_with_its_neighbours() -> None:
    program = """(() => {
      const keys = Array.from({length: 3000}, (_, index) => index + 1);
      const tops = m.topsOf(keys, new Map([[1, 300]]), 100);
      const drawn = m.drawnRows(tops, 1000, 250, 2999);
      return [tops.at(-1), m.rowAt(tops, 299), m.rowAt(tops, 300), drawn];
    })()"""

    height, last, next_one, drawn = evaluate("editor/rows.js", program)

    assert height == 300 + 2999 * 100
    assert (last, next_one) == (0, 1)
    assert drawn == [8, 9, 10, 2998, 2999]


def test_a_frame_rate_is_known_by_the_times_of_frames_some_of_which_were_left_out() -> None:
    film = "Array.from({length: 60}, (_, n) => n * 1001 / 24000).filter((_, n) => n % 7)"
    rates = f"[m.rateOf({film}), m.rateOf([0, 0.04, 0.08]), m.rateOf([0, 0.31, 0.9, 1.3])]"

    assert evaluate("editor/picture.js", rates) == [24000 / 1001, None, None]
