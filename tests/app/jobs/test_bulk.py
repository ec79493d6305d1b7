"""Many jobs in one request: submitted, canceled, or started again."""

from typing import Any

import pytest

from media_jobs.ports import PeerAnswer
from tests.app.stage import DOWNLOAD, Stage
from tests.platform.network import PeerCall, unreachable

BAD = {"engine": "media-downloader", "options": {"url": "ftp://video.test/1"}}


def submitted(stage: Stage, jobs: object, key: str | None = None, **more: Any) -> Any:
    headers = {} if key is None else {"idempotency-key": key}
    answered = stage.send("POST", "/api/jobs/batch", {"jobs": jobs}, headers=headers, **more)
    assert answered.status == 200, answered.text
    return answered.json["items"]


def made(stage: Stage, count: int, document: dict[str, Any] = DOWNLOAD) -> list[str]:
    """Return the ids of new jobs, the oldest first, each of its own millisecond."""
    jobs = []
    for _ in range(count):
        stage.now_ms += 1
        jobs.append(stage.job(document))
    return jobs


def end(stage: Stage, job_id: str, status: str) -> None:
    assert stage.tell(stage.event(job_id, 1, status)).status == 200


def bulk(stage: Stage, what: str, **body: object) -> dict[str, Any]:
    answered = stage.send("POST", f"/api/jobs/{what}", body)
    assert answered.status == 200, answered.text
    return answered.json


def ids(answer: dict[str, Any]) -> list[str]:
    return [item["jobId"] for item in answer["items"]]


# --- a batch --------------------------------------------------------------------------------------


