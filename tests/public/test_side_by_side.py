"""Two tracks beside each other: cues that are shown together stand in one row."""

import json

import pytest

from tests.public.javascript import evaluate

pytestmark = pytest.mark.programs

Times = tuple[int, int]
Row = tuple[list[int], list[int]]

SAME = [(0, 1000), (1000, 2000), (5000, 6000)]
PAIR = [(0, 1000), (0, 1000)]
# The times of both tracks, and the rows as numbers of cues, counted from 0.
CASES: dict[str, tuple[list[Times], list[Times], list[Row]]] = {
    "the same times": (SAME, SAME, [([0], [0]), ([1], [1]), ([2], [2])]),
    "no partner": (
        [(0, 1000), (4000, 5000)],
        [(2000, 3000), (4000, 5000)],
        [([0], []), ([], [0]), ([1], [1])],
    ),
    "cut otherwise": (
        [(0, 4000), (4000, 6000)],
        [(0, 1900), (2000, 4000), (4100, 6000)],
        [([0], [0, 1]), ([1], [2])],
    ),
    "hardly touching": ([(0, 1000)], [(900, 2000)], [([0], []), ([], [0])]),
    "two at one time": (PAIR, PAIR, [([0, 1], [0, 1])]),
    "in another order": ([(5000, 6000), (0, 1000)], [(0, 1000)], [([1], [0]), ([0], [])]),
    "one is empty": ([], [(0, 1000)], [([], [0])]),
    "both are empty": ([], [], []),
}


@pytest.fixture(scope="module")
def rows() -> dict[str, list[Row]]:
    """Every case's rows, of one start of Node."""

    def cues(times: list[Times]) -> list[dict[str, int]]:
        return [{"id": n, "startMs": start, "endMs": end} for n, (start, end) in enumerate(times)]

    asked = [[cues(left), cues(right)] for left, right, _ in CASES.values()]
    found = evaluate("sidebyside.js", f"{json.dumps(asked)}.map((one) => m.aligned(...one))")
    return {
        name: [([c["id"] for c in row["left"]], [c["id"] for c in row["right"]]) for row in made]
        for name, made in zip(CASES, found, strict=True)
    }


@pytest.mark.parametrize("case", CASES)
def test_cues_that_are_shown_together_stand_in_one_row(
    rows: dict[str, list[Row]], case: str
) -> None:
    assert rows[case] == CASES[case][2]
