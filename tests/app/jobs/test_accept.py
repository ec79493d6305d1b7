"""Accepting, showing and canceling jobs."""

import asyncio
import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from media_jobs.manifest import JobManifest
from tests.app.stage import DOWNLOAD, SECRET, START_MS, VTT, Answered, Stage
from tests.platform.loop import run
from tests.platform.network import PeerCall, Script, answering, unreachable

URL = "https://video.test/watch?v=1"


# --- validation -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("engine", "missing"),
    [("burner-ffmpeg", ["video", "subtitles"]), ("renderer-remotion", ["video", "comments-data"])],
)
def test_missing_inputs_are_named_also_an_upload_that_was_not_completed(
    stage: Stage, engine: str, missing: list[str]
) -> None:
    media_id = stage.send("POST", "/api/media", {}).json["mediaId"]
    stage.send("POST", f"/api/media/{media_id}/uploads", {"sizeBytes": 5})

    answered = stage.send("POST", "/api/jobs", {"engine": engine, "mediaId": media_id})

    assert (answered.status, answered.json["code"]) == (409, "missing_inputs")
    assert answered.json["missing"] == missing
    assert stage.objects.stored == {}


# --- accepting ------------------------------------------------------------------------------------


def test_an_accepted_job_is_answered_with_its_place(stage: Stage) -> None:
    answered = stage.send("POST", "/api/jobs", DOWNLOAD)

    document = answered.json
    assert answered.status == 201
    assert answered.headers["location"] == f"/api/jobs/{document['jobId']}"
    assert document["options"].items() >= {"url": URL, "maxHeight": 1080}.items()
    assert document == {
        "jobId": document["jobId"],
        "mediaId": document["mediaId"],
        "mediaTitle": URL,
        "engine": "media-downloader",
        "generation": 1,
        "eventSeq": 0,
        "options": document["options"],
        "inputs": {},
        "waitsFor": [],
        "status": "queued",
        "phase": None,
        "progress": 0.0,
        "attempt": 0,
        "error": None,
        "accepted": True,
        "imported": False,
        "handoverError": None,
        "deadLetters": 0,
        "queue": None,
        "artifacts": {},
        "artifactsExpiredAt": None,
        "requestId": None,
        "createdAt": START_MS,
        "updatedAt": START_MS,
        "startedAt": None,
        "finishedAt": None,
        "cost": None,
    }
    assert stage.send("GET", answered.headers["location"]).json == document


def test_the_manifest_is_written_before_the_row_and_the_row_before_the_handover(
    stage: Stage,
) -> None:
    seen: list[tuple[list[str], int]] = []

    async def look(call: PeerCall) -> None:
        rows = stage.database.look("SELECT * FROM jobs WHERE job_id = ?", call.message["jobId"])
        seen.append((list(stage.objects.stored), len(rows)))

    stage.orchestrator.during["/jobs"] = look
    job_id = stage.job()
    refusing = Stage()
    refusing.database.sqlite.execute("DROP TABLE job_events")
    refusing.database.sqlite.execute("DROP TABLE jobs")
    refused = refusing.send("POST", "/api/jobs", DOWNLOAD)

    assert (refused.status, refused.json["code"]) == (503, "migration_missing")
    assert seen == [([f"manifests/jobs/{job_id}.json"], 1)]
    assert len(refusing.objects.stored) == 1
    assert refusing.orchestrator.calls == []


def test_without_a_manifest_there_is_no_row(stage: Stage) -> None:
    stage.objects.down = True
    with pytest.raises(OSError, match="The bucket is down"):
        stage.job()

    assert stage.database.look("SELECT * FROM jobs") == []
    assert stage.database.look("SELECT * FROM media") == []


