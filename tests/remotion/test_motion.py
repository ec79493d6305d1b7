"""Tracks say the same to FFmpeg and to Python."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from remotion.motion import Ease, Motion, Ring, SecondsLeft, Step, Track, fixed, number, through

TIMES = [0.0, 0.5, 0.99, 1.0, 1.2, 1.5, 2.0, 2.7, 3.0, 9.0]


def by_expression(motion: Motion, time_s: float) -> float:
    """Evaluate the expression as FFmpeg defines its functions."""
    memory: dict[int, float] = {}

    def keep(place: int, value: float) -> float:
        memory[place] = value
        return value

    expression = motion.expression()
    assert re.fullmatch(r"[\w.,()*/+-]+", expression)
    names = {
        "t": time_s,
        "pow": pow,
        "clip": lambda value, low, high: min(max(value, low), high),
        "gte": lambda one, other: float(one >= other),
        "lt": lambda one, other: float(one < other),
        "floor": math.floor,
        "ceil": math.ceil,
        "st": keep,
        "ld": lambda place: memory[place],
    }
    return float(eval(expression, {"__builtins__": {}}, names))  # noqa: S307  Our own arithmetic.


MOTIONS: list[Motion] = [
    fixed(12),
    Track(start=-5, steps=(Step(distance=10, start_s=1, length_s=0),)),
    *(
        Track(start=3, steps=(Step(distance=-7, start_s=1, length_s=1.5, ease=ease),))
        for ease in ("out", "both", "linear")
    ),
    through([0, 10, 10, -4], [0.5, 1, 1.5], 0.6, "out"),
    Ring(spans=((1, 2), (2, 3.5)), count=10, size=7),
    SecondsLeft(spans=((1, 2), (2, 3.5)), size=7),
]


@pytest.mark.parametrize("motion", MOTIONS)
def test_ffmpegs_expression_is_what_python_computes(motion: Motion) -> None:
    for time_s in TIMES:
        assert by_expression(motion, time_s) == pytest.approx(motion.at(time_s), abs=1e-3)


@pytest.mark.parametrize("ease", ["out", "both", "linear"])
def test_a_step_begins_and_ends_at_rest_where_it_should(ease: Ease) -> None:
    step = Step(distance=8, start_s=2, length_s=4, ease=ease)

    assert [step.at(s) for s in (0, 2, 6, 60)] == [0, 0, 8, 8]
    assert 0 < step.at(3) < step.at(5) < 8


def test_a_track_turned_around_and_moved_is_the_same_way_elsewhere() -> None:
    track = through([0, 10, 30], [1, 2], 0.5, "out").reversed().moved(100)

    assert [track.at(s) for s in (0, 1.5, 2.5)] == [100, 90, 70]


@given(st.floats(min_value=-1e7, max_value=1e7))
def test_numbers_have_no_exponent_and_are_right_to_four_places(value: float) -> None:
    text = number(value)

    assert re.fullmatch(r"-?\d+(\.\d+)?", text)
    assert float(text) == pytest.approx(value, abs=1e-4)


def test_many_steps_are_added_in_a_shallow_tree() -> None:
    expression = through(range(101), range(100), 0.6, "out").expression()
    depth = deepest = 0
    for character in expression:
        depth += {"(": 1, ")": -1}.get(character, 0)
        deepest = max(deepest, depth)

    # FFmpeg reads expressions up to a depth of one hundred, and counts chained operators too.
    assert expression.count("pow") == 100
    assert deepest < 20
