"""What a media takes over from the site that its video was downloaded from."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from app.media.names import name_from_url
from media_jobs.errors import UpstreamError
from tests.app.stage import Stage
from tests.platform.loop import run

METADATA = {
    "kind": "video",
    "id": "abc123",
    "title": "  How bees\nfind their way ",
    "uploader": "Mira",
    "webpageUrl": "https://video.test/watch?v=1",
    "durationS": 61.5,
    "uploadDate": "2026-03-01",
    "chapters": [{"title": "Waggle", "startS": 0, "endS": 30.5}, {"title": "Sun", "startS": 30.5}],
    "tools": {"ytDlp": "1"},
}
SITE = {
    "title": "How bees find their way",
    "channel": "Mira",
    "webpageUrl": "https://video.test/watch?v=1",
    "durationS": 61.5,
    "uploadDate": "2026-03-01",
    "chapters": [
        {"title": "Waggle", "startS": 0.0, "endS": 30.5},
        {"title": "Sun", "startS": 30.5},
    ],
}


def ended(stage: Stage, job_id: str, metadata: object, *files: str) -> None:
    """Have a download end whose metadata is stored as *metadata*, JSON or a text."""
    text = metadata if isinstance(metadata, str) else json.dumps(metadata)
    told: Any = stage.outputs(job_id, "metadata.json", "video.mp4", *files)
    run(stage.objects.put_text(told["metadata"]["key"], text, "application/json"))
    answered = stage.tell(stage.event(job_id, 3, "completed", outputs=told))
    assert answered.status == 200, answered.text


def media_of(stage: Stage, job_id: str) -> Any:
    return stage.send("GET", f"/api/media/{stage.row(job_id)['media_id']}").json


def languages_of(stage: Stage, job_id: str) -> list[Any]:
    media_id = stage.row(job_id)["media_id"]
    versions = stage.send("GET", f"/api/media/{media_id}/inputs?slot=subtitles").json["items"]
    return [version["language"] for version in versions]


def test_each_track_of_a_download_has_its_language(stage: Stage) -> None:
    job_id = stage.job()
    tracks = ["zh-Hant", "en-orig", "live chat"]
    taken = [{"language": name, "automatic": False} for name in tracks]
    slots = ("subtitles", "subtitles2", "subtitles3")

    ended(
        stage,
        job_id,
        {**METADATA, "subtitles": taken[0], "subtitleTracks": taken},
        *(f"{slot}.vtt" for slot in slots),
    )

    assert languages_of(stage, job_id) == ["zh-Hant", "en", None]
    newest = media_of(stage, job_id)["inputs"]["subtitles"]
    assert (newest["language"], newest["origin"], newest["parent"]) == ("zh-Hant", "site", None)


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        # As downloaders of 0.1 write it.
        ({**METADATA, "subtitles": {"language": "de", "automatic": True}}, "de"),
        (METADATA, None),
        ("no document", None),
    ],
)
def test_the_one_track_of_a_download_has_the_language_that_is_told(
    stage: Stage, metadata: object, language: str | None
) -> None:
    job_id = stage.job()

    ended(stage, job_id, metadata, "subtitles.vtt")

    assert languages_of(stage, job_id) == [language]


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"language": "pt", "subtitles": {"language": "pt"}}, "pt"),
        # A guess: nothing is to be made of it.
        ({"language": "nn", "subtitles": {"language": None}}, None),
    ],
)
def test_a_transcript_is_a_version_in_the_language_that_was_heard(
    stage: Stage, metadata: object, language: str | None
) -> None:
    media_id = stage.media_with_inputs()
    title = stage.send("GET", f"/api/media/{media_id}").json["title"]
    job_id = stage.job({"engine": "asr-pipeline", "mediaId": media_id})
    told: Any = stage.outputs(job_id, "metadata.json", "words.json", "subtitles.vtt")
    key = told["metadata"]["key"]
    run(stage.objects.put_text(key, json.dumps(metadata), "application/json"))

    answered = stage.tell(stage.event(job_id, 3, "completed", outputs=told))

    assert answered.status == 200, answered.text
    versions = stage.send("GET", f"/api/media/{media_id}/inputs?slot=subtitles").json["items"]
    assert (versions[0]["language"], versions[0]["origin"]) == (language, "transcript")
    # It says nothing of what the media is called.
    assert media_of(stage, job_id)["title"] == title


def test_u11_a_downloaded_media_is_named_as_its_site_names_the_video(stage: Stage) -> None:
    job_id = stage.job()

    ended(stage, job_id, METADATA)

    media = media_of(stage, job_id)
    assert (media["title"], media["site"]) == ("How bees find their way", SITE)
    found = stage.send("GET", "/api/media?query=bees").json["items"]
    assert [item["mediaId"] for item in found] == [media["mediaId"]]


def test_u11_a_file_that_is_saved_is_named_after_its_media(stage: Stage) -> None:
    job_id = stage.job()
    named = []
    ended(stage, job_id, {"title": 'Bees: "how" & why? 蜜蜂'})

    artifact = stage.send("GET", f"/api/jobs/{job_id}").json["artifacts"]["video"]
    named.append(parse_qs(urlsplit(artifact["downloadUrl"]).query)["filename"])
    listed = stage.send("GET", "/api/jobs").json["items"][0]["artifacts"]["video"]
    named.append(parse_qs(urlsplit(listed["url"]).query)["filename"])

    assert named == [["Bees how & why 蜜蜂.mp4"]] * 2


def test_a_name_that_a_person_has_given_stays(stage: Stage) -> None:
    job_id = stage.job()
    media_id = stage.row(job_id)["media_id"]
    stage.send("PATCH", f"/api/media/{media_id}", {"title": "Mine"})

    ended(stage, job_id, METADATA)

    media = media_of(stage, job_id)
    assert (media["title"], media["site"]["title"]) == ("Mine", "How bees find their way")


def test_a_second_download_does_not_rename_a_media(stage: Stage) -> None:
    first = stage.job()
    media_id = stage.row(first)["media_id"]
    ended(stage, first, METADATA)
    second = stage.job(
        {
            "engine": "media-downloader",
            "mediaId": media_id,
            "options": {"url": "https://video.test/2"},
        }
    )

    ended(stage, second, {**METADATA, "title": "Another"})

    media = media_of(stage, first)
    assert (media["title"], media["site"]["title"]) == ("How bees find their way", "Another")


@pytest.mark.parametrize(
    "metadata", [{"id": "x"}, {"title": ""}, {"title": None}, {"title": 7}, "no JSON", "[]"]
)
def test_without_a_title_of_the_site_the_name_stays(stage: Stage, metadata: object) -> None:
    job_id = stage.job()
    before = media_of(stage, job_id)["title"]

    ended(stage, job_id, metadata)

    assert media_of(stage, job_id)["title"] == before
    assert stage.row(job_id)["status"] == "completed"


def test_a_download_whose_metadata_is_gone_is_completed_all_the_same(stage: Stage) -> None:
    job_id = stage.job()
    told = stage.outputs(job_id, "metadata.json")

    assert stage.tell(stage.event(job_id, 3, "completed", outputs=told)).status == 200
    assert "site" not in media_of(stage, job_id)


def test_an_event_whose_metadata_could_not_be_read_comes_again(stage: Stage) -> None:
    job_id = stage.job()

    async def fail(key: str, size_bytes_max: int) -> str | None:
        raise UpstreamError("upstream_failed", part="The bucket", why="it is away")

    read = stage.objects.text
    stage.objects.text = fail  # type: ignore[method-assign]  # The bucket is away for a moment.
    told = stage.outputs(job_id, "metadata.json")
    refused = stage.tell(stage.event(job_id, 3, "completed", outputs=told))
    stage.objects.text = read  # type: ignore[method-assign]
    ended(stage, job_id, METADATA)

    assert refused.status == 502
    assert media_of(stage, job_id)["title"] == "How bees find their way"


def test_a_media_made_of_a_presigned_url_keeps_no_signature(stage: Stage) -> None:
    signed = "https://bucket.test/talk.mp4?part=2&X-Amz-Signature=5ecret&X-Amz-Credential=AK"
    job_id = stage.job({"engine": "media-downloader", "options": {"url": signed}})

    media = media_of(stage, job_id)

    assert media["title"] == "https://bucket.test/talk.mp4?part=2"
    assert media["sourceUrl"] == "https://bucket.test/talk.mp4?part=2"
    assert stage.manifest(job_id)["options"]["url"] == signed


def test_a_name_made_of_a_url_is_as_long_as_a_title_may_be() -> None:
    assert len(name_from_url("https://video.test/" + "a" * 1000)) == 300


def test_several_languages_of_subtitles_are_versions_and_the_first_is_the_media_s_own(
    stage: Stage,
) -> None:
    job_id = stage.job()
    media_id = stage.row(job_id)["media_id"]
    names = ("subtitles", "subtitles2", "subtitles3")

    ended(stage, job_id, METADATA, *(f"{name}.vtt" for name in names))

    versions = stage.send("GET", f"/api/media/{media_id}/inputs?slot=subtitles").json["items"]
    keys = stage.database.look(
        "SELECT object_key FROM inputs WHERE slot = 'subtitles' ORDER BY created_ms DESC"
    )
    assert [version["current"] for version in versions] == [True, False, False]
    assert [row["object_key"].rpartition("/")[2] for row in keys] == [
        f"{name}.vtt" for name in names
    ]


def test_the_thumbnail_of_a_download_is_the_media_s_picture(stage: Stage) -> None:
    job_id = stage.job()

    ended(stage, job_id, METADATA, "thumbnail.jpg")

    thumbnail = media_of(stage, job_id)["inputs"]["thumbnail"]
    assert thumbnail["contentType"] == "image/jpeg"


def test_a_media_that_is_deleted_keeps_nothing_of_its_site(stage: Stage) -> None:
    job_id = stage.job()
    media_id = stage.row(job_id)["media_id"]
    ended(stage, job_id, METADATA)

    stage.send("DELETE", f"/api/media/{media_id}")

    assert "How bees" not in "\n".join(stage.database.sqlite.iterdump())


def test_a_translation_is_a_version_in_its_language_made_of_the_one_that_was_read(
    stage: Stage,
) -> None:
    media_id = stage.media_with_inputs()
    source = stage.send("GET", f"/api/media/{media_id}").json["inputs"]["subtitles"]["inputId"]
    job_id = stage.job(
        {"engine": "subtitle-translator", "mediaId": media_id, "options": {"to": "es"}}
    )
    outputs = stage.outputs(job_id, "subtitles.vtt", "metadata.json")
    key = f"media/{media_id}/translations/{job_id}/1-1/metadata.json"
    stage.put(key, body=json.dumps({"subtitles": {"language": "es"}}))

    assert stage.tell(stage.event(job_id, 1, "completed", outputs=outputs)).status == 200

    newest = stage.send("GET", f"/api/media/{media_id}").json["inputs"]["subtitles"]
    assert (newest["language"], newest["origin"], newest["parent"]) == ("es", "translation", source)
    manifest = stage.manifest(job_id)
    assert set(manifest["inputs"]) == {"subtitles"}
