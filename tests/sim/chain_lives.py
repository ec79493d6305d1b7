"""Canonical chains: every step takes its time, two jobs end in the same millisecond, and somebody
cancels or starts one again at a chosen moment. Each is struck at every await that matters.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from media_jobs.keyring import Keyring, Purpose
from media_jobs.signing import signed_headers
from tests.sim.chains import SUBTITLE, TWO_ENDS, Step, members_of
from tests.sim.clients import Client
from tests.sim.lives import Life, LifeWorld, Strike
from tests.sim.network import HttpRequest
from tests.sim.shipped import Shipped


@dataclass(frozen=True)
class ChainLife:
    """What a chain's life is to be, and *ends*: the statuses of its jobs then.

    *acts*: who (by place in the chain) does what, and when. *turns*: of faults (`Scripted`).
    *told_again_ms*: when the first failure is told to the app again. *lead_ms*: how much earlier
    than the others that wait for nothing the last one of them begins, and ends.
    """

    name: str
    shape: tuple[Step, ...]
    ends: tuple[str, ...]
    acts: tuple[tuple[int, int, str], ...] = ()
    turns: Mapping[str, frozenset[int]] = field(default_factory=dict)
    told_again_ms: int | None = None
    lead_ms: int = 0


AGAIN_MS = 60_000
LEAD_MS_MAX = 20
FIRST = {"work fails for good": frozenset({0})}
ALL_AGAIN = tuple((AGAIN_MS + 500 * place, place, "retry") for place in range(3))
TWO_AT_ONE_TIME = ChainLife("two ends at one time", TWO_ENDS, ("completed",) * 4)
ONE_AFTER_THE_OTHER = ChainLife("one after the other", SUBTITLE, ("completed",) * 3)
A_ROOT_FAILS = ChainLife("a root that fails", SUBTITLE, ("failed",) * 3, turns=FIRST)
STARTED_AGAIN = ChainLife(
    "all of them started again", SUBTITLE, ("completed",) * 3, ALL_AGAIN, FIRST
)
CANCELED = ChainLife(
    "canceled in the middle", SUBTITLE, ("completed", "canceled", "failed"), ((500, 1, "cancel"),)
)
CHAIN_LIVES = (TWO_AT_ONE_TIME, ONE_AFTER_THE_OTHER, A_ROOT_FAILS, STARTED_AGAIN, CANCELED)


class ChainWorld(LifeWorld):
    """One chain, struck at most once."""

    def __init__(
        self, shipped: Shipped, chain: ChainLife, strike: Strike | None = None, **more: Any
    ) -> None:
        self.chain = chain
        self._failure: HttpRequest | None = None
        super().__init__(shipped, Life("", ("", 0), turns=dict(chain.turns)), strike, **more)

    def _make_clients(self, only: frozenset[int] | None) -> list[Client]:
        self.members = members = members_of(self, 0, self.chain.shape, lambda: 1)
        self.chains.watch(members)
        last = max(place for place, member in enumerate(members) if not member.sources)
        for place, member in enumerate(members):
            at_ms = 200 * place if member.sources else LEAD_MS_MAX
            self.kernel.at(at_ms - (self.chain.lead_ms if place == last else 0), member.submit)
        for at_ms, place, what in self.chain.acts:
            self.kernel.at(at_ms, getattr(members[place], what))
        if self.chain.told_again_ms is not None:
            self.kernel.at(self.chain.told_again_ms, self._tell_again)
        return list(members)

    def capacity(self, host: str) -> int:
        return 2

    def _plan_faults(self) -> None:
        for host in self.containers:
            host.capacity = 2

    def heard(self, request: HttpRequest) -> None:
        """Keep the first event of a failure that the app is told."""
        if self._failure is None and b'"status":"failed"' in request.body:
            self._failure = request

    def _tell_again(self) -> None:
        """Tell it as an orchestrator of before 0.7 does, which does not say how long it waits."""
        assert self._failure is not None
        event = {**json.loads(self._failure.body), "deadlineMs": None}
        body = json.dumps(event).encode()
        headers = signed_headers(body, Keyring(self.secrets).signing(Purpose.TO_APP))
        again = replace(self._failure, body=body, headers={**self._failure.headers, **headers})
        self.app.receive(again, lambda answer: None)

    def ends(self) -> tuple[str, ...]:
        """Return the statuses that the app has in the end."""
        rows = self.database.look("SELECT job_id, status FROM jobs")
        of = {row["job_id"]: row["status"] for row in rows}
        return tuple(of.get(str(member.job_id), "none") for member in self.members)


PLACES = ("app/jobs/events.py", "app/jobs/settling.py", "app/jobs/waits.py", "app/jobs/routes.py")
"""Where the app waits for others while it decides what becomes of those that wait."""

OFFSETS_MS = range(-60, 62, 3)
"""How far apart two things are that happen at one time: one is done within this."""


def crashes(shipped: Shipped, chain: ChainLife) -> list[Strike]:
    """Return a crash before and after each await of the app that decides about those that wait."""
    world = ChainWorld(shipped, chain)
    world.run()
    places = [n for n, place in enumerate(world.awaits) if any(name in place for name in PLACES)]
    return [Strike(number, blow) for number in places for blow in ("before", "after")]


Race = tuple[ChainLife, Strike | None]
"""A life in which two things happen at one time, and a blow besides."""


def cancellations(shipped: Shipped) -> list[Race]:
    """Return lives in which a job is canceled just when it begins: before it, with it, after it."""
    world = ChainWorld(shipped, ONE_AFTER_THE_OTHER)
    world.run()
    begun_ms = world.chains.begun_ms[str(world.members[1].job_id)] - world.kernel.start_ms
    acts = [((begun_ms + off_ms, 1, "cancel"),) for off_ms in OFFSETS_MS]
    return [(replace(ONE_AFTER_THE_OTHER, acts=act), None) for act in acts]


def retries(shipped: Shipped) -> list[Race]:
    """Return lives in which a job that has failed and the one it waits for begin again at once."""
    acts = [((AGAIN_MS, 1, "retry"), (AGAIN_MS + off_ms, 0, "retry")) for off_ms in OFFSETS_MS]
    return [(replace(A_ROOT_FAILS, acts=act), None) for act in acts]


def late_ends(shipped: Shipped) -> list[Race]:
    """Return lives in which a failure is told again when its job has been started again."""
    times = range(AGAIN_MS, AGAIN_MS + 1_600, 40)
    return [(replace(STARTED_AGAIN, told_again_ms=at_ms), None) for at_ms in times]


def ends_at_once(shipped: Shipped) -> list[Race]:
    """Return lives in which jobs end at one time, and the app dies before it looks once more."""
    found = list[Race]()
    for lead_ms in range(0, LEAD_MS_MAX, 2):
        chain = replace(TWO_AT_ONE_TIME, lead_ms=lead_ms)
        world = ChainWorld(shipped, chain)
        world.run()
        places = [n for n, place in enumerate(world.awaits) if "app/jobs/settling.py" in place]
        found += [(chain, Strike(number, "before")) for number in places]
    return found
