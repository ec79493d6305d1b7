"""What a job draws of a file: its policies for scripts, overlaps and places (M6, D8)."""

from pathlib import Path

import pytest
from burner.subtitles import JobSubtitles, at_frame_rate, job_subtitles, with_a_frame_each
from engine_kit.failures import EngineFailure, FailureCode
from pydantic import ValidationError

from media_jobs.engines.burner.options import BurnOptions

CASES = Path(__file__).parents[1] / "vectors/cases/subtitles"
SCRIPT = r"""[Script Info]
ScriptType: v4.00+
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\an8}a
Dialogue: 0,0:00:04.00,0:00:03.00,Default,,0,0,0,,b
"""
LEFT_OUT = "Cues left out that do not end after they begin: line 6."


def read(text: str, **options: object) -> JobSubtitles:
    """Return what a file of *text* holds for a job with these options, named as on the wire."""
    return job_subtitles(text.encode(), BurnOptions.model_validate(options))


def told(subtitles: JobSubtitles) -> tuple[str, ...]:
    """Return the sentences of its notices."""
    return tuple(notice.message for notice in subtitles.notices)


def vtt(*timings: str) -> str:
    """Return a WebVTT file with a cue for each timing line, called a, b, c, …"""
    return "WEBVTT\n\n" + "\n".join(f"{t}\n{chr(97 + n)}\n" for n, t in enumerate(timings))


def test_a_script_is_drawn_in_the_job_s_style() -> None:
    subtitles = read(SCRIPT, cueSettings="follow")

    assert (subtitles.kind, subtitles.kept) == ("ass", None)
    assert [(cue.text, cue.keypad) for cue in subtitles.cues] == [("a", 8)]
    assert told(subtitles) == (LEFT_OUT,)


def test_the_language_of_a_track_helps_to_tell_its_encoding() -> None:
    data = "1\n00:00:01,000 --> 00:00:02,000\nHadi, gidiyoruz şimdi.\n".encode("cp1254")

    known = job_subtitles(data, BurnOptions(), language="tr")

    assert (known.text, known.language) == ("Hadi, gidiyoruz şimdi.", "tr")
    assert job_subtitles(data, BurnOptions()).text != "Hadi, gidiyoruz şimdi."


def test_a_script_keeps_its_own_styling_when_asked() -> None:
    subtitles = read(SCRIPT, assStyling="keep")

    assert subtitles.kept is not None
    assert "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\an8}a" in subtitles.kept
    assert len(subtitles.cues) == 1
    assert told(subtitles) == (LEFT_OUT,)


def test_a_broken_character_does_not_stop_the_rest_and_is_told() -> None:
    data = "WEBVTT\n\n00:01.000 --> 00:02.000\n你好！\n".encode().replace(b"\xef", b"\xff\xef")

    subtitles = job_subtitles(data, BurnOptions())

    assert subtitles.text == "你好！"
    assert told(subtitles) == ("Broken characters were left out: line 4.",)


ENCODED = [
    ("gbk.srt", "gb18030", True, "我们先把昨天的结果看一遍"),
    ("cp1252.srt", "cp1252", True, "Où est passée la clé du café ?"),
    ("cp1251.srt", "cp1251", True, "Где вы были вчера вечером?"),
    ("utf16le-bom.srt", "utf-16", False, "Где вы были вчера вечером?"),
    ("utf16le-nobom.srt", "utf-16-le", True, "Где вы были вчера вечером?"),
    ("utf16be-nobom.srt", "utf-16-be", True, "Good morning"),
]


@pytest.mark.parametrize(("name", "codec", "guessed", "first"), ENCODED)
def test_a_file_in_another_encoding_is_drawn_as_in_utf_8_and_a_guess_is_told(
    name: str, codec: str, guessed: bool, first: str
) -> None:
    data = (CASES / name).read_bytes()
    clean = job_subtitles(data.decode(codec).encode(), BurnOptions())

    subtitles = job_subtitles(data, BurnOptions())

    assert subtitles.cues == clean.cues
    assert subtitles.text.startswith(first)
    assert ["is a guess" in notice for notice in told(subtitles)] == [True] * guessed


