"""A job's receipt through the API, and the keys that anybody may have."""

from app.receipt_keys import FRESH_MS
from tests.app.stage import Stage

PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
KEYS = "/.well-known/receipt-keys.json"
ENVELOPE = '{"payloadType":"application/vnd.in-toto+json","payload":"e30=","signatures":[]}'


def test_the_receipt_of_a_completed_job_is_what_the_orchestrator_has_sealed(stage: Stage) -> None:
    job_id, _ = stage.finished_download()
    stage.put(f"receipts/jobs/{job_id}.json", body=ENVELOPE)

    answered = stage.send("GET", f"/api/jobs/{job_id}/receipt")

    assert (answered.status, answered.text) == (200, ENVELOPE)


def test_a_job_without_a_result_has_no_receipt(stage: Stage) -> None:
    job_id = stage.job()
    stage.put(f"receipts/jobs/{job_id}.json", body=ENVELOPE)

    answered = stage.send("GET", f"/api/jobs/{job_id}/receipt")

    assert (answered.status, answered.json["code"]) == (409, "job_not_completed")


def test_a_result_of_before_there_were_receipts_has_none(stage: Stage) -> None:
    job_id, _ = stage.finished_download()

    answered = stage.send("GET", f"/api/jobs/{job_id}/receipt")

    assert (answered.status, answered.json["code"]) == (404, "not_found")
    assert answered.json["detail"] == f"There is no receipt of job {job_id}."


def test_anybody_gets_the_public_keys(stage: Stage) -> None:
    stage.put(f"receipts/keys/{PUBLIC}", "receipts/keys/not-a-key", body="{}")

    answered = stage.send("GET", KEYS, token=None)

    assert answered.status == 200
    assert [key["x"] for key in answered.json["keys"]] == [X]


def test_strangers_questions_are_no_listing_each(stage: Stage) -> None:
    first = stage.send("GET", KEYS, token=None).json
    stage.put(f"receipts/keys/{PUBLIC}", body="{}")

    soon = stage.send("GET", KEYS, token=None).json
    stage.now_ms += FRESH_MS
    later = stage.send("GET", KEYS, token=None).json

    assert first == soon == {"keys": []}
    assert [key["x"] for key in later["keys"]] == [X]
