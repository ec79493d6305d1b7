"""What is edited in the subtitle editor: keys of cues, and undo by action."""

import json
from typing import Any

import pytest

from tests.public.javascript import PUBLIC, evaluate

pytestmark = pytest.mark.programs


def cue(key: int, start_ms: int, text: str) -> dict[str, Any]:
    times = {"startMs": start_ms, "endMs": start_ms + 1000}
    return {"key": key, **times, "text": text, "id": "", "settings": "", "before": []}


def test_each_cue_has_a_key_of_its_own_that_edits_keep_and_no_file_holds() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:03.000\none two\n\n00:04.000 --> 00:05.000\nthree\n"
    vtt = json.dumps((PUBLIC / "js/vtt.js").as_uri())
    program = f"""(async () => {{
      const vtt = await import({vtt});
      const file = vtt.parse({json.dumps(text)});
      const loaded = m.keyed(file.cues);
      const made = m.addAfter(m.merge(m.split(m.split(loaded, 0, 3), 2, 3), 2), 2);
      return {{loaded, made, written: vtt.serialise({{...file, cues: m.keyed(file.cues)}})}};
    }})()"""
    found = evaluate("cues.js", f"await {program}")

    assert [one["key"] for one in found["loaded"]] == [1, 2]
    first, parted, second, added = (one["key"] for one in found["made"])
    assert (first, second) == (1, 2)
    assert parted != added
    assert min(parted, added) > 2**32
    assert found["written"] == text.replace("00:0", "00:00:0")


PAST = "s.past.map(({label, cues}) => [label, cues.main.map(({text}) => text)])"


def test_typing_in_one_cue_is_undone_at_once_and_every_other_action_by_itself() -> None:
    cues = [cue(1, 0, "a"), cue(2, 2000, "b")]
    program = f"""(() => {{
      let s = m.afterOpening(m.NO_COLUMNS, "main", {{cues: {json.dumps(cues)}}});
      const type = (key, text) => {{
        const next = (all) => all.map((one) => (one.key === key ? {{...one, text}} : one));
        s = m.afterEdit(s, {{main: next}}, {{label: "type", merge: `type-${{key}}`}});
      }};
      for (const text of ["ax", "axy"]) type(1, text);
      type(2, "bz");
      const copy = (all) => [...all];
      for (let n = 0; n < 500; n += 1) s = m.afterEdit(s, {{main: copy}}, {{label: "other"}});
      const all = s.past.length;
      for (let n = 0; n < 500; n += 1) s = m.afterStep(s, "past", "future");
      const typed = {PAST};
      s = m.afterStep(s, "past", "future");
      type(2, "again");
      return {{all, typed, again: {PAST}, future: s.future.length}};
    }})()"""

    found = evaluate("editor/edited.js", program)

    assert found["all"] == 502
    assert found["typed"] == [["type", ["a", "b"]], ["type", ["axy", "b"]]]
    assert found["again"] == found["typed"]
    assert found["future"] == 0


def test_what_is_typed_after_a_save_is_an_action_of_its_own() -> None:
    program = """(() => {
      const columns = (cues, saved) => ({main: {cues, saved}});
      let s = {columns: columns([1], []), past: [], future: []};
      s = m.afterEdit(s, {main: [2]}, {label: "type", merge: "x"});
      const { cues } = s.columns.main;
      s = {...s, columns: columns(cues, cues)};
      s = m.afterEdit(s, {main: [3]}, {label: "type", merge: "x"});
      return [s.past.length, m.afterEdit(s, {main: s.columns.main.cues}, {}) === s];
    })()"""

    assert evaluate("editor/edited.js", program) == [2, True]


def test_actions_on_both_columns_are_undone_in_their_order_and_go_with_their_column() -> None:
    program = """(() => {
      let s = m.afterOpening(m.NO_COLUMNS, "main", {cues: [{text: "a"}]});
      s = m.afterOpening(s, "beside", {cues: [{text: "b"}]});
      const type = (name, text) => {
        const next = (all) => all.map((cue) => ({...cue, text}));
        s = m.afterEdit(s, {[name]: next}, {label: name, merge: "type-1"});
      };
      const texts = () => Object.values(s.columns).map(({cues}) => cues[0].text).join(" ");
      type("main", "aa");
      type("beside", "bb");
      type("beside", "bbb");
      type("main", "aaa");
      const seen = [texts()];
      for (const isBack of [true, true, true, false]) {
        s = isBack ? m.afterStep(s, "past", "future") : m.afterStep(s, "future", "past");
        seen.push(texts());
      }
      s = m.afterOpening(s, "beside", {cues: [{text: "c"}]});
      return [...seen, texts(), s.past.map(({label}) => label), s.future.map(({label}) => label)];
    })()"""

    *texts, past, future = evaluate("editor/edited.js", program)

    assert texts == ["aaa bbb", "aa bbb", "aa b", "a b", "aa b", "aa c"]
    assert (past, future) == (["main"], ["main"])


def test_one_action_on_both_columns_is_undone_at_once_also_without_one_of_them() -> None:
    program = """(() => {
      let s = m.afterOpening(m.NO_COLUMNS, "main", {cues: [{text: "a"}]});
      s = m.afterOpening(s, "beside", {cues: [{text: "b"}]});
      const to = (text) => (all) => all.map((cue) => ({...cue, text}));
      const texts = () => Object.values(s.columns).map(({cues}) => cues[0].text).join(" ");
      s = m.afterEdit(s, {main: to("A"), beside: to("B")}, {label: "all"});
      s = m.afterEdit(s, {main: to("AA"), beside: (all) => all}, {label: "one"});
      const seen = [texts()];
      for (const isBack of [true, true, false]) {
        s = isBack ? m.afterStep(s, "past", "future") : m.afterStep(s, "future", "past");
        seen.push(texts());
      }
      s = m.afterOpening(s, "beside", {cues: [{text: "c"}]});
      s = m.afterStep(s, "past", "future");
      return [...seen, texts(), s.past.length];
    })()"""

    assert evaluate("editor/edited.js", program) == ["AA B", "A B", "a b", "A B", "a c", 0]
