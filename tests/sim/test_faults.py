"""Faults of time, order and crashes, each driven: what a sample meets by chance happens here."""

import json
from itertools import count, product
from typing import Any

import pytest

from tests.sim.clients import Client
from tests.sim.driven import DrivenWorld, Gate, say, work_of
from tests.sim.faults import Scripted
from tests.sim.lives import CRASHES, FIRST, LIVES, Life, Strike
from tests.sim.shipped import Mutation, Shipped, load

DAY_MS = 24 * 3_600_000
MINUTE_MS = 60_000
RENDER = LIVES[0]
DOWNLOAD = LIVES[1]
CALLBACKS = {"orchestrator": "/callbacks/container", "app": "/api/render/cf-callback"}
TROUBLES = (401, 429, 500, 502, "cut", "deaf")


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    return load()


def _life(name: str) -> Life:
    return next(life for life in LIVES if life.name == name)


# --- callbacks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("to", CALLBACKS)
def test_j2_a_callback_that_was_refused_or_cut_is_told_again_whichever_it_was(
    shipped: Shipped, to: str, trouble: int | str
) -> None:
    for number in count():
        world = DrivenWorld(shipped, RENDER)
        gate = world.gates[to]
        gate.troubles = {CALLBACKS[to]: (number, trouble)}
        world.run()

        assert not world.oracle.broken, number
        assert world.end() == ("completed", 1), number
        if not gate.met:
            break
    assert number > 3


def _each_failing(shipped: Shipped, kind: str) -> list[tuple[str, int, int, list[str]]]:
    """Let each write of a render fail in turn; return how each of these lives ends.

    Status, attempts, how often the silent container had to be asked, broken promises.
    """
    ends = []
    for turn in count():
        life = Life(RENDER.name, RENDER.end, plan=RENDER.plan, turns={kind: frozenset({turn})})
        world = DrivenWorld(shipped, life)
        world.run()
        if not world.faults.happened:
            break
        paths = [request.path for request, _ in world.gates["burner"].seen]
        asked = sum(path.startswith("/jobs/") for path in paths)
        ends.append((*world.end(), asked, world.oracle.broken))
    assert len(ends) > 15
    return ends


@pytest.mark.parametrize("kind", ["write fails", "database fails", "database cut"])
def test_j3_an_event_whose_write_failed_is_applied_when_it_comes_again(
    shipped: Shipped, kind: str
) -> None:
    ends = _each_failing(shipped, kind)

    assert ends == [("completed", 1, 0, [])] * len(ends)


def test_j3_an_event_that_is_remembered_before_it_is_applied_is_lost() -> None:
    """That the test above would notice: a seeded bug."""
    take = "decision = _take(job, event, ports, message.nonce)"
    early = f"ports.store.save(job, message.nonce)\n    {take.replace(', message.nonce', '')}"
    broken = load([Mutation("orchestrator.jobs.lifecycle", take, early)])

    assert any(asked for _, _, asked, _ in _each_failing(broken, "write fails"))


@pytest.mark.parametrize("name", ["a render", "canceled while it works"])
def test_j4_no_message_that_was_captured_is_taken_a_day_later(shipped: Shipped, name: str) -> None:
    world = DrivenWorld(shipped, _life(name))
    world.run()
    captured = [
        (gate, request)
        for gate in (world.gates["app"], world.gates["orchestrator"])
        for request, answer in gate.seen
        if "x-signature" in request.headers and answer is not None and answer.status == 200
    ]
    before = (world.record, world.row())

    world.go_on(DAY_MS)
    answers = [_again(world, gate, request) for gate, request in captured]

    assert {request.path for _, request in captured} >= {"/jobs", *CALLBACKS.values()}
    assert answers == [401] * len(captured)
    assert (world.record, world.row()) == before


def _again(world: DrivenWorld, gate: Gate, request: Any) -> int | None:
    """Send a request that was captured once more, and return what it is answered."""
    answers: list[int | None] = []
    gate.receive(request, lambda answer: answers.append(answer.status if answer else None))
    world.go_on(1000)
    return answers[0]


