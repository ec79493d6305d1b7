"""Whose turn it is."""

import pytest

from media_jobs.dispatch import (
    PLACES_LIFE_MS,
    SHORT_QUEUE,
    Place,
    Places,
    Ticket,
    grantable,
    place,
)
from media_jobs.hosts import HostState


def ticket(
    job_id: str,
    since_ms: int,
    caller: str = "a",
    *,
    granted: bool = False,
    head_start_s: int = 0,
    running_max: int | None = None,
) -> Ticket:
    return Ticket(
        job_id=job_id,
        attempt=1,
        caller=caller,
        since_ms=since_ms,
        head_start_s=head_start_s,
        running_max=running_max,
        granted_ms=since_ms if granted else None,
    )


def ids(tickets: list[Ticket], capacity: int) -> list[str]:
    """Return the jobs that get the slots of one host, in order."""
    hosts = {"h1": HostState(capacity=capacity)}
    return [turn.job_id for turn in grantable(tickets, hosts)]


def test_who_has_waited_longest_is_next() -> None:
    assert ids([ticket("late", 3), ticket("early", 1), ticket("mid", 2)], 2) == [
        "early",
        "mid",
    ]


@pytest.mark.parametrize("capacity", [0, 1, 2])
def test_no_more_slots_are_granted_than_there_are(capacity: int) -> None:
    tickets = [ticket("r", 0, granted=True), *(ticket(f"w{i}", i) for i in range(5))]

    assert len(ids(tickets, capacity)) == max(0, capacity - 1)


def test_callers_take_turns_however_many_jobs_one_has() -> None:
    many = [ticket(f"a{i}", i) for i in range(4)]
    few = [ticket("b0", 10, "b"), ticket("b1", 11, "b")]

    assert ids([*many, *few], 6) == ["a0", "b0", "a1", "b1", "a2", "a3"]


def test_slots_that_a_caller_holds_count_as_turns_taken() -> None:
    held = [ticket("r1", 0, granted=True), ticket("r2", 0, granted=True)]

    assert ids([*held, ticket("a0", 1), ticket("b0", 9, "b")], 3) == ["b0"]


def test_priority_is_seconds_of_head_start() -> None:
    early, late = ticket("early", 0), ticket("late", 59_000, head_start_s=60)

    assert ids([early, late], 1) == ["late"]
    assert ids([early, ticket("later", 61_000, head_start_s=60)], 1) == ["early"]


def test_a_caller_at_its_limit_waits_and_holds_nobody_up() -> None:
    tickets = [
        ticket("a0", 0, granted=True, running_max=1),
        ticket("a1", 1, running_max=1),
        ticket("b0", 2, "b"),
    ]

    assert ids(tickets, 10) == ["b0"]


def test_a_job_that_no_free_host_can_do_holds_nobody_up_nor_takes_its_callers_turn() -> None:
    hosts = {
        "small": HostState(capacity=2, offers={"model": ("base",)}),
        "large": HostState(capacity=1, offers={"model": ("base", "large")}),
    }
    tickets = [
        ticket("a0", 0).model_copy(update={"needs": ("model:large",), "host": ""}),
        ticket("a1", 1).model_copy(update={"needs": ("model:large",)}),
        ticket("a2", 2).model_copy(update={"needs": ("model:base",)}),
        ticket("b0", 3, "b"),
    ]

    turns = [(turn.job_id, turn.host) for turn in grantable(tickets, hosts)]

    assert turns == [("a0", "large"), ("b0", "small"), ("a2", "small")]


def test_the_place_is_the_turn_and_the_wait_that_many_runs() -> None:
    tickets = [ticket("r", 0, granted=True), *(ticket(f"w{i}", i + 1) for i in range(5))]

    assert place(tickets, "w0", 2, 30_000) == Place(position=1, eta_ms=30_000)
    assert place(tickets, "w4", 2, 30_000) == Place(position=5, eta_ms=90_000)
    assert place(tickets, "w4", 2, None) == Place(position=5, eta_ms=None)
    assert place(tickets, "w4", 0, 30_000) == Place(position=5, eta_ms=None)


def test_who_does_not_wait_has_no_place() -> None:
    assert place([ticket("r", 0, granted=True)], "r", 1, 1) is None
    assert place([], "x", 1, 1) is None


def test_places_in_a_long_queue_are_those_of_its_order_and_a_newcomer_is_the_last() -> None:
    tickets = {
        f"job_{number:03}": Ticket(job_id=f"job_{number:03}", attempt=1, since_ms=1000 - number)
        for number in range(SHORT_QUEUE + 1)
    }
    places = Places()

    def position(job_id: str, now_ms: int) -> int | None:
        found = places.of(tickets, job_id, 1, None, now_ms)
        return None if found is None else found.position

    assert position("job_000", 0) == SHORT_QUEUE + 1
    assert position("job_200", 0) == 1
    tickets["job_new"] = Ticket(job_id="job_new", attempt=1, since_ms=0)
    tickets["job_200"] = tickets["job_200"].model_copy(update={"granted_ms": 1})
    assert position("job_new", PLACES_LIFE_MS - 1) == SHORT_QUEUE + 2
    assert position("job_200", PLACES_LIFE_MS - 1) is None
    assert position("job_new", PLACES_LIFE_MS) == 1