@pytest.mark.parametrize(
    ("engine", "options", "inputs"),
    [
        ("burner-ffmpeg", {"bilingual": True}, {"video": "video", "subtitles": "subtitles.vtt"}),
        (
            "renderer-remotion",
            {"template": "vertical"},
            {"video": "video", "comments-data": "comments.json"},
        ),
        ("media-downloader", {"url": URL, "cookies": "a=b", "maxBytes": 10}, {}),
    ],
)
def test_the_manifest_is_readable_by_the_core_and_has_all_that_was_asked(
    stage: Stage, engine: str, options: dict[str, object], inputs: dict[str, str]
) -> None:
    media_id = stage.media_with_inputs()

    job_id = stage.job({"engine": engine, "mediaId": media_id, "options": options})

    stored = stage.objects.stored[f"manifests/jobs/{job_id}.json"]
    manifest = JobManifest.model_validate_json(stored.body)
    assert stored.content_type == "application/json"
    assert (manifest.job_id, manifest.media_id, manifest.engine) == (job_id, media_id, engine)
    assert manifest.created_at == START_MS
    assert {**manifest.options, **options} == manifest.options
    assert {slot: item.key.rsplit("/", 1)[-1] for slot, item in manifest.inputs.items()} == inputs
    assert all(item.key in stage.objects.stored for item in manifest.inputs.values())


