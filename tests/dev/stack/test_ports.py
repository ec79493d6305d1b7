"""Ports: the usual ones where they are free, others where they are not."""

import socket
from pathlib import Path

from dev.stack.ports import HOST, HeldPorts, choose_ports


def listening() -> socket.socket:
    server = socket.create_server((HOST, 0))
    server.listen()
    return server


def test_a_preferred_port_that_is_free_is_chosen_and_by_one_part_alone() -> None:
    with listening() as server:
        free = server.getsockname()[1]

    chosen = choose_ports({"app": free, "orchestrator": free, "burner": 0})

    assert chosen["app"] == free
    assert len(set(chosen.values())) == 3


def test_another_port_is_chosen_when_the_preferred_one_is_taken() -> None:
    with listening() as server:
        taken = server.getsockname()[1]

        assert choose_ports({"app": taken})["app"] != taken


def test_of_two_stacks_that_choose_at_one_time_each_has_ports_of_its_own(tmp_path: Path) -> None:
    with listening() as server:
        free = server.getsockname()[1]
    first, second = HeldPorts(tmp_path), HeldPorts(tmp_path)

    # Nothing listens on them yet.
    chosen = first.choose({"app": free, "orchestrator": 0})
    others = second.choose({"app": free, "orchestrator": chosen["orchestrator"]})
    first.release()

    assert chosen["app"] == free
    assert not {*chosen.values()} & {*others.values()}
    assert second.choose({"app": free}) == {"app": free}
    second.release()
