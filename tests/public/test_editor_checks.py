"""What the subtitle editor finds wrong with cues while they are typed."""

import json
from typing import Any

import pytest

from media_jobs.subtitles.cue_rules import rules_for
from tests.public.javascript import evaluate

pytestmark = pytest.mark.programs

SAMPLES = [
    ("Once upon a time", None),
    ("Μια φορά κι έναν καιρό", None),
    ("Жили-были дед да баба", None),
    ("كان يا ما كان", None),
    ("היה היה פעם", None),
    ("एक समय की बात है", None),
    ("กาลครั้งหนึ่งนานมาแล้ว", None),
    ("从前有一座山", "zh-Hans"),
    ("むかしむかしあるところに", None),
    ("山", "ja"),
    ("옛날 옛적에", None),
    ("OK 从前有一座山", None),
    ("", None),
]


def problems(cues: list[tuple[int, int, str]], given: str = "{}") -> list[list[dict[str, Any]]]:
    """Return the problems of cues by the limits of Latin script."""
    made = [
        {"key": index + 1, "startMs": start_ms, "endMs": end_ms, "text": text}
        for index, (start_ms, end_ms, text) in enumerate(cues)
    ]
    found = f"m.problemsOf(c, m.limitsFor('a'), {given})"
    program = f"(c => {{const f = {found}; return c.map(({{key}}) => f.get(key) ?? [])}})"
    return list(evaluate("editor/checks.js", f"{program}({json.dumps(made)})"))


def kinds(cues: list[tuple[int, int, str]], given: str = "{}") -> list[list[str]]:
    return [[one["kind"] for one in found] for found in problems(cues, given)]


def test_the_limits_are_those_of_the_script_by_which_cues_are_cut() -> None:
    found = evaluate(
        "editor/checks.js",
        f"{json.dumps(SAMPLES)}.map(([text, language]) => m.limitsFor(text, language))",
    )

    for (text, language), limits in zip(SAMPLES, found, strict=True):
        rules = rules_for(text, language)
        assert limits == {
            "isWide": rules.is_wide,
            "linesMax": rules.lines_max,
            "gapMs": rules.gap_ms,
            "lineChars": rules.line_chars_max,
            "charsPerS": rules.chars_per_s_max,
        }, text


def test_letters_are_counted_as_they_are_seen_and_wide_ones_by_the_rules_of_their_script() -> None:
    texts = ["naïve", "e\u0301te\u0301", "👩‍👩‍👧‍👦!", "中文", "OK", "ｶﾅ"]
    lengths = (
        f"{json.dumps(texts)}.map((text) => [m.lengthOf(text, false), m.lengthOf(text, true)])"
    )

    assert evaluate("editor/checks.js", lengths) == [
        [5, 2.5],
        [3, 1.5],
        [1 + 42 / 16, 1.5],
        [2 * 42 / 16, 2],
        [2, 1],
        [2, 1],
    ]


def test_each_problem_of_a_cue_is_found_the_gravest_first() -> None:
    assert kinds(
        [
            (0, 2000, "Well said."),
            (1900, 4000, "<i>Too early</i>"),
            (4000, 4000, "Not shown"),
            (4050, 6000, "<b></b> "),
            (6000, 6500, "Much more than anybody reads at once"),
            (7000, 20000, "A line that is longer than what is shown in one line\na\nb"),
            (20040, 23000, "Soon"),
        ]
    ) == [[], ["overlap"], ["order"], ["empty", "gap"], ["speed"], ["length", "lines"], ["gap"]]
    (fast,) = problems([(0, 1000, "twenty-five letters of it")])
    assert fast == [{"kind": "speed", "values": {"n": 25, "max": 20}}]


def test_what_lies_behind_the_video_and_what_no_font_has_is_found_where_that_is_known() -> None:
    cues = [(0, 2000, "All fine"), (8000, 11000, "Klingon \uf8d0\uf8d1")]
    known = "{durationMs: 10000, missing: new Set(['\\uf8d0'])}"

    assert kinds(cues) == [[], []]
    assert problems(cues, known)[1] == [
        {"kind": "beyond", "values": {"endMs": 10000}},
        {"kind": "glyphs", "values": {"characters": "\uf8d0"}},
    ]


def test_problems_are_counted_and_visited_one_by_one_round_the_end() -> None:
    program = """(() => {
      const cues = [1, 2, 3, 4].map((key) => ({key}));
      const found = new Map([[1, [{kind: "gap"}]], [3, [{kind: "order"}, {kind: "gap"}]]]);
      const next = (key, by) => m.nextProblem(cues, found, key, by);
      const visited = [next(null, 1), next(1, 1), next(3, 1), next(1, -1), next(null, -1)];
      return [m.countsOf(found), ...visited, m.nextProblem(cues, new Map(), 1, 1)];
    })()"""

    assert evaluate("editor/checks.js", program) == [
        [["order", 1], ["gap", 2]],
        1,
        3,
        1,
        3,
        3,
        None,
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("62.5", ""),
        ("1:02,5", ""),
        ("00:01:02.500", ""),
        ("", "time.missing"),
        ("soon", "time.form"),
        ("1:75", "time.sixty"),
        ("0:61:00", "time.sixty"),
        ("-3", "time.negative"),
        ("1:02.12345", "time.fraction"),
        ("1:2:3:4", "time.form"),
    ],
)
def test_what_is_no_time_is_told_in_words(text: str, fault: str) -> None:
    assert evaluate("timefield.js", f"m.timeFault({json.dumps(text)})") == fault


def test_each_cue_of_another_language_stands_beside_the_one_it_is_in_or_nearest_to() -> None:
    cues = [
        {"key": 1, "startMs": 0, "endMs": 2000},
        {"key": 2, "startMs": 5000, "endMs": 6000},
    ]
    others = [
        {"startMs": 0, "endMs": 1000, "text": "in the first"},
        {"startMs": 1000, "endMs": 2400, "text": "most of it in the first"},
        {"startMs": 2600, "endMs": 3000, "text": "nearer to the first"},
        {"startMs": 4000, "endMs": 4800, "text": "nearer to the second"},
        {"startMs": 9000, "endMs": 9900, "text": "behind all"},
    ]
    texts = "Object.fromEntries([...pairs].map(([key, list]) => [key, list.map(({text}) => text)]))"
    given = f"{json.dumps(cues)}, {json.dumps(others)}"
    made = f"((pairs) => {texts})(m.pairedWith({given}))"

    assert evaluate("editor/beside.js", made) == {
        "1": ["in the first", "most of it in the first", "nearer to the first"],
        "2": ["nearer to the second", "behind all"],
    }
    # What is as it was is the same list, so that its row is not drawn again.
    first = "((cues, others, before = m.pairedWith(cues, others)) =>"
    program = f"{first} m.pairedWith(cues, others, before).get(1) === before.get(1))({given})"
    assert evaluate("editor/beside.js", program) is True
    assert evaluate("editor/beside.js", "m.pairedWith([], [{}]).size") == 0