def test_a_job_takes_the_newest_version_of_its_inputs(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    stage.now_ms += 1000
    newer = stage.send("PUT", f"/api/media/{media_id}/subtitles", VTT.encode()).json

    job_id = stage.job({"engine": "burner-ffmpeg", "mediaId": media_id})

    manifest = stage.manifest(job_id)
    assert newer["inputId"] in manifest["inputs"]["subtitles"]["key"]


# --- two tracks -----------------------------------------------------------------------------------


def tracks(stage: Stage) -> tuple[str, str, str]:
    """Return a media with a video, and its versions of subtitles, English and then Chinese."""
    media_id = stage.media_with_inputs()
    made = []
    for language in ("en", "zh-Hans"):
        stage.now_ms += 1
        door = f"/api/media/{media_id}/subtitles?language={language}"
        made.append(stage.send("PUT", door, f"{VTT}{language}".encode()).json["inputId"])
    return media_id, made[0], made[1]


def burn(stage: Stage, media_id: str, **inputs: str | None) -> Answered:
    slots = {name.replace("_", "-"): version for name, version in inputs.items()}
    body = {"engine": "burner-ffmpeg", "mediaId": media_id, "inputs": slots}
    return stage.send("POST", "/api/jobs", body)


def test_a_job_of_two_tracks_reads_both_in_their_languages(stage: Stage) -> None:
    media_id, english, chinese = tracks(stage)

    answered = burn(stage, media_id, subtitles=chinese, subtitles_secondary=english)

    assert answered.status == 201
    assert answered.json["inputs"]["subtitles"] == chinese
    assert answered.json["inputs"]["subtitles-secondary"] == english
    inputs = stage.manifest(answered.json["jobId"])["inputs"]
    first, second = inputs["subtitles"], inputs["subtitles-secondary"]
    assert (chinese in first["key"], first["language"]) == (True, "zh-Hans")
    assert (english in second["key"], second["language"]) == (True, "en")
    assert "language" not in inputs["video"]


def test_who_names_nothing_gets_the_newest_version_alone_whatever_its_language(
    stage: Stage,
) -> None:
    media_id, _, chinese = tracks(stage)

    for inputs in ({}, {"subtitles_secondary": None}):
        answered = burn(stage, media_id, **inputs)

        read = answered.json["inputs"]
        assert (read["subtitles"], set(read)) == (chinese, {"video", "subtitles"})


def test_a_second_track_alone_twice_or_of_another_kind_is_refused(stage: Stage) -> None:
    media_id, english, chinese = tracks(stage)
    stage.now_ms += 1
    path = f"/api/media/{media_id}/inputs/{english}/restore"
    again = stage.send("POST", path).json["inputId"]
    video = stage.send("GET", f"/api/media/{media_id}").json["inputs"]["video"]["inputId"]
    other_media = tracks(stage)[1]

    def refused(**inputs: str) -> tuple[int, str]:
        answered = burn(stage, media_id, **inputs)
        return answered.status, answered.json["errors"][0]["field"]

    second = "inputs.subtitles-secondary"
    assert refused(subtitles_secondary=chinese) == (400, "inputs.subtitles")
    assert refused(subtitles=english, subtitles_secondary=english) == (409, second)
    assert refused(subtitles=english, subtitles_secondary=again) == (409, second)
    assert refused(subtitles=english, subtitles_secondary=video) == (409, second)
    assert refused(subtitles=english, subtitles_secondary=other_media) == (409, second)


def test_a_job_keeps_the_language_that_its_track_had(stage: Stage) -> None:
    media_id, english, chinese = tracks(stage)
    job_id = burn(stage, media_id, subtitles=english, subtitles_secondary=chinese).json["jobId"]
    stage.send("PATCH", f"/api/media/{media_id}/inputs/{chinese}", {"language": "ja"})
    stage.tell(stage.event(job_id, 1, "failed"))

    assert stage.send("POST", f"/api/jobs/{job_id}/retry").status == 200

    inputs = stage.manifest(job_id)["inputs"]
    assert inputs["subtitles-secondary"]["language"] == "zh-Hans"


def test_a_download_without_a_media_makes_one(stage: Stage) -> None:
    job_id = stage.job()

    media = stage.send("GET", f"/api/media/{stage.row(job_id)['media_id']}").json
    assert (media["title"], media["sourceUrl"]) == (URL, URL)


def test_cookies_and_proxy_are_shown_to_nobody(stage: Stage) -> None:
    options = {"url": URL, "cookies": "session=hunter2", "proxy": "http://user:hunter2@p.test"}

    answered = stage.send("POST", "/api/jobs", {"engine": "media-downloader", "options": options})

    assert answered.status == 201
    assert "hunter2" not in answered.text
    assert "hunter2" not in repr(stage.log)
    assert "hunter2" not in "\n".join(stage.database.sqlite.iterdump())


# --- idempotency ----------------------------------------------------------------------------------

KEY = {"idempotency-key": "key-1"}


def test_the_same_key_and_body_give_the_same_job_as_it_is_by_now(stage: Stage) -> None:
    first = stage.send("POST", "/api/jobs", DOWNLOAD, headers=KEY)
    again = stage.send("POST", "/api/jobs", DOWNLOAD, headers=KEY)
    stage.tell(stage.event(first.json["jobId"], 1, "running"))
    later = stage.send("POST", "/api/jobs", DOWNLOAD, headers=KEY).json

    assert (first.status, again.status) == (201, 200)
    assert again.json == first.json
    assert again.headers["location"] == first.headers["location"]
    assert (later["jobId"], later["status"]) == (first.json["jobId"], "running")
    assert len(stage.orchestrator.to("/jobs")) == 1
    assert len(stage.database.look("SELECT * FROM media")) == 1


def test_the_same_key_with_another_body_is_refused(stage: Stage) -> None:
    stage.send("POST", "/api/jobs", DOWNLOAD, headers=KEY)
    other = {**DOWNLOAD, "options": {"url": "https://video.test/2"}}

    answered = stage.send("POST", "/api/jobs", other, headers=KEY)

    assert (answered.status, answered.json["code"]) == (409, "idempotency_key_reused")
    assert len(stage.database.look("SELECT * FROM jobs")) == 1


def test_a_key_belongs_to_its_token(stage: Stage) -> None:
    first = stage.send("POST", "/api/jobs", DOWNLOAD, headers=KEY, token="token-submit")
    other = stage.send("POST", "/api/jobs", DOWNLOAD, headers=KEY, token="token-admin")

    assert (first.status, other.status) == (201, 201)
    assert first.json["jobId"] != other.json["jobId"]


def test_a_key_of_a_refused_request_can_be_used_again(stage: Stage) -> None:
    refused = stage.send("POST", "/api/jobs", {"engine": "burner-ffmpeg"}, headers=KEY)
    accepted = stage.send("POST", "/api/jobs", DOWNLOAD, headers=KEY)

    assert (refused.status, accepted.status) == (400, 201)


@pytest.mark.parametrize("key", ["", "k" * 201])
@pytest.mark.parametrize(
    ("path", "body"), [("/api/jobs", DOWNLOAD), ("/api/jobs/batch", {"jobs": [DOWNLOAD]})]
)
def test_a_key_has_1_to_200_characters(
    stage: Stage, path: str, body: dict[str, object], key: str
) -> None:
    answered = stage.send("POST", path, body, headers={"idempotency-key": key})

    assert answered.status == 400
    assert answered.json["errors"][0]["field"] == "Idempotency-Key"


def _at_once(stage: Stage, bodies: list[object]) -> list[Any]:
    async def submit() -> list[Any]:
        calls = [stage.call("POST", "/api/jobs", body, headers=KEY) for body in bodies]
        return await asyncio.gather(*calls)

    return run(submit())


def test_twenty_concurrent_requests_with_one_key_make_one_job(stage: Stage) -> None:
    answers = _at_once(stage, [DOWNLOAD] * 20)

    assert sorted(answer.status for answer in answers) == [200] * 19 + [201]
    assert len({answer.json["jobId"] for answer in answers}) == 1
    assert len(stage.database.look("SELECT * FROM jobs")) == 1
    assert len(stage.database.look("SELECT * FROM media")) == 1
    assert len(stage.orchestrator.to("/jobs")) == 1


def test_of_concurrent_requests_with_one_key_and_two_bodies_one_is_refused(stage: Stage) -> None:
    other = {**DOWNLOAD, "options": {"url": "https://video.test/2"}}

    answers = _at_once(stage, [DOWNLOAD, other])

    assert sorted(answer.status for answer in answers) == [201, 409]
    refused = next(answer for answer in answers if answer.status == 409)
    assert refused.json["code"] == "idempotency_key_reused"


# --- showing --------------------------------------------------------------------------------------


def test_a_completed_job_has_links_that_are_signed_and_expire(stage: Stage) -> None:
    job_id = stage.job()
    outputs = stage.outputs(job_id, "video.mp4", size_bytes=9)
    stage.tell(stage.event(job_id, 1, "completed", progress=1.0, outputs=outputs))

    artifact = stage.send("GET", f"/api/jobs/{job_id}").json["artifacts"]["video"]

    url = urlsplit(artifact["url"])
    query = dict(parse_qsl(url.query))
    signature = query.pop("sig")
    signed = f"artifact {url.path}?{url.query.rpartition('&sig=')[0]}".encode()
    assert f"{url.scheme}://{url.netloc}{url.path}" == (
        f"https://orch.test/artifacts/{job_id}/video"
    )
    assert query == {
        "exp": str(START_MS // 1000 + 900),
        "filename": f"{job_id}.mp4",
        "key": f"media/{stage.row(job_id)['media_id']}/downloads/{job_id}/1-1/video.mp4",
        "size": "9",
        "type": "video/mp4",
        "etag": "e",
    }
    assert signature == hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert artifact["expiresAt"] == START_MS + 900_000
    assert (artifact["sizeBytes"], artifact["contentType"]) == (9, "video/mp4")


def test_a_share_has_its_own_expiry_and_no_scope_but_submit_makes_one(stage: Stage) -> None:
    job_id = stage.job()
    outputs = stage.outputs(job_id, "video.mp4", size_bytes=9)
    stage.tell(stage.event(job_id, 1, "completed", progress=1.0, outputs=outputs))
    path = f"/api/jobs/{job_id}/share"

    def asked(body: object) -> Answered:
        return stage.send("POST", path, body, token="token-submit")

    hour = asked({"expiresInS": 3600})
    linked = dict(parse_qsl(urlsplit(hour.json["url"]).query))

    assert (hour.status, hour.json["expiresAt"]) == (201, START_MS + 3_600_000)
    assert linked["exp"] == str(START_MS // 1000 + 3600)
    assert asked({}).json["expiresAt"] == START_MS + 86_400_000
    for wrong in ({"expiresInS": 59}, {"expiresInS": 30 * 86_400 + 1}, {"slot": "../video"}):
        assert asked(wrong).status == 400, wrong
    assert asked({"slot": "audio"}).status == 409
    assert stage.send("POST", path, {}, token="token-read").status == 403


# --- canceling ------------------------------------------------------------------------------------


def test_canceling_asks_the_orchestrator_by_a_signed_message(stage: Stage) -> None:
    job_id = stage.job()

    answered = stage.send("POST", f"/api/jobs/{job_id}/cancel")

    (call,) = stage.orchestrator.to(f"/jobs/{job_id}/cancel")
    assert answered.status == 200
    assert call.is_signed_with(SECRET)
    assert (call.message["type"], call.message["jobId"]) == ("job.cancel", job_id)


@pytest.mark.parametrize("status", ["completed", "failed", "canceled"])
def test_canceling_a_job_that_has_ended_changes_nothing_and_asks_nobody(
    stage: Stage, status: str
) -> None:
    job_id = stage.job()
    stage.tell(stage.event(job_id, 1, status))
    before = stage.row(job_id)

    answered = stage.send("POST", f"/api/jobs/{job_id}/cancel")

    assert (answered.status, answered.json["status"]) == (200, status)
    assert stage.row(job_id) == before
    assert stage.orchestrator.to(f"/jobs/{job_id}/cancel") == []


def test_a_job_that_the_orchestrator_never_had_is_canceled_here(stage: Stage) -> None:
    stage.orchestrator.script = unreachable
    job_id = stage.job()
    stage.orchestrator.script = answering(404, {"error": "not_found"})
    stage.now_ms += 5000

    answered = stage.send("POST", f"/api/jobs/{job_id}/cancel").json

    assert (answered["status"], answered["finishedAt"]) == ("canceled", START_MS + 5000)
    stage.now_ms += 10**9
    assert stage.sweep() == 0


@pytest.mark.parametrize("script", [unreachable, *map(answering, (401, 404, 429, 500))])
def test_a_cancellation_that_is_refused_or_reaches_nobody_says_so_and_can_be_repeated(
    stage: Stage, script: Script
) -> None:
    job_id = stage.job()
    stage.orchestrator.script = script
    answered = stage.send("POST", f"/api/jobs/{job_id}/cancel")
    stage.orchestrator.script = answering(200)
    again = stage.send("POST", f"/api/jobs/{job_id}/cancel")

    assert (answered.status, answered.json["code"]) == (502, "upstream_failed")
    assert stage.row(job_id)["status"] == "queued"
    assert again.status == 200


# --- a job of newer code, which was rolled back ---------------------------------------------------


def _of_newer_code(stage: Stage, accepted: int) -> str:
    job_id = stage.job()
    stage.database.sqlite.execute(
        "UPDATE jobs SET engine = 'media-upscaler', accepted = ?, check_ms = 1", (accepted,)
    )
    return job_id


def test_a_job_whose_engine_is_not_known_is_shown_with_the_others(stage: Stage) -> None:
    job_id = _of_newer_code(stage, accepted=1)
    other_id = stage.job()

    listed = stage.send("GET", "/api/jobs").json["items"]
    document = stage.send("GET", f"/api/jobs/{job_id}").json

    assert [item["jobId"] for item in listed] == [other_id, job_id]
    assert (document["engine"], document["status"]) == ("media-upscaler", "queued")
    for path in ("/why", "/events"):
        assert stage.send("GET", f"/api/jobs/{job_id}{path}").status == 200


def test_a_job_whose_engine_is_not_known_waits_for_code_that_knows_it(stage: Stage) -> None:
    job_id = _of_newer_code(stage, accepted=0)
    calls = len(stage.orchestrator.calls)

    assert stage.sweep() == 1

    document = stage.send("GET", f"/api/jobs/{job_id}").json
    assert (document["status"], document["accepted"]) == ("queued", False)
    assert document["handoverError"] == "this version does not know the engine media-upscaler"
    assert len(stage.orchestrator.calls) == calls