def test_webvtt_that_is_not_utf_8_is_refused_with_what_to_do() -> None:
    with pytest.raises(EngineFailure) as failed:
        job_subtitles((CASES / "latin1.vtt").read_bytes(), BurnOptions())

    assert failed.value.code is FailureCode.SUBTITLES_INVALID
    assert failed.value.message == (
        "WebVTT is UTF-8 by its standard, and line 4 is not. The file seems to be in windows-1252: "
        "save it as UTF-8, or send it again with this encoding."
    )


SIGN = SCRIPT + "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\move(1,2,3,4)}b\n"


def test_a_script_in_its_own_styling_loses_nothing_and_is_told_nothing_of_restyling() -> None:
    assert len(read(SIGN, assStyling="keep").cues) == 2
    assert told(read(SIGN, assStyling="keep")) == (LEFT_OUT,)
    assert told(read(SIGN, cueSettings="follow")) == (
        LEFT_OUT,
        "Signs that move or are cut to a shape were left out (assStyling keep draws them): line 7.",
    )


FRAMES = "{25}{50}a\n{100}{125}b\n"


def test_frames_are_counted_by_the_videos_rate_where_the_file_says_none() -> None:
    counted = at_frame_rate(read(FRAMES), 25.0)

    assert [(cue.start_ms, cue.end_ms) for cue in counted.cues] == [(1000, 2000), (4000, 5000)]
    own = at_frame_rate(read("{1}{1}50\n" + FRAMES), 25.0)
    assert [(cue.start_ms, cue.end_ms) for cue in own.cues] == [(500, 1000), (2000, 2500)]


@pytest.mark.parametrize(
    ("rate", "least_ms"),
    [(60.0, 20), (25.0, 40), (24000 / 1001, 50), (10.0, 100), (1.0, 100), (None, 100)],
)
def test_no_cue_stands_between_two_frames(rate: float | None, least_ms: int) -> None:
    short = vtt("00:01.049 --> 00:01.051", "00:02.000 --> 00:03.000", "00:04.008 --> 00:04.009")

    seen = with_a_frame_each(read(short), rate)

    assert [(cue.start_ms, cue.end_ms) for cue in seen.cues] == [
        (1049, 1040 + least_ms),
        (2000, 3000),
        (4008, 4000 + least_ms),
    ]


def test_a_short_cue_ends_where_the_next_one_begins_and_those_of_one_time_stay_together() -> None:
    short = vtt(
        "00:01.000 --> 00:01.005",
        "00:01.000 --> 00:01.002",
        "00:01.033 --> 00:01.066",
        "00:01.050 --> 00:03.000",
    )

    seen = with_a_frame_each(read(short), 10.0)

    assert [(cue.start_ms, cue.end_ms) for cue in seen.cues] == [
        (1000, 1033),
        (1000, 1033),
        (1033, 1066),
        (1050, 3000),
    ]


OVERLAPPING = vtt("00:01.000 --> 00:05.000", "00:02.000 --> 00:03.000", "00:02.000 --> 00:04.000")


def test_overlapping_cues_are_kept_as_they_are_to_be_stacked() -> None:
    assert [(c.start_ms, c.end_ms) for c in read(OVERLAPPING).cues] == [
        (1000, 5000),
        (2000, 3000),
        (2000, 4000),
    ]


def test_overlapping_cues_are_cut_so_that_one_is_shown_at_a_time() -> None:
    cues = read(OVERLAPPING, overlaps="cut").cues

    assert [(c.start_ms, c.end_ms, c.text) for c in cues] == [
        (1000, 2000, "a"),
        (2000, 4000, "b\nc"),
    ]


