"""Options in the words of the earlier system's containers, and theirs in ours: one row a case."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from media_jobs.earlier_options import from_earlier, to_earlier
from media_jobs.engines import ENGINES
from media_jobs.errors import OptionsUnsupported

BURNER, COMPOSER, DOWNLOADER = "burner-ffmpeg", "renderer-remotion", "media-downloader"
URL = "https://v.example/1"
NOTHING: tuple[Any, ...] = ("", {}, [], {"server": ""})
ODD: tuple[Any, ...] = (0, "outlineColor", [{}])
PROXY = {"server": "p.example", "port": 80, "protocol": "http"}


def stored(engine: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a job as its manifest has them."""
    url = {"url": URL} if engine == DOWNLOADER else {}
    model = ENGINES[engine].options().model_validate_json(json.dumps({**url, **given}))
    text = model.model_dump_json(by_alias=True, exclude_none=True)
    document: dict[str, Any] = json.loads(text)
    return document


def said(engine: str, given: dict[str, Any]) -> dict[str, Any]:
    table = ENGINES[engine].earlier
    assert table is not None
    return to_earlier(table(), stored(engine, given))


def understood(engine: str, theirs: dict[str, Any]) -> dict[str, Any]:
    """Return theirs in our words, as our container takes them."""
    table = ENGINES[engine].earlier
    assert table is not None
    model = ENGINES[engine].options()
    options = model.model_validate_json(json.dumps(from_earlier(table(), theirs)))
    document: dict[str, Any] = options.model_dump(mode="json", by_alias=True, exclude_none=True)
    return document


LOOKS = {
    "fontSize": 48,
    "textColor": "#FFFFFF",
    "backgroundColor": "#000000",
    "outlineColor": "#000000",
    "backgroundOpacity": 0.6,
}
HINT_LOOKS = {**LOOKS, "fontSize": 36}


def segment(effect: str) -> dict[str, Any]:
    return {
        "id": "segment-1",
        "startTime": 1.5,
        "endTime": 4,
        "muteAudio": effect == "mute",
        "blackScreen": effect == "black",
        "description": "",
    }


def config(**changes: Any) -> dict[str, Any]:
    return {"subtitleConfig": {**LOOKS, "timeSegmentEffects": [], **changes}}


def hint(**changes: Any) -> dict[str, Any]:
    shown = {"enabled": True, "text": "Hi", "position": "top", "animation": "none"}
    return config(hintTextConfig={**HINT_LOOKS, **shown, **changes})


def download(**changes: Any) -> dict[str, Any]:
    return {"url": URL, "quality": "1080p", "task": "", **changes}


