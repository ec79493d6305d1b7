"""The governor of deliveries, whatever is asked of it and whatever comes of it."""

from heapq import heappop, heappush

from hypothesis import given, settings
from hypothesis import strategies as st

from media_jobs.governor import (
    LEASE_MS,
    SLOW_MS,
    WINDOW_FIRST,
    WINDOW_MAX,
    Delivered,
    Governor,
)

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "answer", "forget"]),
        st.integers(0, 40),
        st.sampled_from(list(Delivered)),
        st.sampled_from([0, 0, 0, 1, 400, 20_000]),
        st.sampled_from([0, 0, 0, 1000, 10**9]),
    ),
    max_size=150,
)


@settings(max_examples=50)
@given(STEPS)
def test_no_more_are_on_their_way_than_the_window_and_the_window_has_bounds(steps: object) -> None:
    governor, now_ms, out = Governor(), 0, dict[str, int]()
    for what, number, delivered, pause_ms, retry_ms in steps:  # type: ignore[attr-defined]
        now_ms += pause_ms
        sender = f"job_{number}"
        if what == "ask":
            before = governor.window
            wait_ms = governor.ask(sender, now_ms)
            assert wait_ms >= 0
            out = {s: at for s, at in out.items() if at + LEASE_MS > now_ms}
            if wait_ms == 0:
                assert sender in out or len(out) < int(before)
                out[sender] = now_ms
        elif what == "answer":
            governor.answered(sender, delivered, now_ms, retry_ms)
            out.pop(sender, None)
        assert 1 <= governor.window <= WINDOW_MAX
        assert governor.in_flight <= max(WINDOW_MAX, len(out))


@settings(max_examples=20)
@given(st.integers(1, 80), st.integers(1, 500))
def test_each_of_many_gets_a_permit_and_asks_a_few_times_alone(senders: int, took_ms: int) -> None:
    governor, asked = Governor(), dict[str, int]()
    events = [(0, n, "ask") for n in range(senders)]
    done, now_ms = 0, 0
    while events:
        now_ms, number, what = heappop(events)
        sender = f"job_{number}"
        if what == "answer":
            governor.answered(sender, Delivered.TAKEN, now_ms)
            done += 1
            continue
        asked[sender] = asked.get(sender, 0) + 1
        wait_ms = governor.ask(sender, now_ms)
        heappush(events, (now_ms + (wait_ms or took_ms), number, "ask" if wait_ms else "answer"))

    assert done == senders
    assert governor.in_flight == governor.waiting == 0
    assert sum(asked.values()) <= senders * 12


def test_an_overload_halves_the_window_once_for_all_that_met_it() -> None:
    governor = Governor()
    for number in range(8):
        assert governor.ask(f"job_{number}", 0) == 0
    for number in range(8):
        governor.answered(f"job_{number}", Delivered.OVERLOADED, 100 + number)

    assert governor.window == WINDOW_FIRST / 2
    assert governor.ask("job_9", 200) == 0
    governor.answered("job_9", Delivered.OVERLOADED, 201)
    assert governor.window == WINDOW_FIRST / 4


def test_deliveries_that_are_taken_widen_the_window_by_one_a_round_where_it_is_used() -> None:
    governor = Governor()
    for round_ in range(3):
        for number in range(8):
            assert governor.ask(f"job_{number}", round_ * 100) == 0
        for number in range(8):
            governor.answered(f"job_{number}", Delivered.TAKEN, round_ * 100 + 50)
    assert WINDOW_FIRST + 1 < governor.window <= WINDOW_FIRST + 3
    wide = governor.window
    for number in range(100):
        governor.ask("job_1", 1000 + number)
        governor.answered("job_1", Delivered.TAKEN, 1000 + number)
    assert governor.window == wide, "One at a time says nothing of more."


def test_a_receiver_that_answers_slowly_gets_no_more_at_once() -> None:
    governor = Governor()
    for round_ in range(3):
        for number in range(8):
            assert governor.ask(f"job_{number}", round_ * 1000) == 0
        for number in range(8):
            governor.answered(f"job_{number}", Delivered.TAKEN, round_ * 1000 + SLOW_MS + 1)

    assert governor.window == WINDOW_FIRST


def test_what_is_refused_for_its_own_fault_narrows_nothing() -> None:
    governor = Governor()
    governor.ask("job_1", 0)
    governor.answered("job_1", Delivered.REFUSED, 10)

    assert governor.window == WINDOW_FIRST


def test_a_receiver_that_says_when_to_come_again_gets_nothing_before() -> None:
    governor = Governor()
    governor.ask("job_1", 0)
    governor.answered("job_1", Delivered.OVERLOADED, 10, retry_after_ms=5000)

    waits = [governor.ask(f"job_{number}", 1000) for number in range(2, 6)]

    assert min(waits) >= 4010
    assert waits == sorted(waits)
    assert len(set(waits)) == len(waits), "and not all at once then"
    assert governor.ask("job_2", 1000 + waits[0]) == 0


def test_a_sender_that_is_gone_frees_its_permit_in_time() -> None:
    governor = Governor(window=1.0)
    assert governor.ask("job_1", 0) == 0
    assert governor.ask("job_2", LEASE_MS - 1) > 0
    assert governor.ask("job_2", 2 * LEASE_MS) == 0


def test_those_who_wait_come_back_soon_once_the_receiver_is_fast_again() -> None:
    governor, waits = Governor(window=1.0), []
    governor.ask("job_0", 0)
    for number in range(1, 10_000):
        waits.append(governor.ask(f"job_{number}", number))

    assert max(waits) <= 61_000
    by_second = [
        sum(second * 1000 <= w < second * 1000 + 1000 for w in waits) for second in range(62)
    ]
    assert max(by_second) < 1000, "and not all at once"
