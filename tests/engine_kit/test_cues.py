"""Cues cut from words and cut anew, with the real line breaker: their rules, and what is kept."""

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from engine_kit.cues import cut_words, recut_cues
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.cutting import CutCues
from media_jobs.subtitles.reader import read_subtitles
from media_jobs.subtitles.settings import CueSettings
from media_jobs.subtitles.text import Span
from media_jobs.subtitles.words import Word

# Written here a second time, from the style guides: characters in a line and in a second, and
# whether a wide character counts one and a narrow one a half.
RULES = {
    "Latin": (42, 20, False),
    "Han": (16, 9, True),
    "kana": (13, 7, True),
    "Hangul": (16, 12, True),
    "Thai": (35, 17, False),
    "Cyrillic": (39, 17, False),
    "Arabic": (42, 20, False),
    "Devanagari": (42, 22, False),
}
SPOKEN = {
    "Latin": "the man who had been here saw it, then left. Nobody in New York knew; why? Well… so",
    "Han": "他 说 今天 不 来 了 。 我们 明天 再 去 看看 ， 好 吗 ？ 因为 天气 很 好",
    "kana": "今日 は 来ない そうです 。 ありがとう ございます 、 また 明日 ね ？ コンピューター",
    "Hangul": "오늘은 안 온대요. 우리가 내일 다시 가요, 그래서 말인데 정말 고마웠어요!",
    "Thai": "วันนี้ เขา ไม่ มา ทำงาน เพราะ ฝน ตก หนัก พรุ่งนี้ เรา จะ ไป ด้วยกัน",
    "Cyrillic": "сегодня он не придёт, потому что заболел. Мы пойдём завтра! Почему? Так вот",
    "Arabic": "لن يأتي اليوم، لأنه مريض. سنذهب غدا إن شاء الله! لماذا؟ حسنا",
    "Devanagari": "वह आज नहीं आएगा, क्योंकि बारिश हो रही है। हम कल चलेंगे! क्यों? अच्छा",
}
UNSPACED = {"Han", "kana", "Thai"}


def counted(text: str, *, is_wide: bool) -> float:
    """Return how many characters *text* counts as."""
    whole = 0.0
    for character in text:
        if unicodedata.category(character) in ("Mn", "Me", "Cf"):
            continue
        wide = unicodedata.east_asian_width(character) in "FW"
        whole += (1 if wide else 0.5) if is_wide else (42 / 16 if wide else 1)
    return whole


def said(cue: Cue) -> str:
    """Return the text of *cue* without what is not said: spaces, and dashes of dialogues."""
    lines = (line.removeprefix("- ") for line in cue.text.split("\n"))
    return "".join("".join(lines).split())


def broken(found: CutCues, script: str) -> dict[str, list[int]]:
    """Return which cues break which rules, by number; raises where one that can be kept is not."""
    line_max, per_s_max, is_wide = RULES[script]
    wrong: dict[str, list[int]] = {}
    for number, cue in enumerate(found.cues, 1):
        lines = cue.text.split("\n")
        lengths = [counted(line, is_wide=is_wide) for line in lines]
        lasts_ms = cue.end_ms - cue.start_ms
        assert 1 <= len(lines) <= 2
        assert 0 < lasts_ms <= 7_000
        if number < len(found.cues):
            gap_ms = found.cues[number].start_ms - cue.end_ms
            assert gap_ms == 84 or gap_ms >= 500 or (lasts_ms == 7_000 and gap_ms > 84)
        else:
            gap_ms = 100_000
        if max(lengths) > line_max:
            wrong.setdefault("cues_lines_too_long", []).append(number)
        has_room = gap_ms > 84 and lasts_ms < 7_000
        if lasts_ms < 833:
            assert not has_room
            wrong.setdefault("cues_too_short", []).append(number)
        if sum(lengths) * 1000 > per_s_max * lasts_ms:
            assert not has_room
            wrong.setdefault("cues_too_fast", []).append(number)
    return wrong