@pytest.mark.parametrize(
    ("engine", "ours", "theirs"),
    [
        (BURNER, {}, config()),
        (BURNER, {"style": {"fontSize": 12}}, config(fontSize=12)),
        (BURNER, {"style": {"textColor": "#123456"}}, config(textColor="#123456")),
        (BURNER, {"style": {"backgroundColor": "#12345a"}}, config(backgroundColor="#12345a")),
        (BURNER, {"style": {"outlineColor": "#12345b"}}, config(outlineColor="#12345b")),
        (BURNER, {"style": {"backgroundOpacity": 0}}, config(backgroundOpacity=0)),
        (BURNER, {"bilingual": True}, config()),
        *(
            (
                BURNER,
                {"segments": [{"startS": 1.5, "endS": 4, "effect": effect}]},
                config(timeSegmentEffects=[segment(effect)]),
            )
            for effect in ("mute", "black")
        ),
        (BURNER, {"hint": {"text": "Hi"}}, hint()),
        (BURNER, {"hint": {"text": "Hi", "fontSize": 20}}, hint(fontSize=20)),
        (BURNER, {"hint": {"text": "Hi", "position": "center"}}, hint(position="center")),
        (BURNER, {"hint": {"text": "Hi", "position": "bottom"}}, hint(position="bottom")),
        (BURNER, {"hint": {"text": "Hi", "animation": "fade"}}, hint(animation="fade-in")),
        (BURNER, {"hint": {"text": "Hi", "animation": "slide"}}, hint(animation="slide-up")),
        (COMPOSER, {}, {"templateId": "comments-default"}),
        (COMPOSER, {"template": "vertical"}, {"templateId": "comments-vertical"}),
        (DOWNLOADER, {}, download()),
        (DOWNLOADER, {"maxHeight": 720}, download(quality="720p")),
        (DOWNLOADER, {"mode": "metadata"}, download(task="metadata-only")),
        (DOWNLOADER, {"maxComments": 7}, download()),
        *(
            (
                DOWNLOADER,
                {"mode": "comments", "maxComments": count},
                download(task="comments", commentsPages=pages),
            )
            for count, pages in ((1, 1), (20, 1), (21, 2), (100, 5), (500, 25))
        ),
        (DOWNLOADER, {"mode": "list"}, download(task="channel-list")),
        *(
            (DOWNLOADER, {"url": url}, download(url=url, source=source))
            for url, source in (
                ("https://www.youtube.com/watch?v=1", "youtube"),
                ("https://youtu.be/1", "youtube"),
                ("https://vm.tiktok.com/1", "tiktok"),
            )
        ),
        (DOWNLOADER, {"url": "https://notyoutube.com/1"}, download(url="https://notyoutube.com/1")),
        (
            DOWNLOADER,
            {"proxy": "socks5://us%40er:p%3Aw@10.0.0.1:1081"},
            download(
                proxy={
                    "id": "proxy",
                    "server": "10.0.0.1",
                    "port": 1081,
                    "protocol": "socks5",
                    "username": "us@er",
                    "password": "p:w",
                }
            ),
        ),
        (
            DOWNLOADER,
            {"proxy": "proxy.example"},
            download(
                proxy={"id": "proxy", "server": "proxy.example", "port": 80, "protocol": "http"}
            ),
        ),
    ],
)
def test_an_option_that_both_know_is_said_in_their_words(
    engine: str, ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    assert said(engine, ours) == theirs


PLACED = {"text": "Hi", "position": "top-left"}


@pytest.mark.parametrize(
    ("engine", "ours", "names"),
    [
        *(
            (BURNER, {"style": {name: value}}, [f"style.{name}"])
            for name, value in {
                "box": "lines",
                "cornerRadius": 3,
                "outlineWidth": 2,
                "bold": True,
                "italic": True,
                "position": "top",
                "marginV": 10,
                "marginH": 10,
                "highlight": "word",
                "highlightColor": "#123456",
            }.items()
        ),
        *(
            (BURNER, {name: value}, [name])
            for name, value in {
                "overlaps": "cut",
                "cueSettings": "follow",
                "safeArea": "off",
                "assStyling": "keep",
                "missingGlyphs": "fail",
                "dynamicRange": "keep",
                "codec": "hevc",
                "quality": "high",
                "speed": "slow",
                "segments": [{"startS": 0, "endS": 1, "effect": "blur"}],
            }.items()
        ),
        (BURNER, {"preset": "contrast"}, ["style.bold", "style.highlightColor"]),
        (
            BURNER,
            {"bilingual": True, "secondaryStyle": {"fontSize": 20}},
            ["secondaryStyle.fontSize"],
        ),
        (BURNER, {"hint": {"text": "x" * 201}}, ["hint.text"]),
        (BURNER, {"hint": PLACED}, ["hint.position"]),
        (BURNER, {"hint": {"text": "Hi", "startS": 1}}, ["hint.startS"]),
        (BURNER, {"hint": {"text": "Hi", "endS": 9}}, ["hint.endS"]),
        (BURNER, {"hint": {"text": "Hi", "bold": True}}, ["hint.bold"]),
        (BURNER, {"watermarkImage": {"opacity": 1}}, ["watermarkImage.opacity"]),
        *(
            (COMPOSER, {name: value}, [name])
            for name, value in {
                "height": 720,
                "fps": 25,
                "coverSeconds": 0,
                "maxComments": 3,
                "preset": "paper",
                "backgroundColor": "#123456",
                "lead": "translation",
                "avatars": False,
                "countdown": True,
            }.items()
        ),
        (COMPOSER, {"theme": {"scale": 1.2}}, ["theme.scale"]),
        (COMPOSER, {"watermark": {"text": "me"}}, ["watermark.text"]),
        *(
            (DOWNLOADER, {name: value}, [name])
            for name, value in {
                "mode": "audio",
                "maxHeight": 480,
                "maxFps": 30,
                "maxBytes": 1_000_000,
                "maxDurationS": 60,
                "subtitles": "any",
                "subtitleLanguages": ["en"],
                "subtitleTracks": 2,
                "thumbnail": True,
                "commentsOrder": "new",
                "maxEntries": 5,
                "firstEntry": 2,
                "referer": "https://v.example/",
                "cookies": "# Netscape HTTP Cookie File\n.v.example\tTRUE\t/\tTRUE\t0\ta\tb\n",
                "videoPassword": "secret",
                "proxy": "socks5h://proxy.example:1080",
            }.items()
        ),
        (DOWNLOADER, {"maxBytes": 9, "thumbnail": True}, ["maxBytes", "thumbnail"]),
    ],
)
def test_what_they_can_t_do_is_refused_by_its_name(
    engine: str, ours: dict[str, Any], names: list[str]
) -> None:
    with pytest.raises(OptionsUnsupported) as refused:
        said(engine, ours)

    assert sorted(refused.value.options) == sorted(names)


@pytest.mark.parametrize(
    ("engine", "options", "theirs"),
    [
        (BURNER, {"hint": None, "style": {"fontSize": None}}, {}),
        (DOWNLOADER, {"url": URL, "proxy": None, "maxBytes": None}, {"url": URL}),
    ],
)
def test_what_is_null_asks_for_nothing(
    engine: str, options: dict[str, Any], theirs: dict[str, Any]
) -> None:
    """Where a manifest of other code has it so."""
    table = ENGINES[engine].earlier
    assert table is not None

    assert to_earlier(table(), options) == theirs


def test_an_option_that_this_code_does_not_know_is_refused_by_its_name() -> None:
    table = ENGINES[BURNER].earlier
    assert table is not None
    with pytest.raises(OptionsUnsupported) as refused:
        to_earlier(table(), {"style": {"glow": 3}, "newest": {}})

    assert refused.value.options == ("style.glow", "newest")


def test_a_text_over_the_video_is_refused_whole() -> None:
    with pytest.raises(OptionsUnsupported) as refused:
        said(BURNER, {"watermark": {"text": "me"}})

    assert "watermark.text" in refused.value.options


@pytest.mark.parametrize(
    ("engine", "theirs", "ours"),
    [
        (
            BURNER,
            {
                "subtitleConfig": {
                    "fontSize": 20,
                    "textColor": "#fa0",
                    "backgroundColor": "#112233",
                    "backgroundOpacity": 0.25,
                    "outlineColor": "#000",
                    "timeSegmentEffects": [
                        {
                            "id": "a",
                            "startTime": 1,
                            "endTime": 2.5,
                            "muteAudio": True,
                            "blackScreen": True,
                            "description": "an advertisement",
                        },
                        {"id": "b", "startTime": 3, "endTime": 4, "muteAudio": False},
                    ],
                    "hintTextConfig": {
                        "enabled": True,
                        "text": "Read the subtitles",
                        "fontSize": 30,
                        "textColor": "#ffffff",
                        "position": "bottom",
                        "animation": "slide-up",
                    },
                }
            },
            {
                "style": {
                    "fontSize": 20,
                    "textColor": "#ffaa00",
                    "backgroundColor": "#112233",
                    "backgroundOpacity": 0.25,
                    "outlineColor": "#000000",
                    "outlineWidth": 2,
                },
                "segments": [
                    {"startS": 1, "endS": 2.5, "effect": "mute"},
                    {"startS": 1, "endS": 2.5, "effect": "black"},
                ],
                "hint": {
                    "text": "Read the subtitles",
                    "fontSize": 30,
                    "textColor": "#ffffff",
                    "position": "bottom",
                    "animation": "slide",
                },
            },
        ),
        (
            BURNER,
            {"subtitleConfig": {"hintTextConfig": {"enabled": False, "text": "x", "fontSize": 20}}},
            {},
        ),
        (BURNER, {"subtitleConfig": {"hintTextConfig": {"enabled": True, "text": ""}}}, {}),
        (
            COMPOSER,
            {"templateId": "comments-vertical", "sourcePolicy": "auto", "proxy": None},
            {"template": "vertical"},
        ),
        (COMPOSER, {"templateId": "comments-default"}, {"template": "landscape"}),
        (
            COMPOSER,
            {
                "templateConfig": {
                    "theme": {"background": "#000000"},
                    "typography": {"fontPreset": "noto", "fontScale": 2},
                    "brand": {"showWatermark": True, "watermarkText": "me"},
                    "motion": {"enabled": False},
                }
            },
            {"theme": {"scale": 1.5}, "watermark": {"text": "me"}},
        ),
        (COMPOSER, {"templateConfig": {"showWatermark": False, "watermarkText": "me"}}, {}),
        (DOWNLOADER, {"url": URL, "quality": "720p", "source": "youtube"}, {"maxHeight": 720}),
        (DOWNLOADER, {"url": URL, "quality": "1080p", "task": ""}, {"maxHeight": 1080}),
        (DOWNLOADER, {"url": URL, "task": "metadata-only"}, {"mode": "metadata"}),
        (
            DOWNLOADER,
            {"url": URL, "task": "comments", "commentsPages": 3},
            {"mode": "comments", "maxComments": 60},
        ),
        (DOWNLOADER, {"url": URL, "task": "channel-list"}, {"mode": "list"}),
        (DOWNLOADER, {"url": URL, "proxy": None, "source": "", "task": None}, {}),
        (
            DOWNLOADER,
            {
                "url": URL,
                "proxy": {
                    "id": "p1",
                    "server": "proxy.example",
                    "port": "8080",
                    "protocol": "http",
                    "username": "us@er",
                    "password": "p:w",
                    "nodeUrl": "",
                },
            },
            {"proxy": "http://us%40er:p%3Aw@proxy.example:8080"},
        ),
        (
            DOWNLOADER,
            {"url": URL, "proxy": {**PROXY, "password": 1234}},
            {"proxy": "http://:1234@p.example:80"},
        ),
        *((DOWNLOADER, {"url": URL, "proxy": none}, {}) for none in NOTHING),
        *(
            (COMPOSER, {"templateConfig": {"fontScale": scale}}, {"theme": {"scale": nearest}})
            for scale, nearest in ((0.5, 0.75), (1.25, 1.25), (10**400, 1.5))
        ),
        (
            DOWNLOADER,
            {"url": URL, "proxy": {"server": "2001:db8::1", "port": 1080, "protocol": "socks5"}},
            {"proxy": "socks5://[2001:db8::1]:1080"},
        ),
    ],
)
def test_our_containers_understand_their_words(
    engine: str, theirs: dict[str, Any], ours: dict[str, Any]
) -> None:
    """Missing in *ours*: what a job of ours has that leaves all else out."""
    assert understood(engine, theirs) == stored(engine, ours)


@pytest.mark.parametrize(
    ("engine", "theirs", "field"),
    [
        (BURNER, {"subtitleConfig": {"fontSize": 200}}, "style.fontSize"),
        (BURNER, {"subtitleConfig": {"blink": True}}, "subtitleConfig"),
        (BURNER, {"subtitleConfig": {"timeSegmentEffects": "all"}}, "subtitleConfig"),
        (BURNER, {"style.fontSize": 20}, "style.fontSize"),
        (BURNER, {"style": {"fontSize": None}}, "style.fontSize"),
        (
            BURNER,
            {"subtitleConfig": {"timeSegmentEffects": [{"startTime": 0, "endTime": 1, "zoom": 2}]}},
            "subtitleConfig",
        ),
        *(
            (BURNER, {"subtitleConfig": {"fontSize": 20}, name: odd}, name)
            for name in ("style", "hint")
            for odd in ODD
        ),
        (BURNER, {"subtitleConfig": {"fontSize": 20}, "style": None}, "style"),
        *((BURNER, {"subtitleConfig": odd}, "subtitleConfig") for odd in ODD),
        (COMPOSER, {"templateId": "thread-forum"}, "templateId"),
        *((COMPOSER, {"templateConfig": odd}, "templateConfig") for odd in ODD),
        *((COMPOSER, {"templateConfig": {"fontScale": odd}}, "theme.scale") for odd in ("2", True)),
        (COMPOSER, {"proxy": {"server": "p", "port": 1, "protocol": "http"}}, "proxy"),
        (DOWNLOADER, {"url": URL, "quality": "4k"}, "quality"),
        (DOWNLOADER, {"url": URL, "task": "dance"}, "task"),
        (DOWNLOADER, {"url": URL, "commentsPages": 0}, "commentsPages"),
        (DOWNLOADER, {"url": URL, "proxy": {"protocol": "vmess", "nodeUrl": "vmess://x"}}, "proxy"),
        *(
            (DOWNLOADER, {"url": URL, "proxy": {**PROXY, name: odd}}, "proxy")
            for name, several in {
                "server": (None, "", 1, "http://p.example", "u@p.example", "p example", "p/1"),
                "port": (None, "", "http", 8080.5, True, -1, 70_000, "٣"),
                "protocol": (None, "", "ssh", [], {}, True),
                "username": (True, 1.5, ["u"], {"a": 1}),
            }.items()
            for odd in several
        ),
        (DOWNLOADER, {"url": URL, "proxy": float("nan")}, "proxy"),
        (DOWNLOADER, {"url": URL, "proxy": [PROXY]}, "proxy"),
    ],
)
def test_what_of_theirs_can_t_be_done_is_refused_by_its_name(
    engine: str, theirs: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        understood(engine, theirs)

    assert field in {".".join(map(str, e["loc"])) for e in refused.value.errors()}


@pytest.mark.parametrize(
    ("engine", "given"),
    [
        (BURNER, {"style": {"fontSize": 20}, "hint": {"text": "Hi"}, "segments": []}),
        (COMPOSER, {"template": "vertical", "watermark": {"text": "me"}}),
        (DOWNLOADER, {"mode": "comments", "maxComments": 20, "proxy": "http://p.example:1"}),
    ],
)
def test_our_own_words_stay_as_they_are(engine: str, given: dict[str, Any]) -> None:
    options = stored(engine, given)

    assert understood(engine, options) == options
