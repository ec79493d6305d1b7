"""Inputs that the app writes for one generation of a job: kept until that has ended."""

from app.translation.document_store import DocumentRow, insert_document
from app.translation.job_documents import drop_documents
from media_jobs.keys import job_document_key
from tests.app.stage import START_MS, Stage
from tests.platform.loop import run

HOUR_MS = 3600_000


def written(stage: Stage, job_id: str, generation: int = 1) -> str:
    """Return the key of a document that is noted for a job."""
    key = job_document_key(stage.row(job_id)["media_id"], job_id, generation, "memory")
    stage.put(key, body="{}")
    document = DocumentRow(
        job_id=job_id, generation=generation, slot="memory", object_key=key, created_ms=START_MS
    )
    run(stage.database.batch([insert_document(document)]))
    return key


def test_a_document_goes_when_the_generation_of_its_job_has_ended(stage: Stage) -> None:
    job_id, other = stage.job(), stage.job()
    kept = written(stage, other)
    first = written(stage, job_id)

    run(drop_documents(stage.ports))
    assert first in stage.objects.stored
    assert stage.tell(stage.event(job_id, 1, "failed")).status == 200
    assert stage.send("POST", f"/api/jobs/{job_id}/retry").status == 200
    second = written(stage, job_id, 2)
    run(drop_documents(stage.ports))

    assert first not in stage.objects.stored
    assert {second, kept} <= set(stage.objects.stored)
    rows = stage.database.look("SELECT object_key FROM job_documents ORDER BY object_key")
    assert [row["object_key"] for row in rows] == sorted([second, kept])


def test_a_document_goes_with_its_media(stage: Stage) -> None:
    job_id = stage.job()
    key = written(stage, job_id)
    stage.tell(stage.event(job_id, 1, "failed"))

    assert stage.send("DELETE", f"/api/media/{stage.row(job_id)['media_id']}").status == 204

    assert key not in stage.objects.stored
    assert stage.database.look("SELECT * FROM job_documents") == []


def test_a_document_that_is_noted_is_no_orphan_and_one_that_is_not_is(stage: Stage) -> None:
    job_id = stage.job()
    noted = written(stage, job_id)
    media_id = stage.row(job_id)["media_id"]
    lost = job_document_key(media_id, job_id, 9, "memory")
    stage.put(lost)
    stage.now_ms += 2 * HOUR_MS

    found = stage.send("GET", "/api/orphans?cursor=media").json["items"]

    assert noted in stage.objects.stored
    assert [one["key"] for one in found] == [lost]


def test_a_document_of_a_job_that_was_not_added_is_not_noted(stage: Stage) -> None:
    document = DocumentRow(
        job_id="job_none", generation=1, slot="memory", object_key="k", created_ms=START_MS
    )

    run(stage.database.batch([insert_document(document)]))

    assert stage.database.look("SELECT * FROM job_documents") == []