def test_overlapping_cues_are_refused_where_they_may_not_be() -> None:
    with pytest.raises(EngineFailure, match=r"begins at 0:00:02\.00, before an earlier") as caught:
        read(OVERLAPPING, overlaps="fail")

    assert caught.value.code is FailureCode.SUBTITLES_INVALID
    touching = vtt("00:01.000 --> 00:02.000", "00:02.000 --> 00:03.000")
    assert len(read(touching, overlaps="fail").cues) == 2


def test_what_is_not_drawn_as_the_file_has_it_is_told() -> None:
    placed = "00:01.000 --> 00:02.000 line:0"
    regions = vtt(placed).replace("WEBVTT", "WEBVTT\n\nREGION\nid:fred")

    assert told(read(vtt("00:01.000 --> 00:02.000"))) == ()
    assert told(read(vtt(placed))) == ("1 cues have a place of their own, which is not followed.",)
    assert told(read(vtt(placed), cueSettings="follow")) == ()
    assert told(read(vtt(f"{placed} vertical:rl"), cueSettings="follow")) == (
        "1 cues have settings that can't be followed: vertical text or a region.",
    )
    assert told(read(regions, cueSettings="follow")) == ("The file's regions are not drawn.",)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"hello", "WebVTT, SubRip, ASS"),
        (b"", "is empty"),
        (b"WEBVTT\n", "no cue with text"),
        (b"WEBVTT\n\n00:75.000 --> 01:20.000\nx\n", "unreadable times: line 3"),
    ],
)
def test_a_file_without_subtitles_is_a_permanent_fault_of_the_input(data: bytes, said: str) -> None:
    with pytest.raises(EngineFailure, match=said) as caught:
        job_subtitles(data, BurnOptions())

    assert (caught.value.code, caught.value.retryable) == (FailureCode.SUBTITLES_INVALID, False)


TWO_HALVES = """WEBVTT

00:00.000 --> 00:02.000
Nobody has ever seen the

00:02.000 --> 00:04.000
harbour from here. It is too far away, they say.
"""


def test_cues_are_cut_anew_where_the_job_asks_and_it_is_told() -> None:
    subtitles = read(TWO_HALVES, recut={})

    assert [(cue.start_ms, cue.end_ms, cue.text) for cue in subtitles.cues] == [
        (0, 2_708, "Nobody has ever seen\nthe harbour from here."),
        (2_792, 4_242, "It is too far away, they say."),
    ]
    assert told(subtitles) == (
        "The file's 2 cues were cut anew into 2.",
        "The file times whole cues; words got times by their length.",
    )


def test_cues_of_two_languages_stay_as_they_are_and_it_is_told() -> None:
    cues = [
        "00:00.000 --> 00:02.000\nA quiet morning\n一个宁静的早晨",
        "00:02.000 --> 00:04.000\nin the meadow.\n在草地上。",
    ]

    subtitles = read("WEBVTT\n\n" + "\n\n".join(cues), recut={})

    assert [cue.text for cue in subtitles.cues] == [
        "A quiet morning\n一个宁静的早晨",
        "in the meadow.\n在草地上。",
    ]
    assert told(subtitles) == ("Cues of two languages each were not cut anew.",)


def test_a_job_may_ask_for_shorter_lines_than_those_of_the_script() -> None:
    lines = [
        line
        for cue in read(TWO_HALVES, recut={"lineCharsMax": 16, "linesMax": 1}).cues
        for line in cue.text.split("\n")
    ]

    assert lines == [
        "Nobody has ever",
        "seen the harbour",
        "from here.",
        "It is too far",
        "away, they say.",
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"recut": {}, "bilingual": True},
        {"recut": {"durationSMin": 2.5, "durationSMax": 2.0}},
        {"recut": {"linesMax": 3}},
    ],
)
def test_what_cannot_be_cut_is_refused_before_the_job(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        BurnOptions.model_validate(options)
