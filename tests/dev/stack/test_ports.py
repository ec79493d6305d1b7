"""Ports: the usual ones where they are free, others where they are not."""

import socket

from dev.stack.ports import HOST, choose_ports


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
