"""The governor of deliveries, whatever is asked of it and whatever comes of it."""

from heapq import heappop, heappush

from hypothesis import given, settings
from hypothesis import strategies as st

from media_jobs.governor import (
    CALM_MS,
    KEEP_MS_MAX,
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
        st.sampled_from([0, 0, 0, 1, 400, 20_000, 70_000]),
        st.sampled_from([0, 0, 0, 1000, 10**9]),
    ),
    max_size=150,
)


OVERLOADED, TAKEN = Delivered.OVERLOADED, Delivered.TAKEN


def crowded(window: float = WINDOW_FIRST) -> Governor:
    """Return a governor that has met an overload just before 0, and lets nobody keep a permit."""
    governor = Governor(window=2 * window)
    governor.answered("job_0", OVERLOADED, -1, 0)
    assert governor.window == window
    return governor


def may(governor: Governor, sender: str, now_ms: int) -> bool:
    return governor.ask(sender, now_ms).wait_ms == 0


@settings(max_examples=50)
@given(STEPS, st.booleans())
def test_no_more_are_on_their_way_than_the_window_and_the_window_has_bounds(
    steps: object, calm: bool
) -> None:
    governor, now_ms, out = Governor() if calm else crowded(), 0, dict[str, int]()
    for what, number, delivered, pause_ms, retry_ms in steps:  # type: ignore[attr-defined]
        now_ms += pause_ms
        sender = f"job_{number}"
        out = {s: ends_ms for s, ends_ms in out.items() if ends_ms > now_ms}
        if what == "ask":
            before = governor.window
            permit = governor.ask(sender, now_ms)
            assert permit.wait_ms >= 0
            assert 0 <= permit.keep_ms <= KEEP_MS_MAX
            if permit.wait_ms == 0:
                out.pop(sender, None)
                assert permit.name not in out, "One that is kept may be used by another by now."
                assert len(out) < int(before)
                out[permit.name] = now_ms + (permit.keep_ms or LEASE_MS)
        elif what == "answer":
            name = sorted(out)[number % len(out)] if out else sender
            governor.answered(name, delivered, now_ms, 100, retry_ms)
            out.pop(name, None)
        assert 1 <= governor.window <= WINDOW_MAX
        assert governor.out <= max(WINDOW_MAX, len(out))


@settings(max_examples=20)
@given(st.integers(1, 80), st.integers(1, 500), st.booleans())
def test_each_of_many_gets_a_permit_and_asks_a_few_times_alone(
    senders: int, took_ms: int, calm: bool
) -> None:
    governor, asked = Governor() if calm else crowded(), dict[str, int]()
    events = [(0, n, "ask") for n in range(senders)]
    done, now_ms, names = 0, 0, dict[int, str]()
    while events:
        now_ms, number, what = heappop(events)
        sender = f"job_{number}"
        if what == "answer":
            governor.answered(names[number], TAKEN, now_ms, took_ms)
            done += 1
            continue
        asked[sender] = asked.get(sender, 0) + 1
        permit = governor.ask(sender, now_ms)
        names[number] = permit.name
        heappush(
            events,
            (
                now_ms + (permit.wait_ms or took_ms),
                number,
                "ask" if permit.wait_ms else "answer",
            ),
        )

    assert done == senders
    assert governor.out == governor.waiting == 0
    assert sum(asked.values()) <= senders * 12


def test_an_overload_halves_the_window_once_for_all_that_met_it() -> None:
    governor = Governor()
    names = [governor.ask(f"job_{number}", 0).name for number in range(8)]
    for number, name in enumerate(names):
        governor.answered(name, OVERLOADED, 100 + number, 100 + number)

    assert governor.window == WINDOW_FIRST / 2
    assert may(governor, "job_9", 200)
    governor.answered("job_9", OVERLOADED, 201, 1)
    assert governor.window == WINDOW_FIRST / 4


def test_deliveries_that_are_taken_widen_the_window_by_one_a_round_where_it_is_used() -> None:
    governor = crowded()
    for round_ in range(3):
        for number in range(8):
            assert may(governor, f"job_{number}", round_ * 100)
        for number in range(8):
            governor.answered(f"job_{number}", TAKEN, round_ * 100 + 50, 50)
    assert WINDOW_FIRST + 1 < governor.window <= WINDOW_FIRST + 3
    wide = governor.window
    for number in range(100):
        governor.ask("job_1", 1000 + number)
        governor.answered("job_1", TAKEN, 1000 + number, 1)
    assert governor.window == wide, "One at a time says nothing of more."


