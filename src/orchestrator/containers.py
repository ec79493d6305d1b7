"""What is said to the containers: the start of an attempt, its URLs, its end.

Output keys carry generation and attempt, URLs live for PUT_EXPIRES, and the attempt's token travels
in the callback URL, so that containers of the earlier system, which echo nothing else, are fenced
like any other.
"""

import json
from collections.abc import Sequence
from urllib.parse import urlencode

from media_jobs.engines import ENGINES
from media_jobs.keys import output_key
from media_jobs.parts import IN_PARTS_ABOVE
from media_jobs.presign import UNSIGNED_PAYLOAD
from media_jobs.record import Attempt, JobRecord, PartedUpload
from media_jobs.signing import SIGNATURE_HEADER, sign, sign_request_line
from media_jobs.wire import CancelRender
from orchestrator.object_urls import object_url
from orchestrator.settings import OrchestratorSettings

_encode = json.JSONEncoder(separators=(",", ":")).encode


def signed_headers(body: bytes, settings: OrchestratorSettings) -> dict[str, str]:
    """Return the headers of a signed JSON request."""
    return {
        "content-type": "application/json",
        SIGNATURE_HEADER: sign(body, settings.secrets),
    }


def expected_keys(job: JobRecord, attempt: int) -> dict[str, str]:
    """Return where this attempt's outputs must be, by slot."""
    engine = ENGINES[job.engine]
    return {
        slot.name: output_key(engine, slot, job.media_id, job.job_id, job.generation, attempt)
        for slot in engine.outputs
    }


def attempt_urls(
    job: JobRecord, attempt: int, settings: OrchestratorSettings, now_ms: int
) -> dict[str, str]:
    """Return the payload fields with fresh presigned URLs of all inputs and outputs, and keys."""
    engine = ENGINES[job.engine]
    keys = expected_keys(job, attempt)
    fields: dict[str, str] = {}
    for source in engine.inputs:
        fields[source.url_field] = object_url(
            settings,
            "container",
            "GET",
            job.inputs[source.name],
            now_ms=now_ms,
            expires_s=settings.put_expires_s,
        )
    for slot in engine.outputs:
        fields[slot.put_field] = object_url(
            settings,
            "container",
            "PUT",
            keys[slot.name],
            now_ms=now_ms,
            expires_s=settings.put_expires_s,
            headers={
                "content-type": slot.content_type,
                "x-amz-content-sha256": UNSIGNED_PAYLOAD,
            },
        )
        fields[slot.key_field] = keys[slot.name]
    return fields


def part_urls(
    upload: PartedUpload, numbers: Sequence[int], settings: OrchestratorSettings, now_ms: int
) -> dict[str, str]:
    """Return presigned PUTs of the parts with these *numbers*, by number."""
    return {
        str(number): object_url(
            settings,
            "container",
            "PUT",
            upload.key,
            now_ms=now_ms,
            expires_s=settings.put_expires_s,
            headers={"x-amz-content-sha256": UNSIGNED_PAYLOAD},
            query={"partNumber": str(number), "uploadId": upload.upload_id},
        )
        for number in numbers
    }


def render_request(
    job: JobRecord, attempt: Attempt, settings: OrchestratorSettings, now_ms: int, nonce: str
) -> tuple[str, bytes]:
    """Return URL and body of the call that starts *attempt*."""
    query = {"job": job.job_id, "attempt": str(attempt.number), "token": attempt.token}
    base = settings.callback_base_url
    body = {
        "type": "container.render",
        "jobId": job.job_id,
        "mediaId": job.media_id,
        "engine": job.engine,
        "attempt": attempt.number,
        "callbackUrl": f"{base}/callbacks/container?{urlencode(query)}",
        "urlsUrl": f"{base}/jobs/{job.job_id}/urls?{urlencode(query)}",
        "inPartsAbove": IN_PARTS_ABOVE,
        "engineOptions": job.options,
        "ts": now_ms,
        "nonce": nonce,
        **attempt_urls(job, attempt.number, settings, now_ms),
    }
    url = f"{settings.hosts[job.engine][0]}/render"
    return url, _encode(body).encode()


def cancel_request(
    job: JobRecord, attempt: int, settings: OrchestratorSettings, now_ms: int, nonce: str
) -> tuple[str, bytes]:
    """Return URL and body of the call that kills *attempt*."""
    body = CancelRender(
        type="container.cancel", job_id=job.job_id, attempt=attempt, ts=now_ms, nonce=nonce
    )
    return f"{settings.hosts[job.engine][0]}/jobs/{job.job_id}/cancel", body.to_json()


def state_request(
    job: JobRecord, settings: OrchestratorSettings, now_ms: int
) -> tuple[str, dict[str, str]]:
    """Return URL and headers of the call that asks how a job stands."""
    target = f"/jobs/{job.job_id}?ts={now_ms}"
    signature = sign_request_line("GET", target, settings.secrets, "container")
    return f"{settings.hosts[job.engine][0]}{target}", {SIGNATURE_HEADER: signature}
