"""Works in pieces: one leads, others help; as the burner does it, and by the wire alone.

A piece is the number of its plan in the bucket. A leader that the orchestrator leaves without any
piece to make, fetch or wait for, while it lacks some, has lost one.
"""

import json
from collections.abc import Callable
from random import Random
from typing import Any

from tests.sim.network import Answer

SHARED = 0.2
"""In how many worlds burns are made in pieces."""

KIT = "kit-1"
ASK_MS = 5_000
ASKS_MAX = 6
POLL_MS = 2_000
WAITS_MAX = 10
"""How often a leader looks for what helpers are at before it makes that itself."""


def is_split(work: Any) -> bool:
    """Whether a work is made in pieces here: the world has such, and both sides know them."""
    host = work.host
    return bool(work.world.shared and not host.old and "piecesUrl" in work.message)


class Split:
    """The pieces of one work, as its leader or as one that helps; then *done* is called."""

    def __init__(self, work: Any, done: Callable[[], None]) -> None:
        self._work, self._done = work, done
        self._helps = work.message.get("helps")
        seed = f"pieces {work.world.seed} {work.job_id} {work.attempt}"
        self._random = Random(seed)  # noqa: S311 - a seed must give the same world again.
        name = f"{work.job_id}/{work.attempt}"
        self._plan = self._helps or {
            "kit": KIT,
            "count": 2 + self._below(8),
            "document": {"of": name},
        }
        self._has: set[int] = set()
        self._back: list[int] = []
        self._made: int | None = None
        self._asked = self._waits = 0

    def _below(self, limit: int) -> int:
        return int(self._random.random() * limit)

    @property
    def lacking(self) -> list[int]:
        """The pieces that a leader has not."""
        return [n for n in range(self._plan["count"]) if n not in self._has]

    def go_on(self) -> None:
        """Ask for the next piece, unless all are there."""
        work = self._work
        if work.over:
            return
        if self._helps is None and not self.lacking:
            self._done()
            return
        wanted: dict[str, Any] = {} if self._made is None else {"made": self._made}
        if self._helps is None:
            wanted = {"plan": self._plan, "has": sorted(self._has), "back": self._back}
        host, epoch = work.host, work.host.epoch
        self._asked += 1
        work.world.network.send(
            host,
            "POST",
            work.message["piecesUrl"],
            json.dumps(wanted).encode(),
            {},
            ASK_MS,
            lambda answer: host.soon(0, epoch, lambda: self._answered(answer)),
            lambda: host.soon(0, epoch, self._again),
        )

    def _again(self) -> None:
        work = self._work
        if work.over:
            return
        if self._asked > ASKS_MAX:
            self._done()  # A leader makes the rest alone, a helper has nothing more to do.
            return
        work.host.soon(min(10_000, 500 << self._asked), work.host.epoch, self.go_on)

    def _answered(self, answer: Answer) -> None:
        work = self._work
        if work.over:
            return
        if answer.status == 410:
            work.trace("gets no piece: fenced out")
            work.kill()
        elif answer.status != 200:
            self._again()
        else:
            self._asked, self._back = 0, []
            said = json.loads(answer.text)
            (self._lead if self._helps is None else self._help)(said)

    def _pause(self, then: Callable[[], None]) -> None:
        self._work.host.soon(5 + self._below(20_000), self._work.host.epoch, then)

    # --- who helps ------------------------------------------------------------------------------

    def _help(self, said: dict[str, Any]) -> None:
        number = said["piece"]
        if number is None:
            self._done()
        else:
            self._work.report("running", 0.1)
            self._pause(lambda: self._sent(number, said["putUrl"]))

    def _sent(self, number: int, url: str) -> None:
        work = self._work
        if work.over:
            return
        bucket = work.world.bucket
        if not bucket.expired(url):
            bucket.put(_key(url), f"{self._plan['document']['of']} {number}")
            self._made = number
        self.go_on()

    # --- who leads ------------------------------------------------------------------------------

    def _lead(self, said: dict[str, Any]) -> None:
        for name, url in said["made"].items():
            self._fetch(int(name), url)
        number = said["piece"]
        if number is not None:
            if number in self._has:
                self._wrong(f"is given piece {number} twice")
            self._has.add(number)
            self._waits = 0
            self._pause(self.go_on)
        elif said["others"] and not self._back:
            self._waits += 1
            self._back = said["others"] if self._waits > WAITS_MAX else []
            self._work.host.soon(POLL_MS, self._work.host.epoch, self.go_on)
        elif not self._back and self.lacking and not said["made"]:
            self._wrong(f"lacks pieces {self.lacking}, which nobody makes")
        else:
            self.go_on()

    def _fetch(self, number: int, url: str) -> None:
        work = self._work
        found = work.world.bucket.stored.get(_key(url))
        if found is None:
            self._back.append(number)
            return
        if found.body != f"{self._plan['document']['of']} {number}":
            self._wrong(f"gets {found.body} as piece {number}")
        if number in self._has:
            self._wrong(f"is given piece {number} twice")
        self._has.add(number)

    def _wrong(self, what: str) -> None:
        self._work.world.oracle.wrong(f"{self._work.job_id}: {what}")


def _key(url: str) -> str:
    path = url.partition("?")[0]
    return path[path.index("media/") :]


def judge_sharing(oracle: Any, owner: Any, job: Any) -> None:
    """Look at the pieces of a job as they are stored: who is at one is at work."""
    attempt = job.attempts[-1] if job.attempts else None
    if attempt is None or attempt.state == "ended" or attempt.sharing is None:
        return
    sharing = attempt.sharing
    for number, piece in enumerate(sharing.pieces):
        is_lost = piece.by not in ("", "leader") and not piece.made
        if is_lost and not sharing.helpers.get(piece.by):
            oracle.wrong(f"{owner.name}: piece {number} is lost with {piece.by}, which has ended")


def judge_rest(oracle: Any) -> None:
    """Look for what is left of pieces, where nothing went wrong, and for helpers that go on."""
    world = oracle.world
    for node in world.jobs.objects.values():
        job = node.disk.written
        if (
            job is not None
            and job.helps is not None
            and job.status not in ("completed", "failed", "canceled")
        ):
            oracle.wrong(f"{node.name}: helps, and has not ended")
    if not world.faults.happened:
        left = [key for key in world.bucket.stored if "/pieces/" in key]
        if left:
            oracle.wrong(f"pieces are left: {left}")