def test_a_receiver_that_answers_slowly_gets_no_more_at_once() -> None:
    governor = crowded()
    for round_ in range(3):
        for number in range(8):
            assert may(governor, f"job_{number}", round_ * 1000)
        for number in range(8):
            governor.answered(f"job_{number}", TAKEN, round_ * 1000 + SLOW_MS + 1, SLOW_MS + 1)

    assert governor.window == WINDOW_FIRST


def test_what_is_refused_for_its_own_fault_narrows_nothing() -> None:
    governor = Governor()
    governor.ask("job_1", 0)
    governor.answered("job_1", Delivered.REFUSED, 10, 10)

    assert governor.window == WINDOW_FIRST


def test_a_receiver_that_says_when_to_come_again_gets_nothing_before() -> None:
    governor = Governor()
    governor.ask("job_1", 0)
    governor.answered("job_1", OVERLOADED, 10, 10, retry_after_ms=5000)

    waits = [governor.ask(f"job_{number}", 1000).wait_ms for number in range(2, 6)]

    assert min(waits) >= 4010
    assert waits == sorted(waits)
    assert len(set(waits)) == len(waits), "and not all at once then"
    assert may(governor, "job_2", 1000 + waits[0])


def test_a_sender_that_is_gone_frees_its_permit_in_time() -> None:
    governor = crowded(1.0)
    assert may(governor, "job_1", 0)
    assert not may(governor, "job_2", LEASE_MS - 1)
    assert may(governor, "job_2", 2 * LEASE_MS)


def test_those_who_wait_come_back_soon_once_the_receiver_is_fast_again() -> None:
    governor, waits = crowded(1.0), []
    governor.ask("job_0", 0)
    for number in range(1, 10_000):
        waits.append(governor.ask(f"job_{number}", number).wait_ms)

    assert max(waits) <= 61_000
    by_second = [
        sum(second * 1000 <= w < second * 1000 + 1000 for w in waits) for second in range(62)
    ]
    assert max(by_second) < 1000, "and not all at once"


def test_while_half_of_the_window_is_unused_nobody_waits_for_an_old_turn() -> None:
    governor = crowded()
    for number in range(8):
        assert may(governor, f"job_{number}", 0)
    turns = [governor.ask(f"job_{number}", 0).wait_ms for number in range(8, 100)]
    for number in range(7):
        governor.answered(f"job_{number}", TAKEN, 10, 10)

    assert min(turns) > 10
    assert may(governor, "job_99", 11)
    others = [may(governor, f"new_{number}", 11) for number in range(8)]
    assert others[:2] == [True, True]
    assert others[4:] == [False] * 4, "The rest is kept for those whose turn comes."


def test_permits_are_kept_while_few_are_out_for_less_time_the_more_there_are() -> None:
    governor = Governor()

    kept = [governor.ask(f"job_{number}", 0).keep_ms for number in range(8)]

    assert kept == [10_000, 8333, 6666, 5000, 3333, 1666, 0, 0]
    assert not may(governor, "job_9", 0)
    assert governor.ask("job_9", 60_000).keep_ms == 10_000, "They have ended by themselves."


def test_after_an_overload_each_permit_is_for_one_delivery_for_a_minute() -> None:
    governor = Governor()
    kept = governor.ask("job_1", 0)
    assert kept.keep_ms > 0
    governor.answered(kept.name, OVERLOADED, 100, 100)

    assert governor.ask("job_1", 100).keep_ms == 0
    governor.answered("job_1", TAKEN, 110, 10)
    assert governor.ask("job_1", 99 + CALM_MS).keep_ms == 0
    governor.answered("job_1", TAKEN, 99 + CALM_MS, 10)
    assert governor.ask("job_1", 100 + CALM_MS).keep_ms > 0


def test_nobody_keeps_a_permit_while_others_wait_for_one() -> None:
    governor = Governor(window=1.0)
    kept = governor.ask("job_1", 0).name
    wait_ms = governor.ask("job_2", 0).wait_ms
    governor.ask("job_3", 0)
    governor.answered(kept, TAKEN, 10, 10)

    assert may(governor, "job_2", wait_ms)
    assert governor.ask("job_2", wait_ms).keep_ms == 0
