"""The glossary: terms added, changed, removed, and taken from and written to files."""

from typing import Any

import pytest

from media_jobs.translation.limits import GLOSSARY_MAX
from tests.app.stage import START_MS, Answered, Stage

RIVER = {"from": "en", "to": "fr", "source": "bank", "target": "rive", "note": "of a river"}
FILE = "/api/glossary/file?from=en&to=zh"


def add(stage: Stage, **term: object) -> Answered:
    return stage.send("POST", "/api/glossary", {"to": "fr", **term})


def listed(stage: Stage, query: str = "") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = stage.send("GET", f"/api/glossary{query}").json["items"]
    return items


def test_a_term_is_added_shown_changed_and_removed(stage: Stage) -> None:
    added = stage.send("POST", "/api/glossary", RIVER)
    path = f"/api/glossary/{added.json['termId']}"
    stage.now_ms += 5

    changed = stage.send("PATCH", path, {"target": " berge ", "note": ""})

    shown = {**RIVER, "termId": added.json["termId"], "updatedAt": START_MS}
    assert (added.status, added.json) == (201, shown)
    assert changed.json == {**shown, "target": "berge", "note": None, "updatedAt": START_MS + 5}
    assert stage.send("GET", path).json == changed.json
    assert listed(stage) == [changed.json]
    assert stage.send("DELETE", path).status == 204
    assert stage.send("GET", path).status == 404
    assert stage.send("DELETE", path).json["code"] == "not_found"


def test_a_term_of_every_language_has_none(stage: Stage) -> None:
    added = add(stage, source="Node.js", target="Node.js")

    assert added.json["from"] is None
    assert added.json["note"] is None


def test_a_second_term_of_the_same_source_and_languages_is_refused(stage: Stage) -> None:
    add(stage, source="bank", target="banque")
    other = add(stage, source="banks", target="banques").json["termId"]

    again = add(stage, source=" bank", target="rive")
    renamed = stage.send("PATCH", f"/api/glossary/{other}", {"source": "bank"})

    for refused in (again, renamed):
        assert (refused.status, refused.json["code"]) == (409, "term_exists")
    assert add(stage, source="bank", target="rive", **{"from": "en"}).status == 201
    assert add(stage, source="bank", target="银行", to="zh").status == 201


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"source": " ", "target": "x"}, "source"),
        ({"source": "x", "target": "x" * 201}, "target"),
        ({"source": "x", "target": "x", "to": "french"}, "to"),
        ({"source": "x", "target": "x", "note": "x" * 501}, "note"),
    ],
)
def test_a_term_that_is_none_is_refused_by_its_field(
    stage: Stage, fault: dict[str, object], field: str
) -> None:
    answered = add(stage, **fault)

    assert answered.status == 400
    assert [one["field"] for one in answered.json["errors"]] == [field]


def test_terms_are_listed_newest_first_by_languages_and_words(stage: Stage) -> None:
    for number, (source, target) in enumerate(
        [("Bank", "banque"), ("river", "fleuve"), ("sand BANK", "banc")]
    ):
        stage.now_ms += 1
        add(stage, source=source, target=target, **({"from": "en"} if number else {}))
    add(stage, source="bank", target="银行", to="zh")

    def sources(query: str) -> list[str]:
        return [term["source"] for term in listed(stage, query)]

    assert sources("?to=fr") == ["sand BANK", "river", "Bank"]
    assert sources("?to=fr&from=en") == ["sand BANK", "river"]
    assert sources("?to=fr&query=bank") == ["sand BANK", "Bank"]
    assert sources("?query=FLEUVE") == ["river"]
    page = stage.send("GET", "/api/glossary?to=fr&limit=2").json
    assert len(page["items"]) == 2
    assert sources(f"?to=fr&limit=2&cursor={page['nextCursor']}") == ["Bank"]