def told(found: CutCues) -> dict[str, list[int]]:
    codes = ("cues_lines_too_long", "cues_too_short", "cues_too_fast")
    return {one.code: list(one.cues) for one in found.notices if one.code in codes}


@st.composite
def spoken(draw: st.DrawFn) -> tuple[str, list[Word]]:
    """Words of one script, slow and fast, with pauses and sometimes with speakers."""
    script = draw(st.sampled_from(sorted(RULES)))
    vocabulary = SPOKEN[script].split()
    texts = draw(st.lists(st.sampled_from(vocabulary), min_size=1, max_size=60))
    with_speakers = draw(st.booleans())
    speed_ms = draw(st.integers(20, 400))
    words: list[Word] = []
    at_ms = draw(st.integers(0, 5_000))
    for text in texts:
        lasts_ms = draw(st.integers(0, 2)) * speed_ms // 2 + len(text) * 20
        space = "" if script in UNSPACED or not words else " "
        speaker = draw(st.sampled_from(["a", "a", "a", "b"])) if with_speakers else None
        words.append(
            Word(start_ms=at_ms, end_ms=at_ms + lasts_ms, text=space + text, speaker=speaker)
        )
        at_ms += lasts_ms + draw(st.sampled_from([0, 0, 0, 30, 200, 600, 1_500, 9_000]))
    return script, words


