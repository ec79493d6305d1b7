"""R2 through its binding, with raw objects: bodies stream without Python touching a byte.

A bucket that fails is an UpstreamError like any other part that does not answer.
"""

import re
from collections.abc import Sequence
from typing import Any

from js import Object
from pyodide.ffi import JsException, to_js

from edge.bindings import binding
from edge.convert import jsnull_to_none, options
from edge.upstream import failing_as
from media_jobs.errors import Conflict, UpstreamError
from media_jobs.ports import ObjectInfo, StoredBody

_REFUSED_PARTS = re.compile(r"\((?:10011|10024|10025|10048)\)")
"""R2's codes for parts that make no object: EntityTooSmall, NoSuchUpload, InvalidPart (missing),
InvalidPart (sizes); developers.cloudflare.com/r2/api/error-codes."""


class R2Objects:
    """The bucket that a Worker's raw *env* is bound to."""

    def __init__(self, env: Any) -> None:
        self._bucket = binding(env, "RENDER_BUCKET")

    async def head(self, key: str) -> ObjectInfo | None:
        """Return what is known of the object, or None."""
        with failing_as("The bucket"):
            found = jsnull_to_none(await self._bucket.head(key))
        return None if found is None else _info(found)

    async def text(self, key: str, size_bytes_max: int) -> str | None:
        """Return the object as UTF-8 text; None where there is none or it is over the limit."""
        with failing_as("The bucket"):
            found = jsnull_to_none(await self._bucket.get(key))
            if found is None:
                return None
            if found.size > size_bytes_max:
                await found.body.cancel()
                return None
            text: str = await found.text()
            return text

    async def open(self, key: str, offset: int, length: int) -> StoredBody | None:
        """Return *length* bytes from *offset* as a stream, or None."""
        ranged = options({"range": {"offset": offset, "length": length}})
        with failing_as("The bucket"):
            found = jsnull_to_none(await self._bucket.get(key, ranged))
        return None if found is None else StoredBody(info=_info(found), stream=found.body)

    async def put_text(self, key: str, text: str, content_type: str) -> None:
        """Store *text*."""
        metadata = options({"httpMetadata": {"contentType": content_type}})
        with failing_as("The bucket"):
            await self._bucket.put(key, text, metadata)

    async def put_bytes(self, key: str, data: bytes, content_type: str) -> None:
        """Store *data*, which is copied."""
        metadata = options({"httpMetadata": {"contentType": content_type}})
        with failing_as("The bucket"):
            await self._bucket.put(key, to_js(data), metadata)

    async def delete(self, key: str) -> None:
        """Delete the object; a missing one is not an error."""
        with failing_as("The bucket"):
            await self._bucket.delete(key)

    async def delete_many(self, keys: Sequence[str]) -> None:
        """Delete up to 1,000 objects; that some are not there is no fault."""
        with failing_as("The bucket"):
            await self._bucket.delete(to_js(list(keys)))

    async def create_multipart(self, key: str, content_type: str) -> str:
        """Begin an object that comes in parts; return the id of the upload."""
        metadata = options({"httpMetadata": {"contentType": content_type}})
        with failing_as("The bucket"):
            upload = await self._bucket.createMultipartUpload(key, metadata)
            return str(upload.uploadId)

    async def complete_multipart(
        self, key: str, upload_id: str, parts: Sequence[tuple[int, str]]
    ) -> ObjectInfo:
        """Make the object of *parts*, numbers with ETags in order.

        Raises Conflict (`upload_incomplete`) when the upload or a part is not there, or the sizes
        are not allowed.
        """
        listed = [{"partNumber": number, "etag": etag} for number, etag in parts]
        upload = self._bucket.resumeMultipartUpload(key, upload_id)
        try:
            return _info(await upload.complete(to_js(listed, dict_converter=Object.fromEntries)))
        except JsException as error:
            if _REFUSED_PARTS.search(str(error)):
                raise Conflict("upload_incomplete.parts") from None
            raise _failed(error) from None

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        """Drop the parts; that there is no such upload any more is no fault."""
        try:
            await self._bucket.resumeMultipartUpload(key, upload_id).abort()
        except JsException as error:
            if not _REFUSED_PARTS.search(str(error)):
                raise _failed(error) from None

    async def keys(self, prefix: str, after: str = "", limit: int = 1000) -> list[str]:
        """Return up to *limit* (1–1,000) keys in order that start with *prefix*, after *after*."""
        wanted: dict[str, object] = {"prefix": prefix, "limit": limit}
        if after:
            wanted["startAfter"] = after
        with failing_as("The bucket"):
            page = await self._bucket.list(options(wanted))
            return [str(item.key) for item in page.objects]


def _failed(error: JsException) -> UpstreamError:
    return UpstreamError("upstream_failed", part="part.bucket", why="why.refused", name=error.name)


def _info(found: Any) -> ObjectInfo:
    content_type = jsnull_to_none(found.httpMetadata.contentType) if found.httpMetadata else None
    return ObjectInfo(
        size_bytes=int(found.size),
        etag=found.etag,
        content_type=content_type or "application/octet-stream",
    )
