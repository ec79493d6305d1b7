"""Presigned URLs of objects: the one place that knows an object's bucket and endpoint.

Browsers and programs reach the bucket at its public endpoint, containers at one of their own.
"""

from collections.abc import Mapping
from typing import Literal

from media_jobs.presign import presigned_url
from orchestrator.settings import OrchestratorSettings

Side = Literal["public", "container"]
Method = Literal["GET", "PUT", "DELETE"]
_NOTHING: Mapping[str, str] = {}


def object_url(
    settings: OrchestratorSettings,
    side: Side,
    method: Method,
    key: str,
    *,
    now_ms: int,
    expires_s: int,
    headers: Mapping[str, str] = _NOTHING,
    query: Mapping[str, str] = _NOTHING,
) -> str:
    """Return a URL for one *method* on the object at *key*, as this *side* reaches it."""
    bucket = settings.public_bucket if side == "public" else settings.container_bucket
    return presigned_url(
        bucket,
        method,
        key,
        now_ms=now_ms,
        expires_s=expires_s,
        headers=headers,
        query=query,
    )
