"""A job of each engine from the API to its result, with containers of the earlier system's kind."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.stack.api_client import COMMENTS, OPTIONS, VIDEO, VTT, ApiClient
from tests.stack.fake_container import FakeContainers

RESULT = b"the result " * 1000
CONTAINER = {
    "burner-ffmpeg": "burner",
    "renderer-remotion": "remotion",
    "media-downloader": "downloader",
}
COMMON = {
    "type",
    "jobId",
    "mediaId",
    "engine",
    "attempt",
    "callbackUrl",
    "urlsUrl",
    "inPartsAbove",
    "engineOptions",
    "ts",
    "nonce",
}
RENDERED = {"outputPutUrl", "outputVideoKey"}
FIELDS = {
    "burner-ffmpeg": {"inputVideoUrl", "inputVttUrl", *RENDERED},
    "renderer-remotion": {"inputVideoUrl", "inputDataUrl", *RENDERED},
    "media-downloader": {
        "outputVideoPutUrl",
        "outputAudioPutUrl",
        "outputAudioSourcePutUrl",
        "outputMetadataPutUrl",
        "outputVideoKey",
        "outputAudioKey",
        "outputAudioSourceKey",
        "outputMetadataKey",
    },
}


@pytest.fixture(scope="module")
def media_id(client: ApiClient) -> str:
    return client.media_with_inputs()


@pytest.mark.parametrize("engine", FIELDS)
def test_a_container_is_asked_with_every_field_of_the_contract(
    client: ApiClient, containers: FakeContainers, media_id: str, engine: str
) -> None:
    job_id = client.new_job(engine, media_id)

    render = containers.render(job_id)

    payload = render.payload
    folder = "downloads" if engine == "media-downloader" else "outputs"
    assert render.signed
    assert render.container == CONTAINER[engine]
    # More outputs may be offered, each by a URL and a key; none of these may be missing.
    assert set(payload) >= COMMON | FIELDS[engine]
    in_pieces = {"piecesUrl"} if engine == "burner-ffmpeg" else set()
    assert set(payload) >= in_pieces
    more = set(payload) - COMMON - FIELDS[engine] - in_pieces
    assert all(name.startswith("output") and name.endswith(("PutUrl", "Key")) for name in more)
    assert all(name.replace("PutUrl", "Key") in more for name in more if name.endswith("Url"))
    assert payload["type"] == "container.render"
    assert (payload["mediaId"], payload["engine"], payload["attempt"]) == (media_id, engine, 1)
    assert payload["engineOptions"].items() >= OPTIONS[engine].items()
    assert payload["outputVideoKey"] == f"media/{media_id}/{folder}/{job_id}/1-1/video.mp4"
    callback = urlsplit(payload["callbackUrl"])
    assert f"{callback.scheme}://{callback.netloc}{callback.path}" == (
        f"{client.stack.orchestrator_url}/callbacks/container"
    )
    assert set(parse_qs(callback.query)) == {"job", "attempt", "token", "sig"}
    assert re.fullmatch(r"[\x21-\x7e]{8,128}", payload["nonce"])


def test_a_containers_inputs_are_what_the_user_has_given(
    client: ApiClient, containers: FakeContainers, media_id: str
) -> None:
    burn = containers.render(client.new_job("burner-ffmpeg", media_id)).payload
    comments = containers.render(client.new_job("renderer-remotion", media_id)).payload

    assert client.http.get(burn["inputVideoUrl"]).content == VIDEO
    assert client.http.get(burn["inputVttUrl"]).content == VTT
    assert client.http.get(comments["inputVideoUrl"]).content == VIDEO
    shown = client.http.get(comments["inputDataUrl"]).json()
    assert shown["video"] == COMMENTS["video"]


def test_a_container_gets_both_tracks_of_a_job_in_their_languages(
    client: ApiClient, present_containers: FakeContainers
) -> None:
    media_id = client.media_with_inputs()
    texts = {"zh-Hans": VTT + b"\n", "en": VTT + b"\n\n"}
    versions = {
        language: client.api(
            "PUT", f"/api/media/{media_id}/subtitles?language={language}", text
        ).json()["inputId"]
        for language, text in texts.items()
    }
    inputs = {"subtitles": versions["zh-Hans"], "subtitles-secondary": versions["en"]}
    body = {"engine": "burner-ffmpeg", "mediaId": media_id, "inputs": inputs}

    job_id = client.api("POST", "/api/jobs", body).json()["jobId"]
    payload = present_containers.render(job_id).payload

    assert client.http.get(payload["inputVttUrl"]).content == texts["zh-Hans"]
    assert client.http.get(payload["inputSecondaryVttUrl"]).content == texts["en"]
    assert payload["inputLanguages"] == {"subtitles": "zh-Hans", "subtitles-secondary": "en"}
    alone = {**body, "inputs": {"subtitles-secondary": versions["en"]}}
    assert client.api("POST", "/api/jobs", alone).status_code == 400


@pytest.mark.parametrize("engine", FIELDS)
def test_a_job_goes_from_the_api_to_its_result_and_its_timeline_tells_its_life(
    client: ApiClient, containers: FakeContainers, media_id: str, engine: str
) -> None:
    job_id = client.new_job(engine, media_id)
    render = containers.render(job_id)
    for status, progress in (("preparing", 0.0), ("running", 0.4), ("running", 0.8)):
        answer = render.report(status, phase=f"{status} it", progress=progress)
        assert (answer.status_code, answer.json()) == (200, {"ok": True})
    shown = client.job_when(job_id, lambda job: bool(job["progress"] == 0.8), "at 0.8")
    done = render.finish(RESULT)

    job = client.job_in(job_id, "completed")

    assert (shown["status"], shown["phase"]) == ("running", "running it")
    assert (done.status_code, done.json()) == (200, {"ok": True})
    assert (job["progress"], job["attempt"], job["error"]) == (1.0, 1, None)
    assert job["finishedAt"] >= job["createdAt"]
    video = client.http.get(job["artifacts"]["video"]["url"])
    assert (video.status_code, video.content) == (200, RESULT)
    assert video.headers["content-type"] == "video/mp4"
    assert len(containers.renders_of(job_id)) == 1
    told = client.events(job_id)
    assert told[0]["status"] in ("fetching_metadata", "preparing"), "The app knew of the queue."
    assert told[-1]["status"] == "completed"
    assert [event["eventSeq"] for event in told] == sorted({e["eventSeq"] for e in told})
    assert [event["progress"] for event in told] == sorted(e["progress"] for e in told)


def test_a_failed_job_is_started_again_with_its_history(
    client: ApiClient, containers: FakeContainers
) -> None:
    error = {"code": "input_unreadable", "message": "No video stream.", "retryable": False}
    job_id = client.new_job()
    first = containers.render(job_id)
    first.report("failed", error=error)
    client.job_in(job_id, "failed")

    retried = client.api("POST", f"/api/jobs/{job_id}/retry")
    second = containers.render(job_id, attempt=2)
    late = first.finish(b"of the first life")
    second.finish(RESULT)

    job = client.job_in(job_id, "completed")
    assert (retried.status_code, retried.json()["generation"]) == (200, 2)
    assert late.json().get("ignored") is True or late.status_code == 410
    assert (job["generation"], job["error"]) == (2, None)
    assert second.payload["outputVideoKey"] != first.payload["outputVideoKey"]
    assert client.http.get(job["artifacts"]["video"]["url"]).content == RESULT
    events = client.events(job_id)
    told = [event["status"] for event in events]
    assert told.index("failed") < told.index("completed")
    assert [event["eventSeq"] for event in events] == sorted({e["eventSeq"] for e in events})


# --- uploads --------------------------------------------------------------------------------------


def test_an_upload_takes_the_announced_type_and_no_other(client: ApiClient) -> None:
    media_id = client.new_media()
    begun = client.api("POST", f"/api/media/{media_id}/uploads", {"sizeBytes": 3}).json()

    other = client.http.put(
        begun["url"], content=b"abc", headers={**begun["headers"], "content-type": "text/html"}
    )

    assert other.status_code == 403
