"""Tabs that edit one track, and the versions that it has: pure, on a channel of the test's own."""

import json
from typing import Any

import pytest

from tests.public.javascript import evaluate

pytestmark = pytest.mark.programs

# Two tabs on a channel that keeps what is said until `pass` hands it on.
TABS = """
((scenario) => {
  const heard = [];
  const tabs = {};
  const open = (name, cues, tab) => {
    const channel = { postMessage: (data) => heard.push([name, structuredClone(data)]) };
    const it = { cues, others: 0, channel };
    it.line = { root: "a", own: null, seenMs: 0 };
    it.room = new m.Room(channel, {
      line: () => it.line,
      cues: () => it.cues,
      read: () => "a",
      take: (change) => { it.cues = change(it.cues); },
      onOthers: (n) => { it.others = n; },
      onSaved: (saved) => { it.saved = saved; },
    }, tab);
    tabs[name] = it;
  };
  const pass = () => {
    while (heard.length) {
      const [from, data] = heard.shift();
      const others = Object.keys(tabs).filter((name) => name !== from);
      others.forEach((name) => tabs[name].channel.onmessage({ data }));
    }
  };
  const type = (name, key, text) => {
    tabs[name].cues = tabs[name].cues.map((cue) => (cue.key === key ? { ...cue, text } : cue));
  };
  scenario({ open, pass, type, tabs });
  const texts = (it) => it.cues.map(({ text }) => text);
  const ends = Object.entries(tabs).map(([name, it]) => [name, [texts(it), it.others]]);
  return Object.fromEntries(ends);
})
"""


def cue(key: int, text: str) -> dict[str, Any]:
    times = {"startMs": key * 2000, "endMs": key * 2000 + 1000}
    return {"key": key, **times, "text": text, "id": "", "settings": "", "before": []}


CUES = json.dumps([cue(1, "one"), cue(2, "two")])
OTHER_KEYS = json.dumps([{**cue(1, "one"), "key": 7}, {**cue(2, "two"), "key": 8}])
MOVED = json.dumps([{**cue(20, "two"), "key": 7}, {**cue(21, "one"), "key": 8}])

BOTH = f"open('x', {CUES}, 1); open('y', {CUES}, 2); tabs.x.room.hello(); pass();"
SCENARIOS = {
    "each types in another cue": (
        f"{BOTH} type('x', 1, 'ONE'); type('y', 2, 'TWO'); tabs.x.room.tell(); tabs.y.room.tell();"
        " pass();",
        {"x": [["ONE", "TWO"], 1], "y": [["ONE", "TWO"], 1]},
    ),
    # The same cue before either has heard of it: both come to say the same.
    "both type in one cue": (
        f"{BOTH} type('x', 1, 'X'); type('y', 1, 'Y'); tabs.x.room.tell(); tabs.y.room.tell();"
        " pass();",
        {"x": [["Y", "two"], 1], "y": [["Y", "two"], 1]},
    ),
    "what is not told yet stays, and is told next": (
        f"{BOTH} type('x', 1, 'X'); tabs.x.room.tell(); type('y', 1, 'later'); pass();"
        " tabs.y.room.tell(); pass();",
        {"x": [["later", "two"], 1], "y": [["later", "two"], 1]},
    ),
    "one removes what the other does not touch": (
        f"{BOTH} tabs.x.cues = tabs.x.cues.slice(1); tabs.x.room.tell(); pass();",
        {"x": [["two"], 1], "y": [["two"], 1]},
    ),
    # The first tab has saved since, and its keys are not those of the file.
    "one that comes takes over keys and edits": (
        f"open('x', {OTHER_KEYS}, 1); type('x', 7, 'ONE'); open('y', {CUES}, 2);"
        " tabs.y.room.hello(); pass(); type('y', 8, 'TWO'); tabs.y.room.tell(); pass();",
        {"x": [["ONE", "TWO"], 1], "y": [["ONE", "TWO"], 1]},
    ),
    # Their cues are as far from the file's as to be taken for each other.
    "one that comes and has changed nothing takes over the order": (
        f"open('x', {MOVED}, 1); open('y', {CUES}, 2); tabs.y.room.hello(); pass();",
        {"x": [["two", "one"], 1], "y": [["two", "one"], 1]},
    ),
    "one that goes is no other any more": (
        f"{BOTH} tabs.y.room.leave(); pass();",
        {"x": [["one", "two"], 0], "y": [["one", "two"], 1]},
    ),
    "tabs on different versions know nothing of each other": (
        f"open('x', {CUES}, 1); open('y', {CUES}, 2); tabs.y.line = {{ root: 'b', own: null }};"
        " tabs.x.room.hello(); type('x', 1, 'X'); tabs.x.room.tell(); pass();",
        {"x": [["X", "two"], 0], "y": [["one", "two"], 0]},
    ),
}


