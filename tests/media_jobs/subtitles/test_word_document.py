"""Words with times as JSON."""

import json

import pytest
from pydantic import ValidationError

from media_jobs.subtitles.word_document import WordsDocument
from media_jobs.subtitles.words import Word

WORDS = [
    Word(start_ms=0, end_ms=400, text="Good", confidence=0.98765, speaker="anna"),
    Word(start_ms=400, end_ms=900, text=" morning."),
]


def test_words_are_written_with_their_times_in_milliseconds() -> None:
    document = json.loads(WordsDocument.of(WORDS, "en").model_dump_json(by_alias=True))

    assert document == {
        "language": "en",
        "words": [
            {"startMs": 0, "endMs": 400, "text": "Good", "confidence": 0.988, "speaker": "anna"},
            {
                "startMs": 400,
                "endMs": 900,
                "text": " morning.",
                "confidence": None,
                "speaker": None,
            },
        ],
    }


def test_written_words_are_read_again() -> None:
    text = WordsDocument.of(WORDS).model_dump_json(by_alias=True)

    assert [word.text for word in WordsDocument.model_validate_json(text).spoken()] == [
        "Good",
        " morning.",
    ]


def test_a_time_before_the_beginning_is_refused() -> None:
    with pytest.raises(ValidationError):
        WordsDocument.model_validate_json('{"words": [{"startMs": -1, "endMs": 2, "text": "x"}]}')
