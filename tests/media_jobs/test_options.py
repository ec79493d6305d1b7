import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from media_jobs.engines import ENGINES
from media_jobs.engines.burner.options import BurnOptions, SubtitleStyle
from media_jobs.engines.burner.presets import PRESETS
from media_jobs.engines.downloader.options import DownloadOptions
from media_jobs.engines.remotion.options import CommentsOptions
from media_jobs.engines.transcriber.options import TranscribeOptions
from media_jobs.engines.translator.options import TranslateOptions
from media_jobs.errors import InvalidInput
from media_jobs.wire import read


def refuses(model: type[BaseModel], document: dict[str, object]) -> str:
    with pytest.raises(InvalidInput) as caught:
        read(model, json.dumps(document))
    return str(caught.value.details)


def test_each_engine_has_its_options() -> None:
    assert {engine.id: engine.options() for engine in ENGINES.values()} == {
        "burner-ffmpeg": BurnOptions,
        "renderer-remotion": CommentsOptions,
        "media-downloader": DownloadOptions,
        "asr-pipeline": TranscribeOptions,
        "subtitle-translator": TranslateOptions,
    }


def test_burning_and_composing_need_no_options() -> None:
    assert read(BurnOptions, "{}").style.position == "bottom"
    assert read(CommentsOptions, "{}").height == 1080


def test_options_have_camel_case_names_on_the_wire() -> None:
    style = {"fontSize": 40, "textColor": "#ffe08A", "backgroundOpacity": 0, "marginV": 10}

    options = read(BurnOptions, json.dumps({"secondaryStyle": style, "bilingual": True}))

    assert options.secondary_style == SubtitleStyle(
        font_size=40,
        text_color="#ffe08A",
        background_opacity=0,
        margin_v=10,
        highlight_color="#64D2FF",
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/watch?v=1&t=10#t",
        "http://127.0.0.1:9000/clip.mp4",
        "http://[::1]:8080/clip.mp4",
        "https://例え.jp/動画",
        "HTTPS://EXAMPLE.COM/%41",
    ],
)
def test_an_address_is_kept_byte_for_byte(url: str) -> None:
    assert read(DownloadOptions, json.dumps({"url": url})).url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/watch",
        "//example.com/watch",
        "file:///etc/passwd",
        "ftp://example.com/clip.mp4",
        "javascript:alert(1)",
        "--exec=rm",
        "http://",
        "https:///path",
        "https://user:pass@example.com/",
        "https://user@example.com/",
        "https://example.com:99999/",
        "https://[::1/",
        "https://example.com/a b",
        "https://example.com/\n--exec",
        "https://example.com/\x00",
        " https://example.com/",
        "https://example.com/" + "a" * 4096,
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    assert "'field': 'url'" in refuses(DownloadOptions, {"url": url})


def test_cookies_and_proxy_are_not_shown() -> None:
    options = DownloadOptions(url="https://example.com/", cookies="sid=1234", proxy="http://u:p@h")

    assert "sid=1234" not in repr(options)
    assert "u:p" not in repr(options)


@given(st.text(max_size=60))
def test_any_text_as_address_is_taken_or_refused_and_never_crashes(url: str) -> None:
    try:
        read(DownloadOptions, json.dumps({"url": url}))
    except InvalidInput:
        return
    assert url.lower().startswith(("http://", "https://"))


def test_a_download_may_want_less_or_more_than_the_video() -> None:
    wanted = {"url": "https://v.example/a", "mode": "list", "subtitleLanguages": ["en", "zh-Hans"]}

    options = read(DownloadOptions, json.dumps(wanted))

    assert (options.mode, options.max_entries, options.first_entry) == ("list", 100, 1)
    assert options.subtitle_languages == ["en", "zh-Hans"]
    assert options == DownloadOptions.model_validate(wanted)


