"""People who look at jobs: of what they look at, the orchestrator has progress shown."""

import json
from random import Random
from typing import Any

LOOKED_AT = 0.4
"""In how many worlds somebody looks at jobs."""
ENDS = ("completed", "failed", "canceled")


class Viewers:
    """The viewers of one world, by a random source of their own."""

    def __init__(self, world: Any) -> None:
        self._world = world
        self._random = Random(f"viewers {world.seed}")  # noqa: S311 - a seed must give the same world again.
        self._share = self._random.random() if self._random.random() < LOOKED_AT else 0.0
        self._seen: dict[str, int] = {}
        self.shown = 0

    def look(self, change: str) -> None:
        """Begin to look at a job that was published, perhaps, as the hub's object does."""
        if self._share and self._random.random() < self._share:
            job_id = json.loads(change)["jobId"]
            self._world.kernel.at(1 + int(self._random.random() * 5000), self._begin, job_id)

    def _begin(self, job_id: str) -> None:
        world = self._world
        ports = world.shipped["app.entry"]._ports()
        watching = world.shipped["app.live.watching"].Watching(ports)
        if world.kernel.now_ms >= world.app.down_until_ms:
            world.kernel.spawn(
                world.app, watching.begin([job_id]), lambda value, error: None, "look"
            )

    def are_shown(self, change: str) -> bool:
        """Take progress; return whether anybody still looks."""
        self.shown += 1
        document = json.loads(change)
        if document["status"] in ENDS:
            self._world.oracle.wrong(f"{document['jobId']}: an end is shown and not told")
        return self._random.random() < 0.9
