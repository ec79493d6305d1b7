"""What both Workers rely on of the bucket. Runs on the fake, and on R2 inside a Worker."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from media_jobs.errors import Conflict
from media_jobs.ports import Objects


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """The bucket, and the means of a test.

    *read* reads a stream that the port has handed out; *put_part* uploads a part (key, upload's id,
    number, text) and returns its ETag.
    """

    objects: Objects
    read: Callable[[object], Coroutine[Any, Any, bytes]]
    put_part: Callable[[str, str, int, str], Coroutine[Any, Any, str]]


async def an_object_has_its_size_its_type_and_a_validator_of_its_bytes(bucket: Bucket) -> None:
    await bucket.objects.put_text("one", "same size", "text/plain")
    first = await bucket.objects.head("one")
    await bucket.objects.put_text("one", "emas ezis", "text/vtt")
    second = await bucket.objects.head("one")

    assert first is not None
    assert second is not None
    assert (first.size_bytes, first.content_type) == (9, "text/plain")
    assert (second.size_bytes, second.content_type) == (9, "text/vtt")
    assert first.etag != second.etag
    assert '"' not in first.etag
    assert first.etag != ""


async def an_object_that_is_not_there_is_none(bucket: Bucket) -> None:
    assert await bucket.objects.head("none") is None
    assert await bucket.objects.text("none", 100) is None
    assert await bucket.objects.open("none", 0, 1) is None


async def an_empty_object_is_there(bucket: Bucket) -> None:
    await bucket.objects.put_text("empty", "", "text/plain")

    found = await bucket.objects.head("empty")

    assert found is not None
    assert found.size_bytes == 0
    assert await bucket.objects.text("empty", 0) == ""


async def a_text_over_its_limit_is_none(bucket: Bucket) -> None:
    await bucket.objects.put_text("text", "字幕", "text/plain")

    assert await bucket.objects.text("text", 5) is None
    assert await bucket.objects.text("text", 6) == "字幕"


async def a_part_is_opened_as_a_stream(bucket: Bucket) -> None:
    await bucket.objects.put_text("part", "0123456789", "text/plain")
    head = await bucket.objects.head("part")

    part = await bucket.objects.open("part", 3, 4)
    whole = await bucket.objects.open("part", 0, 10)

    assert part is not None
    assert whole is not None
    assert head is not None
    assert part.info.etag == head.etag
    assert part.info.size_bytes == 10
    assert await bucket.read(part.stream) == b"3456"
    assert await bucket.read(whole.stream) == b"0123456789"


async def keys_are_listed_by_prefix(bucket: Bucket) -> None:
    for key in ("list/1/a", "list/1/b", "list/10/a"):
        await bucket.objects.put_text(key, "x", "text/plain")

    assert sorted(await bucket.objects.keys("list/1/")) == ["list/1/a", "list/1/b"]
    assert await bucket.objects.keys("list/2/") == []


async def keys_come_in_pages(bucket: Bucket) -> None:
    for number in range(1, 6):
        await bucket.objects.put_text(f"pages/{number}", "x", "text/plain")

    first = await bucket.objects.keys("pages/", limit=2)
    rest = await bucket.objects.keys("pages/", first[-1], 10)

    assert first == ["pages/1", "pages/2"]
    assert rest == ["pages/3", "pages/4", "pages/5"]
    assert await bucket.objects.keys("pages/", rest[-1]) == []


async def what_is_deleted_is_gone_and_may_be_deleted_again(bucket: Bucket) -> None:
    for number in range(1, 5):
        await bucket.objects.put_text(f"deleted/{number}", "x", "text/plain")

    await bucket.objects.delete_many(["deleted/1", "deleted/3", "deleted/none"])
    await bucket.objects.delete("deleted/4")
    await bucket.objects.delete("deleted/4")

    assert await bucket.objects.keys("deleted/") == ["deleted/2"]


# --- in parts -------------------------------------------------------------------------------------


async def parts_become_one_object(bucket: Bucket) -> None:
    upload_id = await bucket.objects.create_multipart("parts/whole", "video/webm")
    before = await bucket.objects.head("parts/whole")
    etag = await bucket.put_part("parts/whole", upload_id, 1, "the bytes")

    made = await bucket.objects.complete_multipart("parts/whole", upload_id, [(1, etag)])

    found = await bucket.objects.head("parts/whole")
    assert before is None
    assert found is not None
    assert (made.size_bytes, found.size_bytes, found.content_type) == (9, 9, "video/webm")


async def a_part_that_never_came_is_a_conflict(bucket: Bucket) -> None:
    upload_id = await bucket.objects.create_multipart("parts/missing", "video/mp4")
    etag = await bucket.put_part("parts/missing", upload_id, 1, "x")

    outcome = await _completed(bucket, "parts/missing", upload_id, [(1, etag), (2, "0" * 32)])

    assert outcome == "upload_incomplete"
    assert await bucket.objects.head("parts/missing") is None


async def an_upload_is_completed_once(bucket: Bucket) -> None:
    upload_id = await bucket.objects.create_multipart("parts/once", "video/mp4")
    etag = await bucket.put_part("parts/once", upload_id, 1, "x")
    await bucket.objects.complete_multipart("parts/once", upload_id, [(1, etag)])

    assert await _completed(bucket, "parts/once", upload_id, [(1, etag)]) == "upload_incomplete"
    assert await bucket.objects.head("parts/once") is not None


async def what_was_aborted_cannot_be_completed_and_may_be_aborted_again(bucket: Bucket) -> None:
    upload_id = await bucket.objects.create_multipart("parts/aborted", "video/mp4")
    etag = await bucket.put_part("parts/aborted", upload_id, 1, "x")

    await bucket.objects.abort_multipart("parts/aborted", upload_id)
    await bucket.objects.abort_multipart("parts/aborted", upload_id)

    assert await _completed(bucket, "parts/aborted", upload_id, [(1, etag)]) == "upload_incomplete"


async def _completed(
    bucket: Bucket, key: str, upload_id: str, parts: list[tuple[int, str]]
) -> str | None:
    try:
        await bucket.objects.complete_multipart(key, upload_id, parts)
    except Conflict as error:
        return error.code
    return None
