"""What must hold of engines with several hosts, judged from outside the shipped code.

What a host has is known here from the host itself, what it has said from the answer that the
dispatcher was given.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.sim.containers import CONTRACT
from tests.sim.network import Answer, HttpRequest

_CONTRACT = re.compile(r'"contract": (\d+)')
SECOND = "subtitles-secondary"


class Placement:
    """Watches which host gets what, and who may report. *wrong* notes a broken promise."""

    def __init__(self, world: Any, wrong: Callable[[str], None]) -> None:
        self._world = world
        self._wrong = wrong
        self._heard: dict[str, dict[str, tuple[int, str]]] = {}
        self._known: dict[tuple[str, str], bool] = {}
        self._contracts: dict[tuple[str, str], int] = {}

    # --- hosts that drain -------------------------------------------------------------------------

    def hearing(
        self, node: Any, host: str, request: HttpRequest, answered: Callable[[Answer], None]
    ) -> Callable[[Answer], None]:
        """Return *answered*, which takes note of what a dispatcher is told by a host."""
        if request.path != "/health" or node.name not in self._world.dispatchers.objects:
            return answered
        epoch = node.epoch

        def noted(answer: Answer) -> None:
            if node.epoch == epoch:
                # Whatever a proxy answers in the host's place says nothing of the host.
                self.heard(node, host, answer.text if answer.status == 200 else "")
            answered(answer)

        return noted

    def heard(self, owner: Any, host: str, said: str) -> None:
        """Take note of what a dispatcher is told; it is not stored yet."""
        self._heard.setdefault(owner.name, {})[host] = owner.epoch, said

    def connected(self, owner: Any, host: str) -> None:
        """Take note that a host has connected anew: what it said before may be forgotten."""
        self._contracts.pop((owner.name, host), None)

    def learned(self, owner: Any, *, is_stored: bool) -> None:
        """Take note that a dispatcher has stored what it was told, or could not."""
        for host, (epoch, said) in self._heard.pop(owner.name, {}).items():
            if is_stored and epoch == owner.epoch:
                self._known[owner.name, host] = '"draining": true' in said
                if (found := _CONTRACT.search(said)) is not None:
                    self._contracts[owner.name, host] = int(found[1])

    def granted(self, owner: Any, before: Any, ticket: Any) -> None:
        """Look at a slot that a dispatcher gives."""
        held = (before.attempt, before.host) if before and before.granted_ms is not None else None
        if held == (ticket.attempt, ticket.host):
            return
        if self._known.get((owner.name, ticket.host)):
            self._wrong(f"{owner.name}: {ticket.host} has said that it drains, and gets a job")
        self._look_at_version(owner, ticket)
        # Those whose start failed have given their slot back, whatever their host has begun.
        tickets = owner.disk.tickets.values()
        moved = (t.job_id for t in tickets if t.granted_ms is None or t.host != ticket.host)
        are_not = {ticket.job_id, *moved}
        jobs = self._world.jobs.objects.values()
        others = [node for node in jobs if node.name not in are_not]
        have = sum(_has_begun_on(ticket.host, node.disk.written) for node in others)
        if have >= self._world.capacity(ticket.host):
            self._wrong(
                f"{owner.name}: a slot of {ticket.host} is given twice: {have} jobs are there"
            )

    def _look_at_version(self, owner: Any, ticket: Any) -> None:
        """See that what an older host does not read goes to a newer one that has said so."""
        job = self._world.jobs.find(ticket.job_id).disk.written
        if job is None or SECOND not in job.inputs or self._world.fleets.is_deploying():
            return
        its = {host: n for (name, host), n in self._contracts.items() if name == owner.name}
        newer = [h for h, n in its.items() if n >= CONTRACT and self._is_there(owner, h)]
        if newer and its.get(ticket.host, CONTRACT) < CONTRACT:
            self._wrong(f"{owner.name}: {ticket.host} is too old, and gets what {newer[0]} reads")

    # --- what hosts have --------------------------------------------------------------------------

    def started(self, host: str, request: HttpRequest) -> None:
        """Look at a start call."""
        model = json.loads(request.body).get("engineOptions", {}).get("model")
        if model is not None and not self._world.network.hosts[host].has_model(model):
            self._wrong(f"{host} is to work with {model}, which it does not have")

    def is_anybody_kept_waiting(self, owner: Any) -> bool:
        """Whether a ticket waits for which there is a free slot, as far as its dispatcher knows.

        While a deployment goes round, the hosts are not the same for all.
        """
        world = self._world
        if world.fleets.is_deploying():
            return False
        tickets = owner.disk.tickets.values()
        held = Counter(ticket.host for ticket in tickets if ticket.granted_ms is not None)
        free = [
            host
            for host, state in owner.disk.state.hosts.items()
            if self._is_there(owner, host)
            and not self._known.get((owner.name, host))
            and held[host] < (state.capacity or 0)
        ]
        waiting = [ticket for ticket in tickets if ticket.granted_ms is None]
        return any(self._can(owner, host, ticket) for ticket in waiting for host in free)

    def _is_there(self, owner: Any, host: str) -> bool:
        """Whether a host is in a setting, or is connected as far as its dispatcher can know."""
        called = host.removeprefix("socket:")
        return self._world.fleets.is_named(host) or bool(owner.sockets.newest(called))

    def _can(self, owner: Any, host: str, ticket: Any) -> bool:
        """Whether a host can do what is needed; that it was updated, it has to have said."""
        said = self._contracts.get((owner.name, host), 0)
        knows = all(said >= CONTRACT for need in ticket.needs if need.startswith("contract:"))
        node = self._world.network.hosts[host]
        return knows and all(node.has(need) for need in ticket.needs)

    # --- who may report ---------------------------------------------------------------------------

    def reported(self, work: Any) -> None:
        """Look at a report that the orchestrator has taken."""
        owner = self._world.jobs.objects[work.job_id]
        attempts = owner.disk.written.attempts if owner.disk.written else ()
        for attempt in attempts:
            if attempt.number == work.attempt and attempt.host not in ("", work.host.name):
                self._wrong(
                    f"{work.job_id}: {attempt.host} has it, and {work.host.name} may report"
                )


def _has_begun_on(host: str, job: Any) -> bool:
    """Whether a job is at work on *host*, as far as it knows itself."""
    attempt = job.attempts[-1] if job is not None and job.attempts else None
    return bool(
        attempt is not None and attempt.state in ("starting", "working") and attempt.host == host
    )
