"""What an owner settled is read in the shape that the app writes, and used where it fits."""

import json

import pytest
from engine_kit.failures import EngineFailure
from translator.glossary import Glossary
from translator.port import Languages
from translator.recall import read_memory

from media_jobs.translation.memory import GlossaryTerm

MEMORY = {
    "version": 1,
    "from": "en",
    "to": "zh",
    "glossary": [{"source": "Seine", "target": "塞纳河"}],
    "pairs": [{"source": "Good  morning.\n", "target": "早上好。"}],
}


def memory(**change: object) -> bytes:
    return json.dumps({**MEMORY, **change}).encode()


def test_a_pair_is_found_whatever_its_blanks_and_in_its_own_letters_alone() -> None:
    recall, terms = read_memory(memory(), Languages(source="en-GB", target="zh-Hans"))

    assert recall.target("Good\nmorning.") == "早上好。"
    assert recall.target("good morning.") is None
    assert [term.target for term in terms] == ["塞纳河"]


def test_a_memory_of_another_source_language_settles_nothing() -> None:
    recall, terms = read_memory(memory(), Languages(source="fr", target="zh"))

    assert recall.target("Good morning.") is None
    assert terms == ()


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"{", "input_unreadable", "The translation memory is not valid"),
        (memory(pairs=[{"source": ""}]), "input_unreadable", "pairs.0"),
        (memory(to="de"), "input_unsupported", "into de, the job into zh"),
    ],
)
def test_a_memory_that_can_t_be_used_fails_the_job_with_the_reason(
    data: bytes, code: str, words: str
) -> None:
    with pytest.raises(EngineFailure) as caught:
        read_memory(data, Languages(source="en", target="zh"))
    assert caught.value.code == code
    assert words in caught.value.message


def test_terms_are_found_as_whole_words_and_han_anywhere() -> None:
    glossary = Glossary(
        [
            GlossaryTerm(source="cat", target="gato"),
            GlossaryTerm(source="New York", target="Nueva York"),
            GlossaryTerm(source="塞纳河", target="Seine"),
            GlossaryTerm(source="C++", target="C++"),
            GlossaryTerm(source="CAT", target="felino"),
        ]
    )

    def found(text: str) -> list[str]:
        return [term.target for term in glossary.within(text)]

    assert found("The cat's here") == ["felino"]
    assert found("concatenate") == []
    assert found("new\nyork") == ["Nueva York"]
    assert found("在塞纳河边") == ["Seine"]
    assert found("I like C++.") == ["C++"]
    assert [t.source for t in glossary.missing("New York", "Nueva  york")] == []
