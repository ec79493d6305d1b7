"""Edits of one track from two sides become one: by cue, and nothing that was typed is lost."""

import json
from typing import Any

import pytest

from tests.public.javascript import evaluate

pytestmark = pytest.mark.programs

Cue = dict[str, Any]


def cue(key: int, text: str, start_ms: int = 0, end_ms: int = 0, name: str = "") -> Cue:
    """Return a cue of two seconds, the third one begins at 6 s."""
    start_ms = start_ms or key * 2000
    times = {"startMs": start_ms, "endMs": end_ms or start_ms + 2000}
    return {"key": key, **times, "text": text, "id": name, "settings": "", "before": []}


BASE = [cue(1, "one"), cue(2, "two"), cue(3, "three")]
ONE, TWO, THREE = BASE
NEW = cue(900, "new", 4500)

# Base, mine, theirs; the cues that come of it, and the conflicts: key, fields, mine, theirs.
Conflict = tuple[int, list[str], str | None, str | None]
MERGES: dict[str, tuple[list[Cue], list[Cue], list[Cue], list[Cue], list[Conflict]]] = {
    "nothing": (BASE, BASE, BASE, BASE, []),
    "mine alone": (BASE, [cue(1, "ONE"), TWO, THREE], BASE, [cue(1, "ONE"), TWO, THREE], []),
    "theirs alone": (BASE, BASE, [ONE, TWO, cue(3, "III")], [ONE, TWO, cue(3, "III")], []),
    "different cues": (
        BASE,
        [cue(1, "ONE"), TWO, THREE],
        [ONE, TWO, cue(3, "III")],
        [cue(1, "ONE"), TWO, cue(3, "III")],
        [],
    ),
    "text and times of one cue": (
        BASE,
        [ONE, cue(2, "TWO"), THREE],
        [ONE, cue(2, "two", 4100), THREE],
        [ONE, cue(2, "TWO", 4100), THREE],
        [],
    ),
    "the same edit": (
        BASE,
        [cue(1, "I"), TWO, THREE],
        [cue(1, "I"), TWO, THREE],
        [cue(1, "I"), TWO, THREE],
        [],
    ),
    "two texts": (
        BASE,
        [cue(1, "mine"), TWO, THREE],
        [cue(1, "theirs"), TWO, THREE],
        [cue(1, "mine"), TWO, THREE],
        [(1, ["text"], "mine", "theirs")],
    ),
    "removed here, changed there": (
        BASE,
        [ONE, THREE],
        [ONE, cue(2, "TWO"), THREE],
        [ONE, cue(2, "TWO"), THREE],
        [(2, [], None, "TWO")],
    ),
    "changed here, removed there": (
        BASE,
        [ONE, cue(2, "TWO"), THREE],
        [ONE, THREE],
        [ONE, cue(2, "TWO"), THREE],
        [(2, [], "TWO", None)],
    ),
    "removed by both": (BASE, [ONE, THREE], [ONE, THREE], [ONE, THREE], []),
    "removed there": (BASE, BASE, [TWO, THREE], [TWO, THREE], []),
    "removed here": (BASE, [ONE, TWO], BASE, [ONE, TWO], []),
    "new here and there": (
        BASE,
        [ONE, TWO, cue(901, "mine", 5000), THREE],
        [ONE, TWO, NEW, THREE],
        [ONE, TWO, NEW, cue(901, "mine", 5000), THREE],
        [],
    ),
    "new there, before all": (BASE, BASE, [NEW, *BASE], [NEW, *BASE], []),
    "new there, behind one that is gone here": (
        BASE,
        [ONE, THREE],
        [ONE, TWO, NEW, THREE],
        [ONE, NEW, THREE],
        [],
    ),
}


@pytest.fixture(scope="module")
def merged() -> dict[str, Any]:
    """Every case's result, of one start of Node."""
    asked = [list(case[:3]) for case in MERGES.values()]
    found = evaluate("drafts/merge.js", f"{json.dumps(asked)}.map((one) => m.mergeCues(...one))")
    return dict(zip(MERGES, found, strict=True))


def said(one: Cue | None) -> str | None:
    return None if one is None else str(one["text"])


@pytest.mark.parametrize("case", MERGES)
def test_edits_of_both_sides_are_in_the_result_and_conflicts_keep_both_texts(
    merged: dict[str, Any], case: str
) -> None:
    *_, cues, conflicts = MERGES[case]

    assert merged[case]["cues"] == cues
    told = [
        (c["key"], c["fields"], said(c["mine"]), said(c["theirs"]))
        for c in merged[case]["conflicts"]
    ]
    assert told == conflicts


