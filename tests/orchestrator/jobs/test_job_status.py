from media_jobs.events import Reported
from media_jobs.machine import advance
from media_jobs.record import postpone, with_effects
from media_jobs.status import Status
from orchestrator.jobs.job_status import status_document
from tests.media_jobs.lives import BROKEN, T0, after, completed, new_job, starting, working


def test_the_document_of_a_completed_job_is_exactly_this() -> None:
    assert status_document(completed()) == {
        "jobId": "job_1",
        "mediaId": "med_1",
        "engine": "burner-ffmpeg",
        "generation": 1,
        "status": "completed",
        "phase": None,
        "progress": 1.0,
        "attempt": 1,
        "host": None,
        "maxAttempts": 2,
        "eventSeq": 4,
        "createdAt": T0,
        "updatedAt": T0,
        "finishedAt": T0,
        "queue": None,
        "missing": [],
        "retryAt": None,
        "error": None,
        "outputs": {
            "video": {
                "key": "media/med_1/outputs/job_1/1-1/video.mp4",
                "sizeBytes": 1000,
                "contentType": "video/mp4",
                "etag": "e1",
            }
        },
        "allTold": True,
        "undelivered": [],
    }


def test_a_failed_job_says_why() -> None:
    document = status_document(after(starting(), BROKEN))

    assert document["error"] == {"code": "input", "message": "It broke.", "retryable": False}


def test_what_a_job_was_given_is_not_shown() -> None:
    job = new_job().model_copy(
        update={"options": {"cookies": "sid=1"}, "inputs": {"video": "media/med_1/inputs/v"}}
    )

    assert not {"options", "inputs", "attempts", "token"} & status_document(job).keys()


def test_only_deliveries_that_failed_are_undelivered() -> None:
    decision = advance(working(Status.RUNNING), Reported(attempt=1, status=Status.UPLOADING), T0)
    job = with_effects(decision.job, decision.effects, T0)
    assert status_document(job)["undelivered"] == []
    job = postpone(job, job.outbox[0], T0, "app: HTTP 500", 1000)

    assert status_document(job)["undelivered"] == [
        {"tries": 1, "lastError": "app: HTTP 500", "dead": False}
    ]


def test_a_job_has_told_all_once_it_has_ended_and_no_event_is_on_its_way() -> None:
    decision = advance(starting(), BROKEN, T0)
    ended = with_effects(decision.job, decision.effects, T0)
    told = ended.model_copy(update={"outbox": ()})

    shown = [status_document(job)["allTold"] for job in (starting(), ended, told)]

    assert shown == [False, False, True]
