"""The tickets that hold slots, and whose turn comes before whose."""

from media_jobs.dispatch import First, Held, Ticket, expected_wait_ms, next_in_turn


def ticket(job_id: str, **more: object) -> Ticket:
    return Ticket(job_id=job_id, attempt=1, **{"since_ms": 0, **more})  # type: ignore[arg-type]


def test_who_has_fewer_slots_is_before_who_has_waited_longer() -> None:
    few, many = First(0, ticket("few", since_ms=9)), First(1, ticket("many", since_ms=1))

    assert next_in_turn([many, few]) == few.ticket
    assert next_in_turn([many, First(1, ticket("late", since_ms=2))]) == many.ticket
    assert next_in_turn([]) is None


def test_slots_are_counted_by_host_and_by_caller_as_tickets_come_and_go() -> None:
    held = Held([ticket("j1", host="h1", caller="a"), ticket("j2", host="h1", caller="b")])

    held.put(ticket("j2", host="h2", caller="b"))
    held.put(ticket("j3", host="h2", caller="a"))
    held.remove("j1")
    held.remove("j9")

    assert (held.by_host, held.by_caller) == ({"h2": 2}, {"b": 1, "a": 1})
    assert set(held.tickets) == {"j2", "j3"}


def test_the_first_to_be_asked_is_the_one_whose_time_comes_first_and_is_still_so() -> None:
    held = Held([ticket("j1", check_ms=1), ticket("j2", check_ms=2), ticket("j3")])
    assert held.first_due() == held.tickets["j1"]

    held.put(ticket("j1", check_ms=5))
    assert held.first_due() == held.tickets["j2"]
    held.remove("j2")
    assert held.first_due() == held.tickets["j1"]
    held.remove("j1")

    assert held.first_due() is None


def test_the_wait_is_so_many_turns_of_all_slots() -> None:
    assert expected_wait_ms(5, 2, 30_000) == 90_000
    assert expected_wait_ms(4, 2, 30_000) == 60_000
    assert expected_wait_ms(1, 2, None) is None
    assert expected_wait_ms(1, 0, 30_000) is None
