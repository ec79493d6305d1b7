"""J18: clocks that are off, the container's and the job's."""

from typing import Any

import pytest

from tests.sim.driven import DrivenWorld
from tests.sim.lives import LIVES
from tests.sim.network import HttpRequest
from tests.sim.shipped import Shipped, load

MINUTE_MS = 60_000
RENDER = LIVES[0]


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    return load()


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
