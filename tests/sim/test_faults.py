"""Faults of time, order and crashes, each driven: what a sample meets by chance happens here."""

import json
from itertools import count, product
from typing import Any

import pytest

from tests.sim.driven import DrivenWorld, Gate, say, work_of
from tests.sim.lives import CRASHES, FIRST, LIVES, Life, Strike
from tests.sim.network import Answer, HttpRequest
from tests.sim.shipped import Mutation, Shipped, load

DAY_MS = 24 * 3_600_000
MINUTE_MS = 60_000
RENDER = LIVES[0]
DOWNLOAD = LIVES[1]
CALLBACKS = {"orchestrator": "/callbacks/container", "app": "/api/render/cf-callback"}
TROUBLES = (401, 429, 500, 502, "cut", "deaf")


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
    assert len(ends) > 10
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
    """Send a request that was captured once more, and return what it is answered.

    Of a list of events, what each of them is answered, if it is the same.
    """
    answers: list[Answer | None] = []
    gate.receive(request, answers.append)
    world.go_on(1000)
    answer = answers[0]
    if answer is None:
        return None
    if answer.status != 207:
        return answer.status
    statuses = {item["status"] for item in json.loads(answer.text)["items"]}
    return statuses.pop() if len(statuses) == 1 else answer.status


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


# --- clocks ---------------------------------------------------------------------------------------


def _skewed(shipped: Shipped, skew_ms: int) -> DrivenWorld:
    world = DrivenWorld(shipped, RENDER)
    world.containers[0].skew_ms = skew_ms
    return world.run()  # type: ignore[return-value]  # Itself.


@pytest.mark.parametrize("skew_ms", [-4 * MINUTE_MS, 4 * MINUTE_MS])
def test_j18_a_job_is_the_same_whatever_the_container_s_clock_says(
    shipped: Shipped, skew_ms: int
) -> None:
    right = _skewed(shipped, 0).record

    assert _skewed(shipped, skew_ms).record == right
    assert right.status == "completed"


@pytest.mark.parametrize("skew_ms", [-10 * MINUTE_MS, 10 * MINUTE_MS])
@pytest.mark.parametrize("is_old", [False, True])
def test_j18_of_a_clock_that_goes_ten_minutes_off_one_report_is_refused_with_the_reason(
    shipped: Shipped, skew_ms: int, *, is_old: bool
) -> None:
    """A host of the earlier system learns nothing from the refusal: all that follow are refused."""
    world = DrivenWorld(shipped, RENDER)
    world.containers[0].old = is_old
    reports: list[Any] = world.gates["orchestrator"].seen
    before: list[int] = []

    def go_off() -> None:
        before.extend(_of_container(reports))
        world.containers[0].skew_ms = skew_ms

    world.kernel.at(1_500, go_off)
    world.run()

    refused = {line["why"] for line in world.lines if line["event"] == "message_refused"}
    assert not world.oracle.broken
    assert set(before) == {200}
    first, *later = _of_container(reports)[len(before) :]
    assert (first, set(later)) == (401, {401} if is_old else {200})
    assert refused == {f"ts is {-skew_ms // 1000} s behind this clock"}
    if not is_old:
        assert (world.record.status, len(world.record.attempts)) == ("completed", 1)


def test_j18_a_work_of_which_no_report_is_taken_frees_its_slot(shipped: Shipped) -> None:
    """The job's clock is off, not the container's: no refusal helps, and no order to stop comes."""
    world = DrivenWorld(shipped, RENDER)
    host = world.containers[0]
    seen: list[tuple[int, bool]] = []

    def go_off() -> None:
        (job,) = world.jobs.objects.values()
        job.jump(10 * MINUTE_MS)
        (work,) = host.works.values()
        work.plan, work.lasting = [("running", n / 1000) for n in range(1, 1000)], True

    def look() -> None:
        seen.append((host.active, "reports_refused" in _health(host)))

    def come_back() -> None:
        (job,) = world.jobs.objects.values()
        job.jump(-10 * MINUTE_MS)

    world.kernel.at(1_500, go_off)
    for minutes in (1, 3, 8):
        world.kernel.at(1_500 + minutes * MINUTE_MS, look)
    world.kernel.at(9 * MINUTE_MS, come_back)
    world.run()

    assert not world.oracle.broken
    assert seen == [(1, False), (0, True), (0, False)]


def _health(host: Any) -> str:
    answer = host._answer(HttpRequest("GET", "/health", "", b"", {}))
    return str(answer.text)


def _of_container(seen: list[Any]) -> list[int]:
    """Return what the container's reports were answered."""
    path = "/callbacks/container"
    return [answer.status for request, answer in seen if request.path == path and answer]
