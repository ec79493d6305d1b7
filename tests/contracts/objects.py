"""What both Workers rely on of the bucket. Runs on the fakes, and on R2 inside a Worker."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from media_jobs.errors import Conflict

if TYPE_CHECKING:
    import media_jobs.ports


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """The bucket as the orchestrator sees it, and the means of a test.

    *put* stores text past the port; *read* reads a stream that the port has handed out.
    """

    objects: "media_jobs.ports.Objects"
    put: Callable[[str, str], Coroutine[Any, Any, None]]
    read: Callable[[object], Coroutine[Any, Any, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The bucket as both see it, and how a test uploads a part; *put_part* returns its ETag."""

    objects: "media_jobs.ports.Objects"
    put_part: Callable[[str, str, int, str], Coroutine[Any, Any, str]]


# --- as the app sees it ---------------------------------------------------------------------------


async def what_was_put_is_there(objects: "media_jobs.ports.Objects") -> None:
    await objects.put_text("app/put.vtt", "字幕", "text/vtt")

    found = await objects.head("app/put.vtt")

    assert found is not None
    assert (found.size_bytes, found.content_type) == (6, "text/vtt")
    assert await objects.text("app/put.vtt", 6) == "字幕"


async def what_is_put_again_is_the_new_one(objects: "media_jobs.ports.Objects") -> None:
    await objects.put_text("app/again", "old", "text/plain")
    await objects.put_text("app/again", "newer", "application/json")

    found = await objects.head("app/again")

    assert found is not None
    assert (found.size_bytes, found.content_type) == (5, "application/json")


async def what_was_never_put_is_not_there(objects: "media_jobs.ports.Objects") -> None:
    assert await objects.head("app/none") is None
    assert await objects.text("app/none", 100) is None


async def deleting_many_leaves_the_others(objects: "media_jobs.ports.Objects") -> None:
    for key in ("app/many/1", "app/many/2", "app/many/3"):
        await objects.put_text(key, "x", "text/plain")

    await objects.delete_many(["app/many/1", "app/many/3", "app/many/none"])

    assert await objects.keys("app/many/") == ["app/many/2"]


async def keys_come_in_pages(objects: "media_jobs.ports.Objects") -> None:
    for number in range(1, 6):
        await objects.put_text(f"app/pages/{number}", "x", "text/plain")

    first = await objects.keys("app/pages/", limit=2)
    rest = await objects.keys("app/pages/", first[-1], 10)

    assert first == ["app/pages/1", "app/pages/2"]
    assert rest == ["app/pages/3", "app/pages/4", "app/pages/5"]
    assert await objects.keys("app/pages/", rest[-1]) == []


# --- in parts -------------------------------------------------------------------------------------


async def parts_become_one_object(world: Parts) -> None:
    upload_id = await world.objects.create_multipart("parts/whole", "video/webm")
    before = await world.objects.head("parts/whole")
    etag = await world.put_part("parts/whole", upload_id, 1, "the bytes")

    made = await world.objects.complete_multipart("parts/whole", upload_id, [(1, etag)])

    found = await world.objects.head("parts/whole")
    assert before is None
    assert found is not None
    assert (made.size_bytes, found.size_bytes, found.content_type) == (9, 9, "video/webm")


async def a_part_that_never_came_is_a_conflict(world: Parts) -> None:
    upload_id = await world.objects.create_multipart("parts/missing", "video/mp4")
    etag = await world.put_part("parts/missing", upload_id, 1, "x")

    outcome = await _completed(world, "parts/missing", upload_id, [(1, etag), (2, "0" * 32)])

    assert outcome == "upload_incomplete"
    assert await world.objects.head("parts/missing") is None


async def an_upload_is_completed_once(world: Parts) -> None:
    upload_id = await world.objects.create_multipart("parts/once", "video/mp4")
    etag = await world.put_part("parts/once", upload_id, 1, "x")
    await world.objects.complete_multipart("parts/once", upload_id, [(1, etag)])

    assert await _completed(world, "parts/once", upload_id, [(1, etag)]) == "upload_incomplete"
    assert await world.objects.head("parts/once") is not None


