"""Seals a result: writes its signed receipt beside what the job leaves behind.

The receipt is there before the job is completed, so that whoever sees a result finds it. To seal
twice, after a crash, writes a receipt of the same content with a later time.
"""

from collections.abc import Mapping

from pydantic_core import to_json

from media_jobs import __version__
from media_jobs.derivation import derive
from media_jobs.engines import ENGINES
from media_jobs.keys import RECEIPT_KEYS_PREFIX, receipt_key
from media_jobs.receipt import (
    LABEL,
    Made,
    Seen,
    envelope,
    pre_authentication,
    public_jwk,
    statement,
)
from media_jobs.record import Attempt, JobRecord
from media_jobs.wire import Evidence, OutputObject
from orchestrator.ports import JobPorts


async def seal(
    job: JobRecord, attempt: Attempt, outputs: Mapping[str, OutputObject], ports: JobPorts
) -> None:
    """Write the receipt of the verified *outputs*, and the public key to check it with.

    Raises UpstreamError.
    """
    payload = statement(await _made(job, attempt, outputs, ports))
    seed = derive(ports.settings.keys.roots[0], LABEL)
    signed = await ports.signer.sign(seed, pre_authentication(payload))
    place = RECEIPT_KEYS_PREFIX + signed.public_key.hex()
    # The key first: no receipt is ever without one. A key stays after its secret was rotated.
    if await ports.objects.head(place) is None:
        jwk = to_json(public_jwk(signed.public_key)).decode()
        await ports.objects.put_text(place, jwk, "application/jwk+json")
    text = envelope(payload, signed.public_key, signed.signature)
    await ports.objects.put_text(receipt_key(job.job_id), text, "application/json")


async def _made(
    job: JobRecord, attempt: Attempt, outputs: Mapping[str, OutputObject], ports: JobPorts
) -> Made:
    evidence = attempt.evidence or Evidence()
    secret = ENGINES[job.engine].secret_options
    inputs = [await _input(slot, key, evidence, ports) for slot, key in job.inputs.items()]
    return Made(
        job_id=job.job_id,
        media_id=job.media_id,
        engine=job.engine,
        generation=attempt.generation,
        attempt=attempt.number,
        options={name: value for name, value in job.options.items() if name not in secret},
        languages=job.languages,
        tools=evidence.tools,
        fonts=evidence.fonts,
        inputs=tuple(inputs),
        outputs=tuple(
            Seen(
                slot=slot,
                key=output.key,
                size_bytes=output.size_bytes,
                etag=output.etag,
                sha256=claim.sha256 if (claim := attempt.claims.get(slot)) else None,
            )
            for slot, output in outputs.items()
        ),
        started_ms=attempt.started_ms or attempt.opened_ms,
        finished_ms=ports.now_ms(),
        signer=ports.settings.callback_base_url,
        version=__version__,
    )


async def _input(slot: str, key: str, evidence: Evidence, ports: JobPorts) -> Seen:
    """Return an input as the bucket has it; one deleted since it was read, as it was read."""
    found, read = await ports.objects.head(key), evidence.inputs.get(slot)
    size_bytes = read.size_bytes if read else 0
    return Seen(
        slot=slot,
        key=key,
        size_bytes=found.size_bytes if found else size_bytes,
        etag=found.etag if found else "",
        sha256=read.sha256 if read else None,
    )
