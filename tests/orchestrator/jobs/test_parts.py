"""Large outputs in parts: begun once, resumed, completed by the claim, dropped with the attempt."""

import json
from typing import Any

import pytest

from media_jobs.errors import UpstreamError
from media_jobs.parts import part_size
from tests.orchestrator.world import World, begun, document
from tests.platform.loop import run

SIZE = 80 * 1024 * 1024  # Three parts of 32 MiB as presigned; the fake bucket takes any bytes.
KEY = "media/med_1/outputs/job_1/1-1/video.mp4"
# By md5sum.
RENDERED_MD5 = "a8bc0d9bfe8eac095ac699937038a6be"


async def ask(world: World, *numbers: int, **changes: Any) -> tuple[int, dict[str, Any]]:
    target = str(world.started()[0]["urlsUrl"]).removeprefix("http://orchestrator.example")
    wanted = {"slot": "video", "sizeBytes": SIZE, "partNumbers": list(numbers), **changes}
    reply = await world.ask("POST", target, json.dumps({"upload": wanted}).encode())
    return reply.status, document(reply)


def put_parts(world: World, *bodies: bytes) -> list[str]:
    """Ask for parts and put *bodies* there; return their ETags."""
    run(ask(world, *range(1, len(bodies) + 1)))
    upload_id = world.job().attempts[-1].uploads["video"].upload_id
    return [world.objects.put_part(upload_id, n, body) for n, body in enumerate(bodies, start=1)]


def test_a_container_gets_urls_of_the_parts_it_asks_for() -> None:
    status, answer = run(ask(begun(), 1, 3))

    upload = answer["upload"]
    assert (status, upload["slot"], upload["partBytes"]) == (200, "video", 33_554_432)
    assert sorted(upload["parts"]) == ["1", "3"]
    assert f"/{KEY}?" in upload["parts"]["3"]
    assert "partNumber=3&uploadId=r2-upload-1" in upload["parts"]["3"]
    assert "X-Amz-SignedHeaders=host%3Bx-amz-content-sha256" in upload["parts"]["3"]


def test_asking_again_resumes_the_same_upload_also_after_an_eviction() -> None:
    world = begun()
    run(ask(world, 1, 2))
    world.evict()

    _, answer = run(ask(world, 2))

    assert "uploadId=r2-upload-1" in answer["upload"]["parts"]["2"]
    assert list(world.objects.uploads) == ["r2-upload-1"]


def test_two_that_ask_first_at_once_share_one_upload() -> None:
    world = begun()

    async def other_is_faster() -> None:
        world.objects.before_create = None
        await ask(world, 1)

    world.objects.before_create = other_is_faster
    _, answer = run(ask(world, 1))

    (kept,) = world.objects.uploads
    assert f"uploadId={kept}" in answer["upload"]["parts"]["1"]


def test_the_parts_become_the_output_that_is_verified() -> None:
    world = begun()
    etags = put_parts(world, b"one", b"two")

    claim = {"key": KEY, "sizeBytes": 6, "partEtags": etags}
    run(world.report("completed", outputs={"video": claim}))
    run(world.settle())

    assert world.job().status == "completed"
    assert world.objects.stored[KEY].body == b"onetwo"
    assert world.job().outputs["video"].etag.endswith("-2")
    assert world.job().attempts[-1].uploads == {}


def test_a_completion_whose_answer_was_lost_is_found_at_the_next_try() -> None:
    world = begun()
    etags = put_parts(world, b"one", b"two")
    complete = world.objects.complete_multipart

    async def cut(*given: Any) -> object:
        world.objects.complete_multipart = complete  # type: ignore[method-assign]
        await complete(*given)
        raise UpstreamError("upstream_failed", part="The bucket", why="Error")

    world.objects.complete_multipart = cut  # type: ignore[method-assign,assignment]
    claim = {"key": KEY, "sizeBytes": 6, "partEtags": etags}
    run(world.report("completed", outputs={"video": claim}))
    run(world.wait(30_000))

    assert (world.job().status, len(world.job().attempts)) == ("completed", 1)


