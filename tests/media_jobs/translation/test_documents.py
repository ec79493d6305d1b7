"""The documents of a translation are read and written in the shape that others agreed on."""

import json

import pytest
from pydantic import ValidationError

from media_jobs.translation.document import TranslatedCue, TranslationDocument
from media_jobs.translation.memory import GLOSSARY_MAX, TranslationMemory

MEMORY = {
    "version": 1,
    "from": "en",
    "to": "zh",
    "glossary": [{"source": "Seine", "target": "塞纳河", "note": "a river"}],
    "pairs": [{"source": "Good morning.", "target": "早上好。"}],
}


def test_a_memory_is_read_as_the_app_writes_it_and_written_alike() -> None:
    memory = TranslationMemory.model_validate_json(json.dumps(MEMORY))
    assert memory.source_language == "en"
    assert memory.target_language == "zh"
    assert memory.glossary[0].note == "a river"
    assert json.loads(memory.model_dump_json(by_alias=True)) == MEMORY


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("to", {"to": "Chinese"}),
        ("version", {"version": 2}),
        ("pairs", {"pairs": [{"source": " ", "target": "x"}]}),
        ("glossary", {"glossary": [{"source": "a", "target": "b"}] * (GLOSSARY_MAX + 1)}),
        ("more", {"more": 1}),
    ],
)
def test_a_memory_of_another_shape_is_refused_with_its_place(
    place: str, change: dict[str, object]
) -> None:
    with pytest.raises(ValidationError) as refused:
        TranslationMemory.model_validate_json(json.dumps({**MEMORY, **change}))
    assert refused.value.errors()[0]["loc"][0] == place


def test_a_translation_is_written_in_the_words_that_others_read() -> None:
    cue = TranslatedCue(
        id=1, start_ms=0, end_ms=900, source="Good morning.", target="早上好。", origin="memory"
    )
    document = TranslationDocument(source_language="en", target_language="zh", cues=(cue,))
    assert json.loads(document.model_dump_json(by_alias=True)) == {
        "version": 1,
        "from": "en",
        "to": "zh",
        "cues": [
            {
                "id": 1,
                "startMs": 0,
                "endMs": 900,
                "source": "Good morning.",
                "target": "早上好。",
                "from": "memory",
                "notices": [],
            }
        ],
    }
