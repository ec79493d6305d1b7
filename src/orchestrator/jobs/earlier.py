"""What is said otherwise to a container of the earlier system, and what it says otherwise.

It ignores what it does not know, and would end as if it had done it: so a job that asks for more is
not started there.
"""

from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from media_jobs.engines import ENGINES
from media_jobs.engines.declaration import EARLIER_CONTRACT
from media_jobs.engines.earlier import OptionsUnsupported, to_earlier
from media_jobs.errors import InvalidInput
from media_jobs.keys import attempt_prefix
from media_jobs.ports import ObjectInfo, Objects
from media_jobs.record import JobRecord
from orchestrator.object_urls import object_url
from orchestrator.ports import JobPorts

__all__ = ["adopt_comments", "contract_of", "earlier_fields"]

DOCUMENT_BYTES_MAX = 4 << 20
"""Of an input that is written anew, and of comments that are taken over."""
_JSON, _VTT = "application/json", "text/vtt"


def contract_of(health: str) -> int:
    """Return the contract that a container speaks by its answer to `/health`.

    Ours of 0.1 say their capacity alone; the earlier system's say neither, or answer with a text.
    """
    try:
        document = from_json(health)
    except ValueError:
        return EARLIER_CONTRACT
    said = document if isinstance(document, dict) else {}
    contract = said.get("contract")
    if isinstance(contract, int):
        return contract
    return 1 if "capacity" in said else EARLIER_CONTRACT


async def earlier_fields(job: JobRecord, attempt: int, ports: JobPorts) -> dict[str, object]:
    """Return the fields of `/render` that are others for such a container than for ours.

    Raises OptionsUnsupported with the options, or the inputs, that it can't do.
    """
    table = ENGINES[job.engine].earlier
    if table is None:
        return {}
    fields: dict[str, object] = {"engineOptions": to_earlier(table(), job.options)}
    for slot in ENGINES[job.engine].inputs:
        key = job.inputs.get(slot.name, "")
        if slot.name not in _WRITTEN_ANEW or key.endswith(".vtt"):
            continue
        prefix = attempt_prefix(
            ENGINES[job.engine], job.media_id, job.job_id, job.generation, attempt
        )
        write, name, content_type = _WRITTEN_ANEW[slot.name]
        try:
            text = write(await ports.objects.text(key, DOCUMENT_BYTES_MAX) or "")
        except (InvalidInput, ValidationError):
            raise OptionsUnsupported((f"inputs.{slot.name}",)) from None
        await ports.objects.put_text(prefix + name, text, content_type)
        fields[slot.url_field] = object_url(
            ports.settings,
            "container",
            "GET",
            prefix + name,
            now_ms=ports.now_ms(),
            expires_s=ports.settings.put_expires_s,
        )
    return fields


def _snapshot(text: str) -> str:
    # Here and below: no start of a Worker needs them.
    from media_jobs.comments import CommentsDocument
    from media_jobs.comments.earlier import snapshot

    return to_json(snapshot(CommentsDocument.model_validate_json(text))).decode()


def _webvtt(text: str) -> str:
    from media_jobs.subtitles.decoding import decode
    from media_jobs.subtitles.exports import FORMATS, exported
    from media_jobs.subtitles.reader import read_subtitles

    return exported(read_subtitles(decode(text.encode()).text).cues(), FORMATS["vtt"]).text


_WRITTEN_ANEW = {
    "comments-data": (_snapshot, "earlier-comments.json", _JSON),
    "subtitles": (_webvtt, "earlier-subtitles.vtt", _VTT),
}
"""Inputs that the earlier system's containers read in another form: how it is made, its name."""


async def adopt_comments(keys: Mapping[str, str], objects: Objects) -> ObjectInfo | None:
    """Store the comments that a downloader of the earlier system has put in the metadata's place.

    *keys*: of its outputs, by slot. Return what is known of the object, None if there were none.
    """
    from media_jobs.comments.earlier import adopted

    text = await objects.text(keys["metadata"], DOCUMENT_BYTES_MAX)
    document = None if text is None else adopted(text)
    if document is None:
        return None
    stored = document.model_dump_json(by_alias=True, exclude_none=True)
    await objects.put_text(keys["comments"], stored, _JSON)
    return await objects.head(keys["comments"])
