"""Times of words in cues that a person edits on the page: hidden, kept where they belong, moved."""

import json
from typing import Any

import pytest

from tests.public.javascript import evaluate

pytestmark = pytest.mark.programs

A, B, C = "<00:00:01.000>", "<00:00:02.000>", "<01:00:03.000>"
TIMED = f"Not {A}an {B}ill {C}man."


def after(*changes: str, timed: str = TIMED) -> str:
    """Return *timed* after the *changes* of its text, one after the other."""
    text = json.dumps(timed)
    given = json.dumps(changes)
    return str(evaluate("wordtimes.js", f"{given}.reduce((t, c) => m.withTimes(c, t), {text})"))


def test_times_are_not_seen_and_stay_with_their_words() -> None:
    expected = {
        "Not an ill man.": TIMED,
        "Not an ill men.": f"Not {A}an {B}ill {C}men.",
        "NOT an ill man.": f"NOT {A}an {B}ill {C}man.",
        "Not an evil man.": f"Not {A}an {B}evil {C}man.",
        "Not an man.": f"Not {A}an {C}man.",
        "Not an ill old man.": f"Not {A}an {B}ill old {C}man.",
        "Not an ill": f"Not {A}an {B}ill",
        "Not an\nill man.": f"Not {A}an\n{B}ill {C}man.",
        "": "",
    }
    given = json.dumps(list(expected))

    found = evaluate(
        "wordtimes.js", f"{given}.map((text) => m.withTimes(text, {json.dumps(TIMED)}))"
    )

    assert dict(zip(expected, found, strict=True)) == expected
    assert evaluate("wordtimes.js", f"m.withoutTimes({json.dumps(TIMED)})") == "Not an ill man."


def test_a_word_that_is_typed_anew_letter_by_letter_keeps_its_time() -> None:
    assert after("Not an ll man.", "Not an Ill man.") == f"Not {A}an {B}Ill {C}man."


def test_times_between_letters_without_spaces_stay_too() -> None:
    assert after("今天天气真好", timed=f"今天{A}天气{B}好") == f"今天{A}天气{B}真好"
    assert after("明天天气好", timed=f"今天{A}天气{B}好") == f"明天{A}天气{B}好"


def cues(expression: str) -> Any:
    cue = {"startMs": 0, "endMs": 4000, "text": TIMED.replace(C, ""), "id": "", "before": []}
    return evaluate("cues.js", f"((cues) => {expression})([{json.dumps(cue)}])")


def test_a_cue_is_parted_where_the_second_half_s_first_word_is_said() -> None:
    one, two = cues("m.split(cues, 0, 7, null)")

    assert (one["text"], one["endMs"]) == (f"Not {A}an", 2000)
    assert (two["text"], two["startMs"]) == ("ill man.", 2000)


def test_words_move_with_their_cue() -> None:
    moved = {
        "text": evaluate("wordtimes.js", f"m.movedBy({json.dumps(TIMED.replace(C, ''))}, 1500)")
    }

    assert moved["text"] == "Not <00:00:02.500>an <00:00:03.500>ill man."