@pytest.mark.parametrize(
    "claim",
    [{"sizeBytes": 6, "partEtags": ["0" * 32, "1" * 32]}, {"sizeBytes": 7}, {}],
    ids=["other parts", "another size", "no list of parts"],
)
def test_parts_that_are_not_what_was_claimed_are_no_completion_and_are_dropped(
    claim: dict[str, object],
) -> None:
    world = begun()
    etags = put_parts(world, b"one", b"two")

    made = {"partEtags": etags, **claim} if claim else {}
    run(world.report("completed", outputs={"video": made}))
    run(world.settle())

    job = world.job()
    assert job.error is not None
    assert (job.status, job.error.code) == ("queued", "output_not_verified")
    assert job.error.retryable
    assert world.objects.uploads == {}


@pytest.mark.parametrize("end", ["cancel", "lease", "failed"])
def test_the_parts_of_an_attempt_that_ends_otherwise_are_dropped(end: str) -> None:
    world = begun()
    put_parts(world, b"one")

    if end == "cancel":
        run(world.cancel())
    elif end == "lease":
        world.clock.now_ms += 3_600_000
    else:
        run(world.report("failed", error={"code": "disk_full", "retryable": False}))
    run(world.settle())

    assert world.objects.uploads == {}


def test_a_bucket_that_is_down_is_asked_again_to_drop_the_parts() -> None:
    world = begun()
    put_parts(world, b"one")
    abort = world.objects.abort_multipart

    async def down(key: str, upload_id: str) -> None:
        world.objects.abort_multipart = abort  # type: ignore[method-assign]
        raise UpstreamError("upstream_failed", part="The bucket", why="Error")

    world.objects.abort_multipart = down  # type: ignore[method-assign]
    run(world.cancel())
    run(world.settle())
    assert len(world.objects.uploads) == 1
    run(world.wait(60_000))

    assert world.objects.uploads == {}


def test_an_attempt_that_ends_while_its_upload_begins_is_fenced_and_leaves_nothing() -> None:
    world = begun()

    async def end() -> None:
        world.objects.before_create = None
        await world.cancel()

    world.objects.before_create = end
    status, _ = run(ask(world, 1))

    assert status == 410
    assert world.objects.uploads == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slot": "poster-of-nothing"}, "upload.slot"),
        ({"partNumbers": [4]}, "upload.partNumbers"),
        ({"partNumbers": []}, "upload.partNumbers"),
        ({"partNumbers": [1] * 101}, "upload.partNumbers"),
        ({"sizeBytes": 0}, "upload.sizeBytes"),
    ],
)
def test_parts_that_cannot_be_are_refused_with_the_field(
    changes: dict[str, Any], field: str
) -> None:
    status, answer = run(ask(begun(), 1, **changes))

    assert status == 400
    (fault,) = answer["details"]["errors"]
    assert fault["field"] == field


def test_another_size_than_at_first_is_refused() -> None:
    world = begun()
    run(ask(world, 1))

    status, _ = run(ask(world, 1, sizeBytes=SIZE + 1))

    assert status == 400


# --- the hash of what came whole ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("md5", "status"),
    [("b9f5c1ef2c4e5e8c4f64c2d1a3f7d8a0", "queued"), (RENDERED_MD5, "completed")],
    ids=["of other bytes", "of these bytes"],
)
def test_j15_an_object_of_other_bytes_than_were_uploaded_is_no_completion(
    md5: str, status: str
) -> None:
    world = begun()
    world.upload()

    run(world.report("completed", outputs={"video": {"sizeBytes": 8, "md5": md5}}))
    run(world.settle())

    assert world.job().status == status


def test_parts_are_few_and_equal_whatever_the_size() -> None:
    mib = 1024 * 1024

    assert part_size(1) == part_size(32_000 * mib) == 32 * mib
    assert part_size(32_000 * mib + 1) == 33 * mib
    assert part_size(4 * 1024 * 1024 * mib) <= 5 * 1024 * mib
