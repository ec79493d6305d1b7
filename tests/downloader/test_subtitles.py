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
    info = {"subtitles": {"en": [a_file("ttml")], "live_chat": [a_file("json")], "x": "odd"}}

    assert chosen(info, kind="any") is None


def test_webvtt_stays_as_it_is_but_for_its_line_ends() -> None:
    text = "WEBVTT\r\n\r\n1\r\n00:01.000 --> 00:02.000 line:10%\r\n<i>Hi</i>\r\n"

    assert to_webvtt(text, "vtt") == ("WEBVTT\n\n1\n00:01.000 --> 00:02.000 line:10%\n<i>Hi</i>\n")


def test_subrip_becomes_webvtt_whatever_the_site_calls_it() -> None:
    text = (
        "1\n00:00:01,500 --> 00:00:02,000\n{\\an8}One\nTwo\n\n"
        "2\n01:00:00,000 --> 01:00:01,000\n三\n"
    )

    for extension in ("srt", "vtt"):
        assert to_webvtt(text, extension) == (
            "WEBVTT\n\n00:00:01.500 --> 00:00:02.000 line:0\nOne\nTwo\n\n"
            "01:00:00.000 --> 01:00:01.000\n三\n"
        )


def test_automatic_captions_come_out_as_one_cue_per_line() -> None:
    text = (
        "WEBVTT\n\n00:00.000 --> 00:02.000\na<00:00.500><c> b</c>\n\n"
        "00:02.000 --> 00:04.000\na b\nc\n"
    )

    assert to_webvtt(text, "vtt", automatic=True) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\na b\n\n00:00:02.000 --> 00:00:04.000\nc\n"
    )


def test_events_of_json_become_webvtt() -> None:
    event = {"tStartMs": 1000, "dDurationMs": 500, "segs": [{"utf8": "a <b>"}]}

    assert to_webvtt(json.dumps({"events": [event]}), "json3") == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:01.500\na &lt;b&gt;\n"
    )


@pytest.mark.parametrize(
    ("text", "extension"),
    [
        ("", "vtt"),
        ("<html></html>", "vtt"),
        ("{}", "json3"),
        ("x", "srt"),
        ("[Script Info]\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,x\n", "srt"),
    ],
)
def test_what_holds_no_cue_that_can_be_kept_is_no_subtitles(text: str, extension: str) -> None:
    with pytest.raises(InvalidInput, match="subtitle"):
        to_webvtt(text, extension)
