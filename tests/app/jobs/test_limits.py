"""Limits of a token, places in the queue, dead letters."""

import asyncio

import pytest

from app.access.auth import token_hash
from media_jobs.ports import PeerAnswer
from tests.app.stage import DOWNLOAD, Answered, Stage, signed
from tests.platform.loop import run
from tests.platform.network import PeerCall, answering, unreachable


def limited(stage: Stage, queued_max: int | None, running_max: int | None = None) -> str:
    scopes = "submit read"
    stage.add_token("limited", scopes, queued_max=queued_max, running_max=running_max)
    return "limited"


def test_a_token_may_have_so_many_unfinished_jobs_and_no_more(stage: Stage) -> None:
    token = limited(stage, 2)
    jobs = [stage.send("POST", "/api/jobs", DOWNLOAD, token=token) for _ in range(3)]
    of_another_token = stage.send("POST", "/api/jobs", DOWNLOAD)

    assert [answered.status for answered in jobs] == [201, 201, 429]
    assert jobs[2].json["code"] == "too_many_jobs"
    assert of_another_token.status == 201
    stage.tell(stage.event(jobs[0].json["jobId"], 1, "completed"))
    assert stage.send("POST", "/api/jobs", DOWNLOAD, token=token).status == 201


@pytest.mark.parametrize("has_media", [False, True])
def test_requests_at_once_come_to_no_more_unfinished_jobs(stage: Stage, has_media: bool) -> None:
    token = limited(stage, 3)
    made = stage.send("POST", "/api/media", {"title": "Clip"}).json["mediaId"]
    wanted = {**DOWNLOAD, "mediaId": made} if has_media else DOWNLOAD
    media = len(stage.database.look("SELECT * FROM media"))

    async def submit() -> list[Answered]:
        calls = [stage.call("POST", "/api/jobs", wanted, token=token) for _ in range(10)]
        return await asyncio.gather(*calls)

    answers = run(submit())

    assert sorted(answered.status for answered in answers) == [201] * 3 + [429] * 7
    refused = [answered.json["code"] for answered in answers if answered.status == 429]
    assert refused == ["too_many_jobs"] * 7
    assert len(stage.database.look("SELECT * FROM jobs")) == 3
    assert len(stage.objects.stored) == 3
    more = len(stage.database.look("SELECT * FROM media")) - media
    assert more == (0 if has_media else 3)


def test_a_job_that_is_started_again_counts_as_a_new_one(stage: Stage) -> None:
    token = limited(stage, 1)
    first = stage.send("POST", "/api/jobs", DOWNLOAD, token=token).json["jobId"]
    stage.tell(stage.event(first, 1, "failed"))
    second = stage.send("POST", "/api/jobs", DOWNLOAD, token=token).json["jobId"]

    again = f"/api/jobs/{first}/retry"
    refused = stage.send("POST", again, token=token)
    stage.tell(stage.event(second, 1, "completed"))

    assert (refused.status, refused.json["code"]) == (429, "too_many_jobs")
    assert stage.send("POST", again, token=token).status == 200


def test_jobs_started_again_at_once_come_to_no_more_than_the_limit(stage: Stage) -> None:
    token = limited(stage, 2)
    failed = []
    for _ in range(5):
        failed.append(stage.send("POST", "/api/jobs", DOWNLOAD, token=token).json["jobId"])
        stage.tell(stage.event(failed[-1], 1, "failed"))

    async def retry() -> list[Answered]:
        calls = [stage.call("POST", f"/api/jobs/{job}/retry", token=token) for job in failed]
        return await asyncio.gather(*calls)

    answers = run(retry())

    assert sorted(answered.status for answered in answers) == [200] * 2 + [429] * 3
    statuses = [row["status"] for row in stage.database.look("SELECT status FROM jobs")]
    assert sorted(statuses) == ["failed"] * 3 + ["queued"] * 2


