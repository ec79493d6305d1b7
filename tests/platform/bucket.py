"""The bucket in memory: what R2 does, and the port of both Workers on it."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Generic, TypeVar

from media_jobs.errors import Conflict, UpstreamError
from media_jobs.ports import ObjectInfo, StoredBody

Hook = Callable[[], Awaitable[None]]
Content = TypeVar("Content")
BYTES = "application/octet-stream"
"""The type of what was put without one."""
_HASHED_WHOLE_BYTES = 1 << 20
_END = 1 << 16
KEYS_MAX = 1000
"""R2 lists and deletes no more at once."""


@dataclass(frozen=True, slots=True)
class StoredObject(Generic[Content]):
    size_bytes: int
    etag: str
    content_type: str
    body: Content

    @property
    def info(self) -> ObjectInfo:
        return ObjectInfo(
            size_bytes=self.size_bytes, etag=self.etag, content_type=self.content_type
        )


@dataclass(slots=True)
class Upload(Generic[Content]):
    """An object on its way in parts, by number."""

    key: str
    content_type: str
    parts: dict[int, StoredObject[Content]] = field(default_factory=dict)


class Bucket(Generic[Content]):
    """What is stored and what is on its way. A subclass says what a content is.

    Nothing is awaited and nothing fails here: those are matters of who stands before it.
    """

    def __init__(self) -> None:
        self.stored: dict[str, StoredObject[Content]] = {}
        self.uploads: dict[str, Upload[Content]] = {}
        self.begun = 0

    def made(self, content: Content, content_type: str) -> StoredObject[Content]:
        """Return an object of *content*."""
        raise NotImplementedError

    def joined(self, parts: Sequence[StoredObject[Content]]) -> Content:
        """Return the content of these parts, in this order."""
        raise NotImplementedError

    def put(
        self, key: str, content: Content, content_type: str = "application/octet-stream"
    ) -> str:
        """Store an object; return its ETag."""
        self.stored[key] = self.made(content, content_type)
        return self.stored[key].etag

    def listed(self, prefix: str, after: str = "", limit: int = KEYS_MAX) -> list[str]:
        found = (key for key in self.stored if key.startswith(prefix) and key > after)
        return sorted(found)[:limit]

    def remove(self, *keys: str) -> None:
        for key in keys:
            self.stored.pop(key, None)

    def begin(self, key: str, content_type: str) -> str:
        self.begun += 1
        upload_id = f"r2-upload-{self.begun}"
        self.uploads[upload_id] = Upload(key, content_type)
        return upload_id

    def put_part(self, upload_id: str, number: int, content: Content) -> str:
        """Store a part as a presigned PUT does; return its ETag. KeyError: there is no upload."""
        part = self.made(content, "")
        self.uploads[upload_id].parts[number] = part
        return part.etag

    def complete(
        self, key: str, upload_id: str, parts: Sequence[tuple[int, str]]
    ) -> StoredObject[Content] | None:
        """Make the object of *parts*; None where they do not make it."""
        upload = self.uploads.get(upload_id)
        there = upload.parts if upload is not None and upload.key == key else {}
        chosen = [there[number] for number, etag in parts if number in there]
        if (
            upload is None
            or not parts
            or [part.etag for part in chosen] != [etag for _, etag in parts]
        ):
            return None
        del self.uploads[upload_id]
        whole = self.made(self.joined(chosen), upload.content_type)
        etag = f"{whole.etag}-{len(chosen)}"
        self.stored[key] = StoredObject(whole.size_bytes, etag, whole.content_type, whole.body)
        return self.stored[key]

    def abort(self, upload_id: str) -> None:
        self.uploads.pop(upload_id, None)


class Objects(Bucket[bytes]):
    """The bucket as the Workers' port has it. Each call gives way once, as R2's do.

    While it is *down*, nothing can be put or deleted. *before_head* and *before_create* run first
    at each look and each beginning, so that a test can let others in meanwhile. *opened*: the keys
    that were opened.
    """

    def __init__(self, stored: Mapping[str, bytes] = MappingProxyType({})) -> None:
        super().__init__()
        for key, body in stored.items():
            self.put(key, body)
        self.down = False
        self.before_head: Hook | None = None
        self.before_create: Hook | None = None
        self.opened: list[str] = []

    def made(self, content: bytes, content_type: str) -> StoredObject[bytes]:
        whole = len(content) <= _HASHED_WHOLE_BYTES
        # Contents of megabytes, of which tests have many, differ at their ends.
        hashed = content if whole else b"%d %b" % (len(content), content[:_END] + content[-_END:])
        etag = hashlib.md5(hashed, usedforsecurity=False).hexdigest()
        return StoredObject(len(content), etag, content_type, content)

    def joined(self, parts: Sequence[StoredObject[bytes]]) -> bytes:
        return b"".join(part.body for part in parts)

    async def head(self, key: str) -> ObjectInfo | None:
        await self._look()
        found = self.stored.get(key)
        return None if found is None else found.info

    async def text(self, key: str, size_bytes_max: int) -> str | None:
        await self._look()
        found = self.stored.get(key)
        return None if found is None or found.size_bytes > size_bytes_max else found.body.decode()

    async def open(self, key: str, offset: int, length: int) -> StoredBody | None:
        self.opened.append(key)
        found = self.stored.get(key)
        if found is None:
            return None
        return StoredBody(info=found.info, stream=found.body[offset : offset + length])

    async def put_text(self, key: str, text: str, content_type: str) -> None:
        await self.put_bytes(key, text.encode(), content_type)

    async def put_bytes(self, key: str, data: bytes, content_type: str) -> None:
        await asyncio.sleep(0)
        if self.down:
            raise OSError("The bucket is down.")
        self.put(key, data, content_type)

    async def keys(self, prefix: str, after: str = "", limit: int = KEYS_MAX) -> list[str]:
        await asyncio.sleep(0)
        return self.listed(prefix, after, limit)

    async def delete(self, key: str) -> None:
        await self.delete_many([key])

    async def delete_many(self, keys: Sequence[str]) -> None:
        await asyncio.sleep(0)
        if self.down:
            raise UpstreamError("upstream_failed", part="The bucket", why="Error")
        assert len(keys) <= KEYS_MAX
        self.remove(*keys)

    async def create_multipart(self, key: str, content_type: str) -> str:
        await asyncio.sleep(0)
        if self.before_create is not None:
            await self.before_create()
        return self.begin(key, content_type)

    async def complete_multipart(
        self, key: str, upload_id: str, parts: Sequence[tuple[int, str]]
    ) -> ObjectInfo:
        await asyncio.sleep(0)
        made = self.complete(key, upload_id, parts)
        if made is None:
            raise Conflict("upload_incomplete.parts")
        return made.info

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        await asyncio.sleep(0)
        self.abort(upload_id)

    async def _look(self) -> None:
        await asyncio.sleep(0)
        if self.before_head is not None:
            await self.before_head()
