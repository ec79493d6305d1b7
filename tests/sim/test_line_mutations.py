"""Seeded bugs of hosts that connect outward: the simulator finds each within its default budget."""

import pytest

from tests.sim.runs import run_seeds
from tests.sim.shipped import Mutation, load

BUDGET_S = 40.0
BUGS = {
    "a slot is given twice after a reconnect": Mutation(
        "orchestrator.dispatch.dispatcher",
        '    ports.log({"event": "host_connected", "engine": engine, "host": host})\n',
        "    for held in list(ports.store.held.tickets.values()):\n"
        "        if held.host == host:\n"
        "            ports.store.delete(held.job_id)\n",
    ),
    "who waits for a host is not served when it connects": Mutation(
        "edge.host_sockets",
        "            connected(str(find(ENGINE_HEADER))",
        "            str((ENGINE_HEADER)",
    ),
    "what waits for an answer over a line that drops goes on waiting": Mutation(
        "edge.host_sockets", 'pending.end("the connection broke")', "pass"
    ),
    "an answer over an older connection is taken": Mutation(
        "edge.host_sockets", 'pending.end("the connection was replaced")', "pass"
    ),
    "the end of an older connection ends the newer one": Mutation(
        "edge.host_sockets",
        "        if self._open.get(name) != socket_id:\n            return None\n",
        "",
    ),
    "after hibernation the older of two connections counts": Mutation(
        "edge.host_sockets",
        'max(socket_id, self._open.get(name, ""))',
        'min(socket_id, self._open.get(name, "~"))',
    ),
    "hibernation forgets who is connected": Mutation(
        "edge.host_sockets",
        "        for socket in self._ctx.getWebSockets():\n            name, socket_id",
        "        for socket in ():\n            name, socket_id",
    ),
    "a handshake that was used before opens a connection": Mutation(
        "edge.host_sockets", "if not is_new(str(find(NONCE_HEADER))):", "if False:"
    ),
    "a host keeps its alarm unset when its coming could not be stored": Mutation(
        "orchestrator.dispatch.dispatcher",
        "    ports.alarm.arm(_next_due_ms(ports))\n    if ports.store.state().engine != engine:",
        "    if ports.store.state().engine != engine:",
    ),
}
AIMED = {
    "an answer over an older connection is taken": {"line stalls": 0.3, "line half open": 0.3},
    "what waits for an answer over a line that drops goes on waiting": {"line breaks": 0.08},
    "after hibernation the older of two connections counts": {"line half open": 0.5},
    "a host keeps its alarm unset when its coming could not be stored": {"write fails": 0.1},
}
"""Faults that each world has in which a bug is searched that seldom shows without them."""


@pytest.mark.parametrize("bug", BUGS)
def test_worlds_in_which_hosts_connect_outward_find(bug: str) -> None:
    shipped = load([BUGS[bug]])

    report = run_seeds(
        shipped,
        range(10**6),
        BUDGET_S,
        chained=0.0,
        running=0.0,
        outward=1.0,
        always=AIMED.get(bug, {}),
    )

    assert report.failed_seed is not None, f"not found in {report.lives} lives"
