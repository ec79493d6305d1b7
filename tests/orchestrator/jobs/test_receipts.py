"""The signed receipt of a result, as a stranger checks it: with the client's own code."""

import hashlib
import json
from typing import Any

import pytest
from vidgen.errors import ReceiptInvalid
from vidgen.models import Receipt, ReceiptKey
from vidgen.receipts import Statement, check_receipt

from media_jobs.errors import UpstreamError
from media_jobs.status import Status
from tests.orchestrator.world import SETTINGS, SUBTITLES_IN, VIDEO_IN, World
from tests.platform.loop import run

RENDERED = b"rendered"
SHA256 = hashlib.sha256(RENDERED).hexdigest()
MD5 = hashlib.md5(RENDERED, usedforsecurity=False).hexdigest()
EVIDENCE = {
    "inputs": {
        "video": {"sizeBytes": 7, "sha256": "1" * 64},
        "subtitles": {"sizeBytes": 6, "sha256": "2" * 64},
    },
    "tools": {"burner": "0.3.0", "ffmpeg": "7.1"},
    "fonts": {"manimgx-fonts": "0.1"},
    "later": "a field of a newer container",
}
CLAIM = {"video": {"sizeBytes": 8, "sha256": SHA256, "md5": MD5}}


def done(world: World, **said: Any) -> World:  # Any: handed on to `report`.
    """Have a container make a video and report it, with what it says beside."""
    run(world.begin())
    world.upload()
    run(world.report("completed", **said))
    run(world.settle())
    return world


def receipt(world: World) -> Receipt:
    return Receipt.model_validate_json(world.objects.stored["receipts/jobs/job_1.json"].body)


def published(world: World) -> list[ReceiptKey]:
    places = sorted(key for key in world.objects.stored if key.startswith("receipts/keys/"))
    return [ReceiptKey.model_validate_json(world.objects.stored[key].body) for key in places]


def told(world: World) -> Statement:
    return check_receipt(receipt(world), published(world))


def definition(statement: Statement) -> dict[str, Any]:
    found: dict[str, Any] = statement.predicate["buildDefinition"]
    return found


def test_a_result_has_a_receipt_that_its_published_key_has_signed() -> None:
    statement = told(done(World(), outputs=CLAIM, evidence=EVIDENCE))

    (video,) = statement.subject
    assert video.digest == {"sha256": SHA256, "md5": MD5}
    assert video.annotations["saidBy"] == {"sha256": "container", "md5": "bucket"}
    inputs = {item["name"]: item for item in definition(statement)["resolvedDependencies"]}
    assert inputs["video"]["uri"] == f"r2:{VIDEO_IN}"
    assert inputs["subtitles"]["uri"] == f"r2:{SUBTITLES_IN}"
    assert inputs["subtitles"]["digest"] == {
        "sha256": "2" * 64,
        "md5": hashlib.md5(b"WEBVTT", usedforsecurity=False).hexdigest(),
    }
    parameters = definition(statement)["internalParameters"]
    assert (statement.job_id, parameters["attempt"]) == ("job_1", 1)
    assert parameters["fonts"] == {"manimgx-fonts": "0.1"}
    assert parameters["containerHashes"] == ["inputs", "outputs"]
    assert statement.run["builder"]["version"]["ffmpeg"] == "7.1"
    assert statement.signer == SETTINGS["ORCHESTRATOR_BASE_URL_CONTAINER"]


def test_a_container_of_the_earlier_contract_has_hashed_nothing_and_the_receipt_says_so() -> None:
    statement = told(done(World()))

    (video,) = statement.subject
    assert video.digest == {"md5": MD5}
    assert video.annotations["saidBy"] == {"md5": "bucket"}
    assert definition(statement)["internalParameters"]["containerHashes"] == []
    assert list(statement.run["builder"]["version"]) == ["media-orchestrator"]


def test_a_receipt_has_no_secret_option() -> None:
    world = World()
    options = {"url": "https://example.com/v", "cookies": "secret-cookie", "proxy": "http://secret"}
    run(world.begin(engine="media-downloader", options=options))
    world.upload("video")
    world.upload("metadata")
    run(world.report("completed"))
    run(world.settle())

    statement = told(world)

    shown = definition(statement)["externalParameters"]["options"]
    assert shown == {"url": "https://example.com/v"}
    assert "secret" not in json.dumps(statement.predicate)


def test_a_receipt_outlives_the_rotation_of_its_secret() -> None:
    before = done(World(), outputs=CLAIM)
    kept, keys = receipt(before), published(before)
    env = {**SETTINGS, "JOB_CALLBACK_HMAC_SECRET": "a-newer-secret,shared-secret"}
    after = done(World(env=env, objects=before.objects), outputs=CLAIM)

    assert len(published(after)) == 2
    assert check_receipt(kept, published(after)).key_id == keys[0].kid
    assert told(after).key_id != keys[0].kid
    with pytest.raises(ReceiptInvalid, match="not published here"):
        check_receipt(receipt(after), keys)


def test_no_job_is_completed_before_its_receipt_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    run(world.begin())
    world.upload()
    put_text = world.objects.put_text

    async def fails(key: str, text: str, content_type: str) -> None:
        if key.startswith("receipts/jobs/"):
            raise UpstreamError("upstream_failed", part="The bucket", why="a fault")
        await put_text(key, text, content_type)

    monkeypatch.setattr(world.objects, "put_text", fails)
    run(world.report("completed", outputs=CLAIM))
    run(world.settle())
    waiting = world.job().status
    monkeypatch.undo()
    run(world.wait(60_000))

    assert waiting is Status.UPLOADING
    assert world.job().status is Status.COMPLETED
    assert told(world).job_id == "job_1"


def test_evidence_is_not_kept_in_the_job_after_its_end() -> None:
    world = done(World(), outputs=CLAIM, evidence=EVIDENCE)

    assert world.job().attempts[0].evidence is None


def test_a_container_that_says_too_much_is_heard_all_the_same() -> None:
    tools = {f"tool-{number}": "v" * 500 for number in range(100)}

    statement = told(done(World(), outputs=CLAIM, evidence={"tools": tools}))

    assert len(statement.run["builder"]["version"]) == 41
    assert statement.run["builder"]["version"]["tool-0"] == "v" * 100
