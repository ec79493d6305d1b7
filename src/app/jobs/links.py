"""The outputs of jobs: their bytes for a caller, and signed links to them.

There are short links for who reads a job, and longer ones to share. Whoever has one needs no token,
so it outlives a token that is revoked, until it expires.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from app.ports import Ports
from app.rows import JobRow
from media_jobs.artifact_links import artifact_link
from media_jobs.content import Content, serve
from media_jobs.engines import ENGINES
from media_jobs.errors import present, unfit_field
from media_jobs.file_names import file_stem, output_file_name
from media_jobs.http import Reply, Request
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


async def output_content(
    request: Request, job: JobRow, slot: str, disposition: str, ports: Ports
) -> Reply:
    """Answer a GET or HEAD for the bytes of an output, or for one range of them.

    *disposition*: `inline` or `attachment`. Raises NotFound; `artifact_not_ready`: the object is
    not there any more.
    """
    item = present((job.outputs or {}).get(slot), "not_found.output", slot=slot, job=job.job_id)
    output = _content(item)
    params = {"filename": _file_name(job, slot, output), "disposition": disposition}
    return await serve(request, output, ports.objects, params)


def _content(item: Mapping[str, Any]) -> Content:  # Any: an output as the event had it.
    return Content(
        key=item["key"],
        size_bytes=item["sizeBytes"],
        content_type=item["contentType"],
        etag=item["etag"],
    )


def _file_name(job: JobRow, slot: str, output: Content) -> str:
    stem = file_stem(job.media_title) or job.job_id
    stored_name = output.key.rsplit("/", 1)[-1]
    return output_file_name(stem, job.engine, slot, stored_name, _languages(job, output.key))


def _languages(job: JobRow, key: str) -> str | None:
    """Return the languages of the text in an output: of its own, or of what the job reads.

    A text of several languages is called `zh+en`, the first one above.
    """
    made, engine = job.output_languages, ENGINES.get(job.engine)
    if key in made:
        return made[key]
    if engine is not None and (track := engine.output("subtitles")) is not None:
        # What a site has beside its video says nothing of the video.
        return None if track.origin == "site" else next(iter(made.values()), None)
    read = [job.input_languages.get(slot) for slot in ("subtitles", "subtitles-secondary")]
    return "+".join(filter(None, read)) or None


def _links(
    job: JobRow, slot: str, item: Mapping[str, Any], expires_s: int, ports: Ports
) -> dict[str, object]:  # Any: an output as the event had it.
    settings = ports.settings()
    output = _content(item)
    shown = {"filename": _file_name(job, slot, output)}
    saved = {**shown, "disposition": "attachment"}
    signed = (job.job_id, slot, output, expires_s, settings.keys.signing(Purpose.LINK))
    base = settings.orchestrator_url
    return {
        "url": base + artifact_link(*signed, shown),
        "downloadUrl": base + artifact_link(*signed, saved),
        "expiresAt": expires_s * 1000,
        "sizeBytes": output.size_bytes,
        "contentType": output.content_type,
        "fileName": shown["filename"],
    }
