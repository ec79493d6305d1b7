"""Inputs that are no version of a media: what the app writes for one generation of a job.

`prepare_inputs` makes them when a job is about to be handed over, so that they say what is settled
then; the cron deletes them once that generation has ended.
"""

from dataclasses import dataclass

from pydantic_core import to_json

from app.ports import Ports
from app.store import Statement
from app.translation.document_store import (
    DocumentRow,
    delete_documents,
    insert_document,
    select_documents_to_drop,
)
from app.translation.store import select_memory
from media_jobs.engines import ENGINES
from media_jobs.keys import job_document_key
from media_jobs.manifest import InputObject, JobManifest
from media_jobs.translation.limits import MEMORY_BYTES_MAX

DOCUMENTS_PER_SWEEP = 500
_BRACKETS_BYTES = 1024
"""Of a memory, what is around its terms and pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A manifest with all of its inputs; *statements* belong into the batch that adds or releases
    its job, after the job. *keys*: what was written, to be deleted if that batch changes nothing.
    """

    manifest: JobManifest
    statements: tuple[Statement, ...] = ()
    keys: tuple[str, ...] = ()


async def prepare_inputs(manifest: JobManifest, ports: Ports) -> Prepared:
    """Write what the app makes for this generation of a job, and return its manifest with it.

    To be called whenever a manifest is about to be written: it may be that of an earlier
    generation. Raises UpstreamError.
    """
    slots = {
        slot.name for slot in ENGINES[manifest.engine].inputs_of(manifest.options) if slot.of_job
    }
    if not slots:
        return Prepared(manifest=manifest)
    inputs = {name: item for name, item in manifest.inputs.items() if name not in slots}
    manifest = manifest.model_copy(update={"inputs": inputs})
    text = await _memory(manifest, ports)
    if text is None:
        return Prepared(manifest=manifest)
    (slot,) = slots
    key = job_document_key(manifest.media_id, manifest.job_id, manifest.generation, slot)
    await ports.objects.put_text(key, text, "application/json")
    written = DocumentRow(
        job_id=manifest.job_id,
        generation=manifest.generation,
        slot=slot,
        object_key=key,
        created_ms=ports.now_ms(),
    )
    inputs[slot] = InputObject(key=key)
    return Prepared(
        manifest=manifest.model_copy(update={"inputs": inputs}),
        statements=(insert_document(written),),
        keys=(key,),
    )


async def _memory(manifest: JobManifest, ports: Ports) -> str | None:
    """Return what the owner has settled for a translation, None where that is nothing."""
    subtitles, options = manifest.inputs.get("subtitles"), manifest.options
    known = options.get("from") or (None if subtitles is None else subtitles.language)
    from_language, to_language = None if known is None else str(known), str(options["to"])
    bytes_max = MEMORY_BYTES_MAX - _BRACKETS_BYTES
    terms, pairs = await select_memory(
        ports.store, manifest.media_id, from_language, to_language, bytes_max
    )
    if not terms and not pairs:
        return None
    languages = f'"from":{to_json(from_language).decode()},"to":{to_json(to_language).decode()}'
    return f'{{"version":1,{languages},"glossary":[{terms}],"pairs":[{pairs}]}}'


async def drop_documents(ports: Ports) -> None:
    """Delete what was written for generations of jobs that have ended; raises UpstreamError."""
    while documents := await select_documents_to_drop(ports.store, DOCUMENTS_PER_SWEEP):
        await ports.objects.delete_many([document.object_key for document in documents])
        await ports.store.batch([delete_documents(documents)])
        if len(documents) < DOCUMENTS_PER_SWEEP:
            break
