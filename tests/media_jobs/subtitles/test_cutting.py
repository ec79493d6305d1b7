"""Cues cut from words: what is read together, in which lines, and for how long."""

import pytest

from media_jobs.subtitles.breaks import Quality
from media_jobs.subtitles.cue_rules import rules_for
from media_jobs.subtitles.cutting import CutCues, cut
from media_jobs.subtitles.words import Word, in_order, text_of


def spoken(text: str, *, word_ms: int = 300, pauses_ms: dict[str, int] | None = None) -> list[Word]:
    """Return the words of *text*, each said in *word_ms*, and a pause behind some."""
    words: list[Word] = []
    ms = 0
    for one in text.split(" "):
        word = Word(start_ms=ms, end_ms=ms + word_ms, text=f"{' ' if words else ''}{one}")
        words.append(word)
        ms += word_ms + (pauses_ms or {}).get(one, 0)
    return words


def cut_words(words: list[Word]) -> CutCues:
    """Cut *words* with a line breaker that allows an end behind each space."""
    text = text_of(words)
    breaks = {at + 1: Quality.WORD for at, one in enumerate(text) if one == " "}
    return cut(words, breaks, rules_for(text))


def texts(found: CutCues) -> list[str]:
    return [cue.text for cue in found.cues]


def test_a_cue_ends_with_a_sentence_and_its_lines_are_balanced() -> None:
    found = cut_words(
        spoken(
            "The harbour had been empty since the morning because of the storm. Nobody complained."
        )
    )

    assert texts(found) == [
        "The harbour had been empty\nsince the morning because of the storm.",
        "Nobody complained.",
    ]


def test_a_cue_ends_where_somebody_pauses_in_the_middle_of_a_sentence() -> None:
    found = cut_words(spoken("I thought that we should go", pauses_ms={"thought": 1_200}))

    assert texts(found) == ["I thought", "that we should go"]


def test_a_cue_stays_until_it_is_read_but_leaves_two_frames_to_the_next() -> None:
    found = cut_words(spoken("Yes. Nobody knows that.", word_ms=150, pauses_ms={"Yes.": 1_000}))

    assert [(cue.start_ms, cue.end_ms) for cue in found.cues] == [(0, 1_066), (1_150, 2_050)]


def test_a_gap_that_would_flicker_is_closed_and_a_longer_one_stays() -> None:
    found = cut_words(
        spoken(
            "One, two, three. Four, five, six. Seven, eight, nine.",
            word_ms=400,
            pauses_ms={"three.": 1_500, "six.": 1_100},
        )
    )

    assert [(cue.start_ms, cue.end_ms) for cue in found.cues] == [
        (0, 1_200),
        (2_700, 3_900),
        (5_000, 6_200),
    ]


def test_the_words_of_a_cue_have_the_times_at_which_they_are_said() -> None:
    found = cut_words(spoken("Nobody knows that."))

    assert [(span.text, span.at_ms) for span in found.cues[0].lines[0]] == [
        ("Nobody ", 0),
        ("knows ", 300),
        ("that.", 600),
    ]


def test_two_speakers_of_one_cue_have_a_line_and_a_dash_each() -> None:
    words = [
        Word(start_ms=0, end_ms=300, text="Coming?", speaker="a"),
        Word(start_ms=350, end_ms=600, text=" Soon.", speaker="b"),
    ]

    assert texts(cut_words(words)) == ["- Coming?\n- Soon."]


def test_words_of_a_speaker_who_is_not_known_have_a_cue_of_their_own() -> None:
    words = [
        Word(start_ms=0, end_ms=900, text="Coming?", speaker="a"),
        Word(start_ms=950, end_ms=1_900, text=" Soon."),
    ]

    assert texts(cut_words(words)) == ["Coming?", "Soon."]


def test_a_word_longer_than_a_line_is_alone_and_told() -> None:
    name = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
    found = cut_words(spoken(f"Saw {name} yesterday.", word_ms=3_000))

    assert name in texts(found)
    assert [(notice.code, notice.cues) for notice in found.notices] == [
        ("cues_lines_too_long", (2,))
    ]


def test_words_said_faster_than_they_are_read_are_told() -> None:
    found = cut_words(
        spoken("Absolutely extraordinary circumstances notwithstanding " * 4, word_ms=90)
    )

    assert "cues_too_fast" in [notice.code for notice in found.notices]


def test_words_out_of_order_are_shown_in_the_order_of_the_text() -> None:
    words = [
        Word(start_ms=500, end_ms=1_400, text="first"),
        Word(start_ms=300, end_ms=700, text=" second"),
    ]

    assert [(word.start_ms, word.end_ms) for word in in_order(words)] == [(500, 500), (500, 700)]
    assert texts(cut_words(words)) == ["first second"]


def test_no_words_are_no_cues() -> None:
    assert cut([], {}, rules_for("")).cues == ()


@pytest.mark.parametrize(
    ("text", "line_chars_max"),
    [
        ("Ein Satz.", 42),
        ("他说今天不来了。", 16),
        ("今日は来ないそうです。", 13),
        ("오늘은 안 온대요.", 16),
        ("วันนี้เขาไม่มา", 35),
        ("Сегодня он не придёт.", 39),
    ],
)
def test_the_rules_are_those_of_the_script(text: str, line_chars_max: int) -> None:
    assert rules_for(text).line_chars_max == line_chars_max


def test_japanese_without_kana_is_known_by_its_language() -> None:
    assert rules_for("東京都庁", "ja").line_chars_max == 13
    assert rules_for("東京都庁").line_chars_max == 16


def test_narrow_characters_count_a_half_where_the_script_is_wide() -> None:
    rules = rules_for("中文")

    assert rules.length("用ABCD写") == 4
    assert rules_for("latin").length("ab" + "\u0301") == 2
