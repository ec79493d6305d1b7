"""Ports: the usual ones where they are free, others where they are not."""

import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from dev.stack.ports import HOST, HeldPorts, any_free_port, choose_ports, is_free


def listening() -> socket.socket:
    server = socket.create_server((HOST, 0))
    server.listen()
    return server


def test_a_preferred_port_that_is_free_is_chosen_and_by_one_part_alone() -> None:
    free = any_free_port()

    chosen = choose_ports({"app": free, "orchestrator": free, "burner": 0})

    assert chosen["app"] == free
    assert len(set(chosen.values())) == 3


def test_another_port_is_chosen_when_the_preferred_one_is_taken() -> None:
    with listening() as server:
        taken = server.getsockname()[1]

        assert choose_ports({"app": taken})["app"] != taken


def test_of_two_stacks_that_choose_at_one_time_each_has_ports_of_its_own(tmp_path: Path) -> None:
    free = any_free_port()
    first, second = HeldPorts(tmp_path), HeldPorts(tmp_path)

    # Nothing listens on them yet.
    chosen = first.choose({"app": free, "orchestrator": 0})
    others = second.choose({"app": free, "orchestrator": chosen["orchestrator"]})
    first.release()

    assert chosen["app"] == free
    assert not {*chosen.values()} & {*others.values()}
    assert second.choose({"app": free}) == {"app": free}
    second.release()


@pytest.mark.heavy
def test_no_connection_that_goes_out_is_given_a_port_that_was_chosen() -> None:
    chosen = {any_free_port() for _ in range(20)}
    with listening() as server, ExitStack() as clients:
        ends = {
            clients.enter_context(socket.create_connection(server.getsockname())).getsockname()[1]
            for _ in range(100)
        }

    assert len(chosen) > 15
    assert all(is_free(port) for port in chosen)
    # The system gives out ports of one range; 100 of them show where it lies.
    assert not any(min(ends) <= port <= max(ends) for port in chosen)