STEPS = (("running", 0.3), ("running", 0.5), ("uploading", 0.5), ("uploading", 0.7))
"""Of a work that says each status and each progress before the next one."""


def test_j5_a_report_that_comes_late_takes_nothing_back(shipped: Shipped) -> None:
    path, reasons = CALLBACKS["orchestrator"], set()
    for late, more in product(range(len(STEPS) + 1), range(1, len(STEPS) + 2)):
        world = DrivenWorld(shipped, Life("late", ("completed", 1), plan=STEPS))
        gate = world.gates["orchestrator"]
        gate.delays = {path: (late, more)}
        world.run()

        assert not world.oracle.broken, (late, more)
        assert world.end() == ("completed", 1), (late, more)
        texts = [answer.text for request, answer in gate.seen if request.path == path and answer]
        reasons |= {json.loads(text).get("reason") for text in texts if "ignored" in text}
    assert reasons == {"progress_regressed", "status_regressed"}


# --- ends -----------------------------------------------------------------------------------------


def test_j8_a_cancellation_kills_the_work_within_two_seconds_and_nothing_undoes_it(
    shipped: Shipped,
) -> None:
    """A work that says nothing, so that no answer to a report stops it."""
    cancel_ms = 5_000
    turns = {"work hangs": FIRST}
    life = Life("silent", ("canceled", 1), plan=RENDER.plan, turns=turns, cancel_ms=cancel_ms)
    world = DrivenWorld(shipped, life)
    dead: list[bool] = []
    answers: list[int | None] = []
    at = world.kernel.at
    at(cancel_ms - 1, lambda: dead.append(work_of(world, 1).dead))
    at(cancel_ms + 2_000, lambda: dead.append(work_of(world, 1).dead))
    at(cancel_ms + 2_001, lambda: say(work_of(world, 1), "completed", answers))
    world.run()

    assert dead == [False, True]
    assert answers == [410]
    assert not world.oracle.broken
    assert (world.end(), world.record.outputs) == (life.end, {})


def test_j10_the_same_submit_at_once_and_later_is_one_job_and_one_start_wherever_a_node_dies(
    shipped: Shipped,
) -> None:
    count_of_awaits = len(_submitted_thrice(shipped, None).awaits)
    blows = (Strike(index, blow) for index in range(count_of_awaits) for blow in CRASHES)
    for strike in (None, *blows):
        world = _submitted_thrice(shipped, strike)

        assert not world.oracle.broken, strike
        assert world.row()["status"] == "completed", strike
        assert list(world.containers[0].works) == [(world.row()["job_id"], 1)], strike


def _submitted_thrice(shipped: Shipped, strike: Strike | None) -> DrivenWorld:
    world = DrivenWorld(shipped, RENDER, strike=strike)
    submit = world.clients[0].submit
    world.kernel.at(0, submit)
    world.kernel.at(2 * MINUTE_MS, submit)
    world.run()
    return world


def test_j12_an_app_that_is_down_for_an_hour_at_the_end_is_told_once_and_in_order(
    shipped: Shipped,
) -> None:
    life = Life("an hour", ("completed", 1), plan=RENDER.plan, app_down_ms=60 * MINUTE_MS)
    world = DrivenWorld(shipped, life)
    world.run()

    applied = [line["eventId"] for line in world.lines if line["event"] == "event_applied"]
    numbers = [int(event_id.rpartition(".")[2]) for event_id in applied]
    assert not world.oracle.broken
    assert world.end() == life.end
    assert world.record.finished_ms < world.app.down_until_ms - 50 * MINUTE_MS
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == world.record.event_seq


# --- what was forgotten ---------------------------------------------------------------------------

TTL_S = 600