@pytest.mark.parametrize(
    "proxy",
    [
        "http://u:p%40ss@p.example:3128",
        "socks5h://127.0.0.1:1080",
        "p.example:3128",
        "u:p@p.example",
    ],
)
def test_a_proxy_is_named_by_its_url(proxy: str) -> None:
    wanted = {"url": "https://v.example/a", "proxy": proxy}

    assert read(DownloadOptions, json.dumps(wanted)).proxy == proxy


@pytest.mark.parametrize(
    "proxy",
    ["", "file:///etc/passwd", "ftp://p.example", "http://", "http://[::1", "http://p:x",
     "p.example:3128\nhost: other", "http://p.example/ x", "http://p.example\x00"],
)  # fmt: skip
def test_what_is_no_proxy_is_refused_and_not_repeated(proxy: str) -> None:
    refusal = refuses(DownloadOptions, {"url": "https://v.example/a", "proxy": proxy})

    assert "must be the URL of a proxy (http, https, socks4" in refusal
    assert "p.example" not in refusal


def test_a_watermark_is_a_text_or_a_picture() -> None:
    assert read(CommentsOptions, json.dumps({"watermark": {"text": "Mira"}})).watermark is not None
    for fault in ({}, {"text": "a", "imageUrl": "https://a.example/b.png"}):
        assert "either text or imageUrl" in refuses(CommentsOptions, {"watermark": fault})


def styles_of(document: dict[str, object]) -> tuple[SubtitleStyle, SubtitleStyle]:
    options = read(BurnOptions, json.dumps(document))
    return options.style, options.secondary_style


def test_a_preset_is_where_the_styles_begin_and_their_own_fields_stand_above_it() -> None:
    plain, _ = styles_of({"preset": "contrast"})
    own, other = styles_of({"preset": "contrast", "style": {"fontSize": 20, "bold": False}})

    assert (plain.font_size, plain.text_color, plain.bold) == (52, "#FFFF00", True)
    assert own == plain.model_copy(update={"font_size": 20, "bold": False})
    assert (other.font_size, other.background_opacity) == (40, 1)


def test_one_field_of_the_second_language_leaves_the_others_as_the_preset_has_them() -> None:
    _, second = styles_of({"secondaryStyle": {"italic": True}})

    assert (second.italic, second.font_size, second.text_color) == (True, 36, "#FFE08A")


def test_without_a_preset_nothing_is_as_if_there_were_one() -> None:
    assert styles_of({"preset": "default"}) == styles_of({})
    assert styles_of({})[1] == SubtitleStyle(
        font_size=36, text_color="#FFE08A", highlight_color="#64D2FF"
    )


@pytest.mark.parametrize("preset", PRESETS)
def test_options_that_were_stored_with_their_preset_are_read_as_they_were(preset: str) -> None:
    segment = {"startS": 1, "endS": 2, "effect": "mute"}
    document = {"preset": preset, "style": {"marginV": 7}, "segments": [segment]}
    options = read(BurnOptions, json.dumps(document))

    stored = options.model_dump(by_alias=True, exclude_none=True)

    assert BurnOptions.model_validate(stored) == options
    assert read(BurnOptions, json.dumps(stored)) == options


