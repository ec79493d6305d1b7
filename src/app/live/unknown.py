"""Which jobs were asked for and are not there, so that asking again costs no look-up."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

UNKNOWN_MAX = 10_000
"""Ids kept; over it, the one that came first is dropped."""
UNKNOWN_MS = 5 * 60_000
"""An id is no job's before it is handed out; if one comes to be all the same, it is found then."""


@dataclass(slots=True)
class UnknownJobs:
    """Ids that an owner has no job of, in the memory of the hub, until when (Unix, ms)."""

    _until_ms: OrderedDict[tuple[str | None, str], int] = field(default_factory=OrderedDict)

    def among(self, owner: str | None, job_ids: Iterable[str], now_ms: int) -> set[str]:
        """Return those of *job_ids* that are known not to be there."""
        return {one for one in job_ids if self._until_ms.get((owner, one), 0) > now_ms}

    def add(self, owner: str | None, job_ids: Iterable[str], now_ms: int) -> None:
        """Remember ids that were looked up in vain."""
        for job_id in job_ids:
            self._until_ms[owner, job_id] = now_ms + UNKNOWN_MS
            self._until_ms.move_to_end((owner, job_id))
        while len(self._until_ms) > UNKNOWN_MAX:
            self._until_ms.popitem(last=False)
