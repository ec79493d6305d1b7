"""Presigned PUTs of input objects, whole or in parts, for browsers and programs.

A whole object is signed with `If-None-Match: *`: once it exists, its URL can no longer change it.
"""

from media_jobs.errors import InvalidInput
from media_jobs.keys import is_media_key
from media_jobs.presign import UNSIGNED_PAYLOAD
from media_jobs.wire import PresignParts, PresignUpload
from orchestrator.object_urls import object_url
from orchestrator.settings import OrchestratorSettings

UPLOAD_EXPIRES_S = 3600


def upload_grant(
    message: PresignUpload, settings: OrchestratorSettings, now_ms: int
) -> dict[str, object]:
    """Return `{url, headers, expiresAt}` to PUT a new object once; raises InvalidInput."""
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
        headers=headers,
    )
    return {"url": url, "headers": headers, "expiresAt": now_ms + UPLOAD_EXPIRES_S * 1000}


def part_grants(
    message: PresignParts, settings: OrchestratorSettings, now_ms: int
) -> dict[str, object]:
    """Return `{parts: [{partNumber, url, headers}], expiresAt}`; raises InvalidInput."""
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
                headers=headers,
                query={"partNumber": str(number), "uploadId": message.upload_id},
            ),
            "headers": headers,
        }
        for number in message.part_numbers
    ]
    return {"parts": parts, "expiresAt": now_ms + UPLOAD_EXPIRES_S * 1000}


def _check(message: PresignUpload | PresignParts) -> None:
    inputs = f"media/{message.media_id}/inputs/"
    if not is_media_key(message.key, message.media_id) or not message.key.startswith(inputs):
        raise InvalidInput("bad_request.key")
