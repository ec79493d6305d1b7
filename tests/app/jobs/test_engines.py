"""The engines, as the API tells of them."""

from media_jobs.engines import ENGINES
from tests.app.stage import Stage


def test_the_engines_are_listed_with_their_words_inputs_and_outputs(stage: Stage) -> None:
    answered = stage.send("GET", "/api/engines")

    assert answered.status == 200
    engines = {item["engine"]: item for item in answered.json["items"]}
    assert set(engines) == set(ENGINES)
    translator = engines["subtitle-translator"]
    assert translator["inputs"] == ["subtitles", "comments-data"]
    assert translator["optionalInputs"] == []
    burner, downloader = engines["burner-ffmpeg"], engines["media-downloader"]
    assert burner["words"] == {
        "en": {"title": "Burn subtitles", "running": "Burning"},
        "zh": {"title": "烧录字幕", "running": "烧录中"},
    }
    assert (burner["inputs"], burner["mediaRequired"]) == (["video", "subtitles"], True)
    assert burner["optionalInputs"] == ["subtitles-secondary"]
    assert (downloader["inputs"], downloader["mediaRequired"]) == ([], False)
    assert downloader["modes"] == ["full", "audio", "metadata", "comments", "list"]
    assert [one["slot"] for one in downloader["outputs"] if one["required"]] == [
        "video",
        "metadata",
    ]
    assert {one["slot"]: one["becomes"] for one in downloader["outputs"] if one["becomes"]} == {
        "video": "video",
        "subtitles": "subtitles",
        **{f"subtitles{number}": "subtitles" for number in range(2, 6)},
        "comments": "comments-data",
        "thumbnail": "thumbnail",
    }
