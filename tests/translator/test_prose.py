"""Comments, titles and descriptions are translated line by line, and nothing is written over."""

import json

import pytest
from engine_kit.failures import EngineFailure
from translator.prose import Prose, read_thread
from translator.recall import Recall

from media_jobs.translation.memory import TranslationPair

DOCUMENT = {
    "video": {"title": "A day"},
    "comments": [
        {"id": "a", "author": "Ann", "content": "First!\n\nSecond line", "likes": 3},
        {"content": "Known", "translatedContent": "Conocido"},
        {"content": "👍👍"},
        {"content": "Lost"},
    ],
}


def test_comments_get_translations_where_they_have_none_and_those_without_are_named() -> None:
    sources: list[str] = []
    thread = read_thread(json.dumps(DOCUMENT).encode(), Recall(), sources)
    assert sources == ["A day", "First!", "Second line", "Lost"]

    made = thread.made({0: "Un día", 1: "¡Primero!", 2: "Segunda línea"})

    document = json.loads(made.document.model_dump_json(by_alias=True, exclude_none=True))
    assert document["video"]["translatedTitle"] == "Un día"
    assert [one.get("translatedContent") for one in document["comments"]] == [
        "¡Primero!\n\nSegunda línea",
        "Conocido",
        "👍👍",
        None,
    ]
    assert document["comments"][0]["likes"] == 3
    assert {one.code: one.cues for one in made.notices} == {
        "cues_untranslated": (4,),
        "translations_kept": (),
    }


def test_a_description_keeps_its_lines_and_takes_those_that_are_settled() -> None:
    sources: list[str] = []
    recall = Recall([TranslationPair(source="Hello", target="Hola")])

    prose = Prose("Hello\n \nto you\n---", recall, sources)

    assert sources == ["to you"]
    assert prose.target({0: "a ti"}) == "Hola\n \na ti\n---"
    assert prose.target({}) is None


def test_what_are_no_comments_fail_their_job() -> None:
    with pytest.raises(EngineFailure) as caught:
        read_thread(b'{"comments": 3}', Recall(), [])
    assert caught.value.code == "comments_invalid"
