"""Links to finished outputs. Each carries what it opens, under its signature.

So serving one needs no look-up: a player that seeks in a video sends a request for each jump, and
none of them wakes the job's Durable Object or reads KV.
"""

from collections.abc import Mapping

from media_jobs.content import Content
from media_jobs.errors import SignatureError
from media_jobs.keys import is_output_key
from media_jobs.signing import sign_link

__all__ = ["artifact_link", "linked_output"]


def artifact_link(
    job_id: str,
    slot: str,
    output: Content,
    expires_s: int,
    secrets: tuple[str, ...],
    shown: Mapping[str, str],
) -> str:
    """Return path and query of a link to *output*, good until *expires_s* (Unix, s).

    *shown*: `filename` and `disposition`, both optional.
    """
    carried = {
        "etag": output.etag,
        "key": output.key,
        "size": str(output.size_bytes),
        "type": output.content_type,
    }
    return sign_link(f"/artifacts/{job_id}/{slot}", {**carried, **shown}, expires_s, secrets)


def linked_output(params: Mapping[str, str], job_id: str) -> Content | None:
    """Return what a link with these verified parameters opens; None: it does not say.

    Raises SignatureError when that is no output of the job, though it is signed.
    """
    key = params.get("key")
    if key is None:
        return None
    size, etag, content_type = (params.get(name, "") for name in ("size", "etag", "type"))
    if not (is_output_key(key, job_id) and etag and content_type):
        raise SignatureError("the link opens no output of its job")
    if not size.isascii() or not size.isdigit():
        raise SignatureError("the link's size is no number")
    return Content(key=key, size_bytes=int(size), content_type=content_type, etag=etag)
