"""The permits of one isolate."""

from media_jobs.kept_permits import KeptPermits


def test_each_permit_is_for_one_delivery_at_a_time() -> None:
    permits = KeptPermits()
    first, second = permits.keep("a", 1000, 0), permits.keep("b", 1000, 0)
    assert permits.take(1) is None

    permits.leave(second)

    assert permits.take(2) is second
    assert permits.take(3) is None
    permits.leave(first)
    assert permits.take(4) is first


def test_a_permit_ends_with_its_time_also_where_its_sender_died_amid_a_delivery() -> None:
    permits = KeptPermits()
    dead, free = permits.keep("a", 1000, 0), permits.keep("b", 500, 0)
    permits.leave(free)

    assert permits.take(500) is None
    permits.leave(dead)
    assert permits.take(999) is dead
    permits.leave(dead)
    assert permits.take(1000) is None


def test_a_permit_that_was_given_back_is_used_no_more() -> None:
    permits = KeptPermits()
    permit = permits.keep("a", 1000, 0)
    permits.drop(permit)
    permits.leave(permit)

    assert permits.take(1) is None


def test_a_clock_that_is_set_back_makes_no_permit_longer() -> None:
    permits = KeptPermits()
    permits.leave(permits.keep("a", 1000, 10_000))

    assert permits.take(9_999) is None
