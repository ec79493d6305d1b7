"""What is said to the containers: the start of an attempt, its URLs, its end.

Output keys carry generation and attempt, URLs live for PUT_EXPIRES, and the attempt's token travels
in the callback URL, so that containers of the earlier system, which echo nothing else, are fenced
like any other.
"""

import json
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from media_jobs.engines import ENGINES
from media_jobs.keyring import Purpose
from media_jobs.keys import checkpoint_key, output_key, piece_key
from media_jobs.parts import IN_PARTS_ABOVE
from media_jobs.presign import UNSIGNED_PAYLOAD
from media_jobs.record import Attempt, JobRecord, PartedUpload
from media_jobs.signing import SIGNATURE_HEADER, sign_attempt, sign_request_line
from media_jobs.tool_logs import ReadLog
from media_jobs.wire import CancelRender
from orchestrator.object_urls import Method, object_url
from orchestrator.settings import Host, OrchestratorSettings

_NOTHING: Mapping[str, str] = {}
PIECE_TYPE = "application/octet-stream"
_encode = json.JSONEncoder(separators=(",", ":")).encode


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
    """Return the payload fields with fresh presigned URLs of all inputs and outputs, and keys.

    Of a checkpoint, too, where the engine keeps one: an attempt may always write it, and read it if
    there was one before. A helper gets the inputs alone.
    """
    engine = ENGINES[job.engine]
    keys = expected_keys(job, attempt)
    fields: dict[str, str] = {}
    for source in engine.inputs_of(job.options):
        if source.required or source.name in job.inputs:
            fields[source.url_field] = _url("GET", job.inputs[source.name], settings, now_ms)
    if job.helps is not None:
        return fields
    for slot in engine.outputs:
        key = keys[slot.name]
        headers = {"content-type": slot.content_type, "x-amz-content-sha256": UNSIGNED_PAYLOAD}
        fields[slot.put_field] = _url("PUT", key, settings, now_ms, headers)
        fields[slot.key_field] = key
        if slot.also_key is not None:
            fields[slot.also_key] = key
    if (kept := engine.checkpoint) is not None:
        key = checkpoint_key(engine, job.media_id, job.job_id, job.generation)
        headers = {"content-type": kept.content_type, "x-amz-content-sha256": UNSIGNED_PAYLOAD}
        fields[kept.put_field] = _url("PUT", key, settings, now_ms, headers)
        if len(job.tries) > 1:
            fields[kept.get_field] = _url("GET", key, settings, now_ms)
    return fields


def piece_of(job: JobRecord, attempt: Attempt, number: int, helper: str) -> str:
    """Return the key of a piece of *attempt* that *helper* makes."""
    made = (job.media_id, job.job_id, attempt.generation, attempt.number, f"{number}-{helper}")
    return piece_key(ENGINES[job.engine], *made)


def piece_url(method: Method, key: str, settings: OrchestratorSettings, now_ms: int) -> str:
    """Return a presigned URL of a piece."""
    headers = {"content-type": PIECE_TYPE, "x-amz-content-sha256": UNSIGNED_PAYLOAD}
    return _url(method, key, settings, now_ms, headers if method == "PUT" else _NOTHING)


def part_urls(
    upload: PartedUpload, numbers: Sequence[int], settings: OrchestratorSettings, now_ms: int
) -> dict[str, str]:
    """Return presigned PUTs of the parts with these *numbers*, by number."""
    headers = {"x-amz-content-sha256": UNSIGNED_PAYLOAD}
    queries = {n: {"partNumber": str(n), "uploadId": upload.upload_id} for n in numbers}
    return {
        str(number): _url("PUT", upload.key, settings, now_ms, headers, query)
        for number, query in queries.items()
    }


def _url(
    method: Method,
    key: str,
    settings: OrchestratorSettings,
    now_ms: int,
    headers: Mapping[str, str] = _NOTHING,
    query: Mapping[str, str] = _NOTHING,
) -> str:
    return object_url(
        settings,
        "container",
        method,
        key,
        now_ms=now_ms,
        expires_s=settings.put_expires_s,
        headers=headers,
        query=query,
    )


def render_request(
    host: Host,
    job: JobRecord,
    attempt: Attempt,
    settings: OrchestratorSettings,
    now_ms: int,
    nonce: str,
    said_otherwise: Mapping[str, object] = _NOTHING,
) -> tuple[str, bytes]:
    """Return URL and body of the call that starts *attempt* on *host*.

    Some fields are *said_otherwise*.
    """
    keys, token = settings.keys.signing(Purpose.ATTEMPT), attempt.host_token
    signature = sign_attempt(job.job_id, attempt.number, token, keys)
    query = {
        "job": job.job_id,
        "attempt": str(attempt.number),
        "token": token,
        "sig": signature,
    }
    base = settings.callback_base_url
    body = {
        "type": "container.render",
        "jobId": job.job_id,
        "mediaId": job.media_id,
        "engine": job.engine,
        "attempt": attempt.number,
        "callbackUrl": f"{base}/callbacks/container?{urlencode({**query, **_reporter(host)})}",
        "urlsUrl": f"{base}/jobs/{job.job_id}/urls?{urlencode(query)}",
        "inPartsAbove": IN_PARTS_ABOVE,
        "engineOptions": job.options,
        "ts": now_ms,
        "nonce": nonce,
        **attempt_urls(job, attempt.number, settings, now_ms),
    }
    if ENGINES[job.engine].in_pieces:
        body["piecesUrl"] = f"{base}/jobs/{job.job_id}/pieces?{urlencode(query)}"
    if job.helps is not None:
        body["helps"] = job.helps.plan.model_dump(mode="json", by_alias=True)
    if job.languages:
        body["inputLanguages"] = job.languages
    body |= said_otherwise
    return f"{host.base_url}/render", _encode(body).encode()


def _reporter(host: Host) -> dict[str, str]:
    """Return who reports, where the key says it: all hosts with URLs of an engine share one."""
    return {"host": host.label} if host.label else {}


def cancel_request(
    host: Host, job: JobRecord, attempt: int, now_ms: int, nonce: str
) -> tuple[str, bytes]:
    """Return URL and body of the call that kills *attempt* on *host*."""
    body = CancelRender(
        type="container.cancel", job_id=job.job_id, attempt=attempt, ts=now_ms, nonce=nonce
    )
    return f"{host.base_url}/jobs/{job.job_id}/cancel", body.to_json()


def state_request(host: Host, job: JobRecord, now_ms: int) -> tuple[str, dict[str, str]]:
    """Return URL and headers of the call that asks *host* how a job stands."""
    return _asked(host, f"/jobs/{job.job_id}?ts={now_ms}")


def log_request(host: Host, message: ReadLog, now_ms: int) -> tuple[str, dict[str, str]]:
    """Return URL and headers of the call that asks what the tools of a job say."""
    target = f"/jobs/{message.job_id}/log?lines={message.lines}&ts={now_ms}"
    return _asked(host, target)


def _asked(host: Host, target: str) -> tuple[str, dict[str, str]]:
    signature = sign_request_line("GET", target, host.keys, "container")
    return f"{host.base_url}{target}", {SIGNATURE_HEADER: signature}