@pytest.fixture(scope="module")
def played() -> dict[str, Any]:
    """Every scenario's end, of one start of Node."""
    runs = ",".join(
        f"(({{ open, pass, type, tabs }}) => {{ {run} }})" for run, _ in SCENARIOS.values()
    )
    found = evaluate("drafts/room.js", f"[{runs}].map({TABS})")
    return dict(zip(SCENARIOS, found, strict=True))


@pytest.mark.parametrize("name", SCENARIOS)
def test_tabs_come_to_say_the_same(played: dict[str, Any], name: str) -> None:
    assert played[name] == SCENARIOS[name][1]


def version(name: str, origin: str, parent: str | None, at: int) -> dict[str, Any]:
    return {"inputId": name, "origin": origin, "parent": parent, "createdAt": at}


A, B, C, D, E = (
    version("a", "upload", None, 1),
    version("b", "edit", "a", 2),
    version("c", "translation", "b", 3),
    version("d", "edit", "b", 4),
    version("e", "edit", "a", 5),
)
Line = dict[str, Any]


def line(root: str | None, own: str | None = None, seen: int = 1) -> Line:
    return {"root": root, "own": own, "seenMs": seen}


NEWER: dict[str, tuple[list[dict[str, Any]], Line, list[str]]] = {
    "none": ([A], line("a"), []),
    "edits of edits, and no translation": ([D, C, B, A], line("a"), ["d", "b"]),
    "not what was known": ([D, C, B, A], line("a", seen=2), ["d"]),
    "not one's own": ([E, A], line("a", own="e"), []),
    "an edit of one's own": ([D, B, A], line("a", own="b", seen=2), ["d"]),
    "of a root that is gone": ([E, C, A], line("gone"), ["e"]),
    "of a media that had none": ([A], line(None, seen=0), ["a"]),
}


def test_what_others_have_saved_of_the_line_is_found() -> None:
    asked = json.dumps([[versions, of] for versions, of, _ in NEWER.values()])
    call = "m.newerThan(versions, line).map(({ inputId }) => inputId)"

    found = evaluate("drafts/lines.js", f"{asked}.map(([versions, line]) => {call})")

    assert dict(zip(NEWER, found, strict=True)) == {name: case[2] for name, case in NEWER.items()}


def test_cues_are_named_by_the_lines_of_the_file_that_is_edited_from_now_on() -> None:
    before = [{"key": 1, "line": 10}, {"key": 2, "line": 20}]
    theirs = [{"key": 1, "line": 12}, {"key": 5, "line": 15}]
    merged = [
        {"key": 1, "line": 12},
        {"key": 900, "line": 10},
        {"key": 5, "line": 15},
        {"key": 2, "line": 20},
    ]

    found = evaluate("drafts/lines.js", f"m.relined(...{json.dumps([merged, before, theirs])})")

    assert [cue.get("line") for cue in found] == [12, 12, 15, None]
