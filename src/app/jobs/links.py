"""Signed links to the outputs of jobs: short ones for who reads a job, and longer ones to share.

Whoever has one needs no token, so it outlives a token that is revoked, until it expires.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from app.media.names import file_stem
from app.ports import Ports
from app.rows import JobRow
from media_jobs.artifact_links import artifact_link
from media_jobs.content import Content
from media_jobs.errors import unfit_field
from media_jobs.keyring import Purpose
from media_jobs.strict import Strict
from media_jobs.wire import Slot

LINK_LIFE_S = 15 * 60
"""As long as a page needs one; it asks again."""
SHARE_LIFE_S_MAX = 30 * 86_400


class NewShare(Strict):
    """Links to an output, to be given to others; *expires_in_s*: for how many seconds.

    They cannot be taken back before, but by deleting the output.
    """

    slot: Slot = "video"
    expires_in_s: Annotated[int, Field(ge=60, le=SHARE_LIFE_S_MAX)] = 86_400


def links_document(job: JobRow, ports: Ports) -> dict[str, object]:
    """Return short links to each output of a job, by slot."""
    expires_s = ports.now_ms() // 1000 + LINK_LIFE_S
    outputs = (job.outputs or {}).items()
    return {slot: _links(job, slot, item, expires_s, ports) for slot, item in outputs}


def share(job: JobRow, wanted: NewShare, ports: Ports) -> dict[str, object]:
    """Return links to one output that last as long as is wanted; raises Conflict (`unfit`)."""
    item = (job.outputs or {}).get(wanted.slot)
    if item is None:
        raise unfit_field("slot", "field.no_output")
    expires_s = ports.now_ms() // 1000 + wanted.expires_in_s
    ports.log({"event": "output_shared", "jobId": job.job_id, "slot": wanted.slot})
    return _links(job, wanted.slot, item, expires_s, ports)


def _links(
    job: JobRow, slot: str, item: Mapping[str, Any], expires_s: int, ports: Ports
) -> dict[str, object]:  # Any: an output as the event had it.
    settings = ports.settings()
    output = Content(
        key=item["key"],
        size_bytes=item["sizeBytes"],
        content_type=item["contentType"],
        etag=item["etag"],
    )
    stem = file_stem(job.media_title) or job.job_id
    shown = {"filename": f"{stem}-{output.key.rsplit('/', 1)[-1]}"}
    saved = {**shown, "disposition": "attachment"}
    signed = (job.job_id, slot, output, expires_s, settings.keys.signing(Purpose.LINK))
    base = settings.orchestrator_url
    return {
        "url": base + artifact_link(*signed, shown),
        "downloadUrl": base + artifact_link(*signed, saved),
        "expiresAt": expires_s * 1000,
        "sizeBytes": output.size_bytes,
        "contentType": output.content_type,
    }
