"""What comes of a transcript: cues with times of words, plain text, and what there is to know."""

import json

import pytest
from pydantic import ValidationError
from transcriber.orders import HeardPiece, HeardWord
from transcriber.outputs import heard_of
from transcriber.transcript import Transcript

from media_jobs.cue_limits import CueLimits
from media_jobs.subtitles.reader import read_subtitles


def piece(
    text: str, until_ms: int, language: str | None = "en", probability: float | None = 0.99
) -> HeardPiece:
    """Return a piece of 20 s before *until_ms*, of which a word is said in each half second."""
    start = until_ms - 20_000
    words = tuple(
        HeardWord(start_ms=start + 500 * n, end_ms=start + 500 * n + 400, text=one, confidence=0.9)
        for n, one in enumerate(f" {word}" for word in text.split())
    )
    return HeardPiece(
        until_ms=until_ms,
        speech_ms=400 * len(words),
        words=words,
        language=language,
        probability=probability,
    )


def transcript(*pieces: HeardPiece) -> Transcript:
    made = Transcript()
    for one in pieces:
        made.add(one)
    return made


def test_each_word_but_a_cue_s_first_has_its_time_before_it_and_signs_are_no_tags() -> None:
    heard = heard_of(transcript(piece("A < B & so on.", 20_000)), word_times=True)

    assert heard.vtt.startswith("WEBVTT\n\n00:00:00.000 --> ")
    assert (
        "\nA <00:00:00.500>&lt; <00:00:01.000>B <00:00:01.500>&amp; "
        "<00:00:02.000>so <00:00:02.500>on."
    ) in heard.vtt
    assert heard.text == "A < B & so on.\n"


def test_without_times_of_words_the_cues_are_plain() -> None:
    heard = heard_of(transcript(piece("One two three.", 20_000)), word_times=False)

    assert heard.vtt.endswith("\nOne two three.\n")


def test_cues_are_within_the_limits_that_were_asked_for_and_else_within_those_of_the_script() -> (
    None
):
    said = "There is nothing here that a reader of ordinary speed could not read in its time."
    made = transcript(piece(said, 20_000))

    def cues(**limits: object) -> list[tuple[list[str], int]]:
        asked = CueLimits.model_validate(limits) if limits else None
        heard = heard_of(made, word_times=False, limits=asked)
        return [
            (["".join(span.text for span in line) for line in cue.lines], cue.end_ms - cue.start_ms)
            for cue in read_subtitles(heard.vtt).cues()
        ]

    plain, narrow = cues(), cues(lineCharsMax=20, linesMax=1)
    brief = cues(durationSMax=3)

    assert max(len(line) for lines, _ in plain for line in lines) > 20
    assert all(len(lines) == 1 and len(lines[0]) <= 20 for lines, _ in narrow)
    assert max(length for _, length in plain) > 3_000
    assert max(length for _, length in brief) <= 3_000
    for made_of in (plain, narrow, brief):
        assert " ".join(line for lines, _ in made_of for line in lines) == said


def test_the_subtitles_are_read_as_they_were_meant() -> None:
    heard = heard_of(transcript(piece("One two. Three four.", 20_000)), word_times=True)

    read = read_subtitles(heard.vtt)

    spans = [span for cue in read.cues() for line in cue.lines for span in line]
    assert [(span.text.strip(), span.at_ms) for span in spans if span.text.strip()] == [
        ("One", None),
        ("two.", 500),
        ("Three", 1000),
        ("four.", 1500),
    ]
    assert {notice.code for notice in read.notices} == {"timed_words_shown_together"}


def test_a_long_silence_is_an_empty_line_of_the_text_and_words_joined_are_the_text() -> None:
    heard = heard_of(
        transcript(piece("One two.", 20_000), piece("Three.", 40_000)), word_times=True
    )

    assert heard.text == "One two.\n\nThree.\n"
    document = json.loads(heard.words_json)
    assert "".join(word["text"] for word in document["words"]) == " One two. Three."
    assert document["words"][2] == {
        "text": " Three.",
        "startMs": 20_000,
        "endMs": 20_400,
        "confidence": 0.9,
    }


def test_silence_has_no_cue_and_no_text_and_says_so() -> None:
    silent = HeardPiece(until_ms=60_000, speech_ms=0, words=())

    heard = heard_of(transcript(silent), word_times=True)

    assert (heard.vtt, heard.text, heard.cues) == ("", "", 0)
    assert [notice.code for notice in heard.notices] == ["no_speech"]


@pytest.mark.parametrize(("probability", "codes"), [(0.49, ["language_uncertain"]), (0.5, [])])
def test_a_language_that_is_a_guess_is_told(probability: float, codes: list[str]) -> None:
    heard = heard_of(transcript(piece("Hum.", 20_000, "nn", probability)), word_times=True)

    told = [notice.code for notice in heard.notices if notice.code != "cues_too_short"]
    assert told == codes


def test_a_loop_is_left_out_and_told_with_its_time() -> None:
    heard = heard_of(transcript(piece("Well. " + "you " * 30, 20_000)), word_times=True)

    assert heard.text == "Well. you\n"
    told = {notice.code: notice.values for notice in heard.notices}
    assert told["repeats_left_out"] == {"times": "00:00:01.000"}


def test_the_language_is_that_of_the_first_piece_that_is_sure_of_one() -> None:
    pieces = [
        piece("hm", 20_000, "la", 0.3),
        HeardPiece(until_ms=40_000, speech_ms=0, words=()),
        piece("Guten Tag.", 60_000, "de", 0.9),
        piece("Good day.", 80_000, "en", 0.99),
    ]

    made = transcript(*pieces)

    assert (made.language, made.probability, made.is_sure) == ("de", 0.9, True)


def test_a_transcript_is_read_as_it_was_kept_and_one_that_nobody_has_heard_is_not() -> None:
    kept = transcript(piece("One two.", 20_000), piece("Three.", 40_000))

    assert Transcript.model_validate_json(kept.model_dump_json()) == kept
    for damaged in (
        {"words": [kept.words[1], kept.words[0]]},
        {"until_ms": 15_000},
        {"version": 2},
        {"speech_ms": -1},
    ):
        with pytest.raises(ValidationError):
            Transcript.model_validate({**dict(kept), **damaged})
