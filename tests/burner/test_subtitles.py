"""Files of every kind are told by their content, and read by the job's policies (M6, D8)."""

import pytest
from burner.subtitles import Subtitles, read_subtitles
from engine_kit.failures import EngineFailure, FailureCode
from hypothesis import given
from hypothesis import strategies as st

from media_jobs.engines.burner.options import BurnOptions

SCRIPT = r"""[Script Info]
; a comment
Title: not kept
ScriptType: v4.00+
PlayResX: 640
PlayResY: 360

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour
Style: Default,Arial,20,&H0000FFFF

[Fonts]
fontname: evil.ttf
0123456789ABCDEF

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,not drawn
Dialogue: 0,0:00:03.50,0:00:04.00,Default,,0,0,0,,second, with a comma
Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\an8\b1}bold{\b0}!{\pos(1,2)} {\i1}x\Nnext\hl
Dialogue: 0,0:00:05.00,0:00:06.00,Default,,0,0,0,,{\p1}m 0 0 l 9 9{\p0}
Dialogue: 0,0:00:08.00,0:00:07.00,Default,,0,0,0,,backwards
"""


def read(text: str, **options: object) -> Subtitles:
    """Return what a file of *text* holds for a job with these options, named as on the wire."""
    return read_subtitles(text.encode(), BurnOptions.model_validate(options))


def vtt(*timings: str) -> str:
    """Return a WebVTT file with a cue for each timing line, called a, b, c, …"""
    return "WEBVTT\n\n" + "\n".join(f"{t}\n{chr(97 + n)}\n" for n, t in enumerate(timings))


def test_an_ass_file_is_read_as_cues_without_its_styling() -> None:
    subtitles = read(SCRIPT)

    assert subtitles.kind == "ass"
    assert [(c.start_ms, c.end_ms, c.text) for c in subtitles.cues] == [
        (1000, 2000, "bold! x\nnext\u00a0l"),
        (3500, 4000, "second, with a comma"),
    ]
    first = subtitles.cues[0]
    assert [(s.text, s.bold, s.italic) for s in first.lines[0]] == [
        ("bold", True, False),
        ("!", False, False),
        (" ", False, False),
        ("x", False, True),
    ]
    assert first.settings == (("an", "8"),)
    assert subtitles.kept is None


def test_an_ass_file_keeps_its_styling_when_asked_but_no_fonts_and_no_unknown_lines() -> None:
    subtitles = read(SCRIPT, assStyling="keep")

    assert subtitles.kept is not None
    assert subtitles.kept.split("\n") == [
        *("[Script Info]", "ScriptType: v4.00+", "PlayResX: 640", "PlayResY: 360", ""),
        *("[V4+ Styles]", "Format: Name, Fontname, Fontsize, PrimaryColour"),
        *("Style: Default,Arial,20,&H0000FFFF", ""),
        *("[Events]", SCRIPT.split("\n")[16]),
        *(line for line in SCRIPT.split("\n") if line.startswith("Dialogue")),
        "",
    ]
    assert len(subtitles.cues) == 2


def test_a_script_of_another_order_of_fields_is_read_by_its_own_format() -> None:
    script = (
        "[Script Info]\n[Events]\nFormat: Text, End, Start\nDialogue: hello,0:00:02.00,0:00:01.00\n"
    )

    # The text is the last field of every known program; here it is cut at its first comma.
    assert [cue.text for cue in read(script).cues] == ["hello"]


def test_a_subtitle_that_speaks_of_scripts_is_none() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n[Script Info]\n"

    assert [cue.text for cue in read(text).cues] == ["[Script Info]"]


def test_subrip_may_borrow_a_place_from_ass_and_webvtt_may_not() -> None:
    timing = "00:00:01,000 --> 00:00:02,000\n{\\an8}up\n"

    (borrowed,) = read(f"1\n{timing}").cues
    (literal,) = read(f"WEBVTT\n\n{timing}").cues

    assert (borrowed.text, borrowed.settings) == ("up", (("an", "8"),))
    assert (literal.text, literal.settings) == ("{\\an8}up", ())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_subrip_in_utf_16_is_read(encoding: str) -> None:
    mark = {"utf-16": b"", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}[encoding]
    text = "1\r\n00:00:01,000 --> 00:00:02,000\r\nдва\r\n"

    (cue,) = read_subtitles(mark + text.encode(encoding), BurnOptions()).cues

    assert cue.text == "два"


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

    assert read(vtt("00:01.000 --> 00:02.000")).notices == ()
    assert read(vtt(placed)).notices == (
        "1 cues have a place of their own, which is not followed.",
    )
    assert read(vtt(placed), cueSettings="follow").notices == ()
    assert read(vtt(f"{placed} vertical:rl"), cueSettings="follow").notices == (
        "1 cues have settings that can't be followed: vertical text or a region.",
    )
    assert read(regions, cueSettings="follow").notices == ("The file's regions are not drawn.",)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "neither WebVTT nor SubRip nor ASS"),
        (b"\x00\x01\x02 not subtitles", "neither WebVTT nor SubRip nor ASS"),
        (b"WEBVTT\n", "hold no cue with text"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\n \n", "hold no cue with text"),
        (b"[Script Info]\n[Events]\n", "hold no cue with text"),
    ],
)
def test_a_file_without_subtitles_is_a_permanent_fault_of_the_input(data: bytes, said: str) -> None:
    with pytest.raises(EngineFailure, match=said) as caught:
        read_subtitles(data, BurnOptions())

    assert (caught.value.code, caught.value.retryable) == (FailureCode.SUBTITLES_INVALID, False)


@given(
    st.sampled_from(
        [b"WEBVTT\n\n00:01.000 --> 00:02.000\n", b"[Script Info]\n[Events]\n", b"\xff\xfe", b""]
    ),
    st.binary(max_size=300) | st.text(max_size=300).map(str.encode),
)
def test_any_bytes_are_read_or_refused(head: bytes, data: bytes) -> None:
    try:
        cues = read_subtitles(head + data, BurnOptions()).cues
    except EngineFailure as failure:
        assert failure.code is FailureCode.SUBTITLES_INVALID
    else:
        assert all(cue.end_ms > cue.start_ms and cue.text.strip() for cue in cues)
