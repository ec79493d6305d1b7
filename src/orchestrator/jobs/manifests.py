"""From the app's request and its manifest to the record of a job that is not stored yet."""

from media_jobs.engines import ENGINES
from media_jobs.errors import InvalidInput, invalid_field
from media_jobs.keys import manifest_key
from media_jobs.manifest import MANIFEST_BYTES_MAX, JobManifest
from media_jobs.record import Clocks, JobRecord, next_generation
from media_jobs.wire import StartJob, read
from orchestrator.ports import JobPorts


async def read_manifest(request: StartJob, ports: JobPorts) -> JobManifest:
    """Return the manifest that came with *request*, or else the bucket's; raises InvalidInput.

    Of its inputs, those are looked for that the app has not just seen itself.
    """
    text = request.manifest
    if text is None:
        text = await ports.objects.text(manifest_key(request.job_id), MANIFEST_BYTES_MAX)
    if text is None:
        raise InvalidInput("missing_job_manifest")
    manifest = read(JobManifest, text)
    for field in ("job_id", "media_id", "engine", "generation"):
        if getattr(manifest, field) != getattr(request, field):
            raise invalid_field(field, "field.differs_from_manifest")
    missing, checked = [], request.checked or ()
    for slot in ENGINES[manifest.engine].inputs_of(manifest.options):
        item = manifest.inputs.get(slot.name)
        if item is not None and slot.name in checked:
            continue
        gone = slot.required if item is None else await ports.objects.head(item.key) is None
        if gone:
            missing.append(slot.name)
    if missing:
        raise InvalidInput(
            "missing_inputs", details={"missing": missing}, missing=", ".join(missing)
        )
    return manifest


def new_job(
    manifest: JobManifest, now_ms: int, ended: JobRecord | None, request_id: str
) -> JobRecord:
    """Return the job that *manifest* describes; *ended* is its previous generation, if any."""
    limits = ENGINES[manifest.engine].limits.within(manifest.limits)
    job = JobRecord(
        job_id=manifest.job_id,
        media_id=manifest.media_id,
        engine=manifest.engine,
        generation=manifest.generation,
        inputs={name: item.key for name, item in manifest.inputs.items()},
        languages={name: item.language for name, item in manifest.inputs.items() if item.language},
        options=manifest.options,
        clocks=Clocks(
            queue_ms=limits.queue_s * 1000,
            start_ms=limits.start_s * 1000,
            heartbeat_ms=limits.heartbeat_s * 1000,
            no_progress_ms=limits.no_progress_s * 1000,
            total_ms=limits.total_s * 1000,
        ),
        max_attempts=limits.max_attempts,
        caller=manifest.caller,
        head_start_s=manifest.head_start_s,
        running_max=manifest.running_max,
        request_id=request_id,
        created_ms=now_ms,
        queued_ms=now_ms,
        updated_ms=now_ms,
        event_seq=manifest.after_seq,
    )
    return job if ended is None else next_generation(ended, job)


async def unstarted_job(
    job_id: str, generation: int, ports: JobPorts, request_id: str
) -> JobRecord | None:
    """Return a job that the app has accepted and not yet started, from its manifest.

    An old manifest does not prove that there is such a job.
    """
    text = await ports.objects.text(manifest_key(job_id), MANIFEST_BYTES_MAX)
    # Awaiting the bucket let other requests in: the start may have been faster.
    known = ports.store.load()
    if text is None or (known is not None and known.generation >= generation):
        return known
    try:
        manifest = read(JobManifest, text)
    except InvalidInput:
        return known
    if (manifest.job_id, manifest.generation) != (job_id, generation):
        return known
    if known is None and may_be_forgotten(manifest, ports):
        return None
    if known is not None and not known.ended:
        return known
    return new_job(manifest, ports.now_ms(), known, request_id)


def may_be_forgotten(manifest: JobManifest, ports: JobPorts) -> bool:
    """Whether a job that is not here may have ended and been forgotten.

    That takes at least `job_ttl_s` after its end, so the job of a younger manifest cannot have
    been.
    """
    return manifest.created_at + ports.settings.job_ttl_s * 1000 <= ports.now_ms()
