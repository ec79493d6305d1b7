"""Cues keep their times, places and styles; texts, speakers and lines become the translation's."""

import json
from collections.abc import Callable, Mapping

import pytest
from engine_kit.failures import EngineFailure
from hypothesis import given, settings
from hypothesis import strategies as st
from translator.glossary import Glossary
from translator.port import Languages
from translator.recall import Recall
from translator.tracks import MadeTrack, Track, read_track

from media_jobs.subtitles.reader import read_subtitles
from media_jobs.translation.memory import GlossaryTerm, TranslationPair

pytestmark = pytest.mark.heavy

EN_ES = Languages(source="en", target="es")
VTT = """WEBVTT

00:01.000 --> 00:02.500 line:10% align:start
<i>Good morning,
my friend.</i>

00:03.000 --> 00:04.000
The <b>red</b> house

00:05.000 --> 00:06.000
- Who is it?
- Me & you.

00:07.000 --> 00:08.000
♪ ♪

00:09.000 --> 00:10.000
<v Ann>Wait <00:09.500>here.
"""


def track_of(
    text: str, recall: Recall | None = None, *, with_marks: bool = True
) -> tuple[Track, list[str]]:
    sources: list[str] = []
    track = read_track(text.encode(), "en", recall or Recall(), sources, with_marks=with_marks)
    return track, sources


def made(
    text: str,
    translate: Callable[[str], str | None],
    *,
    languages: Languages = EN_ES,
    recall: Recall | None = None,
    terms: tuple[GlossaryTerm, ...] = (),
    line_chars_max: int | None = None,
    with_marks: bool = True,
) -> MadeTrack:
    track, sources = track_of(text, recall, with_marks=with_marks)
    found = {number: translate(source) for number, source in enumerate(sources)}
    targets = {number: target for number, target in found.items() if target is not None}
    return track.made(targets, languages, Glossary(terms), line_chars_max)


def codes(track: MadeTrack) -> Mapping[str, tuple[int, ...]]:
    return {notice.code: notice.cues for notice in track.notices}


def test_texts_go_out_without_times_one_for_each_speaker() -> None:
    _, sources = track_of(VTT)

    assert sources == [
        "Good morning, my friend.",
        "The <s1>red</s1> house",
        "Who is it?",
        "Me & you.",
        "Wait here.",
    ]


def test_times_places_styles_and_speakers_of_the_cues_stay() -> None:
    spoken = {
        "Good morning, my friend.": "Buenos días, amigo mío.",
        "The <s1>red</s1> house": "La casa <s1>roja</s1>",
        "Who is it?": "¿Quién es?",
        "Me & you.": "Yo y <tú>.",
        "Wait here.": "Espera aquí.",
    }

    track = made(VTT, spoken.__getitem__)

    assert track.vtt == (
        "WEBVTT\n\n"
        "00:00:01.000 --> 00:00:02.500 line:10% align:start\n<i>Buenos días, amigo mío.</i>\n\n"
        "00:00:03.000 --> 00:00:04.000\nLa casa <b>roja</b>\n\n"
        "00:00:05.000 --> 00:00:06.000\n- ¿Quién es?\n- Yo y &lt;tú&gt;.\n\n"
        "00:00:07.000 --> 00:00:08.000\n♪ ♪\n\n"
        "00:00:09.000 --> 00:00:10.000\nEspera aquí.\n"
    )
    assert codes(track) == {"word_times_left_out": (), "voices_left_out": ()}
    assert track.counts == {"memory": 0, "model": 4, "source": 1}
    cues = json.loads(track.document.model_dump_json(by_alias=True))["cues"]
    assert [(cue["id"], cue["startMs"], cue["from"]) for cue in cues] == [
        (1, 1000, "model"),
        (2, 3000, "model"),
        (3, 5000, "model"),
        (4, 7000, "source"),
        (5, 9000, "model"),
    ]
    assert cues[2]["source"] == "- Who is it?\n- Me & you."
    assert cues[2]["target"] == "- ¿Quién es?\n- Yo y <tú>."


@pytest.mark.parametrize(
    "answer",
    [
        "La casa roja",
        "La casa <s1>roja",
        "La </s1>casa<s1>",
        "<s1>La</s1> <s1>casa</s1>",
        "a<s2>b</s2>",
    ],
)
def test_marks_that_do_not_come_back_whole_are_left_out_and_told(answer: str) -> None:
    track = made(VTT, lambda text: answer if "<s1>" in text else text)

    assert codes(track)["marks_left_out"] == (2,)
    assert "<b>" not in track.vtt
    assert "s1" not in track.vtt
    assert "s2" not in track.vtt


def test_a_translator_that_keeps_no_marks_gets_none_and_that_is_told() -> None:
    track, sources = track_of(VTT, with_marks=False)

    assert sources[1] == "The red house"
    assert codes(made(VTT, str.upper, with_marks=False))["marks_left_out"] == (2,)
    assert track is not None


