"""The words of a transcript on the page: paragraphs, the word of a time, what is found."""

import json
from typing import Any

import pytest

from tests.public.javascript import evaluate

pytestmark = pytest.mark.programs


def spoken(*given: str | float) -> list[dict[str, Any]]:
    """Return words of half a second each; a number before one is the pause, in seconds."""
    words, at_ms = [], 0
    for one in given:
        if isinstance(one, str):
            words.append({"startMs": at_ms, "endMs": at_ms + 500, "text": one})
            at_ms += 500
        else:
            at_ms += round(one * 1000)
    return words


def paragraphs(words: list[dict[str, Any]]) -> list[str]:
    return list(evaluate("words.js", f"m.paragraphsOf({json.dumps(words)}).map((p) => p.text)"))


def test_a_paragraph_ends_at_a_pause_and_where_another_speaks() -> None:
    words = spoken(" One", " two", 2.6, " three", " four", " five")
    words[4]["speaker"] = "B"

    assert paragraphs(words) == ["One two", "three four", "five"]


def test_a_breath_ends_a_paragraph_only_after_a_sentence_when_it_has_some_length() -> None:
    sentence = [" word"] * 39 + [" end."]

    assert len(paragraphs(spoken(*sentence, 1.0, *sentence))) == 2
    assert len(paragraphs(spoken(*sentence, 0.3, *sentence))) == 1
    assert len(paragraphs(spoken(*sentence[:9], 1.0, *sentence[:9]))) == 1
    assert len(paragraphs(spoken(*sentence[:-1], 1.0, *sentence))) == 1


def test_talk_without_any_sentence_or_pause_is_parted_all_the_same() -> None:
    texts = paragraphs(spoken(*["字"] * 2000))

    assert "".join(texts) == "字" * 2000
    assert max(map(len, texts)) < 500


def test_the_word_of_a_time_is_the_one_being_said() -> None:
    words = json.dumps(spoken(1.0, " one", " two", 2.0, " three"))
    times = [0, 1000, 1499, 1500, 2100, 2600, 4000, 9000]

    said = evaluate("words.js", f"{times}.map((ms) => m.saidAt({words}, ms))")

    assert said == [-1, 0, 0, 1, 1, -1, 2, -1]


def test_every_word_is_found_in_its_own_paragraph() -> None:
    words = json.dumps(
        spoken(*[part for n in range(40) for part in (f" w{n}", 3.0 * (n % 3 == 0))])
    )

    found = evaluate(
        "words.js",
        f"(() => {{ const all = {words}, parts = m.paragraphsOf(all);"
        " return all.every((_, i) => { const p = parts[m.paragraphOf(parts, i)];"
        " return p.from <= i && i < p.to; }); })()",
    )

    assert found is True


def test_a_phrase_is_found_as_the_words_that_it_touches() -> None:
    told = json.dumps(spoken(" The", " quick", " brown", " fox.", 3.0, " The", " end"))
    expected = {
        "QUICK": [[1, 2]],
        "quick brown": [[1, 3]],
        "ick br": [[1, 3]],
        "the": [[0, 1], [4, 5]],
        "fox. the": [],
        "  ": [],
    }

    found = evaluate(
        "words.js",
        f"{json.dumps(list(expected))}.map((query) =>"
        f" m.find(m.paragraphsOf({told}), query).map((hit) => [hit.from, hit.to]))",
    )

    assert dict(zip(expected, found, strict=True)) == expected


def test_letters_whose_small_form_is_longer_move_no_word() -> None:
    told = json.dumps(spoken(" İİİİ", " çay"))

    found = evaluate("words.js", f"m.find(m.paragraphsOf({told}), 'çay').map((hit) => hit.from)")

    assert found == [1]


def test_words_are_doubtful_below_a_half_and_never_without_a_figure() -> None:
    words = [
        {**w, "confidence": c}
        for w, c in zip(spoken("a", "b", "c"), (0.49, 0.5, None), strict=True)
    ]

    assert evaluate("words.js", f"m.doubtful({json.dumps(words)})") == [0]
