"""The subtitle editor's shortcuts, and find and replace."""

import json
from typing import Any

import pytest

from tests.public.javascript import evaluate

pytestmark = pytest.mark.programs


def chord(key: str, **held: object) -> Any:
    return evaluate("editor/keymap.js", f"m.chordOf({json.dumps({'key': key, **held})})")


def test_a_key_press_is_the_same_chord_on_every_system_and_layout() -> None:
    assert chord("s", ctrlKey=True) == chord("s", metaKey=True) == "Ctrl+S"
    assert chord("Z", ctrlKey=True, shiftKey=True) == "Ctrl+Shift+Z"
    assert chord("π", altKey=True, code="KeyP") == "Alt+P"
    assert chord("ы", ctrlKey=True, code="KeyS") == "Ctrl+S"
    assert chord("?", shiftKey=True) == "?"
    assert chord("4", ctrlKey=True, code="Numpad4") == "Ctrl+Num4"
    assert chord(" ") == "Space"
    assert chord("Control", ctrlKey=True) == chord("a", isComposing=True) == ""


def test_aegisub_s_shortcuts_are_a_set_in_which_no_chord_has_two_meanings() -> None:
    program = """m.PRESETS.map((preset) => {
      const map = m.keymapOf({preset, changes: {}});
      const all = [...map.values()].flat();
      const of = (...chords) => chords.map((chord) => m.commandOf(map, chord));
      const asked = of("Ctrl+3", "Ctrl+4", "Ctrl+I", "Ctrl+P", "Enter", "Ctrl+M");
      return [all.length - new Set(all).size, asked];
    })"""

    own, aegisub = evaluate("editor/keymap.js", program)

    assert own == [0, [None, None, "add", None, None, "merge"]]
    assert aegisub == [0, ["setStart", "setEnd", "times", "play", "nextOrNew", "merge"]]


def test_a_chord_that_is_given_to_a_command_is_taken_from_the_one_that_had_it() -> None:
    program = """(() => {
      const chosen = m.withKey({preset: "own", changes: {}}, "loop", "Ctrl+Y");
      const map = m.keymapOf(chosen);
      const none = m.keymapOf(m.withKey(chosen, "loop", null));
      const own = m.keymapOf({preset: "own", changes: {}});
      const keys = [map.get("loop"), map.get("redo"), none.get("loop"), own.get("redo")];
      return [...keys, m.shownKeys("Ctrl++")];
    })()"""

    assert evaluate("editor/keymap.js", program) == [
        ["Ctrl+Y"],
        ["Ctrl+Shift+Z"],
        [],
        ["Ctrl+Shift+Z", "Ctrl+Y"],
        ["Ctrl", "+"],
    ]


def answer(verb: str, query: dict[str, object], *texts: str, only: object = None) -> Any:
    """Return what the search answers for *texts*, whose keys are their numbers."""
    asked = {
        "verb": verb,
        "query": {"find": "", "replace": "", **query},
        "texts": [[number, text] for number, text in enumerate(texts, 1)],
        "only": only,
    }
    return evaluate("../workers/find.js", f"m.answerTo({json.dumps(asked)})")


def test_what_is_typed_is_found_as_it_stands_and_patterns_know_every_script() -> None:
    assert answer("find", {"find": "a.c"}, "A.C abc", "x a.c")["found"] == [[1, 0, 3], [2, 2, 5]]
    assert answer("find", {"find": "A.C", "matchCase": True}, "A.C a.c")["found"] == [[1, 0, 3]]
    whole = {"find": "été", "wholeWords": True}
    assert answer("find", whole, "été étés, l’été")["found"] == [[1, 0, 3], [1, 12, 15]]
    assert answer("find", {"find": r"^\p{Lu}", "isRegex": True}, "Éa\nÖb")["found"] == [
        [1, 0, 1],
        [1, 3, 4],
    ]
    assert answer("find", {"find": "x*", "isRegex": True}, "abc")["found"] == []


def test_matches_are_replaced_with_groups_all_of_them_or_one_in_its_place() -> None:
    swap = {"find": r"(\w+) (\w+)", "replace": r"$2\n$1", "isRegex": True}
    assert answer("replace", swap, "a b c d", "e")["changed"] == [[1, "b\na d\nc"]]
    assert answer("replace", swap, "a b c d", only=[1, 4])["changed"] == [[1, "a b d\nc"]]
    assert answer("replace", {"find": "1", "replace": "$&"}, "1")["changed"] == [[1, "$&"]]
    behind = {"find": "(?<=b )c", "replace": "x", "isRegex": True}
    assert answer("replace", behind, "c b c", only=[1, 4])["changed"] == [[1, "c b x"]]


def test_a_bad_pattern_is_told_and_is_none_of_the_texts() -> None:
    fault = answer("find", {"find": "(a", "isRegex": True, "wholeWords": True}, "(a")["fault"]

    assert "(a/" in fault
    assert "Unterminated group" in fault