def test_each_job_of_a_batch_is_accepted_like_one_alone(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    burn = {"engine": "burner-ffmpeg", "mediaId": media_id, "options": {"bilingual": True}}

    first, second = submitted(stage, [DOWNLOAD, burn])

    assert [first["status"], second["status"]] == [201, 201]
    for item in (first, second):
        assert item["job"] == stage.send("GET", f"/api/jobs/{item['job']['jobId']}").json
        assert item["job"]["accepted"] is True
    assert second["job"]["options"]["bilingual"] is True
    assert len(stage.orchestrator.to("/jobs")) == 2


def test_a_wrong_job_of_a_batch_does_not_stop_the_others(stage: Stage) -> None:
    unknown = {"engine": "burner-ffmpeg", "mediaId": "med_0"}

    items = submitted(stage, [BAD, DOWNLOAD, unknown])

    assert [item["status"] for item in items] == [400, 201, 404]
    assert items[0]["problem"]["errors"][0]["field"] == "options.url"
    assert items[2]["problem"]["code"] == "not_found"
    assert "job" not in items[0] and "problem" not in items[1]
    assert len(stage.database.look("SELECT * FROM jobs")) == 1


def test_a_batch_that_broke_off_is_completed_under_its_key_and_not_changed(stage: Stage) -> None:
    (first,) = submitted(stage, [DOWNLOAD], "key-1")
    other = {**DOWNLOAD, "options": {"url": "https://video.test/2"}}

    longer = submitted(stage, [DOWNLOAD, DOWNLOAD], "key-1")
    changed = submitted(stage, [DOWNLOAD, other], "key-1")

    assert [item["status"] for item in longer] == [200, 201]
    assert longer[0]["job"]["jobId"] == first["job"]["jobId"]
    assert [item["status"] for item in changed] == [200, 409]
    assert changed[1]["problem"]["code"] == "idempotency_key_reused"


def test_a_batchs_key_is_another_one_than_that_of_a_single_job(stage: Stage) -> None:
    single = stage.send("POST", "/api/jobs", DOWNLOAD, headers={"idempotency-key": "key-1"})

    (item,) = submitted(stage, [DOWNLOAD], "key-1")

    assert (single.status, item["status"]) == (201, 201)


def test_a_batch_stops_at_the_tokens_limit(stage: Stage) -> None:
    stage.add_token("limited", "submit", queued_max=2)

    items = submitted(stage, [DOWNLOAD] * 3, token="limited")

    assert [item["status"] for item in items] == [201, 201, 429]
    assert items[2]["problem"]["code"] == "too_many_jobs"


# --- cancel ---------------------------------------------------------------------------------------


def test_the_unfinished_jobs_that_the_filter_names_are_canceled(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    burn = {"engine": "burner-ffmpeg", "mediaId": media_id}
    (mine,) = made(stage, 1, burn)
    (done,) = made(stage, 1, burn)
    made(stage, 1)
    end(stage, done, "completed")

    answer = bulk(stage, "cancel", filter={"mediaId": media_id})

    assert answer == {
        "matched": 1,
        "items": [{"jobId": mine, "status": "queued"}],
        "more": False,
        "nextCursor": None,
    }
    asked = [call for call in stage.orchestrator.calls if call.path.endswith("/cancel")]
    assert [call.path for call in asked] == [f"/jobs/{mine}/cancel"]


def test_everything_that_a_filter_names_must_apply(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    burn, other = made(stage, 2, {"engine": "burner-ffmpeg", "mediaId": media_id})
    (download,) = made(stage, 1)
    end(stage, other, "running")

    def named(**wanted: object) -> list[str]:
        return ids(bulk(stage, "cancel", filter=wanted))

    assert named(engine="burner-ffmpeg") == [other, burn]
    assert named(engine="burner-ffmpeg", status=["running"]) == [other]
    assert named(ids=[download, burn, "job_unknown"]) == [download, burn]
    assert named(ids=[download], mediaId=media_id) == []
    assert named(status=["completed", "failed"]) == []


def test_a_job_that_cannot_be_canceled_now_says_why_and_the_others_are(stage: Stage) -> None:
    first, second = made(stage, 2)

    def deaf_for_the_first(call: PeerCall) -> PeerAnswer:
        return unreachable(call) if first in call.path else PeerAnswer(status=200, text="{}")

    stage.orchestrator.script = deaf_for_the_first

    answer = bulk(stage, "cancel", filter={"ids": [first, second]})

    refused = next(item for item in answer["items"] if item["jobId"] == first)
    assert refused["problem"]["code"] == "upstream_failed"
    assert "problem" not in answer["items"][0]
    assert stage.orchestrator.to(f"/jobs/{second}/cancel")


# --- retry ----------------------------------------------------------------------------------------


def test_failed_and_canceled_jobs_are_started_again_and_no_others(stage: Stage) -> None:
    jobs = made(stage, 4)
    for job_id, status in zip(jobs, ("failed", "canceled", "completed", "running"), strict=True):
        end(stage, job_id, status)

    answer = bulk(stage, "retry", filter={"engine": "media-downloader"})

    assert answer["items"] == [
        {"jobId": jobs[1], "status": "queued"},
        {"jobId": jobs[0], "status": "queued"},
    ]
    assert [stage.row(job_id)["generation"] for job_id in jobs] == [2, 2, 1, 1]


def test_jobs_that_cannot_be_started_again_do_not_hide_older_ones(stage: Stage) -> None:
    jobs = made(stage, 5)
    for job_id in jobs:
        end(stage, job_id, "failed")
    for job_id in jobs[2:]:
        del stage.objects.stored[f"manifests/jobs/{job_id}.json"]

    first = bulk(stage, "retry", filter={"status": ["failed"]}, limit=3)
    rest = bulk(stage, "retry", filter={"status": ["failed"]}, limit=3, cursor=first["nextCursor"])

    assert (first["matched"], first["more"]) == (3, True)
    assert {item["problem"]["code"] for item in first["items"]} == {"manifest_gone"}
    assert ids(rest) == [jobs[1], jobs[0]]
    assert (rest["more"], rest["nextCursor"]) == (False, None)
    assert [stage.row(job_id)["generation"] for job_id in jobs] == [2, 2, 1, 1, 1]


# --- the filter -----------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["cancel", "retry"])
def test_without_a_limit_fifty_are_done_at_once(stage: Stage, what: str) -> None:
    jobs = made(stage, 52)
    if what == "retry":
        for job_id in jobs:
            end(stage, job_id, "failed")

    first = bulk(stage, what, filter={"ids": jobs})
    rest = bulk(stage, what, filter={"ids": jobs}, cursor=first["nextCursor"])

    assert (first["matched"], first["more"]) == (50, True)
    assert ids(rest) == [jobs[1], jobs[0]]
