"""Videos that are uploaded: by one presigned PUT, or in parts.

An upload is an input that is not ready. Its object has a key of its own, is written once and is the
media's own only after its size was found to be the announced one.
"""

from dataclasses import dataclass, replace
from typing import Annotated, TypeVar

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from app.media.media import NewMedia, add_input, find_media, new_media
from app.media.removal import drop, forget_media_of
from app.media.store import (
    InputRow,
    abort_upload,
    complete_upload,
    insert_input,
    insert_media,
    select_input,
)
from app.orchestrator import new_nonce, post_signed
from app.ports import Ports
from media_jobs.errors import Conflict, NotFound, UpstreamError, invalid_field, unfit_field
from media_jobs.ids import new_id
from media_jobs.keys import video_key
from media_jobs.object_requests import PresignParts, PresignUpload
from media_jobs.parts import MIB, PARTS_MAX, SIZE_MAX, part_count, part_size
from media_jobs.strict import Strict
from media_jobs.wire import Message

SINGLE_BYTES_MAX = 4 * 1024**3
"""What is larger comes in parts: R2 takes at most 4.995 GiB in one PUT."""
PART_BYTES_LEAST = 8 * MIB
"""Little enough for a slow line to send again."""
UPLOAD_LIFE_MS = 3 * 24 * 3600_000
"""How long an upload may take: at 4 Mbit/s, 100 GiB do."""
PUT_LIFE_MS = 3600_000 + 5 * 60_000
"""After this, the presigned PUT of a whole object is good for nothing."""
DURATION_S_MAX = 30 * 24 * 3600

PartNumber = Annotated[int, Field(ge=1, le=PARTS_MAX)]
ETag = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,1024}\z")]


class NewUpload(Strict):
    """A video to be uploaded; *multipart*: in parts, whatever its size."""

    content_type: Annotated[str, Field(pattern=r"^video/[A-Za-z0-9.+-]{1,60}\z")] = "video/mp4"
    size_bytes: Annotated[int, Field(ge=1, le=SIZE_MAX)]
    multipart: bool = False


class NewVideo(NewMedia, NewUpload):
    """A video that becomes a media of its own."""


class PartsWanted(Strict):
    """Parts for which upload URLs are wanted."""

    part_numbers: Annotated[list[PartNumber], Field(min_length=1, max_length=100)]


class UploadedPart(Strict):
    """A part and the ETag that its PUT was answered with."""

    part_number: PartNumber
    etag: ETag