@st.composite
def listed(draw: st.DrawFn) -> tuple[str, list[Cue]]:
    """Cues of one script as files have them: cut anywhere, of one to three lines, some timed."""
    script = draw(st.sampled_from(sorted(RULES)))
    vocabulary = SPOKEN[script].split()
    joint = "" if script in UNSPACED else " "
    with_times = draw(st.booleans())
    cues: list[Cue] = []
    at_ms = draw(st.integers(0, 5_000))
    for texts in draw(
        st.lists(
            st.lists(st.sampled_from(vocabulary), min_size=1, max_size=20), min_size=1, max_size=8
        )
    ):
        lasts_ms = draw(st.integers(80, 9_000))
        spans = [
            Span(
                text=text + joint,
                at_ms=at_ms + lasts_ms * number // len(texts) if with_times else None,
            )
            for number, text in enumerate(texts)
        ]
        rows = draw(st.integers(1, 3))
        size = -(-len(spans) // rows)
        lines = tuple(tuple(spans[at : at + size]) for at in range(0, len(spans), size))
        cues.append(Cue(start_ms=at_ms, end_ms=at_ms + lasts_ms, lines=lines))
        at_ms += lasts_ms + draw(st.sampled_from([0, 0, 40, 300, 2_000]))
    return script, cues


def generated(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )


def check_words(script: str, words: list[Word]) -> None:
    found = cut_words(words, "ja" if script == "kana" else None)

    assert broken(found, script) == told(found)
    assert "".join(map(said, found.cues)) == "".join(word.text.strip() for word in words)


def check_recut(script: str, cues: list[Cue]) -> None:
    found = recut_cues(cues, "ja" if script == "kana" else None)

    assert broken(found, script) == told(found)
    assert "".join(map(said, found.cues)) == "".join(map(said, cues))


@pytest.mark.heavy
@generated(60)
@given(spoken())
def test_cues_of_words_keep_the_rules_of_their_script_or_tell(
    made: tuple[str, list[Word]],
) -> None:
    check_words(*made)


@pytest.mark.heavy
@generated(60)
@given(listed())
def test_cues_cut_anew_keep_the_rules_of_their_script_or_tell(
    made: tuple[str, list[Cue]],
) -> None:
    check_recut(*made)


@pytest.mark.long
@generated(1_000)
@given(spoken())
def test_a_thousand_lists_of_words_are_cut_by_the_rules(made: tuple[str, list[Word]]) -> None:
    check_words(*made)


@pytest.mark.long
@generated(1_000)
@given(listed())
def test_a_thousand_lists_of_cues_are_cut_anew_by_the_rules(made: tuple[str, list[Cue]]) -> None:
    check_recut(*made)


PASSAGES = Path(__file__).parents[1] / "vectors/recut"


def clock(ms: int) -> str:
    return f"{ms // 60_000:02}:{ms // 1_000 % 60:02}.{ms % 1_000:03}"


@pytest.mark.parametrize("file", sorted(PASSAGES.glob("*.vtt")), ids=lambda file: file.stem)
def test_a_passage_is_cut_as_it_was_read_and_approved(file: Path) -> None:
    language = file.stem.rpartition(".")[2]

    found = recut_cues(read_subtitles(file.read_text("utf-8")).cues(), language)

    cues = [f"{clock(c.start_ms)} --> {clock(c.end_ms)}\n{c.text}\n" for c in found.cues]
    told = "; ".join(f"{n.code} {list(n.cues)}" if n.cues else n.code for n in found.notices)
    assert "\n".join([*cues, f"notices: {told}", ""]) == file.with_suffix(".txt").read_text("utf-8")


def plain(text: str, start_ms: int, end_ms: int, **more: Any) -> Cue:
    return Cue(start_ms=start_ms, end_ms=end_ms, lines=((Span(text=text),),), **more)


def test_cues_at_one_time_are_cut_apart_from_each_other() -> None:
    cues = [
        plain("Somebody is talking about the", 0, 3_000),
        plain("ANOTHER VOICE SAYS THAT", 200, 2_800),
        plain("weather of tomorrow.", 3_000, 5_000),
        plain("IT IS LATE.", 3_200, 5_000),
    ]

    assert [cue.text for cue in recut_cues(cues, "en").cues] == [
        "Somebody is talking\nabout the weather of tomorrow.",
        "ANOTHER VOICE SAYS THAT IT IS LATE.",
    ]


def test_a_cue_that_stands_for_long_is_not_said_word_by_word() -> None:
    found = recut_cues([plain("A very long standing line", 12_000, 30_000)], "en")

    assert [(cue.start_ms, cue.end_ms, cue.text) for cue in found.cues] == [
        (12_000, 19_000, "A very long standing line")
    ]


def test_a_turn_of_a_speaker_is_no_sentence_that_is_cut_off() -> None:
    cues = [
        Cue(start_ms=0, end_ms=2_600, lines=((Span(text="- And you?"),), (Span(text="- I stay"),))),
        plain("- because it rains.", 2_600, 4_600),
    ]

    assert [cue.text for cue in recut_cues(cues, "en").cues] == [
        "- And you?\n- I stay",
        "because it rains.",
    ]


def test_signs_stay_as_they_are_and_places_are_kept() -> None:
    cues = [
        plain("HARBOUR", 0, 9_000, sign=True),
        plain("Above the picture, it", 1_000, 2_000, keypad=8),
        plain("goes on.", 2_000, 3_000, keypad=8),
        plain("Below, somebody talks.", 1_000, 3_000, settings=CueSettings(align="start")),
    ]

    found = recut_cues(cues, "en").cues

    assert found[0] == cues[0]
    assert [(cue.text, cue.keypad, cue.settings.align) for cue in found[1:]] == [
        ("Above the picture, it goes on.", 8, None),
        ("Below, somebody talks.", None, "start"),
    ]


def test_styles_and_times_of_words_are_kept() -> None:
    line = (
        Span(text="It was ", at_ms=0),
        Span(text="never", italic=True, at_ms=600),
        Span(text=" my house.", at_ms=1_000),
    )

    found = recut_cues([Cue(start_ms=0, end_ms=2_000, lines=(line,))], "en")

    assert [(s.text, s.italic, s.at_ms) for s in found.cues[0].lines[0]] == [
        ("It ", False, 0),
        ("was ", False, 300),
        ("never ", True, 600),
        ("my ", False, 1_000),
        ("house.", False, 1_300),
    ]
    assert "word_times_interpolated" not in [notice.code for notice in found.notices]