A_SEGMENT = {"startS": 1, "endS": 2, "effect": "mute"}
REFUSED: dict[type[BaseModel], list[tuple[dict[str, object], str]]] = {
    BurnOptions: [
        ({"style": {"textColor": "red"}}, "style.textColor"),
        ({"style": {"textColor": "#FFF"}}, "style.textColor"),
        ({"style": {"textColor": "#FFFFFF\n"}}, "style.textColor"),
        ({"style": {"textColor": "#GGGGGG"}}, "style.textColor"),
        ({"style": {"textColor": "#FFFFFF80"}}, "style.textColor"),
        ({"style": {"fontSize": 11.9}}, "style.fontSize"),
        ({"style": {"fontSize": 73}}, "style.fontSize"),
        ({"style": {"fontSize": "48"}}, "style.fontSize"),
        ({"style": {"backgroundOpacity": 1.1}}, "style.backgroundOpacity"),
        ({"style": {"outlineWidth": -1}}, "style.outlineWidth"),
        ({"style": {"position": "left"}}, "style.position"),
        ({"style": {"marginV": 1.5}}, "style.marginV"),
        ({"style": {"fontName": "Arial"}}, "style.fontName"),
        ({"preset": "huge"}, "preset"),
        ({"preset": ["bold"]}, "preset"),
        ({"preset": "bold", "style": 5}, "style"),
        ({"preset": "bold", "style": {"fontSize": 5}}, "style.fontSize"),
        ({"segments": [{**A_SEGMENT, "startS": 2}]}, "segments.0"),
        ({"segments": [{**A_SEGMENT, "startS": -1}]}, "segments.0.startS"),
        ({"segments": [{**A_SEGMENT, "effect": "loud"}]}, "segments.0.effect"),
        ({"segments": [A_SEGMENT] * 101}, "segments"),
        ({"hint": {"text": ""}}, "hint.text"),
        ({"hint": {"text": "x", "startS": 2, "endS": 1}}, "hint"),
        ({"watermark": {"text": "x", "opacity": 0}}, "watermark.opacity"),
        ({"watermarkImage": {"widthShare": 2}}, "watermarkImage.widthShare"),
        ({"codec": "vp9"}, "codec"),
        ({"dynamicRange": "hdr"}, "dynamicRange"),
        ({"dynamicRange": "keep", "codec": "av1"}, "codec"),
    ],
    CommentsOptions: [
        ({"template": "square"}, "template"),
        ({"height": 1079}, "height"),
        ({"fps": 60}, "fps"),
        ({"coverSeconds": 16}, "coverSeconds"),
        ({"maxComments": 0}, "maxComments"),
        ({"maxComments": 101}, "maxComments"),
        ({"accentColor": "url(http://x)"}, "accentColor"),
        ({"preset": "pink"}, "preset"),
        ({"theme": {"scale": 3}}, "theme.scale"),
        ({"theme": {"motion": "wild"}}, "theme.motion"),
        ({"theme": {"font": "sans"}}, "theme.font"),
        ({"maxScrollSeconds": 4}, "maxScrollSeconds"),
        ({"missingGlyphs": "ignore"}, "missingGlyphs"),
    ],
    TranscribeOptions: [
        ({"language": "English!"}, "language"),
        ({"vocabulary": [""]}, "vocabulary.0"),
        ({"cues": {"lineCharsMax": 7}}, "cues.lineCharsMax"),
        ({"cues": {"lineCharsMax": 81}}, "cues.lineCharsMax"),
        ({"cues": {"linesMax": 3}}, "cues.linesMax"),
        ({"cues": {"charsPerSMax": 2.9}}, "cues.charsPerSMax"),
        ({"cues": {"durationSMin": 0.4}}, "cues.durationSMin"),
        ({"cues": {"durationSMax": 21}}, "cues.durationSMax"),
        ({"cues": {"durationSMin": 2.5, "durationSMax": 2.5}}, "cues"),
        ({"cues": {"pauseMs": 500}}, "cues.pauseMs"),
    ],
    DownloadOptions: [
        ({"mode": "all"}, "mode"),
        ({"maxComments": 501}, "maxComments"),
        ({"firstEntry": 0}, "firstEntry"),
        ({"subtitleLanguages": ["en;rm"]}, "subtitleLanguages.0"),
        ({"subtitleLanguages": [".*"]}, "subtitleLanguages.0"),
    ],
}
"""What an engine cannot do, by its options; an address is given where one is needed."""


@pytest.mark.parametrize(
    ("model", "document", "field"),
    [(model, *refused) for model, all_refused in REFUSED.items() for refused in all_refused],
)
def test_what_an_engine_cannot_do_is_refused_by_its_field(
    model: type[BaseModel], document: dict[str, object], field: str
) -> None:
    address = {"url": "https://v.example/a"} if model is DownloadOptions else {}

    assert f"'{field}'" in refuses(model, {**address, **document})