def test_a_jobs_turn_is_decided_by_its_caller_its_priority_and_its_tokens_limit(
    stage: Stage,
) -> None:
    token = limited(stage, None, running_max=3)
    answered = stage.send("POST", "/api/jobs", {**DOWNLOAD, "priority": 90}, token=token)

    manifest = stage.manifest(answered.json["jobId"])
    assert (manifest["headStartS"], manifest["runningMax"]) == (90, 3)
    assert manifest["caller"] == token_hash("limited")[:16]
    refused = stage.send("POST", "/api/jobs", {**DOWNLOAD, "priority": 3601})
    assert (refused.status, refused.json["errors"][0]["field"]) == (400, "priority")


def test_a_waiting_job_shows_its_place_in_the_queue(stage: Stage) -> None:
    job_id = stage.job()
    queue = {"position": 4, "etaMs": 90_000}
    stage.orchestrator.script = answering(200, {"queue": queue})

    assert stage.send("GET", f"/api/jobs/{job_id}").json["queue"] == queue


@pytest.mark.parametrize("text", ["{}", "no json", '{"queue":null}', '{"queue":7}'])
def test_a_place_that_is_not_known_is_shown_as_unknown(stage: Stage, text: str) -> None:
    job_id = stage.job()
    stage.orchestrator.script = lambda call: PeerAnswer(status=200, text=text)

    assert stage.send("GET", f"/api/jobs/{job_id}").json["queue"] is None
    stage.orchestrator.script = unreachable
    assert stage.send("GET", f"/api/jobs/{job_id}").json["queue"] is None


DEAD_LETTERS = answering(200, {"undelivered": [{"dead": True}, {"dead": False}, {"dead": True}]})


def test_dead_letters_are_listed_and_asked_for_again_by_the_sweeper(stage: Stage) -> None:
    job_id, other = stage.job(), stage.job()
    stage.tell(stage.event(other, 1, "completed"))
    stage.orchestrator.script = DEAD_LETTERS
    stage.now_ms += 10**7

    stage.sweep()

    listed = stage.send("GET", "/api/jobs?deadLetters=true").json["items"]
    assert [(job["jobId"], job["deadLetters"]) for job in listed] == [(job_id, 2)]
    (call,) = stage.orchestrator.to(f"/jobs/{job_id}/replay")
    assert call.message["type"] == "job.replay"
    stage.tell(stage.event(job_id, 5, "running"))
    assert stage.send("GET", "/api/jobs?deadLetters=true").json["items"] == []


def test_dead_letters_that_are_told_while_the_sweeper_asks_are_not_shown(stage: Stage) -> None:
    """The question itself wakes the job's object, which may deliver what was left."""
    job_id = stage.job()
    stage.now_ms += 10**7
    end = signed(stage.event(job_id, 5, "completed"))

    async def tell(call: PeerCall) -> None:
        if call.method == "GET":
            await stage.call("POST", "/api/render/cf-callback", **end)

    stage.orchestrator.script = DEAD_LETTERS
    stage.orchestrator.during[""] = tell

    stage.sweep()

    job = stage.send("GET", f"/api/jobs/{job_id}").json
    assert (job["status"], job["deadLetters"]) == ("completed", 0)


def test_dead_letters_that_the_orchestrator_has_no_more_are_not_shown(stage: Stage) -> None:
    job_id = stage.job()
    stage.orchestrator.script = DEAD_LETTERS
    stage.now_ms += 10**7
    stage.sweep()

    stage.orchestrator.script = answering(200)
    stage.now_ms += 10**7
    stage.sweep()

    assert stage.send("GET", f"/api/jobs/{job_id}").json["deadLetters"] == 0
    assert len(stage.orchestrator.to(f"/jobs/{job_id}/replay")) == 1


def test_a_person_can_ask_for_dead_letters_again(stage: Stage) -> None:
    job_id = stage.job()

    answered = stage.send("POST", f"/api/jobs/{job_id}/replay")

    assert answered.status == 200
    assert len(stage.orchestrator.to(f"/jobs/{job_id}/replay")) == 1
    stage.orchestrator.script = unreachable
    assert stage.send("POST", f"/api/jobs/{job_id}/replay").status == 502
