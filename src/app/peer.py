"""What is known of the orchestrator's version: a message says only what its reader knows.

The two Workers are not deployed at one instant, and each may be rolled back alone.
"""

import re
from dataclasses import dataclass

from media_jobs.errors import UpstreamError
from media_jobs.ports import Peers

KNOWN_MS = 10 * 60_000
UNKNOWN_MS = 30_000
"""How long an answer is believed, and how long nobody is asked after none."""

TIMEOUT_MS = 2_000
READS_MANIFESTS = (0, 7)
"""The first version that takes a manifest in the message that starts its job."""

_VERSION = re.compile(r'"version":\s*"(\d{1,4})\.(\d{1,4})')


@dataclass(slots=True, eq=False)
class OrchestratorVersion:
    """The version that the orchestrator has last named; kept as long as the isolate lives."""

    version: tuple[int, int] | None = None
    until_ms: int = 0

    async def reads_manifests(self, url: str, peers: Peers, now_ms: int) -> bool:
        """Whether the orchestrator at *url* takes a manifest in a message; asked now and then."""
        if self.until_ms <= now_ms:
            self.version = await _version(url, peers)
            self.until_ms = now_ms + (UNKNOWN_MS if self.version is None else KNOWN_MS)
        return self.version is not None and self.version >= READS_MANIFESTS

    def doubt(self, now_ms: int) -> None:
        """Take note that it has refused what its version reads: it may have been rolled back."""
        self.version, self.until_ms = None, now_ms + UNKNOWN_MS


async def _version(url: str, peers: Peers) -> tuple[int, int] | None:
    try:
        answer = await peers.call("GET", f"{url}/healthz", None, {}, TIMEOUT_MS)
    except UpstreamError:
        return None
    found = _VERSION.search(answer.text) if answer.status == 200 else None
    return None if found is None else (int(found[1]), int(found[2]))