class CompleteUpload(Strict):
    """All parts of an upload; none for one that came whole. *duration_s*: the video's length."""

    parts: list[UploadedPart] = Field(default_factory=list, max_length=PARTS_MAX)
    duration_s: Annotated[float, Field(gt=0, le=DURATION_S_MAX)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grant:
    url: str
    headers: dict[str, str]
    expiresAt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _PartGrant:
    partNumber: int
    url: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _PartGrants:
    parts: list[_PartGrant]
    expiresAt: int


G = TypeVar("G")
_GRANT = TypeAdapter(_Grant)
_PART_GRANTS = TypeAdapter(_PartGrants)


async def begin(media_id: str, body: NewUpload, ports: Ports) -> dict[str, object]:
    """Begin an upload; return its document, with where to PUT a whole one.

    Raises InvalidInput, NotFound, UpstreamError.
    """
    _check_size(body, ports)
    await find_media(media_id, ports)
    item, document = await _opened(media_id, body, ports)
    await add_input(item, ports)
    return document


async def begin_new(body: NewVideo, ports: Ports) -> dict[str, object]:
    """Begin an upload with a media of its own, which no list shows before the upload is complete.

    Return the upload's document with `mediaId`. Raises InvalidInput, UpstreamError.
    """
    _check_size(body, ports)
    media = new_media(body, ports)
    item, document = await _opened(media.media_id, body, ports)
    added = insert_media(ports.store, replace(media, upload_id=item.input_id))
    await ports.store.batch([added, insert_input(item)])
    return {"mediaId": media.media_id, **document}


def _check_size(body: NewUpload, ports: Ports) -> None:
    most = ports.settings().upload_bytes_max
    if body.size_bytes > most:
        raise invalid_field("sizeBytes", "field.at_most", most=most)


async def _opened(
    media_id: str, body: NewUpload, ports: Ports
) -> tuple[InputRow, dict[str, object]]:
    """Return the row of a new upload, not stored yet, and its document."""
    now_ms = ports.now_ms()
    upload_id = new_id("upl", now_ms, ports.entropy(10))
    key = video_key(media_id, upload_id)
    in_parts = body.multipart or body.size_bytes > SINGLE_BYTES_MAX
    grant, multipart_id = None, None
    if in_parts:
        multipart_id = await ports.objects.create_multipart(key, body.content_type)
    else:
        grant = await _grant(media_id, key, body, ports)
    item = InputRow(
        input_id=upload_id,
        media_id=media_id,
        slot="video",
        object_key=key,
        content_type=body.content_type,
        size_bytes=body.size_bytes,
        ready=False,
        created_ms=now_ms,
        expires_ms=now_ms + UPLOAD_LIFE_MS,
        multipart_id=multipart_id,
        part_size_bytes=part_size(body.size_bytes, PART_BYTES_LEAST) if in_parts else None,
    )
    document = upload_document(item, now_ms)
    if grant is not None:
        place = {"url": grant.url, "headers": grant.headers, "expiresAt": grant.expiresAt}
        document |= {"method": "PUT", **place}
    return item, document


async def grant_parts(
    media_id: str, upload_id: str, body: PartsWanted, ports: Ports
) -> dict[str, object]:
    """Return where to PUT parts of an upload.

    Raises InvalidInput, NotFound, Conflict (`upload_ended`), UpstreamError.
    """
    item = await find_upload(media_id, upload_id, ports)
    _check_open(item, ports.now_ms())
    if item.multipart_id is None:
        raise unfit_field("partNumbers", "field.not_multipart")
    count = _count(item)
    if max(body.part_numbers) > count:
        raise unfit_field("partNumbers", "field.from_to", least=1, most=count)
    message = PresignParts(
        type="upload.parts",
        media_id=media_id,
        key=item.object_key,
        size_bytes=item.size_bytes,
        part_bytes=item.part_size_bytes,
        upload_id=item.multipart_id,
        part_numbers=body.part_numbers,
        ts=ports.now_ms(),
        nonce=new_nonce(ports),
    )
    grants = await _ask("/uploads/parts", message, _PART_GRANTS, ports)
    parts = [
        {
            "partNumber": part.partNumber,
            "method": "PUT",
            "url": part.url,
            "headers": part.headers,
        }
        for part in grants.parts
    ]
    return {"parts": parts, "expiresAt": grants.expiresAt}


async def complete(media_id: str, upload_id: str, body: CompleteUpload, ports: Ports) -> InputRow:
    """Make an uploaded video the media's own; a repetition gets the same answer.

    Raises InvalidInput, NotFound, Conflict (`upload_incomplete`, `upload_ended`), UpstreamError.
    """
    item = await find_upload(media_id, upload_id, ports)
    if item.ready:
        return item
    _check_open(item, ports.now_ms())
    if item.multipart_id is not None:
        await _join(item, item.multipart_id, body, ports)
    elif body.parts:
        raise unfit_field("parts", "field.not_multipart")
    found = await ports.objects.head(item.object_key)
    if found is None:
        raise Conflict("upload_incomplete")
    if found.size_bytes != item.size_bytes:
        raise Conflict("upload_incomplete.size", found=found.size_bytes, declared=item.size_bytes)
    duration_ms = None if body.duration_s is None else max(1, round(body.duration_s * 1000))
    await ports.store.batch(complete_upload(item, duration_ms, ports.now_ms()))
    done = await select_input(ports.store, media_id, upload_id)
    if done is None or not done.ready:
        raise Conflict("upload_ended.aborted")
    ports.hub.tell_media(media_id)
    return done


async def _join(item: InputRow, multipart_id: str, body: CompleteUpload, ports: Ports) -> None:
    numbers = sorted(part.part_number for part in body.parts)
    count = _count(item)
    if numbers != list(range(1, count + 1)):
        raise unfit_field("parts", "field.all_parts", most=count)
    parts = sorted((part.part_number, part.etag.strip('"')) for part in body.parts)
    try:
        await ports.objects.complete_multipart(item.object_key, multipart_id, parts)
    except Conflict:
        # Joined before, by a request whose answer was lost?
        if await ports.objects.head(item.object_key) is None:
            raise


async def abort(media_id: str, upload_id: str, ports: Ports) -> None:
    """End an upload and drop what there is of it; one that was aborted stays so.

    A media that was made for it goes with it.

    Raises NotFound, Conflict (`upload_ended`: it is complete), UpstreamError.
    """
    item = await find_upload(media_id, upload_id, ports)
    in_parts = item.multipart_id is not None
    # The URL of a whole object may still be used: what it brings is dropped when it has expired.
    drop_ms = ports.now_ms() if in_parts else item.created_ms + PUT_LIFE_MS
    if await ports.store.batch([abort_upload(item, drop_ms)]) == [0]:
        raise Conflict("upload_ended.complete")
    if in_parts:
        await drop(item, ports)
    else:
        await forget_media_of(item, ports)


async def find_upload(media_id: str, upload_id: str, ports: Ports) -> InputRow:
    """Return an upload, which may be complete; raises NotFound."""
    await find_media(media_id, ports)
    item = await select_input(ports.store, media_id, upload_id)
    if item is None or item.slot != "video":
        raise NotFound("not_found.upload", upload=upload_id)
    return item


def upload_document(item: InputRow, now_ms: int) -> dict[str, object]:
    """Return what the API shows of an upload."""
    document: dict[str, object] = {
        "uploadId": item.input_id,
        "state": _state(item, now_ms),
        "contentType": item.content_type,
        "sizeBytes": item.size_bytes,
        "expiresAt": item.expires_ms,
    }
    if item.part_size_bytes is not None:
        document |= {"partSizeBytes": item.part_size_bytes, "partCount": _count(item)}
    return document


def _state(item: InputRow, now_ms: int) -> str:
    if item.ready:
        return "complete"
    if item.aborted:
        return "aborted"
    return "open" if now_ms < (item.expires_ms or 0) else "expired"


def _check_open(item: InputRow, now_ms: int) -> None:
    state = _state(item, now_ms)
    if state != "open":
        raise Conflict("upload_ended", state=f"state.{state}")


def _count(item: InputRow) -> int:
    return part_count(item.size_bytes, item.part_size_bytes or item.size_bytes)


async def _grant(media_id: str, key: str, wanted: NewUpload, ports: Ports) -> _Grant:
    message = PresignUpload(
        type="upload.presign",
        media_id=media_id,
        key=key,
        size_bytes=wanted.size_bytes,
        content_type=wanted.content_type,
        ts=ports.now_ms(),
        nonce=new_nonce(ports),
    )
    return await _ask("/uploads", message, _GRANT, ports)


async def _ask(path: str, message: Message, reader: TypeAdapter[G], ports: Ports) -> G:
    answer = await post_signed(path, message, ports)
    if answer.status == 400:  # An orchestrator of before 0.4 refuses to be told a length.
        lengths = {"size_bytes", "part_bytes"} & type(message).model_fields.keys()
        message = message.model_copy(update=dict.fromkeys(lengths))
        answer = await post_signed(path, message, ports)
    if answer.status != 200:
        raise UpstreamError(
            "upstream_failed.status", part="part.orchestrator", status=answer.status
        )
    try:
        return reader.validate_json(answer.text)
    except ValidationError:
        raise UpstreamError("upstream_failed.answer", part="part.orchestrator") from None
