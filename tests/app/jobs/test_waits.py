"""Jobs that take their inputs from jobs that are not done."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.app.stage import DOWNLOAD, Stage
from tests.platform.network import answering

HEARD = {"engine": "asr-pipeline", "options": {}}
DAY_MS = 24 * 3600_000


def after(stage: Stage, source: str, output: str = "video", slot: str = "video") -> dict[str, Any]:
    """Return a transcription of what a job of a download makes."""
    inputs = {slot: {"fromJob": source, "output": output}}
    return {**HEARD, "mediaId": stage.row(source)["media_id"], "inputs": inputs}


def end(stage: Stage, job_id: str, status: str = "completed", seq: int = 1) -> None:
    outputs = stage.outputs(job_id, "video.mp4", "metadata.json") if status == "completed" else None
    told = {"outputs": outputs} if outputs else {}
    answered = stage.tell(stage.event(job_id, seq, status, **told))
    assert answered.status == 200, answered.text


def shown(stage: Stage, job_id: str) -> Mapping[str, Any]:
    return stage.send("GET", f"/api/jobs/{job_id}").json


def starts(stage: Stage) -> list[str]:
    return [call.message["jobId"] for call in stage.orchestrator.to("/jobs")]


def test_a_job_waits_for_another_and_begins_with_what_that_has_made(stage: Stage) -> None:
    download = stage.job()
    heard = stage.job(after(stage, download))

    waiting = shown(stage, heard)
    assert (waiting["status"], waiting["accepted"], waiting["inputs"]) == ("waiting", False, {})
    (wait,) = waiting["waitsFor"]
    assert (wait["slot"], wait["fromJob"], wait["output"]) == ("video", download, "video")
    assert starts(stage) == [download]

    stage.now_ms += 3 * DAY_MS
    end(stage, download)

    begun = shown(stage, heard)
    assert (begun["status"], begun["accepted"], begun["waitsFor"]) == ("queued", True, [])
    (version,) = stage.send("GET", f"/api/media/{begun['mediaId']}/inputs").json["items"]
    assert begun["inputs"] == {"video": version["inputId"]}
    manifest = stage.manifest(heard)
    assert manifest["inputs"]["video"]["key"].endswith(f"/downloads/{download}/1-1/video.mp4")
    assert manifest["createdAt"] == stage.now_ms
    assert starts(stage) == [download, heard]


def test_what_is_done_already_is_not_waited_for(stage: Stage) -> None:
    download = stage.job()
    end(stage, download)

    heard = shown(stage, stage.job(after(stage, download)))

    assert (heard["status"], heard["accepted"], list(heard["inputs"])) == (
        "queued",
        True,
        ["video"],
    )


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_job_whose_input_cannot_come_fails_with_all_that_wait_for_it(
    stage: Stage, status: str
) -> None:
    stage.webhook("job.failed")
    download = stage.job()
    heard = stage.job(after(stage, download))
    burn = {
        "engine": "burner-ffmpeg",
        "mediaId": stage.row(download)["media_id"],
        "inputs": {
            "video": {"fromJob": download, "output": "video"},
            "subtitles": {"fromJob": heard, "output": "subtitles"},
        },
    }
    burned = stage.job(burn)

    end(stage, download, status)

    for job_id in (heard, burned):
        ended = shown(stage, job_id)
        assert (ended["status"], ended["error"]["code"]) == ("failed", "input_failed")
        assert download in ended["error"]["message"]
    told = stage.database.look("SELECT body FROM webhook_messages")
    of = [json.loads(row["body"])["data"]["jobId"] for row in told]
    assert sorted({heard, burned} & set(of)) == sorted([heard, burned])
    assert len(of) == len(set(of))
    assert starts(stage) == [download]


def test_a_job_that_ends_without_the_output_fails_what_waits_for_it(stage: Stage) -> None:
    download = stage.job()
    heard = stage.job(after(stage, download))
    outputs = stage.outputs(download, "metadata.json")

    stage.tell(stage.event(download, 1, "completed", outputs=outputs))

    assert shown(stage, heard)["error"]["code"] == "input_failed"
    assert "video" in shown(stage, heard)["error"]["message"]


def test_what_the_orchestrator_did_not_take_is_submitted_by_the_sweeper(stage: Stage) -> None:
    download = stage.job()
    heard = stage.job(after(stage, download))
    stage.orchestrator.script = answering(503)
    end(stage, download)
    assert (shown(stage, heard)["status"], shown(stage, heard)["accepted"]) == ("queued", False)
    stage.orchestrator.script = answering(200)
    stage.now_ms += 3_600_000

    stage.sweep()

    assert shown(stage, heard)["accepted"]


@pytest.mark.parametrize("life", ["accepted = 0", "accepted = 1, event_seq = 3"])
def test_a_job_that_was_left_waiting_is_found_by_the_sweeper(stage: Stage, life: str) -> None:
    # As when two jobs end at one time, and each leaves the other's to do.
    download = stage.job()
    heard = stage.job(after(stage, download))
    end(stage, download)
    undo = "UPDATE {} WHERE job_id = ? RETURNING job_id"
    stage.database.look(undo.format("job_waits SET made_id = NULL, input_id = NULL"), heard)
    as_left = f"jobs SET status = 'waiting', {life}, handover_tries = 0, check_ms = 0"
    stage.database.look(undo.format(as_left), heard)

    stage.sweep()

    assert (shown(stage, heard)["status"], shown(stage, heard)["accepted"]) == ("queued", True)


def test_a_job_that_waits_is_looked_at_once_a_day_and_nobody_else_is_asked(stage: Stage) -> None:
    download = stage.job()
    heard = stage.job(after(stage, download))
    stage.tell(stage.event(download, 1, "running"))
    asked, looked = len(stage.orchestrator.calls), 0

    for _ in range(30 * 24):
        stage.now_ms += 3_600_000
        stage.database.look(
            "UPDATE jobs SET check_ms = ? WHERE job_id = ? RETURNING job_id",
            stage.now_ms + DAY_MS,
            download,
        )
        looked += stage.sweep()

    assert looked == 30
    assert len(stage.orchestrator.calls) == asked
    end(stage, download, seq=2)
    assert shown(stage, heard)["status"] == "queued"


def test_canceling_a_job_that_waits_asks_nobody_and_fails_what_waits_for_it(stage: Stage) -> None:
    download = stage.job()
    heard = stage.job(after(stage, download))
    media_id = stage.row(download)["media_id"]
    inputs = {
        "video": {"fromJob": download, "output": "video"},
        "subtitles": {"fromJob": heard, "output": "subtitles"},
    }
    burned = stage.job({"engine": "burner-ffmpeg", "mediaId": media_id, "inputs": inputs})

    canceled = stage.send("POST", f"/api/jobs/{heard}/cancel").json

    assert canceled["status"] == "canceled"
    assert shown(stage, burned)["error"]["code"] == "input_failed"
    assert starts(stage) == [download]


def test_a_retry_waits_again_and_begins_when_its_source_was_retried(stage: Stage) -> None:
    download = stage.job()
    heard = stage.job(after(stage, download))
    end(stage, download, "failed")
    stage.send("POST", f"/api/jobs/{download}/retry")

    again = stage.send("POST", f"/api/jobs/{heard}/retry").json

    assert (again["status"], again["generation"], again["error"]) == ("waiting", 2, None)
    made = json.dumps(stage.outputs(download, "video.mp4", "metadata.json"))
    outputs = json.loads(made.replace("/1-1/", "/2-1/"))
    done = stage.event(download, 2, "completed", outputs=outputs, generation=2)
    assert stage.tell(done).status == 200
    assert (shown(stage, heard)["status"], stage.manifest(heard)["generation"]) == ("queued", 2)


def test_a_retry_whose_source_has_failed_for_good_fails_again(stage: Stage) -> None:
    download = stage.job()
    heard = stage.job(after(stage, download))
    end(stage, download, "failed")

    again = stage.send("POST", f"/api/jobs/{heard}/retry").json

    assert (again["status"], again["error"]["code"]) == ("failed", "input_failed")


def test_what_cannot_be_taken_from_a_job_is_refused_with_the_reason(stage: Stage) -> None:
    download, other = stage.job(), stage.job()
    failed = stage.job()
    end(stage, failed, "failed")
    own = after(stage, download)
    cases = {
        "no job": {**own, "inputs": {"video": {"fromJob": "job_x", "output": "video"}}},
        "another media": {**own, "inputs": {"video": {"fromJob": other, "output": "video"}}},
        "no such output": {**own, "inputs": {"video": {"fromJob": download, "output": "sound"}}},
        "unfit": {**own, "inputs": {"video": {"fromJob": download, "output": "metadata"}}},
        "ended": after(stage, failed),
    }

    for name, body in cases.items():
        answered = stage.send("POST", "/api/jobs", body)
        assert (answered.status, answered.json["code"]) == (409, "unfit"), name
        assert answered.json["errors"][0]["field"] == "inputs.video", name


def test_a_job_of_another_workspace_is_not_there(stage: Stage) -> None:
    stranger = stage.add_workspace("ws_2")
    download = stage.job()
    media_id = stage.send("POST", "/api/media", {"title": "Mine"}, token=stranger).json["mediaId"]
    inputs = {"video": {"fromJob": download, "output": "video"}}

    body = {**HEARD, "mediaId": media_id, "inputs": inputs}
    answered = stage.send("POST", "/api/jobs", body, token=stranger)

    assert (answered.status, answered.json["errors"][0]["reason"]) == (
        409,
        "names a job that there is not",
    )


def test_waiting_jobs_count_towards_what_a_token_may_have(stage: Stage) -> None:
    stage.add_token("token-two", "submit", queued_max=2)
    download = stage.job(token="token-two")
    stage.job(after(stage, download), token="token-two")

    answered = stage.send("POST", "/api/jobs", DOWNLOAD, token="token-two")

    assert (answered.status, answered.json["code"]) == (429, "too_many_jobs")


def test_two_inputs_of_two_jobs_are_both_waited_for(stage: Stage) -> None:
    download = stage.job()
    heard = stage.job(after(stage, download))
    inputs = {
        "video": {"fromJob": download, "output": "video"},
        "subtitles": {"fromJob": heard, "output": "subtitles"},
    }
    media_id = stage.row(download)["media_id"]
    burned = stage.job({"engine": "burner-ffmpeg", "mediaId": media_id, "inputs": inputs})

    end(stage, download)
    assert shown(stage, burned)["status"] == "waiting"
    outputs = stage.outputs(heard, "subtitles.vtt", "words.json", "metadata.json")
    assert stage.tell(stage.event(heard, 1, "completed", outputs=outputs)).status == 200

    assert shown(stage, burned)["status"] == "queued"
    assert set(stage.manifest(burned)["inputs"]) == {"video", "subtitles"}


def test_jobs_that_wait_are_listed_and_told_in_words(stage: Stage) -> None:
    download = stage.job()
    heard = stage.job(after(stage, download))

    listed = stage.send("GET", "/api/jobs?status=waiting").json["items"]
    why = stage.send("GET", f"/api/jobs/{heard}/why").json

    assert [job["jobId"] for job in listed] == [heard]
    assert why["summary"] == f"Waiting for what {download} makes."


@pytest.mark.parametrize("status", ["completed", "failed"])
def test_of_very_many_that_wait_for_one_job_some_are_left_to_the_sweeper(
    stage: Stage, status: str
) -> None:
    download = stage.job()
    many = [stage.job(after(stage, download)) for _ in range(12)]
    last = {
        "engine": "burner-ffmpeg",
        "mediaId": stage.row(download)["media_id"],
        "inputs": {
            "video": {"fromJob": download, "output": "video"},
            "subtitles": {"fromJob": many[-1], "output": "subtitles"},
        },
    }

    all_of_them = [*many, stage.job(last)]

    end(stage, download, status)
    first = [shown(stage, job_id)["status"] for job_id in all_of_them]
    stage.now_ms += 60_000
    stage.sweep()
    second = [shown(stage, job_id)["status"] for job_id in all_of_them]

    then = {"completed": "queued", "failed": "failed"}[status]
    # The last one, if it is among the first ten, waits for another one as well.
    assert first.count(then) in (9, 10)
    assert first.count("waiting") == 13 - first.count(then)
    assert second[:-1] == [then] * 12
    assert second[-1] == ("waiting" if status == "completed" else "failed")


def test_jobs_that_are_retried_together_begin_with_those_that_others_take_from(
    stage: Stage,
) -> None:
    media_id = stage.send("POST", "/api/media", {"title": "Mine"}).json["mediaId"]
    for _ in range(4):
        download = stage.job({**DOWNLOAD, "mediaId": media_id})
        heard = stage.job(after(stage, download))
        stage.job(
            {
                "engine": "burner-ffmpeg",
                "mediaId": media_id,
                "inputs": {
                    "video": {"fromJob": download, "output": "video"},
                    "subtitles": {"fromJob": heard, "output": "subtitles"},
                },
            }
        )
        end(stage, download, "failed")

    body = {"filter": {"status": ["failed"], "mediaId": media_id}}
    items = stage.send("POST", "/api/jobs/retry", body).json["items"]

    assert [item["status"] for item in items].count("waiting") == 8
    assert [item["status"] for item in items].count("queued") == 4
