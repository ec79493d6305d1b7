"""The objects of what is brought along: copied or written, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

import httpx

from ops.earlier.bucket import S3, ObjectGone
from ops.earlier.known import Known
from ops.earlier.mapping import Brought, Version
from ops.earlier.pictures import NoPicture, fetch, is_public_host, picture_version
from ops.earlier.tally import Tally
from ops.resources import BUCKET


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """An object that is to be here: *content*, or a copy of *copied_from*."""

    key: str
    size_bytes: int
    content_type: str
    content: str | None = None
    copied_from: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: etags by key, and the thumbnails' versions by media."""

    etags: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, Version] = field(default_factory=dict)


def pieces_of(media: Brought, known: Known) -> Iterator[Piece]:
    """Yield the objects of a media's new versions and jobs; some may be named twice."""
    for version in media.versions:
        if version.input_id not in known.inputs:
            yield Piece(
                key=version.key,
                size_bytes=version.size_bytes,
                content_type=version.content_type,
                content=version.text,
                copied_from=version.copied_from,
            )
    for job in media.jobs:
        if job.job_id in known.jobs:
            continue
        for output in job.outputs.values():
            yield Piece(
                key=output.key,
                size_bytes=output.size_bytes,
                content_type=output.content_type,
                copied_from=output.copied_from,
            )


class PieceWriter:
    """Writes pieces in *pool*, with copies from the bucket *source*, and counts in *tally*.

    *tell* is called after each. *is_allowed*: which hosts pictures are fetched from.
    """

    def __init__(
        self,
        s3: S3,
        source: str,
        pool: ThreadPoolExecutor,
        http: httpx.Client,
        tally: Tally,
        tell: Callable[[], object],
        is_allowed: Callable[[str], bool] = is_public_host,
    ) -> None:
        self._s3 = s3
        self._source = source
        self._pool = pool
        self._http = http
        self._tally = tally
        self._tell = tell
        self._is_allowed = is_allowed

    def write(self, pieces: Sequence[Piece], pictures_of: Sequence[Brought]) -> Written:
        """Write all *pieces*, and the pictures of media, as far as they can be had."""
        written = Written()
        objects = {self._pool.submit(self._write, one): one for one in pieces}
        pictures = {self._pool.submit(self._picture, one): one for one in pictures_of}
        for made in as_completed(objects):
            piece = objects[made]
            try:
                written.etags[piece.key] = made.result()
            except ObjectGone:
                self._tally.missing.append(str(piece.copied_from))
            else:
                self._count(piece.size_bytes)
        for found in as_completed(pictures):
            try:
                version, etag = found.result()
            except NoPicture as reason:
                self._tally.left[f"thumbnails that could not be fetched: {reason}"] += 1
            else:
                written.pictures[pictures[found].media_id] = version
                written.etags[version.key] = etag
                self._count(version.size_bytes)
        return written

    def _count(self, size_bytes: int) -> None:
        self._tally.objects += 1
        self._tally.copied_bytes += size_bytes
        self._tell()

    def _write(self, piece: Piece) -> str:
        if piece.content is not None:
            return self._s3.put(BUCKET, piece.key, piece.content.encode(), piece.content_type)
        source, size_bytes = str(piece.copied_from), piece.size_bytes
        return self._s3.copy(self._source, source, BUCKET, piece.key, size_bytes)

    def _picture(self, media: Brought) -> tuple[Version, str]:
        picture = fetch(self._http, str(media.picture_url), self._is_allowed)
        version = picture_version(media, picture)
        etag = self._s3.put(BUCKET, version.key, picture.content, picture.content_type)
        return version, etag