def test_a_job_whose_every_answer_was_lost_is_forgotten_with_an_archived_status(
    shipped: Shipped,
) -> None:
    life = Life("unheard", ("completed", 1), plan=RENDER.plan, turns={"events die early": FIRST})
    world = DrivenWorld(shipped, life, TTL_S)
    dead: list[bool] = []

    def go_deaf() -> None:
        world.gates["app"].deaf = True

    world.kernel.at(1_500, go_deaf)
    world.kernel.at(TTL_S * 1500, lambda: dead.extend(entry.dead for entry in world.record.outbox))
    world.run()

    final = json.loads(str(world.bucket.stored[f"final/{world.row()['job_id']}"].body))
    assert not world.oracle.broken
    assert world.end() == life.end
    assert set(dead) == {True}
    assert world.record is None
    assert (final["status"], final["allTold"], list(final["outputs"])) == (
        "completed",
        True,
        ["video"],
    )


@pytest.mark.parametrize("accepted", [0, 1])
def test_a_database_restored_to_before_a_job_that_was_forgotten_starts_it_no_second_time(
    shipped: Shipped, accepted: int
) -> None:
    world = DrivenWorld(shipped, RENDER, TTL_S)
    world.run()
    assert world.record is None
    before = world.row()
    world.database.sqlite.execute(
        "UPDATE jobs SET status = 'queued', event_seq = 0, attempt = 0, progress = 0, outputs ="
        " NULL, accepted = ?, handover_tries = 0, finished_ms = NULL, check_ms = 1",
        (accepted,),
    )
    world.database.sqlite.execute("DELETE FROM job_events")
    world.oracle.applied.clear()

    world.app.scheduled()
    world.go_on(10 * MINUTE_MS)

    same = ("status", "event_seq", "attempt", "outputs", "finished_ms")
    assert not world.oracle.broken
    assert {name: world.row()[name] for name in same} == {name: before[name] for name in same}
    assert world.record is None
    assert len(world.gates["burner"].asked("/render")) == 1


# --- outputs --------------------------------------------------------------------------------------


def test_j14_a_given_up_container_that_comes_back_leaves_the_accepted_output_alone(
    shipped: Shipped,
) -> None:
    world = DrivenWorld(shipped, _life("a container that hangs"))
    answers: list[int | None] = []
    uploaded: list[bool] = []

    def come_back() -> None:
        """As one of the earlier system that was not told to stop: it asks nobody and uploads."""
        work = work_of(world, 1)
        work.dead = work.over = False
        world.containers[0].old = work.confirmed = True
        work.go_on()

    def look() -> None:
        uploaded.append(work_of(world, 1).message["outputVideoKey"] in world.bucket.stored)
        say(work_of(world, 1), "completed", answers)

    world.kernel.at(2 * MINUTE_MS, come_back)
    world.kernel.at(3 * MINUTE_MS, look)
    world.run()

    output = world.record.outputs["video"]
    assert not world.oracle.broken
    assert (uploaded, answers) == ([True], [410])
    assert world.end() == ("completed", 2)
    assert output.key == work_of(world, 2).message["outputVideoKey"]
    assert output.etag == world.bucket.stored[output.key].etag


class _Lying(Scripted):
    """The first work lies in one way: nothing (0), empty (1), other bytes (2), another key (3)."""

    def __init__(self, lie: int) -> None:
        super().__init__({"work lies": FIRST})
        self._lie = lie

    def between(self, low: int, high: int) -> int:
        return min(high, self._lie)


@pytest.mark.parametrize("life", [RENDER, DOWNLOAD], ids=lambda life: life.name)
@pytest.mark.parametrize("lie", range(4))
def test_j15_j16_an_output_that_is_not_there_as_claimed_is_no_completion(
    shipped: Shipped, life: Life, lie: int
) -> None:
    """Of a download, the metadata is there each time."""
    world = DrivenWorld(shipped, life)
    world.faults = _Lying(lie)
    world.run()

    first = world.record.attempts[0]
    assert not world.oracle.broken
    assert world.end() == ("completed", 2)
    assert first.error.code == "output_not_verified"
    assert first.error.message.startswith("video: ")
    if life is DOWNLOAD:
        assert work_of(world, 1).message["outputMetadataKey"] in world.bucket.stored


