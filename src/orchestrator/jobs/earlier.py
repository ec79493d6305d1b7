"""What is said otherwise to a container of the earlier system, and what it says otherwise.

It ignores what it does not know, and would end as if it had done it: so a job that asks for more is
not started there.
"""

from collections.abc import Mapping, Sequence

from pydantic_core import from_json, to_json

from media_jobs.engines import ENGINES
from media_jobs.errors import InvalidInput, OptionsUnsupported
from media_jobs.hosts import contract_said
from media_jobs.keys import attempt_prefix
from media_jobs.ports import ObjectInfo, Objects
from media_jobs.record import JobRecord
from orchestrator.object_urls import object_url
from orchestrator.ports import JobPorts

__all__ = ["NO_SUCH_ROUTE", "adopt_comments", "contract_of", "earlier_fields"]

NO_SUCH_ROUTE = "not found"
"""The error of the earlier system's containers for a path that they do not have; ours say
`not_found`, also of a job."""

DOCUMENT_BYTES_MAX = 4 << 20
"""Of an input that is written anew, and of comments that are taken over."""
_JSON, _VTT = "application/json", "text/vtt"
SUBTITLES, SECOND_TRACK = "subtitles", "subtitles-secondary"


def contract_of(health: str) -> int | None:
    """Return the contract that a container speaks by its answer to `/health`.

    Ours of 0.1 say their capacity alone; the earlier system's say neither. What is no JSON object
    comes from somebody else, as a proxy's page does: None.
    """
    try:
        said = from_json(health)
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    return contract_said(said)


async def earlier_fields(job: JobRecord, attempt: int, ports: JobPorts) -> dict[str, object]:
    """Return the fields of `/render` that are others for such a container than for ours.

    Raises OptionsUnsupported with the options, or the inputs, that it can't do.
    """
    table = ENGINES[job.engine].earlier
    if table is None:
        return {}
    # Here and below: no start of a Worker needs them.
    from media_jobs.earlier_options import to_earlier

    # Two tracks are to it what one file with both languages is to ours.
    both = {"bilingual": True} if SECOND_TRACK in job.inputs else {}
    fields: dict[str, object] = {"engineOptions": to_earlier(table(), {**job.options, **both})}
    for slot in ENGINES[job.engine].inputs:
        if slot.name not in _WRITTEN_ANEW or (slot.name == SUBTITLES and _is_as_it_reads(job)):
            continue
        prefix = attempt_prefix(
            ENGINES[job.engine], job.media_id, job.job_id, job.generation, attempt
        )
        write, name, content_type = _WRITTEN_ANEW[slot.name]
        keys = [job.inputs.get(slot.name, ""), job.inputs.get(SECOND_TRACK, "")]
        try:
            text = write([await _text(key, ports) for key in keys if key])
        except (ValueError, InvalidInput):
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


def _is_as_it_reads(job: JobRecord) -> bool:
    return job.inputs.get(SUBTITLES, "").endswith(".vtt") and SECOND_TRACK not in job.inputs


async def _text(key: str, ports: JobPorts) -> str:
    return await ports.objects.text(key, DOCUMENT_BYTES_MAX) or ""


def _snapshot(texts: Sequence[str]) -> str:
    from media_jobs.comments import CommentsDocument
    from media_jobs.comments.earlier import snapshot

    return to_json(snapshot(CommentsDocument.model_validate_json(texts[0]))).decode()


def _webvtt(texts: Sequence[str]) -> str:
    """Return one file of one track, or of two with a line of each in every cue."""
    from media_jobs.subtitles.decoding import decode
    from media_jobs.subtitles.exports import FORMATS, exported
    from media_jobs.subtitles.reader import read_subtitles
    from media_jobs.subtitles.two_lines import in_two_lines

    tracks = [read_subtitles(decode(text.encode()).text).cues() for text in texts]
    cues = tracks[0] if len(tracks) == 1 else [*in_two_lines(*tracks)]
    return exported(cues, FORMATS["vtt"]).text


_WRITTEN_ANEW = {
    "comments-data": (_snapshot, "earlier-comments.json", _JSON),
    SUBTITLES: (_webvtt, "earlier-subtitles.vtt", _VTT),
}
"""Inputs that the earlier system's containers read in another form: how it is made, its name."""


async def adopt_comments(
    job: JobRecord, keys: Mapping[str, str], objects: Objects
) -> ObjectInfo | None:
    """Store the comments that a downloader of the earlier system has put in the metadata's place.

    *keys*: of its outputs, by slot. It counts whole pages: those beyond what the job asks for are
    left out. Return what is known of the object, None if there were none.
    """
    from media_jobs.comments.earlier import adopted

    text = await objects.text(keys["metadata"], DOCUMENT_BYTES_MAX)
    most = job.options.get("maxComments")
    document = None if text is None else adopted(text, most if isinstance(most, int) else None)
    if document is None:
        return None
    stored = document.model_dump_json(by_alias=True, exclude_none=True)
    await objects.put_text(keys["comments"], stored, _JSON)
    return await objects.head(keys["comments"])
