"""Ports: the usual ones where they are free, others where they are not."""

import socket

from dev.stack.ports import HOST, choose_ports


def listening(port: int = 0) -> socket.socket:
    server = socket.create_server((HOST, port))
    server.listen()
    return server


def test_a_preferred_port_that_is_free_is_chosen() -> None:
    with listening() as server:
        free = server.getsockname()[1]

    assert choose_ports({"app": free}) == {"app": free}


def test_another_port_is_chosen_when_the_preferred_one_is_taken() -> None:
    with listening() as server:
        taken = server.getsockname()[1]

        chosen = choose_ports({"app": taken})

        assert chosen["app"] != taken
        listening(chosen["app"]).close()


def test_two_parts_never_get_one_port() -> None:
    with listening() as server:
        free = server.getsockname()[1]

    chosen = choose_ports({"app": free, "orchestrator": free, "burner": 0})

    assert chosen["app"] == free
    assert len(set(chosen.values())) == 3
