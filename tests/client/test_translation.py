"""Glossary and translation memory: what the client sends and reads, and the command's rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner
from vidgen import errors, translation
from vidgen.cli import app
from vidgen.commands.translation import row_of
from vidgen.models import Term
from vidgen.steps import Answered

from tests.client.test_calls import LOST, Played, ok, refused

TERM: dict[str, object] = {
    "termId": "term_1",
    "from": None,
    "to": "fr",
    "source": "bank",
    "target": "rive",
    "note": "of a river",
    "updatedAt": 1795460000000,
}
PAIR: dict[str, object] = {
    "pairId": "pair_1",
    "from": "en",
    "to": "fr",
    "source": "Thanks.",
    "target": "Merci.",
    "mediaId": "med_1",
    "jobId": "job_1",
    "taughtBy": None,
    "updatedAt": 1795460000000,
}


def test_a_term_is_sent_with_its_languages_and_read_as_it_is() -> None:
    played = Played(ok(TERM))

    term = played.run(translation.add_term("bank", "rive", to_language="fr", note="of a river"))

    (sent,) = played.sent
    assert (sent.method, sent.path) == ("POST", "/api/glossary")
    assert json.loads(sent.body or b"") == {
        "from": None,
        "to": "fr",
        "source": "bank",
        "target": "rive",
        "note": "of a river",
    }
    assert (term.from_language, term.to_language, term.target) == (None, "fr", "rive")


def test_a_change_says_only_what_changes() -> None:
    terms, pairs = Played(ok(TERM)), Played(ok(PAIR))

    terms.run(translation.change_term("term_1", note=""))
    pair = pairs.run(translation.change_memory_pair("pair_1", "Merci."))

    sent = [*terms.sent, *pairs.sent]
    assert [(one.method, one.path, json.loads(one.body or b"")) for one in sent] == [
        ("PATCH", "/api/glossary/term_1", {"note": ""}),
        ("PATCH", "/api/memory/pair_1", {"target": "Merci."}),
    ]
    assert (pair.from_language, pair.source) == ("en", "Thanks.")


def test_lists_are_asked_for_by_languages_and_words() -> None:
    terms, pairs = (Played(ok({"items": [], "nextCursor": None})) for _ in range(2))

    terms.run(translation.terms(to_language="fr", query="bank"))
    pairs.run(translation.memory_pairs("pair_1", from_language="en"))

    assert [(one.path, dict(one.params)) for one in [*terms.sent, *pairs.sent]] == [
        ("/api/glossary", {"limit": 100, "to": "fr", "query": "bank"}),
        ("/api/memory", {"limit": 100, "cursor": "pair_1", "from": "en"}),
    ]


def test_a_file_goes_as_it_is_and_again_when_its_answer_was_lost() -> None:
    played = Played(LOST, ok({"added": 1, "replaced": 2}))

    made = played.run(translation.import_terms("a\tb\n", "tsv", to_language="fr"))

    assert (made.added, made.replaced) == (1, 2)
    assert {(one.path, one.body, one.headers["content-type"]) for one in played.sent} == {
        ("/api/glossary/file?to=fr&format=tsv", b"a\tb\n", "text/tab-separated-values")
    }
    assert len(played.sent) == 2


def test_a_file_is_read_as_it_was_sent() -> None:
    file = "source,target,note\r\nbank,rive,\r\n"
    played = Played(Answered(status=200, headers={}, body=file.encode()))

    text = played.run(translation.export_terms(to_language="fr", from_language="en"))

    assert text == file
    assert dict(played.sent[0].params) == {"from": "en", "to": "fr", "format": "csv"}


def test_what_is_removed_is_named() -> None:
    terms, pairs = Played(ok(None)), Played(refused(404, code="not_found"))

    terms.run(translation.delete_term("term_1"))
    with pytest.raises(errors.NotFound):
        pairs.run(translation.delete_memory_pair("pair_1"))

    sent = [*terms.sent, *pairs.sent]
    assert [(one.method, one.path) for one in sent] == [
        ("DELETE", "/api/glossary/term_1"),
        ("DELETE", "/api/memory/pair_1"),
    ]


def test_a_row_says_languages_words_and_note() -> None:
    term = Term.model_validate(TERM)

    assert row_of(term) == "term_1  any > fr  bank = rive  (of a river)"


def test_a_file_without_its_language_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    file = tmp_path / "terms.csv"
    file.write_text("a,b\n")

    ended = CliRunner().invoke(app, ["glossary", "--add", str(file)])

    assert ended.exit_code == 2
    assert "--to" in ended.output
