"""Whose turn it is, as the shipped storage and the dispatcher say together."""

from collections import Counter
from collections.abc import Callable
from itertools import count, pairwise
from random import Random

import pytest

from media_jobs.dispatch import DispatchState, Place, Ticket
from media_jobs.hosts import HostState
from orchestrator.dispatch import dispatcher
from tests.orchestrator.dispatch.stage import BURNER, T0, Stage


def ticket(
    job_id: str,
    since_ms: int,
    caller: str = "a",
    *,
    granted: bool = False,
    head_start_s: int = 0,
    running_max: int | None = None,
    needs: tuple[str, ...] = (),
) -> Ticket:
    return Ticket(
        job_id=job_id,
        attempt=1,
        caller=caller,
        since_ms=since_ms,
        head_start_s=head_start_s,
        running_max=running_max,
        needs=needs,
        granted_ms=since_ms if granted else None,
        host="h1.example" if granted else "",
    )


def queue(tickets: list[Ticket], *said: HostState, mean_run_ms: int | None = None) -> Stage:
    """Return a dispatcher with *tickets*, whose hosts have *said* how they are."""
    urls = [f"http://h{number}.example" for number in range(1, len(said) + 1)]
    stage = Stage(urls=urls, said=list(said), needed={one.job_id for one in tickets})
    known = {f"h{n}.example": one.answered(one, T0) for n, one in enumerate(said, start=1)}
    state = DispatchState(engine=BURNER, hosts=known, mean_run_ms=mean_run_ms)
    stage.store.put_state(state)
    for one in tickets:
        stage.store.put(one)
    dispatcher.rearm(stage.ports)
    return stage


def ids(tickets: list[Ticket], capacity: int) -> list[str]:
    """Return the jobs that get the slots of one host, in order."""
    stage = queue(tickets, HostState(capacity=capacity))
    stage.wait()
    return stage.told


def test_who_has_waited_longest_is_next() -> None:
    assert ids([ticket("late", 3), ticket("early", 1), ticket("mid", 2)], 2) == ["early", "mid"]


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


def test_a_slot_given_back_is_a_turn_less() -> None:
    waiting = [ticket("a0", 1), ticket("b0", 9, "b")]
    stage = queue(
        [ticket("r1", 0, granted=True), ticket("r2", 0, "b", granted=True), *waiting],
        HostState(capacity=2),
    )

    stage.release("r2")
    stage.wait()

    assert stage.told == ["b0"]


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
    stage = queue(tickets, HostState(capacity=10))
    stage.wait()
    assert stage.told == ["b0"]

    stage.release("a0")
    stage.wait()

    assert stage.told == ["b0", "a1"]


def test_a_caller_at_its_limit_gets_no_slot_in_the_answer() -> None:
    stage = queue([ticket("a0", 0, granted=True, running_max=1)], HostState(capacity=10))

    granted = dispatcher.request(BURNER, ticket("a1", 1, running_max=1), stage.ports)

    assert granted is None


def test_a_job_that_no_free_host_can_do_holds_nobody_up_nor_takes_its_callers_turn() -> None:
    small = HostState(capacity=2, offers={"model": ("base",)})
    large = HostState(capacity=1, offers={"model": ("base", "large")})
    tickets = [
        ticket("a0", 0, needs=("model:large",)),
        ticket("a1", 1, needs=("model:large",)),
        ticket("a2", 2, needs=("model:base",)),
        ticket("b0", 3, "b"),
    ]
    stage = queue(tickets, small, large)
    stage.wait()

    assert stage.told == ["a0", "b0", "a2"]
    assert stage.places() == {"a0": "h2.example", "b0": "h1.example", "a2": "h1.example"}


def test_who_asks_with_a_free_slot_waits_while_another_s_turn_comes_first() -> None:
    stage = queue([ticket("a0", 5)], HostState(capacity=1))

    assert dispatcher.request(BURNER, ticket("b0", 6, "b"), stage.ports) is None
    assert dispatcher.request(BURNER, ticket("c0", 4, "c"), stage.ports) is not None


def place_of(stage: Stage, job_id: str) -> Place | None:
    return dispatcher.where(job_id, stage.ports)


def test_the_place_is_the_turn_and_the_wait_that_many_runs() -> None:
    tickets = [ticket("r", 0, granted=True), *(ticket(f"w{i}", i + 1) for i in range(5))]

    two = queue(tickets, HostState(capacity=2), mean_run_ms=30_000)
    assert place_of(two, "w0") == Place(position=1, eta_ms=30_000)
    assert place_of(two, "w4") == Place(position=5, eta_ms=90_000)
    unknown = queue(tickets, HostState(capacity=2))
    assert place_of(unknown, "w4") == Place(position=5, eta_ms=None)
    none = queue(tickets, HostState(capacity=0), mean_run_ms=30_000)
    assert place_of(none, "w4") == Place(position=5, eta_ms=None)


def test_who_does_not_wait_has_no_place() -> None:
    stage = queue([ticket("r", 0, granted=True)], HostState(capacity=1))

    assert place_of(stage, "r") is None
    assert place_of(stage, "x") is None


def test_each_place_is_the_order_in_which_slots_are_given() -> None:
    """Of a queue with callers who hold slots already, priorities, and some that leave it."""
    draw = Random(3)  # noqa: S311 - the same queue at each run.
    callers = "abcde"
    times = draw.sample(range(100_000), 60)
    tickets = [
        ticket(f"w{n:02}", since_ms, draw.choice(callers), head_start_s=draw.choice((0, 0, 20)))
        for n, since_ms in enumerate(times)
    ]
    held = [ticket(f"r{n}", 0, caller, granted=True) for n, caller in enumerate("aab")]
    stage = queue([*held, *tickets], HostState(capacity=len(held)))
    assert place_of(stage, "w00") is not None
    for gone in ("w07", "w19", "w20"):
        stage.release(gone)
    left = [one.job_id for one in tickets if one.job_id not in ("w07", "w19", "w20")]

    places = {job_id: place_of(stage, job_id) for job_id in left}
    stage.said[0] = HostState(capacity=1000)
    stage.wait(6 * 60_000)

    expected = {job_id: Place(position=n, eta_ms=None) for n, job_id in enumerate(stage.told, 1)}
    assert places == expected


