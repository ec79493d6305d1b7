"""What an edit of a translation teaches: cues paired by their times, differences alone."""

from media_jobs.subtitles.cues import TimedText
from media_jobs.translation.document import TranslatedCue
from media_jobs.translation.lessons import lessons
from media_jobs.translation.memory import TEXT_CHARS_MAX, source_key

Times = tuple[int, int]


def cue(times: Times, source: str, target: str) -> TranslatedCue:
    return TranslatedCue(
        id=1, start_ms=times[0], end_ms=times[1], source=source, target=target, origin="model"
    )


def shown(times: Times, text: str) -> TimedText:
    return TimedText(start_ms=times[0], end_ms=times[1], text=text)


FIRST, SECOND, THIRD = (0, 1000), (1000, 2000), (2000, 3000)


def taught(cues: list[TranslatedCue], edited: list[TimedText]) -> list[tuple[str, str]]:
    return [(pair.source, pair.target) for pair in lessons(cues, edited)]


def test_what_was_changed_is_taught_and_what_was_left_is_not() -> None:
    cues = [cue(FIRST, "Good morning.", "Bonjour."), cue(SECOND, "Thanks.", "Merci.")]
    edited = [shown(FIRST, "Bonjour."), shown(SECOND, "Merci bien.")]

    assert taught(cues, edited) == [("Thanks.", "Merci bien.")]


def test_tags_references_and_broken_lines_are_no_change() -> None:
    cues = [cue(FIRST, "a", "rock & roll"), cue(SECOND, "b", "one two"), cue(THIRD, "c", "x")]
    edited = [
        shown(FIRST, "<i>rock &amp; roll</i>"),
        shown(SECOND, "one\ntwo "),
        shown(THIRD, "<00:00:02.500>x"),
    ]

    assert taught(cues, edited) == []


def test_what_is_taught_is_plain_text_with_its_lines() -> None:
    edited = [shown(FIRST, "<b>ja</b> &lt;3\n  doch ")]

    assert taught([cue(FIRST, "yes", "nein")], edited) == [("yes", "ja <3\ndoch")]


def test_a_cue_of_other_times_teaches_nothing_whatever_stands_at_its_place() -> None:
    cues = [cue(FIRST, "a", "1"), cue(SECOND, "b", "2"), cue(THIRD, "c", "3")]
    edited = [shown((0, 1001), "other"), shown(SECOND, "two")]

    assert taught(cues, edited) == [("b", "two")]


def test_cues_of_the_same_times_are_paired_in_their_order() -> None:
    cues = [cue(FIRST, "upper", "oben"), cue(FIRST, "lower", "unten")]

    assert taught(cues, [shown(FIRST, "oben"), shown(FIRST, "drunten")]) == [("lower", "drunten")]


def test_where_a_cue_was_added_or_taken_out_at_a_time_nothing_is_guessed() -> None:
    cues = [cue(FIRST, "upper", "oben"), cue(FIRST, "lower", "unten")]

    assert taught(cues, [shown(FIRST, "drunten")]) == []
    assert taught(cues[:1], [shown(FIRST, "x"), shown(FIRST, "y")]) == []


def test_an_emptied_cue_and_a_very_long_one_teach_nothing() -> None:
    cues = [cue(FIRST, "a", "1"), cue(SECOND, "b", "2"), cue(THIRD, "c", "3")]
    long = "x" * (TEXT_CHARS_MAX + 1)

    edited = [shown(FIRST, "<i> </i>"), shown(SECOND, long), shown(THIRD, long[1:])]

    assert taught(cues, edited) == [("c", long[1:])]


def test_a_text_that_stands_often_teaches_what_most_of_its_cues_say() -> None:
    times = [(n * 1000, n * 1000 + 900) for n in range(5)]
    cues = [cue(one, "Yes.", "Oui.") for one in times]

    one_of_five = [shown(one, "Si." if one == times[0] else "Oui.") for one in times]
    three_of_five = [shown(one, "Si." if one[0] < 3000 else "Oui.") for one in times]

    assert taught(cues, one_of_five) == []
    assert taught(cues, three_of_five) == [("Yes.", "Si.")]


def test_of_equally_many_the_last_one_counts() -> None:
    cues = [cue(FIRST, "Yes.", "Oui."), cue(SECOND, "Yes. ", "Oui.")]

    assert taught(cues, [shown(FIRST, "Si."), shown(SECOND, "Ouais.")]) == [("Yes.", "Ouais.")]


def test_texts_are_the_same_by_their_words_and_not_by_their_white_space() -> None:
    assert source_key(" Good\nmorning\u3000all ") == source_key("Good morning all")
    assert source_key("cafe\u0301") == source_key("caf\u00e9")
    assert source_key("Good morning") != source_key("good morning")