async def what_was_aborted_cannot_be_completed_and_may_be_aborted_again(world: Parts) -> None:
    upload_id = await world.objects.create_multipart("parts/aborted", "video/mp4")
    etag = await world.put_part("parts/aborted", upload_id, 1, "x")

    await world.objects.abort_multipart("parts/aborted", upload_id)
    await world.objects.abort_multipart("parts/aborted", upload_id)

    assert await _completed(world, "parts/aborted", upload_id, [(1, etag)]) == "upload_incomplete"


async def _completed(
    world: Parts, key: str, upload_id: str, parts: list[tuple[int, str]]
) -> str | None:
    try:
        await world.objects.complete_multipart(key, upload_id, parts)
    except Conflict as error:
        return error.code
    return None


# --- as the orchestrator sees it ------------------------------------------------------------------


async def an_object_has_its_size_and_a_validator_of_its_bytes(bucket: Bucket) -> None:
    await bucket.put("orch/one", "same size")
    first = await bucket.objects.head("orch/one")
    await bucket.put("orch/one", "emas ezis")
    second = await bucket.objects.head("orch/one")

    assert first is not None
    assert second is not None
    assert (first.size_bytes, second.size_bytes) == (9, 9)
    assert first.etag != second.etag
    assert '"' not in first.etag
    assert first.etag != ""


async def an_object_that_is_not_there_is_none(bucket: Bucket) -> None:
    assert await bucket.objects.head("orch/none") is None
    assert await bucket.objects.text("orch/none", 100) is None
    assert await bucket.objects.open("orch/none", 0, 1) is None


async def an_empty_object_is_there(bucket: Bucket) -> None:
    await bucket.put("orch/empty", "")

    found = await bucket.objects.head("orch/empty")

    assert found is not None
    assert found.size_bytes == 0
    assert await bucket.objects.text("orch/empty", 0) == ""


async def a_text_over_its_limit_is_none(bucket: Bucket) -> None:
    await bucket.put("orch/text", "字幕")

    assert await bucket.objects.text("orch/text", 5) is None
    assert await bucket.objects.text("orch/text", 6) == "字幕"


async def a_part_is_opened_as_a_stream(bucket: Bucket) -> None:
    await bucket.put("orch/part", "0123456789")
    head = await bucket.objects.head("orch/part")

    part = await bucket.objects.open("orch/part", 3, 4)
    whole = await bucket.objects.open("orch/part", 0, 10)

    assert part is not None
    assert whole is not None
    assert head is not None
    assert part.info.etag == head.etag
    assert part.info.size_bytes == 10
    assert await bucket.read(part.stream) == b"3456"
    assert await bucket.read(whole.stream) == b"0123456789"


async def keys_are_listed_by_prefix(bucket: Bucket) -> None:
    for key in ("orch/list/1/a", "orch/list/1/b", "orch/list/10/a"):
        await bucket.put(key, "x")

    assert sorted(await bucket.objects.keys("orch/list/1/")) == ["orch/list/1/a", "orch/list/1/b"]
    assert await bucket.objects.keys("orch/list/2/") == []


async def what_is_deleted_is_gone_and_may_be_deleted_again(bucket: Bucket) -> None:
    await bucket.put("orch/deleted", "x")

    await bucket.objects.delete("orch/deleted")
    await bucket.objects.delete("orch/deleted")

    assert await bucket.objects.head("orch/deleted") is None


APP_CASES: dict[str, Callable[["media_jobs.ports.Objects"], Coroutine[Any, Any, None]]] = {
    case.__name__: case
    for case in (
        what_was_put_is_there,
        what_is_put_again_is_the_new_one,
        what_was_never_put_is_not_there,
        deleting_many_leaves_the_others,
        keys_come_in_pages,
    )
}
MULTIPART_CASES: dict[str, Callable[[Parts], Coroutine[Any, Any, None]]] = {
    case.__name__: case
    for case in (
        parts_become_one_object,
        a_part_that_never_came_is_a_conflict,
        an_upload_is_completed_once,
        what_was_aborted_cannot_be_completed_and_may_be_aborted_again,
    )
}
ORCHESTRATOR_CASES: dict[str, Callable[[Bucket], Coroutine[Any, Any, None]]] = {
    case.__name__: case
    for case in (
        an_object_has_its_size_and_a_validator_of_its_bytes,
        an_object_that_is_not_there_is_none,
        an_empty_object_is_there,
        a_text_over_its_limit_is_none,
        a_part_is_opened_as_a_stream,
        keys_are_listed_by_prefix,
        what_is_deleted_is_gone_and_may_be_deleted_again,
    )
}