def test_what_waits_is_found_again_by_a_dispatcher_that_wakes() -> None:
    tickets = [ticket("a0", 1), ticket("b0", 2, "b", needs=("model:large",)), ticket("a1", 3)]
    stage = queue(tickets, HostState(capacity=0))
    stage.wait()

    stage.wake()

    assert dispatcher.count_waiting(stage.ports) == 3
    stage.said[0] = HostState(capacity=3)
    stage.wait(6 * 60_000)
    assert stage.told == ["a0", "b0", "a1"]


def test_what_an_older_release_has_written_after_a_rollback_is_known() -> None:
    """It knows two columns of the table, and nothing of the other one."""
    stage = queue([ticket("a0", 1), ticket("a1", 2), ticket("r", 0, "b", granted=True)])
    put = (
        "INSERT INTO ticket (job_id, document) VALUES (?, ?)"
        " ON CONFLICT (job_id) DO UPDATE SET document = excluded.document"
    )
    for one in (ticket("a0", 1, granted=True), ticket("b0", 3, "b"), ticket("c0", 4, "c")):
        stage.disk.exec(put, one.job_id, one.model_dump_json(exclude_none=True))
    stage.disk.exec("DELETE FROM ticket WHERE job_id = ?", "r")

    stage.needed |= {"b0", "c0"}
    stage.wake()
    stage.urls, stage.said = ["http://h1.example"], [HostState(capacity=4)]
    dispatcher.rearm(stage.ports)
    stage.wait()

    assert stage.told == ["b0", "c0", "a1"]


def test_the_first_of_each_line_is_right_whatever_is_done_to_tickets() -> None:
    """The storage's own table beside the tickets themselves, after each of 600 random changes."""
    draw = Random(7)  # noqa: S311 - as above.
    stage, number = Stage(), count()
    for _ in range(600):
        job_id, caller = f"j{draw.randrange(25)}", draw.choice("ab")
        kind = draw.randrange(4)
        if kind == 0:
            stage.store.delete(job_id)
        else:
            one = ticket(
                job_id,
                next(number) + draw.choice((0, -50)),
                caller,
                granted=kind == 1,
                running_max=draw.choice((None, 2)),
                needs=draw.choice(((), ("model:large",))),
            )
            stage.store.put(one)
        if draw.random() < 0.05:
            stage.wake()
        assert _heads(stage) == _expected_heads(stage)


def _heads(stage: Stage) -> set[tuple[object, ...]]:
    rows = stage.disk.sqlite.execute("SELECT caller, needs, turn_ms, job_id, slots FROM head")
    return set(rows.fetchall())


def _expected_heads(stage: Stage) -> set[tuple[object, ...]]:
    documents = stage.disk.column("ticket", "document")
    tickets = [Ticket.model_validate_json(document) for document in documents]
    waiting = [one for one in tickets if one.granted_ms is None]
    waiting.sort(key=lambda one: (one.caller, one.needs, one.since_ms, one.job_id))
    firsts = [
        one
        for before, one in pairwise([None, *waiting])
        if one and (before is None or (before.caller, before.needs) != (one.caller, one.needs))
    ]
    return {
        (
            one.caller,
            '["model:large"]' if one.needs else "[]",
            one.since_ms,
            one.job_id,
            sum(t.granted_ms is not None and t.caller == one.caller for t in tickets),
        )
        for one in firsts
    }


def test_a_step_costs_the_database_as_much_however_many_wait() -> None:
    """Counted in instructions of SQLite's own machine, which are the same at each run."""
    few, many = _instructions(100), _instructions(10_000)

    assert few.keys() == many.keys() == {"request", "position", "release and grant", "cancel"}
    assert [step for step in few if many[step] > 1.5 * few[step]] == []


def _instructions(waiting: int) -> dict[str, int]:
    """Return what each step of a queue costs in which so many wait, of a tenth as many callers."""
    tickets = [ticket(f"r{n}", 0, f"c{n}", granted=True) for n in range(2)]
    stage = queue(tickets, HostState(capacity=2))
    fill = "INSERT INTO ticket (job_id, document) VALUES (?, ?)"
    for n in range(waiting):
        one = ticket(f"w{n:06}", n, f"c{n % (waiting // 10)}")
        stage.needed.add(one.job_id)
        stage.disk.sqlite.execute(fill, (one.job_id, one.model_dump_json(exclude_none=True)))
    stage.wake()
    assert dispatcher.count_waiting(stage.ports) == waiting

    def release_and_grant() -> None:
        stage.release("r0")
        stage.wait()

    steps: dict[str, Callable[[], object]] = {
        "request": lambda: dispatcher.request(BURNER, ticket("new", waiting), stage.ports),
        "position": lambda: place_of(stage, f"w{waiting // 2:06}"),
        "release and grant": release_and_grant,
        "cancel": lambda: stage.release(f"w{waiting // 2:06}"),
    }
    counted: Counter[str] = Counter()
    for name, step in steps.items():
        stage.disk.sqlite.set_progress_handler(lambda name=name: counted.update([name]), 1)  # type: ignore[misc]
        step()
        stage.disk.sqlite.set_progress_handler(None, 0)
    assert len(stage.told) == 1
    return dict(counted)