# --- signals ---------------------------------------------------------------------------


class _Interrupted(DrivenWorld):
    """Its container is told to stop at await *number* after it was believed to be done."""

    def __init__(self, shipped: Shipped, number: int) -> None:
        self.left = number
        self.answers: list[int | None] = []
        self.status = ""
        super().__init__(shipped, RENDER)

    def _fate_of_await(self, task: Any, op: Any) -> str | None:
        if self._is_done():
            self.left -= 1
            if self.left == -1:
                self.status = str(self.record.status)
                self.kernel.at(0, self._interrupt)
        return super()._fate_of_await(task, op)

    def _is_done(self) -> bool:
        reports = self.gates["orchestrator"].asked(CALLBACKS["orchestrator"])
        return any(b'"completed"' in request.body for request in reports)

    def _interrupt(self) -> None:
        error = {"code": "interrupted", "retryable": True}
        say(work_of(self, 1), "failed", self.answers, error=error)


def test_j19_a_container_that_is_stopped_after_success_has_succeeded(shipped: Shipped) -> None:
    met = set()
    for number in count():
        world = _Interrupted(shipped, number)
        world.run()
        if not world.status:
            break
        met.add(world.status)

        assert not world.oracle.broken, number
        assert world.end() == ("completed", 1), number
        assert world.answers == [200], number
    assert met == {"uploading", "completed"}


# --- other jobs -----------------------------------------------------------------------------------


class _Two(DrivenWorld):
    """Two jobs at work in one container at the same time."""

    def _make_clients(self, only: frozenset[int] | None) -> list[Client]:
        second = Client(self, 1, 2, self.life.engine, {"heartbeatS": 15})
        self.kernel.at(10, second.submit)
        return [*super()._make_clients(only), second]

    def _make_room(self) -> None:
        self.containers[0].capacity = 2

    def capacity(self, engine: str) -> int:
        return 2


@pytest.mark.parametrize("index", range(2))
def test_j20_an_input_that_no_attempt_can_use_fails_its_own_job_at_once_and_no_other(
    shipped: Shipped, index: int
) -> None:
    turns = {"work fails for good": frozenset({index})}
    world = _Two(shipped, Life("two", ("", 0), plan=RENDER.plan, turns=turns))
    world.run()

    ends = world.database.look("SELECT status, attempt, error FROM jobs ORDER BY job_id")
    assert not world.oracle.broken
    assert [end["attempt"] for end in ends] == [1, 1]
    assert [end["status"] == "failed" for end in ends] == [index == 0, index == 1]
    assert [end["status"] == "completed" for end in ends] == [index == 1, index == 0]


def test_j7_a_job_that_could_not_be_handed_over_is_reached_behind_ten_thousand_others(
    shipped: Shipped,
) -> None:
    """They are in its way as often as can be: nobody can look after them, they come again."""
    world = DrivenWorld(shipped, RENDER)
    world.gates["orchestrator"].troubles = {"/jobs": (0, "cut")}
    world.database.sqlite.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
        " INSERT INTO jobs (job_id, media_id, engine, generation, options, status, progress,"
        " attempt, event_seq, accepted, handover_tries, check_ms, created_ms, updated_ms)"
        " SELECT 'other_' || i, 'med_1', 'of-newer-code', 1, '{}', 'queued', 0.0, 0, 0, 0, 0, i,"
        " 1, 1 FROM n"
    )
    world.go_on(220 * MINUTE_MS)

    (row,) = world.database.look("SELECT * FROM jobs WHERE job_id NOT LIKE 'other_%'")
    others = "SELECT count(*) AS n FROM jobs WHERE handover_tries > 0 AND job_id LIKE 'other_%'"
    assert not world.oracle.broken
    assert row["status"] == "completed"
    assert world.database.look(others) == [{"n": 10_000}]
