"""What a job's document says of its result: names of files, when it began, what it cost."""

import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.app.stage import DOWNLOAD, START_MS, Stage
from tests.platform.loop import run


def ended(stage: Stage, job_id: str, metadata: object, *files: str) -> dict[str, Any]:
    """Have a job end with *files* and this *metadata*; return its document."""
    told: Any = stage.outputs(job_id, "metadata.json", *files)
    run(stage.objects.put_text(told["metadata"]["key"], json.dumps(metadata), "application/json"))
    assert stage.tell(stage.event(job_id, 3, "completed", outputs=told)).status == 200
    return stage.send("GET", f"/api/jobs/{job_id}").json


def names(job: dict[str, Any]) -> dict[str, str]:
    return {slot: item["fileName"] for slot, item in job["artifacts"].items()}


def media_in(stage: Stage, language: str) -> str:
    """Return a media called Clip whose subtitles are in *language*."""
    media_id = stage.media_with_inputs()
    item = stage.send("GET", f"/api/media/{media_id}").json["inputs"]["subtitles"]
    path = f"/api/media/{media_id}/inputs/{item['inputId']}"
    assert stage.send("PATCH", path, {"language": language}).status == 200
    return media_id


def test_a_burned_video_is_named_after_its_media_and_the_subtitles_that_are_in_it(
    stage: Stage,
) -> None:
    job_id = stage.job({"engine": "burner-ffmpeg", "mediaId": media_in(stage, "zh")})

    job = ended(stage, job_id, {}, "video.mp4", "poster.jpg")

    assert names(job) == {
        "video": "Clip.zh.burned.mp4",
        "poster": "Clip.zh.burned.poster.jpg",
        "metadata": "Clip.zh.burned.metadata.json",
    }
    linked = parse_qs(urlsplit(job["artifacts"]["video"]["downloadUrl"]).query)
    assert linked["filename"] == ["Clip.zh.burned.mp4"]


def test_each_track_of_a_download_has_its_language_in_its_name_and_the_video_none(
    stage: Stage,
) -> None:
    tracks = [{"language": name, "automatic": False} for name in ("fr", "de")]
    metadata = {"title": "Bees", "subtitles": tracks[0], "subtitleTracks": tracks}

    job = ended(stage, stage.job(), metadata, "video.mp4", "subtitles.vtt", "subtitles2.vtt")

    assert names(job) == {
        "video": "Bees.mp4",
        "subtitles": "Bees.fr.vtt",
        "subtitles2": "Bees.de.vtt",
        "metadata": "Bees.metadata.json",
    }


def test_a_translation_is_named_by_what_it_is_in_and_not_by_what_it_was_made_of(
    stage: Stage,
) -> None:
    options = {"mode": "subtitles", "to": "fr"}
    document = {"engine": "subtitle-translator", "mediaId": media_in(stage, "en")}
    job_id = stage.job({**document, "options": options})

    metadata = {"subtitles": {"language": "fr"}, "tokensIn": 900, "cost": 0.25}
    job = ended(stage, job_id, metadata, "subtitles.vtt", "translation.json")

    assert names(job)["subtitles"] == "Clip.fr.vtt"
    assert names(job)["translation"] == "Clip.fr.translation.json"
    assert (job["cost"]["tokensIn"], job["cost"]["cost"]) == (900, 0.25)


def test_a_version_is_saved_under_the_name_of_its_media(stage: Stage) -> None:
    media_id = media_in(stage, "zh")
    inputs = stage.send("GET", f"/api/media/{media_id}").json["inputs"]

    def saved(slot: str) -> str:
        path = f"/api/media/{media_id}/inputs/{inputs[slot]['inputId']}/content"
        return stage.send("GET", path).headers["content-disposition"].split('"')[1]

    assert [saved("video"), saved("subtitles"), saved("comments-data")] == [
        *("Clip.mp4", "Clip.zh.vtt", "Clip.comments-data.json")
    ]


def test_a_job_says_when_it_left_the_queue_so_that_waiting_is_not_counted(stage: Stage) -> None:
    job_id = stage.job()
    stage.tell(stage.event(job_id, 1, "queued", cause="submitted"))
    stage.now_ms += 60_000
    stage.tell(stage.event(job_id, 2, "preparing"))
    stage.now_ms += 5_000

    job = ended(stage, job_id, {}, "video.mp4")

    times = [job[name] - START_MS for name in ("createdAt", "startedAt", "finishedAt")]
    assert times == [0, 60_000, 65_000]


def test_jobs_are_found_by_words_of_their_media_s_title_with_every_other_filter(
    stage: Stage,
) -> None:
    def job_of(title: str, days: int) -> str:
        media_id = stage.send("POST", "/api/media", {"title": title}).json["mediaId"]
        stage.now_ms = START_MS + days * 86_400_000
        return stage.job({**DOWNLOAD, "mediaId": media_id})

    bees, talk, later = job_of("How bees fly", 0), job_of("Board meeting", 1), job_of("BEES II", 2)
    stage.tell(stage.event(later, 1, "failed"))

    def found(**query: str | int) -> list[str]:
        items = stage.send("GET", f"/api/jobs?{urlencode(query)}").json["items"]
        return [item["jobId"] for item in items]

    assert found(query=" bees ") == [later, bees]
    assert found(query="meeting") == [talk]
    assert found(query="bees", status="failed") == [later]
    day = START_MS + 86_400_000
    assert found(query="bees", createdBefore=day) == [bees]
    assert found(createdAfter=day) == [later, talk]
    assert found(query="100%") == found(query="_") == []
    assert stage.send("GET", f"/api/jobs/{bees}").json["mediaTitle"] == "How bees fly"
