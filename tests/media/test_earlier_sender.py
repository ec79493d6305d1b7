"""Our containers behind the earlier system's orchestrator, by a description of what it sends."""

import json
from pathlib import Path
from typing import Any

import pytest

from dev.engines.stage import RunningEngine, Surroundings
from tests.media.burning import Burner, vtt
from tests.media.composing import Composer
from tests.media.downloading import Downloader
from tests.media.pictures import H264, ffmpeg

pytestmark = pytest.mark.long

SNAPSHOT = {
    "videoInfo": {
        "title": "A talk",
        "translatedTitle": "演讲",
        "viewCount": 12,
        "author": "Somebody",
        "thumbnail": "https://a.example/t.jpg",
        "series": "talks",
    },
    "comments": [
        {
            "id": "c1",
            "author": "Ann",
            "authorThumbnail": "",
            "content": "Well said",
            "translatedContent": "说得好",
            "likes": 3,
            "replyCount": 0,
        }
    ],
}


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a clip of 2 s with a tone, and the comments in the earlier system's form."""
    folder = tmp_path_factory.mktemp("clips")
    picture = ("-f", "lavfi", "-i", "testsrc=s=320x180:r=25:d=2")
    tone = ("-f", "lavfi", "-i", "sine=440:d=2:r=44100")
    ffmpeg(*picture, *tone, *H264, "-c:a", "aac", str(folder / "clip.mp4"))
    (folder / "latest.json").write_text(json.dumps(SNAPSHOT))
    return folder


def sent(
    container: RunningEngine, world: Surroundings, job_id: str, **message: object
) -> dict[str, Any]:
    """Send a start call as that orchestrator does, without a type; return the last callback."""
    callback = world.url(f"callbacks/container?job={job_id}")
    named = {"jobId": job_id, "mediaId": "med_stage", "callbackUrl": callback}
    answer = container.post("/render", {**named, **message})
    assert answer.status_code == 202, answer.text
    return world.end_of(job_id)


def test_a_burn_in_the_earlier_words_is_made(burns: Burner, clips: Path, tmp_path: Path) -> None:
    cues = tmp_path / "two-lines.vtt"
    cues.write_text(vtt((0, 2, "Hello\n你好")))
    burns.world.files |= {"clip.mp4": clips / "clip.mp4", cues.name: cues}
    config = {
        "fontSize": 40,
        "textColor": "#fff",
        "backgroundColor": "#000000",
        "backgroundOpacity": 0.5,
        "outlineColor": "#000",
        "timeSegmentEffects": [
            {"id": "1", "startTime": 0.5, "endTime": 1, "muteAudio": True, "blackScreen": True}
        ],
        "hintTextConfig": {"enabled": True, "text": "A hint", "animation": "fade-in"},
    }

    end = sent(
        burns.engine,
        burns.world,
        "job_burn",
        engine="burner-ffmpeg",
        engineOptions={"subtitleConfig": config},
        inputVideoUrl=burns.world.url("clip.mp4"),
        inputVttUrl=burns.world.url(cues.name),
        outputPutUrl=burns.world.url("burned.mp4"),
        outputVideoKey="media/med_stage/outputs/job_burn/video.mp4",
    )

    assert (end["status"], end.get("error")) == ("completed", None)
    assert end["outputs"]["video"]["key"] == "media/med_stage/outputs/job_burn/video.mp4"
    assert burns.world.stored["burned.mp4"].body


def test_comments_in_the_earlier_form_are_shown(composes: Composer) -> None:
    end = sent(
        composes.engine,
        composes.world,
        "job_comments",
        engine="renderer-remotion",
        engineOptions={"templateId": "comments-vertical", "sourcePolicy": "auto", "proxy": None},
        inputVideoUrl=composes.world.url("clip.mp4"),
        inputDataUrl=composes.world.url("latest.json"),
        outputPutUrl=composes.world.url("comments.mp4"),
        outputVideoKey="comments.mp4",
    )

    assert (end["status"], end.get("error")) == ("completed", None)
    video = end["outputs"]["video"]
    assert (video["width"], video["height"]) == (1080, 1920)


def test_a_download_in_the_earlier_words_is_made_and_a_fault_is_a_text(
    downloads: Downloader,
) -> None:
    def download(job_id: str, **options: object) -> dict[str, Any]:
        slots = {"Video": "video", "Audio": "wav", "AudioSource": "mka", "Metadata": "json"}
        urls = {f"output{s}PutUrl": downloads.world.url(f"{job_id}/{s}") for s in slots}
        keys = {f"output{s}Key": f"{job_id}/{s}" for s in slots if s != "Audio"}
        return sent(
            downloads.engine,
            downloads.world,
            job_id,
            engine="media-downloader",
            engineOptions={"quality": "720p", "task": "", "proxy": None, **options},
            outputAudioProcessedKey=f"{job_id}/Audio",
            **urls,
            **keys,
        )

    end = download("job_full", url=downloads.world.url("clip.mp4"))
    missing = download("job_none", url=downloads.world.url("nothing.mp4"))

    assert (end["status"], end.get("error")) == ("completed", None)
    assert end["outputs"]["audio"]["key"] == "job_full/Audio"
    assert {"video", "audio", "audioSource", "metadata"} == set(end["outputs"])
    assert missing["status"] == "failed"
    assert isinstance(missing["error"], str)
    assert missing["error"]
