"""What the forms of the page make of what a person writes, and how a run is counted."""

import json
from typing import Any

import pytest

from tests.public.javascript import evaluate

pytestmark = pytest.mark.programs


def test_a_glossary_is_read_line_by_line_and_a_line_that_is_no_term_is_named() -> None:
    texts = [
        "shutter speed = 快门速度\n\n ISO→感光度 ",
        "one = two\nthree",
        "a = b = c",
        " = b",
        "",
    ]

    found = evaluate("views/translate.js", f"{json.dumps(texts)}.map(m.glossaryOf)")

    terms = [
        {"source": "shutter speed", "target": "快门速度"},
        {"source": "ISO", "target": "感光度"},
    ]
    assert found[0] == {"terms": terms, "fault": ""}
    assert [one["fault"] for one in found[1:]] == ["three", "a = b = c", "= b", ""]
    assert [one["terms"] for one in found[1:]] == [[], [], [], []]


def test_only_what_differs_from_the_engines_own_is_sent() -> None:
    translate = {"mode": "subtitles", "to": "zh-Hans", "from": "", "style": " ", "glossary": ""}
    wishes = {
        "from": "en",
        "style": " dry ",
        "glossary": "a = b",
        "model": " m ",
        "maxTokens": 5000,
    }
    forms = [{**translate, "model": "", "maxTokens": ""}, {**translate, **wishes}]

    plain, full = evaluate("views/translate.js", f"{json.dumps(forms)}.map(m.optionsToSend)")

    assert plain == {"mode": "subtitles", "to": "zh-Hans"}
    assert full == {
        **plain,
        "from": "en",
        "style": "dry",
        "glossary": [{"source": "a", "target": "b"}],
        "model": "m",
        "budget": {"maxTokens": 5000},
    }


def test_only_an_address_that_stands_alone_is_a_pasted_link() -> None:
    texts = [
        " https://a.example/x?y=1 \n",
        "HTTP://a.example",
        "see https://a.example",
        "https://a.example two",
        "ftp://a.example",
        "https://",
        "",
    ]

    found = evaluate("paste.js", f"{json.dumps(texts)}.map(m.linkIn)")

    assert found == ["https://a.example/x?y=1", "HTTP://a.example", "", "", "", "", ""]


def test_a_link_is_found_in_what_apps_share() -> None:
    texts = {
        " https://a.example/x?y=1 ": "https://a.example/x?y=1",
        "7.43 复制打开抖音，看看【小明的作品】 https://v.a.example/iJ1/ aBc:/ 05/21": "https://v.a.example/iJ1/",
        "【好看的视频】https://b.a.example/x1，快来看": "https://b.a.example/x1",
        "Look (https://a.example/x).": "https://a.example/x",
        "One https://a.example/x\ntwice https://a.example/x": "https://a.example/x",
        "m.a.example/watch?v=1": "https://m.a.example/watch?v=1",
        "https://a.example/x https://a.example/y": "",
        "and/or": "",
        "cats": "",
        "file:///etc/x": "",
    }

    found = evaluate("paste.js", f"{json.dumps(list(texts))}.map(m.sharedLink)")

    assert dict(zip(texts, found, strict=True)) == texts


def run(*steps: dict[str, Any]) -> str:
    return json.dumps({"steps": steps})


def test_each_job_of_a_run_counts_the_same_and_a_review_nothing() -> None:
    given = run(
        {"kind": "job", "status": "completed", "progress": 0.9},
        {"kind": "review", "state": "requested"},
        {"kind": "job", "status": "running", "progress": 0.5},
        {"kind": "job", "status": "waiting", "progress": 0},
    )

    assert evaluate("recipes.js", f"m.runProgress({given})") == 0.5
    assert evaluate("recipes.js", f"m.currentStep({given}).kind") == "review"


def test_the_newest_edit_in_the_line_of_what_a_job_made_is_what_is_corrected() -> None:
    job = {"finishedAt": 50}
    versions = [  # As the API lists them, newest first.
        {"inputId": "e3", "origin": "edit", "parent": "t1", "createdAt": 90},
        {"inputId": "x2", "origin": "edit", "parent": "other", "createdAt": 80},
        {"inputId": "tr", "origin": "translation", "parent": "e1", "createdAt": 70},
        {"inputId": "e1", "origin": "edit", "parent": "t1", "createdAt": 60},
        {"inputId": "t1", "origin": "transcript", "parent": None, "createdAt": 50},
        {"inputId": "other", "origin": "transcript", "parent": None, "createdAt": 10},
    ]
    lists = [versions, versions[1:], versions[4:], versions[5:]]

    found = evaluate(
        "transcript.js",
        f"{json.dumps(lists)}.map((all) => m.editedFrom(all, {json.dumps(job)})?.inputId ?? null)",
    )

    assert found == ["e3", "e1", "t1", None]


def test_a_translation_is_read_beside_what_it_was_made_of_also_after_edits() -> None:
    versions = [
        {"inputId": "e2", "origin": "edit", "parent": "e1"},
        {"inputId": "e1", "origin": "edit", "parent": "tr"},
        {"inputId": "tr", "origin": "translation", "parent": "t1"},
        {"inputId": "t2", "origin": "edit", "parent": "t1"},
        {"inputId": "t1", "origin": "transcript", "parent": None},
        {"inputId": "lost", "origin": "edit", "parent": "deleted"},
    ]
    given = json.dumps(versions)

    found = evaluate(
        "editor/address.js", f"{given}.map((one) => m.translatedFrom({given}, one) ?? null)"
    )

    assert found == ["t1", "t1", "t1", None, None, None]
