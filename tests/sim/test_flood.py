"""More jobs at once do not make less work done: the app is sent what it can take."""

from collections.abc import Callable

import pytest

from tests.conftest import TOLD
from tests.sim.flood import SHARED, STORM, FloodWorld
from tests.sim.shipped import Shipped, load

FEW, MANY = 30, 180
TOLERANCE = 0.9
"""A goodput that is less by more than a tenth has fallen."""
PAGE_MS_MAX = 2000


def test_goodput_does_not_fall_when_load_rises_and_pages_do_not_wait(shipped: Shipped) -> None:
    few, many = (FloodWorld(shipped, jobs).run() for jobs in (FEW, MANY))

    assert few.oracle.broken == many.oracle.broken == []
    assert many.goodput >= few.goodput * TOLERANCE
    assert max(many.busy.page_ms) < PAGE_MS_MAX


def test_a_planted_retry_storm_is_found(shipped: Shipped) -> None:
    calm, storm = (FloodWorld(code, MANY).run() for code in (shipped, load(STORM)))

    assert storm.goodput < calm.goodput * TOLERANCE
    assert max(storm.busy.page_ms) > PAGE_MS_MAX


def test_a_permit_that_all_jobs_of_an_isolate_use_at_once_is_found() -> None:
    world = FloodWorld(load([SHARED]), MANY).run()

    assert max(world.busy.page_ms) > PAGE_MS_MAX


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_goodput_does_not_fall_up_to_ten_thousand_jobs(
    shipped: Shipped, record_property: Callable[[str, object], None]
) -> None:
    best = 0.0
    for jobs in (100, 1000, 10_000):
        world = FloodWorld(shipped, jobs).run()
        waits = sorted(world.busy.page_ms)
        told = f"{jobs} jobs: {world.goodput:.2f} jobs/s, pages wait up to {waits[-1]} ms"
        record_property(TOLD, told)
        assert world.oracle.broken == []
        assert world.goodput >= best * TOLERANCE
        assert waits[-1] < PAGE_MS_MAX
        best = max(best, world.goodput)
