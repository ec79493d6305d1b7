"""What the earlier system's bucket holds, found by stored keys and by job. Pure.

Its keys have the media's title as it was when each job ran, in any script, so that one media may
have several folders: nothing is taken from the folder's name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_OURS = re.compile(r"(?:media/|manifests/jobs/|receipts/)(?:med|job|jobs|keys)(?:_[0-9A-Z]{26}|/)")
_OF_JOB = re.compile(r"media/.+/(?:downloads|outputs)/([^/]+)/([^/]+)")
_KIND = re.compile(r"media/.+/(downloads|outputs|inputs/[^/]+|asr)/")
MANIFESTS = "manifests/jobs/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An object. *etag* without quotes; *modified_ms*: when it was written (Unix)."""

    key: str
    size_bytes: int
    etag: str
    modified_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Objects of one kind that are not brought along."""

    count: int
    size_bytes: int


class BucketIndex:
    """The objects of a bucket, without this project's own."""

    def __init__(self, objects: Iterable[Stored]) -> None:
        self._by_key = {one.key: one for one in objects if not _OURS.match(one.key)}
        self._by_job: dict[str, dict[str, Stored]] = {}
        for one in self._by_key.values():
            if found := _OF_JOB.fullmatch(one.key):
                self._by_job.setdefault(found[1], {})[found[2]] = one

    def find(self, key: str | None) -> Stored | None:
        """Return the object with something in it that is stored as *key*."""
        found = self._by_key.get(key or "")
        return found if found is not None and found.size_bytes > 0 else None

    def of_job(self, job_id: str | None) -> Mapping[str, Stored]:
        """Return what a job of the earlier system has written, by file name."""
        files = self._by_job.get(job_id or "", {})
        return {name: one for name, one in files.items() if one.size_bytes > 0}

    def left(self, used: set[str]) -> dict[str, Left]:
        """Return what there is beside the keys that are *used*, by kind."""
        count: Counter[str] = Counter()
        size: Counter[str] = Counter()
        for one in self._by_key.values():
            if one.key not in used:
                kind = _kind(one.key)
                count[kind] += 1
                size[kind] += one.size_bytes
        return {kind: Left(count=count[kind], size_bytes=size[kind]) for kind in sorted(count)}


def _kind(key: str) -> str:
    if key.startswith(MANIFESTS):
        return "manifests"
    found = _KIND.match(key)
    return found[1] if found else "others"
