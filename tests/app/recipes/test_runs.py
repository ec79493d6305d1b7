"""Runs of recipes, from a link to what is burned, with a person in between."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.app.stage import VTT, Answered, Stage
from tests.platform.network import answering

URL = "https://video.test/watch?v=1"
VIDEO = {"fromStep": "download", "output": "video"}
HEARD = {"fromStep": "transcribe", "output": "subtitles"}
SPOKEN = {
    "title": {"en": "Burn what is said"},
    "parameters": [{"name": "from", "kind": "language", "sets": ["transcribe.language"]}],
    "steps": [
        {"step": "download", "engine": "media-downloader", "when": "url"},
        {"step": "transcribe", "engine": "asr-pipeline", "inputs": {"video": VIDEO}},
        {"step": "review", "review": [HEARD]},
        {
            "step": "burn",
            "engine": "burner-ffmpeg",
            "inputs": {"video": VIDEO, "subtitles": HEARD},
        },
    ],
}
FILES = {
    "download": ("video.mp4", "metadata.json"),
    "transcribe": ("subtitles.vtt", "words.json", "metadata.json"),
    "burn": ("video.mp4",),
}
DAY_MS = 24 * 3600_000


@pytest.fixture
def stage(stage: Stage) -> Stage:
    """With a recipe of its own."""
    assert stage.send("PUT", "/api/recipes/spoken", SPOKEN).status == 200
    return stage


def start(stage: Stage, body: Mapping[str, object] | None = None, **more: Any) -> Answered:
    wanted = {"url": URL} if body is None else body
    return stage.send("POST", "/api/recipes/spoken/runs", wanted, **more)


def started(stage: Stage, body: Mapping[str, object] | None = None) -> str:
    answered = start(stage, body)
    assert answered.status == 201, answered.text
    run_id: str = answered.json["runId"]
    return run_id


def seen(stage: Stage, run_id: str) -> dict[str, Any]:
    return stage.send("GET", f"/api/runs/{run_id}").json


def step(stage: Stage, run_id: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(s for s in seen(stage, run_id)["steps"] if s["step"] == name)
    return found


def statuses(stage: Stage, run_id: str) -> list[str]:
    return [s.get("status") or s["state"] for s in seen(stage, run_id)["steps"]]


def end(stage: Stage, run_id: str, name: str, status: str = "completed") -> None:
    job = step(stage, run_id, name)
    outputs = stage.outputs(job["jobId"], *FILES[name])
    made = json.loads(json.dumps(outputs).replace("/1-1/", f"/{job['generation']}-1/"))
    told = {"outputs": made} if status == "completed" else {}
    seq = stage.row(job["jobId"])["event_seq"] + 1
    event = stage.event(job["jobId"], seq, status, generation=job["generation"], **told)
    answered = stage.tell({**event, "eventId": f"{job['jobId']}.{job['generation']}.{seq}"})
    assert answered.status == 200, answered.text


def rows_of(stage: Stage, table: str) -> list[dict[str, Any]]:
    return stage.database.look(f"SELECT * FROM {table}")  # noqa: S608 - a name of this file's.


def review(stage: Stage, run_id: str, decision: str, **more: object) -> Answered:
    review_id = step(stage, run_id, "review")["reviewId"]
    body = {"decision": decision, **more}
    return stage.send("POST", f"/api/runs/{run_id}/reviews/{review_id}", body)


def test_a_run_goes_from_a_link_over_a_review_to_its_end(stage: Stage) -> None:
    run_id = started(stage, {"url": URL, "parameters": {"from": "en"}})
    assert statuses(stage, run_id) == ["queued", "waiting", "waiting", "waiting"]
    assert step(stage, run_id, "transcribe")["engine"] == "asr-pipeline"
    heard_id = step(stage, run_id, "transcribe")["jobId"]
    assert json.loads(stage.row(heard_id)["options"])["language"] == "en"

    end(stage, run_id, "download")
    assert statuses(stage, run_id) == ["completed", "queued", "waiting", "waiting"]
    end(stage, run_id, "transcribe")
    assert statuses(stage, run_id) == ["completed", "completed", "requested", "waiting"]
    assert seen(stage, run_id)["status"] == "in_review"

    answered = review(stage, run_id, "approve")
    assert answered.status == 200, answered.text
    assert statuses(stage, run_id) == ["completed", "completed", "approved", "queued"]
    end(stage, run_id, "burn")
    whole = seen(stage, run_id)
    assert (whole["status"], whole["finishedAt"]) == ("completed", stage.now_ms)
    assert len({call.message["jobId"] for call in stage.orchestrator.to("/jobs")}) == 3


def test_what_a_person_edits_is_what_the_next_step_reads(stage: Stage) -> None:
    run_id = started(stage)
    end(stage, run_id, "download")
    end(stage, run_id, "transcribe")
    (track,) = step(stage, run_id, "review")["tracks"]
    assert (track["track"], track["madeId"]) == ("transcribe.subtitles", track["newestId"])
    media_id = seen(stage, run_id)["mediaId"]
    stage.now_ms += 30 * DAY_MS
    put = f"/api/media/{media_id}/subtitles"
    edited = stage.send("PUT", f"{put}?parent={track['madeId']}", VTT.encode()).json["inputId"]
    stage.now_ms += 1000
    other = stage.send("PUT", put, VTT.encode()).json["inputId"]

    assert step(stage, run_id, "review")["tracks"][0]["newestId"] == edited
    assert review(stage, run_id, "approve").status == 200

    burn = stage.send("GET", f"/api/jobs/{step(stage, run_id, 'burn')['jobId']}").json
    assert burn["inputs"]["subtitles"] == edited != other
    assert stage.manifest(burn["jobId"])["createdAt"] == stage.now_ms


def test_a_person_may_name_the_version_to_go_on_with(stage: Stage) -> None:
    run_id = started(stage)
    end(stage, run_id, "download")
    end(stage, run_id, "transcribe")
    media_id = seen(stage, run_id)["mediaId"]
    other = stage.send("PUT", f"/api/media/{media_id}/subtitles", VTT.encode()).json["inputId"]

    refused = review(stage, run_id, "approve", inputs={"transcribe.subtitles": "sub_none"})
    unknown = review(stage, run_id, "approve", inputs={"burn.video": other})
    taken = review(stage, run_id, "approve", inputs={"transcribe.subtitles": other})

    assert (refused.status, refused.json["code"]) == (409, "unfit")
    assert (unknown.status, unknown.json["errors"][0]["field"]) == (400, "inputs.burn.video")
    assert taken.status == 200
    burn = stage.send("GET", f"/api/jobs/{step(stage, run_id, 'burn')['jobId']}").json
    assert burn["inputs"]["subtitles"] == other


def test_a_review_is_told_to_webhooks_once_and_decided_once(stage: Stage) -> None:
    stage.webhook("review.requested")
    run_id = started(stage)
    early = review(stage, run_id, "approve")
    end(stage, run_id, "download")
    end(stage, run_id, "transcribe")

    told = stage.database.look("SELECT type, body FROM webhook_messages")
    first, again = review(stage, run_id, "approve"), review(stage, run_id, "approve")
    late = review(stage, run_id, "reject")

    assert (early.status, early.json["code"]) == (409, "review_not_requested")
    assert [row["type"] for row in told] == ["review.requested"]
    data = json.loads(told[0]["body"])["data"]
    assert (data["runId"], data["mediaId"]) == (run_id, seen(stage, run_id)["mediaId"])
    assert (first.status, again.status, late.status) == (200, 200, 409)


def test_a_rejected_review_cancels_what_waits_for_it_and_a_retry_asks_again(stage: Stage) -> None:
    run_id = started(stage)
    end(stage, run_id, "download")
    end(stage, run_id, "transcribe")

    assert review(stage, run_id, "reject").status == 200

    assert statuses(stage, run_id) == ["completed", "completed", "rejected", "canceled"]
    assert seen(stage, run_id)["status"] == "canceled"
    stage.send("POST", f"/api/runs/{run_id}/retry")
    assert statuses(stage, run_id) == ["completed", "completed", "requested", "waiting"]
    assert review(stage, run_id, "approve").status == 200
    assert statuses(stage, run_id)[-1] == "queued"


def test_a_retry_repeats_only_what_failed_and_what_came_after(stage: Stage) -> None:
    run_id = started(stage)
    end(stage, run_id, "download")
    end(stage, run_id, "transcribe", "failed")
    assert statuses(stage, run_id) == ["completed", "failed", "waiting", "failed"]
    failed = seen(stage, run_id)
    assert (failed["status"], failed["steps"][3]["error"]["code"]) == ("failed", "input_failed")

    answered = stage.send("POST", f"/api/runs/{run_id}/retry")

    assert answered.status == 200, answered.text
    assert statuses(stage, run_id) == ["completed", "queued", "waiting", "waiting"]
    generations = [s["generation"] for s in seen(stage, run_id)["steps"] if s["kind"] == "job"]
    assert generations == [1, 2, 2]
    end(stage, run_id, "transcribe")
    review(stage, run_id, "approve")
    end(stage, run_id, "burn")
    assert seen(stage, run_id)["status"] == "completed"
    again = stage.send("POST", f"/api/runs/{run_id}/retry")
    assert (again.status, again.json["code"]) == (409, "run_not_failed")


@pytest.mark.parametrize("done", [[], ["download"], ["download", "transcribe"]])
def test_a_run_is_canceled_whole_wherever_it_is(stage: Stage, done: list[str]) -> None:
    run_id = started(stage)
    for name in done:
        end(stage, run_id, name)
    # The one that runs is canceled by the orchestrator, whose event says so.
    running = [s["jobId"] for s in seen(stage, run_id)["steps"] if s.get("status") == "queued"]

    assert stage.send("POST", f"/api/runs/{run_id}/cancel").status == 200

    asked = [c.path for c in stage.orchestrator.calls if c.path.endswith("/cancel")]
    assert asked == [f"/jobs/{job_id}/cancel" for job_id in running]
    for job_id in running:
        stage.tell(stage.event(job_id, 1, "canceled"))
    assert seen(stage, run_id)["status"] == "canceled"
    left = set(statuses(stage, run_id)[len(done) :])
    assert left == {"canceled"}


def test_a_run_is_stored_whole_or_not_at_all(stage: Stage) -> None:
    stage.add_token("token-two", "submit", queued_max=2)

    refused = start(stage, token="token-two")

    assert (refused.status, refused.json["code"]) == (429, "too_many_jobs")
    for table in ("runs", "run_steps", "reviews", "jobs", "media", "job_waits"):
        assert rows_of(stage, table) == [], table
    assert not [key for key in stage.objects.stored if key.startswith("manifests/")]


def test_the_same_key_and_body_are_one_run(stage: Stage) -> None:
    key = {"Idempotency-Key": "once"}

    first, second = start(stage, headers=key), start(stage, headers=key)
    other = start(stage, {"url": f"{URL}2"}, headers=key)

    assert (first.status, second.status) == (201, 200)
    assert first.json["runId"] == second.json["runId"]
    assert (other.status, other.json["code"]) == (409, "idempotency_key_reused")
    assert len(stage.database.look("SELECT * FROM runs")) == 1


def test_a_run_of_a_media_takes_the_video_that_it_has(stage: Stage) -> None:
    media_id = stage.media_with_inputs()

    run_id = started(stage, {"mediaId": media_id})

    assert statuses(stage, run_id) == ["queued", "waiting", "waiting"]
    listed = stage.send("GET", f"/api/runs?mediaId={media_id}").json["items"]
    assert [run["runId"] for run in listed] == [run_id]
    assert listed[0]["steps"][1]["tracks"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": URL, "mediaId": "med_1"}, "url"),
        ({"url": "ftp://x"}, "url"),
        ({"url": URL, "parameters": {"to": "zh"}}, "parameters.to"),
        (
            {"url": URL, "options": {"burn": {"style": {"fontSize": 5}}}},
            "options.burn.style.fontSize",
        ),
        ({"url": URL, "options": {"mix": {}}}, "options.mix"),
        ({"url": URL, "options": {"transcribe": {"loud": 1}}}, "options.transcribe.loud"),
    ],
)
def test_a_run_that_makes_no_sense_names_the_field(
    stage: Stage, body: dict[str, object], field: str
) -> None:
    answered = start(stage, body)

    assert answered.status == 400, answered.text
    assert answered.json["errors"][0]["field"] == field


def test_what_the_orchestrator_did_not_take_begins_by_the_sweeper(stage: Stage) -> None:
    stage.orchestrator.script = answering(503)
    run_id = started(stage)
    stage.orchestrator.script = answering(200)
    stage.now_ms += 3_600_000
    stage.sweep()
    end(stage, run_id, "download")

    assert statuses(stage, run_id) == ["completed", "queued", "waiting", "waiting"]


def test_outputs_that_a_run_needs_do_not_expire_while_it_waits(stage: Stage) -> None:
    run_id = started(stage)
    end(stage, run_id, "download")
    end(stage, run_id, "transcribe")
    stage.settings = replace(stage.settings, artifact_ttl_s=7 * 86_400)
    stage.now_ms += 400 * DAY_MS

    stage.expire_artifacts()

    deletions = [call for call in stage.orchestrator.calls if call.path.startswith("/artifacts/")]
    kept = {key for call in deletions for key in call.message["keep"]}
    assert review(stage, run_id, "approve").status == 200
    wanted = stage.manifest(step(stage, run_id, "burn")["jobId"])["inputs"]
    assert len(deletions) == 2
    assert {item["key"] for item in wanted.values()} <= kept


def test_runs_and_recipes_are_of_their_workspace(stage: Stage) -> None:
    stranger = stage.add_workspace("ws_2")
    run_id = started(stage)

    assert stage.send("GET", f"/api/runs/{run_id}", token=stranger).status == 404
    assert stage.send("POST", f"/api/runs/{run_id}/cancel", token=stranger).status == 404
    assert stage.send("GET", "/api/recipes/spoken", token=stranger).status == 404
    assert start(stage, token=stranger).status == 404
    assert stage.send("GET", "/api/runs", token=stranger).json["items"] == []


def test_deleting_a_media_waits_for_its_runs_and_takes_them_with_it(stage: Stage) -> None:
    run_id = started(stage)
    media_id = seen(stage, run_id)["mediaId"]
    busy = stage.send("DELETE", f"/api/media/{media_id}")
    end(stage, run_id, "download", "failed")

    gone = stage.send("DELETE", f"/api/media/{media_id}")

    assert (busy.status, busy.json["code"]) == (409, "media_busy")
    assert gone.status in (200, 202, 204)
    for table in ("runs", "run_steps", "reviews", "jobs", "job_waits"):
        assert rows_of(stage, table) == [], table


def test_the_time_and_cost_of_a_step_are_shown(stage: Stage) -> None:
    run_id = started(stage)
    job = step(stage, run_id, "download")["jobId"]
    stage.tell(stage.event(job, 1, "running"))
    stage.now_ms += 5_000
    outputs = stage.outputs(job, *FILES["download"])
    metadata = {"tokensIn": 120, "tokensOut": 60, "cost": 0.01}
    stage.put(str(outputs["metadata"]["key"]), body=json.dumps(metadata))  # type: ignore[index]
    stage.tell(stage.event(job, 2, "completed", outputs=outputs))

    ended = step(stage, run_id, "download")

    assert ended["tookMs"] == 5_000
    assert ended["cost"] == {"tokensIn": 120, "tokensOut": 60, "charactersIn": 0, "cost": 0.01}


def finished(stage: Stage, job_id: str, *files: str, metadata: str = "{}") -> None:
    outputs = stage.outputs(job_id, *files, "metadata.json")
    stage.put(str(outputs["metadata"]["key"]), body=metadata)  # type: ignore[index]
    assert stage.tell(stage.event(job_id, 1, "completed", outputs=outputs)).status == 200


def test_a_link_becomes_a_video_in_two_languages(stage: Stage) -> None:
    body = {"url": URL, "parameters": {"to": "es"}}
    run_id = stage.send("POST", "/api/recipes/subtitle-two-languages/runs", body).json["runId"]
    jobs = {s["step"]: s["jobId"] for s in seen(stage, run_id)["steps"] if s["kind"] == "job"}

    finished(stage, jobs["download"], "video.mp4")
    heard = json.dumps({"subtitles": {"language": "en"}})
    finished(stage, jobs["transcribe"], "subtitles.vtt", "words.json", metadata=heard)
    translated = json.dumps({"subtitles": {"language": "es"}, "tokensIn": 5, "tokensOut": 7})
    made = ("subtitles.vtt", "translation.json")
    finished(stage, jobs["translate"], *made, metadata=translated)

    tracks = step(stage, run_id, "review")["tracks"]
    assert {t["track"]: t["language"] for t in tracks} == {
        "transcribe.subtitles": "en",
        "translate.subtitles": "es",
    }
    assert step(stage, run_id, "translate")["cost"]["tokensOut"] == 7
    assert review(stage, run_id, "approve").status == 200
    burn = stage.manifest(jobs["burn"])["inputs"]
    assert burn["subtitles"]["key"].split("/")[2:4] == ["translations", jobs["translate"]]
    assert burn["subtitles-secondary"]["language"] == "en"
    # An edit of the translation is no edit of the transcript that it was made of.
    assert [t["newestId"] for t in tracks] == [t["madeId"] for t in tracks]


@pytest.mark.parametrize(
    ("parameters", "steps"),
    [
        ({"to": "fr"}, ["download", "comments", "translate", "compose"]),
        ({}, ["download", "comments", "compose"]),
    ],
)
def test_a_comments_video_is_translated_where_a_language_is_asked_for(
    stage: Stage, parameters: dict[str, str], steps: list[str]
) -> None:
    body = {"url": URL, "parameters": parameters}

    answered = stage.send("POST", "/api/recipes/comments-video/runs", body)

    assert answered.status == 201, answered.text
    jobs = {s["step"]: s["jobId"] for s in answered.json["steps"]}
    assert list(jobs) == steps
    (waits,) = [
        wait
        for wait in stage.send("GET", f"/api/jobs/{jobs['compose']}").json["waitsFor"]
        if wait["slot"] == "comments-data"
    ]
    assert waits["fromJob"] == jobs.get("translate", jobs["comments"])
