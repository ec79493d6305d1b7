"""What an attempt may read and write: presigned URLs, of whole objects and of parts.

An output in parts is begun by the bucket's binding when its container first asks for parts, noted
in the job before any URL is given away, completed when the container's claim is verified, and
dropped when its attempt ends otherwise. A container that breaks off asks again for what it lacks.
"""

from media_jobs.engines import ENGINES, OutputSlot
from media_jobs.errors import AttemptFenced, invalid_field
from media_jobs.parts import part_count, part_size
from media_jobs.record import Attempt, AttemptState, JobRecord, PartedUpload, with_upload
from media_jobs.wire import PartUrlsWanted
from orchestrator.containers import attempt_urls, expected_keys, part_urls
from orchestrator.jobs.auth import attempt_of
from orchestrator.ports import JobPorts


def fresh_urls(number: int, token: str, ports: JobPorts) -> dict[str, str]:
    """Return fresh presigned URLs of all inputs and outputs for the current attempt.

    Raises SignatureError for a wrong token, AttemptFenced when the attempt has ended.
    """
    job, _ = current(number, token, ports)
    return attempt_urls(job, number, ports.settings, ports.now_ms())


async def fresh_part_urls(
    number: int, token: str, wanted: PartUrlsWanted, ports: JobPorts
) -> dict[str, object]:
    """Return fresh presigned URLs of the wanted parts for the current attempt.

    Raises as `fresh_urls`, invalid_field for parts that there are not, and UpstreamError when the
    bucket does not begin the upload.
    """
    job, _ = current(number, token, ports)
    slot = ENGINES[job.engine].output(wanted.slot)
    if slot is None:
        raise invalid_field("upload.slot", "field.not_an_output")
    upload = await _upload(number, token, slot, wanted, ports)
    count = part_count(upload.size_bytes, upload.part_bytes)
    if max(wanted.part_numbers) > count:
        raise invalid_field("upload.partNumbers", "field.from_to", least=1, most=count)
    parts = part_urls(upload, wanted.part_numbers, ports.settings, ports.now_ms())
    return {"upload": {"slot": slot.name, "partBytes": upload.part_bytes, "parts": parts}}


async def _upload(
    number: int, token: str, slot: OutputSlot, wanted: PartUrlsWanted, ports: JobPorts
) -> PartedUpload:
    """Return the upload of *slot*, begun and noted in the job if there is none yet."""
    job, attempt = current(number, token, ports)
    upload = attempt.uploads.get(slot.name)
    if upload is None:
        key = expected_keys(job, number)[slot.name]
        begun = PartedUpload(
            key=key,
            upload_id=await ports.objects.create_multipart(key, slot.content_type),
            size_bytes=wanted.size_bytes,
            part_bytes=part_size(wanted.size_bytes),
        )
        upload = await _note(number, token, slot, begun, ports)
    if upload.size_bytes != wanted.size_bytes:
        raise invalid_field("upload.sizeBytes", "field.differs_from_start")
    return upload


async def _note(
    number: int, token: str, slot: OutputSlot, begun: PartedUpload, ports: JobPorts
) -> PartedUpload:
    """Note *begun*, unless others were faster: awaiting the bucket let them in."""
    try:
        job, attempt = current(number, token, ports)
        upload = attempt.uploads.get(slot.name)
    except AttemptFenced:
        await ports.objects.abort_multipart(begun.key, begun.upload_id)
        raise
    if upload is not None:
        await ports.objects.abort_multipart(begun.key, begun.upload_id)
        return upload
    ports.store.save(with_upload(job, slot.name, begun))
    return begun


def current(number: int, token: str, ports: JobPorts) -> tuple[JobRecord, Attempt]:
    """Return the job and its current attempt; raises as `fresh_urls`."""
    job = ports.store.load()
    attempt = attempt_of(job, number, token)
    assert job is not None
    if job.ended or attempt is not job.attempt or attempt.state is AttemptState.ENDED:
        raise AttemptFenced("attempt_fenced")
    return job, attempt
