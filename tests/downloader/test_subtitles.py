"""Which subtitles are taken, and what they look like as WebVTT."""

import json

import pytest
from downloader.subtitles import OfferedTrack, chosen, several, to_webvtt

from media_jobs.errors import InvalidInput


def a_file(extension: str) -> dict[str, object]:
    return {"ext": extension, "url": f"https://subs.example/{extension}"}


INFO: dict[str, object] = {
    "language": "de",
    "subtitles": {"live_chat": [a_file("json")], "fr": [a_file("vtt")], "en-GB": [a_file("srt")]},
    "automatic_captions": {
        "ab": [a_file("vtt")],
        "de": [a_file("json3"), a_file("vtt")],
        "de-orig": [a_file("vtt")],
    },
}

CHOICES = [
    ("manual", ["en"], ("en-GB", False, "srt")),
    ("manual", ["de", "FR"], ("fr", False, "vtt")),
    ("manual", [], ("fr", False, "vtt")),
    ("automatic", ["de"], ("de", True, "vtt")),
    ("automatic", [], ("de", True, "vtt")),
    ("any", ["de"], ("de", True, "vtt")),
    ("any", ["fr"], ("fr", False, "vtt")),
    ("manual", ["ja"], None),
]


@pytest.mark.parametrize(("kind", "languages", "expected"), CHOICES)
def test_the_first_language_that_there_is_is_taken(
    kind: str, languages: list[str], expected: tuple[str, bool, str] | None
) -> None:
    track = chosen(INFO, kind=kind, languages=languages)

    found = track and (track.language, track.automatic, track.source["ext"])
    assert found == expected


def test_of_several_languages_each_has_its_best_track_in_the_order_of_the_wishes() -> None:
    found = several(INFO, kind="any", languages=["fr", "de", "ja", "en"], count_max=3)

    assert [(track.language, track.automatic) for track in found] == [
        ("fr", False),
        ("de", True),
        ("en-GB", False),
    ]
    assert several(INFO, kind="any", languages=["fr", "de"], count_max=1) == found[:1]
    assert several(INFO, kind="any", languages=["en", "en-GB"], count_max=5) == found[2:]
    assert [t.language for t in several(INFO, kind="any", languages=[], count_max=5)] == ["fr"]


def test_without_a_wish_what_was_heard_comes_before_its_translations() -> None:
    info = {"automatic_captions": {"ab": [a_file("vtt")], "ko-orig": [a_file("vtt")]}}

    assert chosen(info, kind="automatic") == OfferedTrack(
        language="ko-orig", automatic=True, source=a_file("vtt")
    )


def test_formats_that_are_no_text_of_ours_are_passed_over() -> None:
    info = {"subtitles": {"en": [a_file("png")], "live_chat": [a_file("json")], "x": "odd"}}

    assert chosen(info, kind="any") is None


def test_webvtt_stays_as_it_is_but_for_its_line_ends() -> None:
    text = "WEBVTT\r\n\r\n1\r\n00:01.000 --> 00:02.000 line:10%\r\n<i>Hi</i>\r\n"

    assert to_webvtt(text)[0] == "WEBVTT\n\n1\n00:01.000 --> 00:02.000 line:10%\n<i>Hi</i>\n"


HEAD = "WEBVTT\n\n00:00:01.500 --> 00:00:02.000"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "1\n00:00:01,500 --> 00:00:02,000\n{\\an8}One\nTwo\n\n"
            "2\n01:00:00,000 --> 01:00:01,000\n三\n",
            f"{HEAD} line:0\nOne\nTwo\n\n01:00:00.000 --> 01:00:01.000\n三\n",
        ),
        (
            "1\n00:00:01,500 --> 00:00:02,000 line:20%\na --&gt; b\n",
            f"{HEAD} line:20%\na --&gt; b\n",
        ),
        ("0:00:01.500,0:00:02.000\nOne\n", f"{HEAD}\nOne\n"),
        ("[00:01.50]One <00:01.75>two\n[00:02.00]\n", f"{HEAD}\nOne <00:00:01.750>two\n"),
        (
            '<tt><body><div><p begin="1.5s" end="2s">a<br/>b</p></div></body></tt>',
            f"{HEAD}\na\nb\n",
        ),
        (
            json.dumps(
                {"events": [{"tStartMs": 1500, "dDurationMs": 500, "segs": [{"utf8": "a <b>"}]}]}
            ),
            f"{HEAD}\na &lt;b&gt;\n",
        ),
        (
            "[Script Info]\n[Events]\nDialogue: 0,0:00:01.50,0:00:02.00,D,,0,0,0,,{\\i1}x\n",
            f"{HEAD}\n<i>x</i>\n",
        ),
    ],
    ids=["SubRip", "SubRip with a place", "SBV", "LRC", "TTML", "json3", "ASS"],
)
def test_every_kind_becomes_webvtt_whatever_the_site_calls_it(text: str, expected: str) -> None:
    assert to_webvtt(text)[0] == expected


def test_automatic_captions_come_out_as_one_cue_per_line() -> None:
    text = (
        "WEBVTT\n\n00:00.000 --> 00:02.000\na<00:00.500><c> b</c>\n\n"
        "00:02.000 --> 00:04.000\na b\nc\n"
    )

    assert to_webvtt(text) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\na<00:00.500> b\n\n"
        "00:00:02.000 --> 00:00:04.000\nc\n",
        (),
    )


def test_what_is_left_out_of_subtitles_is_told() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\n00:00:03,000 --> 00:00:02,000\nTwo\n"

    _, notices = to_webvtt(text)

    assert [(notice.code, notice.at) for notice in notices] == [("cue_ends_too_early", (6,))]


@pytest.mark.parametrize("text", ["", "<html></html>", "{}", "x", '{"events": [], "tStartMs": 1}'])
def test_what_holds_no_cue_is_no_subtitles(text: str) -> None:
    with pytest.raises(InvalidInput, match="subtitle"):
        to_webvtt(text)