def test_what_brings_nothing_leaves_the_very_same_list() -> None:
    mine = json.dumps([cue(1, "ONE"), TWO, THREE])
    same = "((mine, base) => m.mergeCues(base, mine, base).cues === mine)"
    told = evaluate("drafts/merge.js", f"{same}({mine}, {json.dumps(BASE)})")

    assert told is True


# What theirs is, known cues, and the keys that theirs get; None: a new one.
ALIGNED: dict[str, tuple[list[Cue], list[Cue], list[int | None]]] = {
    "as they were": (BASE, BASE, [1, 2, 3]),
    "one more before them": (
        [cue(1, "zero", 100), cue(2, "one", 2000), cue(3, "two", 4000), cue(4, "three", 6000)],
        BASE,
        [None, 1, 2, 3],
    ),
    "another text at the same times": ([ONE, cue(2, "zwei", 4000), THREE], BASE, [1, 2, 3]),
    "other times, the same text": ([cue(1, "two", 40_000), cue(2, "one", 50_000)], BASE, [2, 1]),
    "moved a little and reworded": ([cue(1, "eins", 2300, 4200)], BASE, [1]),
    "by the name of the cue": (
        [cue(1, "other", 70_000, name="intro")],
        [cue(5, "one", 2000, name="intro")],
        [5],
    ),
    "the same text twice": (
        [cue(1, "yes", 1000), cue(2, "yes", 9000)],
        [cue(1, "yes", 9000), cue(2, "yes", 1000)],
        [2, 1],
    ),
    "nothing in common": ([cue(1, "four", 90_000)], BASE, [None]),
}


@pytest.fixture(scope="module")
def keys() -> dict[str, list[int]]:
    asked = [list(case[:2]) for case in ALIGNED.values()]
    call = "m.alignedTo(...one).map(({ key }) => key)"
    found = evaluate("drafts/merge.js", f"{json.dumps(asked)}.map((one) => {call})")
    return dict(zip(ALIGNED, found, strict=True))


@pytest.mark.parametrize("case", ALIGNED)
def test_cues_of_another_version_are_known_again(keys: dict[str, list[int]], case: str) -> None:
    expected = ALIGNED[case][2]

    assert [key if key < 1000 else None for key in keys[case]] == expected
    assert len(set(keys[case])) == len(expected)


# Before and after.
CHANGES: dict[str, tuple[list[Cue], list[Cue]]] = {
    "typed": (BASE, [ONE, cue(2, "TWO"), THREE]),
    "made elsewhere": (BASE, [dict(reversed(ONE.items())), TWO, THREE]),
    "removed": (BASE, [ONE, THREE]),
    "all removed": (BASE, []),
    "new in between": (BASE, [ONE, NEW, TWO, THREE]),
    "new at both ends": (BASE, [NEW, *BASE, cue(901, "last", 9000)]),
    "two new ones in a row": (BASE, [ONE, NEW, cue(901, "more", 4700), TWO, THREE]),
    "split": (BASE, [ONE, cue(2, "t"), cue(901, "wo", 5000), THREE]),
    "merged": (BASE, [cue(1, "one\ntwo", 2000, 6000), THREE]),
    "from nothing": ([], BASE),
    "nothing": (BASE, BASE),
}


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    call = "[m.withChanges(a, m.changesOf(a, b)), m.changesOf(a, b)]"
    asked = json.dumps(list(CHANGES.values()))
    found = evaluate("drafts/merge.js", f"{asked}.map(([a, b]) => {call})")
    return dict(zip(CHANGES, found, strict=True))


@pytest.mark.parametrize("case", CHANGES)
def test_changes_that_are_told_to_another_tab_make_the_same_list_of_its(
    told: dict[str, Any], case: str
) -> None:
    assert told[case][0] == CHANGES[case][1]


def test_only_what_has_changed_is_told(told: dict[str, Any]) -> None:
    assert told["nothing"][1] == told["made elsewhere"][1] == {"cues": [], "removed": []}
    assert told["split"][1] == {
        "cues": [
            {"cue": cue(2, "t"), "behind": 1},
            {"cue": cue(901, "wo", 5000), "behind": 2},
        ],
        "removed": [],
    }