def test_what_a_person_corrected_is_taken_first_and_marked_and_not_sent() -> None:
    recall = Recall(
        [TranslationPair(source="Good morning,  my friend.", target="¡Buenas,\namigo!")]
    )
    _, sources = track_of(VTT, recall)

    track = made(VTT, lambda text: "…" if text else None, recall=recall)

    assert "Good morning, my friend." not in sources
    assert track.document.cues[0].origin == "memory"
    assert track.document.cues[0].target == "¡Buenas,\namigo!"
    assert "<i>¡Buenas,\namigo!</i>" in track.vtt
    assert track.counts["memory"] == 1


def test_a_cue_without_a_translation_keeps_its_source_as_a_whole_and_is_named() -> None:
    track = made(VTT, lambda text: None if text == "Me & you." else "hola")

    assert "- Who is it?\n- Me &amp; you." in track.vtt
    assert codes(track)["cues_untranslated"] == (3,)
    assert track.document.cues[2].origin == "source"
    assert [one.code for one in track.document.cues[2].notices] == ["cues_untranslated"]


def test_terms_of_the_glossary_that_a_translation_lacks_are_told_with_their_cue() -> None:
    terms = (GlossaryTerm(source="house", target="casa"), GlossaryTerm(source="hous", target="x"))

    track = made(VTT, lambda text: "El edificio", terms=terms)
    followed = made(VTT, lambda text: "La CASA", terms=terms)

    assert codes(track)["glossary_not_followed"] == (2,)
    assert "house" in next(
        one.message for one in track.notices if one.code == "glossary_not_followed"
    )
    assert "glossary_not_followed" not in codes(followed)


def test_lines_are_as_long_as_the_script_allows_and_what_is_longer_is_told() -> None:
    vtt = "WEBVTT\n\n00:01.000 --> 00:05.000\nWords\n"
    zh = Languages(source="en", target="zh")

    fitting = made(vtt, lambda _: "我们今天去海边，天气非常好，明天再回家吧。", languages=zh)
    longer = made(vtt, lambda _: "我们今天去海边" * 9, languages=zh)
    narrow = made(vtt, lambda _: "uno dos tres cuatro", line_chars_max=10)

    lines = fitting.document.cues[0].target.split("\n")
    assert len(lines) == 2
    assert all(len(line) <= 16 for line in lines)
    assert codes(fitting) == {}
    assert codes(longer) == {"too_long_translations": (1,)}
    assert longer.document.cues[0].target.replace("\n", "") == "我们今天去海边" * 9
    assert narrow.document.cues[0].target == "uno dos\ntres cuatro"


def test_what_is_too_long_is_known_with_how_long_it_may_be() -> None:
    track, _ = track_of(VTT)

    found = track.too_long({0: "x " * 60, 1: "corto", 2: "y " * 40, 3: "corto"}, "es", None)

    assert found == {0: 84, 2: 40}


def test_a_file_of_another_kind_becomes_webvtt_with_its_signs_where_they_are() -> None:
    ass = (
        "[Script Info]\nPlayResX: 100\nPlayResY: 100\n\n[Events]\n"
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\pos(50,10)}EXIT\n"
        "Dialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,Let us {\\i1}go{\\i0}.\n"
    )
    before = read_subtitles(ass).cues()

    track = made(ass, lambda text: f"¡{text}!")

    after = read_subtitles(track.vtt).cues()
    assert [(cue.start_ms, cue.end_ms) for cue in after] == [
        (cue.start_ms, cue.end_ms) for cue in before
    ]
    assert "¡EXIT!" in track.vtt
    assert after[0].has_place == before[0].has_place
    assert "<i>go</i>" in track.vtt


def test_what_are_no_subtitles_fail_their_job() -> None:
    with pytest.raises(EngineFailure) as caught:
        track_of("%PDF-1.7")
    assert caught.value.code == "subtitles_invalid"


@settings(max_examples=60, derandomize=True)
@given(
    st.lists(
        st.lists(st.text(st.sampled_from("ab <>&-♪é中文.\u200f")), min_size=1, max_size=3),
        min_size=1,
        max_size=6,
    )
)
def test_whatever_cues_say_each_has_its_times_and_its_own_text(texts: list[list[str]]) -> None:
    vtt = "WEBVTT\n\n" + "".join(
        f"00:0{number}.000 --> 00:0{number}.900\n"
        + "\n".join(line.replace("<", "&lt;").replace("-", "–") or "x" for line in lines)
        + "\nend\n\n"
        for number, lines in enumerate(texts)
    )
    before = read_subtitles(vtt).cues()

    track = made(vtt, lambda text: text)

    after = read_subtitles(track.vtt).cues()
    assert [(one.start_ms, one.end_ms) for one in after] == [
        (one.start_ms, one.end_ms) for one in before
    ]
    for one, other in zip(before, after, strict=True):
        assert letters(one.text) == letters(other.text)


def letters(text: str) -> str:
    return "".join(one for one in text if one.isalnum())