def test_a_file_adds_terms_replaces_others_and_is_sent_as_it_came(stage: Stage) -> None:
    add(stage, source="bank", target="堤", to="zh", **{"from": "en"})
    add(stage, source="bank", target="rive", **{"from": "en"})
    stage.now_ms += 1
    file = 'source,target,note\r\n"a ""b"", c",甲,\r\nbank,银行,"money,\r\nnot water"\r\n'

    taken = stage.send("POST", FILE, file.encode())
    sent = stage.send("GET", FILE)

    assert taken.json == {"added": 1, "replaced": 1}
    assert sent.text == (
        'source,target,note\r\nbank,银行,"money,\r\nnot water"\r\n"a ""b"", c",甲,\r\n'
    )
    assert sent.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="glossary-en-zh.csv"' in sent.headers["content-disposition"]
    assert [term["target"] for term in listed(stage, "?to=fr")] == ["rive"]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_as_spreadsheets_save_it(stage: Stage, codec: str) -> None:
    file = "Source\tTarget\n\nriver \t 河\nbank\t岸\tof a river\nbank\t银行\n"

    taken = stage.send("POST", f"{FILE}&format=tsv", file.encode(codec))

    assert taken.json == {"added": 2, "replaced": 0}
    terms = {term["source"]: (term["target"], term["note"]) for term in listed(stage)}
    assert terms == {"river": ("河", None), "bank": ("银行", None)}
    sent = stage.send("GET", f"{FILE}&format=tsv").text
    assert sent == "source\ttarget\tnote\r\nriver\t河\t\r\nbank\t银行\t\r\n"


def test_lines_that_are_no_terms_are_named_and_nothing_is_changed(stage: Stage) -> None:
    file = f"river,河\nalone\n,nothing\na,b,c,d\n{'x' * 201},y\na,b,{'n' * 501}\n"

    refused = stage.send("POST", FILE, file.encode())

    assert (refused.status, refused.json["code"]) == (400, "bad_request")
    assert [one["field"] for one in refused.json["errors"]] == [
        "body.2",
        "body.3",
        "body.4",
        "body.5",
        "body.6",
    ]
    assert listed(stage) == []


@pytest.mark.parametrize("file", [b"", b"source,target\n", b"\xff\xfea", b"\xe9,x", b'a,"b\n'])
def test_a_file_without_terms_or_in_another_encoding_is_refused(stage: Stage, file: bytes) -> None:
    refused = stage.send("POST", FILE, file)

    assert (refused.status, refused.json["code"]) == (400, "bad_request")
    assert refused.json["errors"][0]["field"].startswith("body")


def test_a_glossary_has_a_limit_which_is_told_and_which_replacing_does_not_reach(
    stage: Stage,
) -> None:
    lines = [f"word {number},x" for number in range(GLOSSARY_MAX)]
    full = stage.send("POST", FILE, "\n".join(lines[1:]).encode())
    assert full.json == {"added": GLOSSARY_MAX - 1, "replaced": 0}

    over = stage.send("POST", FILE, b"one,1\ntwo,2\n")
    filled = stage.send("POST", FILE, "\n".join(lines).encode())
    one_more = add(stage, source="one", target="1")

    assert (over.status, over.json["code"]) == (429, "glossary_full")
    assert filled.json == {"added": 1, "replaced": GLOSSARY_MAX - 1}
    assert (one_more.status, one_more.json["code"]) == (429, "glossary_full")
    too_many = stage.send("POST", FILE, "\n".join([*lines, "more,x"]).encode())
    assert too_many.json["errors"][0]["field"] == "body"


def test_a_large_file_is_taken_in_values_that_the_database_takes(stage: Stage) -> None:
    line = f"{'源' * 195}%04d,{'译' * 200},{'注' * 500}"
    file = "\n".join(line % number for number in range(900)).encode()

    assert stage.send("POST", FILE, file).json == {"added": 900, "replaced": 0}

    ids = stage.database.look("SELECT count(DISTINCT term_id) AS n FROM glossary_terms")
    assert ids == [{"n": 900}]
