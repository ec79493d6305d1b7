"""Presigned PUTs of input objects, whole or in parts, for browsers and programs.

A whole object is signed with `If-None-Match: *`: once it exists, its URL can no longer change it.
What was announced as its length, or a part's, is signed too: the bucket takes nothing longer, and
no body whose length it is not told.
"""

from media_jobs.errors import InvalidInput, invalid_field
from media_jobs.keys import is_media_key
from media_jobs.object_requests import PresignParts, PresignUpload
from media_jobs.parts import part_count, part_span
from media_jobs.presign import UNSIGNED_PAYLOAD
from orchestrator.object_urls import object_url
from orchestrator.settings import OrchestratorSettings

UPLOAD_EXPIRES_S = 3600


def upload_grant(
    message: PresignUpload, settings: OrchestratorSettings, now_ms: int
) -> dict[str, object]:
    """Return `{url, headers, expiresAt}` to PUT a new object once; raises InvalidInput.

    *headers* are those to set; every client itself sends the length of what it sends.
    """
    _check(message)
    headers = {
        "content-type": message.content_type,
        "if-none-match": "*",
        "x-amz-content-sha256": UNSIGNED_PAYLOAD,
    }
    url = object_url(
        settings,
        "public",
        "PUT",
        message.key,
        now_ms=now_ms,
        expires_s=UPLOAD_EXPIRES_S,
        headers={**headers, **_length(message.size_bytes)},
    )
    return {"url": url, "headers": headers, "expiresAt": now_ms + UPLOAD_EXPIRES_S * 1000}


def part_grants(
    message: PresignParts, settings: OrchestratorSettings, now_ms: int
) -> dict[str, object]:
    """Return `{parts: [{partNumber, url, headers}], expiresAt}`; raises InvalidInput.

    *headers* as in `upload_grant`.
    """
    _check(message)
    headers = {"x-amz-content-sha256": UNSIGNED_PAYLOAD}
    parts = [
        {
            "partNumber": number,
            "url": object_url(
                settings,
                "public",
                "PUT",
                message.key,
                now_ms=now_ms,
                expires_s=UPLOAD_EXPIRES_S,
                headers={**headers, **_length(_part_bytes(message, number))},
                query={"partNumber": str(number), "uploadId": message.upload_id},
            ),
            "headers": headers,
        }
        for number in message.part_numbers
    ]
    return {"parts": parts, "expiresAt": now_ms + UPLOAD_EXPIRES_S * 1000}


def _part_bytes(message: PresignParts, number: int) -> int | None:
    size, part = message.size_bytes, message.part_bytes
    if size is None or part is None:
        return None
    count = part_count(size, part)
    if number > count:
        raise invalid_field("partNumbers", "field.from_to", least=1, most=count)
    return part_span(number, size, part)[1]


def _length(size_bytes: int | None) -> dict[str, str]:
    return {} if size_bytes is None else {"content-length": str(size_bytes)}


def _check(message: PresignUpload | PresignParts) -> None:
    inputs = f"media/{message.media_id}/inputs/"
    if not is_media_key(message.key, message.media_id) or not message.key.startswith(inputs):
        raise InvalidInput("bad_request.key")
