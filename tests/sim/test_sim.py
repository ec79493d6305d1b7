"""The simulator finds nothing in the worlds of these sources, and is itself as it should be."""

from collections.abc import Callable

import pytest

from tests.conftest import TOLD
from tests.sim.conftest import WORLDS
from tests.sim.faults import LINE_RATES, RATES
from tests.sim.pairs import pairs
from tests.sim.runs import Report, run_seeds, shrink, watch
from tests.sim.shipped import Mutation, Shipped, load
from tests.sim.world import World

KINDS = {*RATES, *LINE_RATES}


@pytest.mark.timeout(900)
def test_no_promise_is_broken_in_the_worlds_of_these_sources(
    shipped: Shipped,
    seeds: range,
    record_property: Callable[[str, object], None],
) -> None:
    met = watch(shipped)

    def enough(report: Report) -> bool:
        has_all = set(report.faults) == KINDS and pairs("o") <= set(met)
        return has_all and report.worlds >= WORLDS

    report = run_seeds(shipped, seeds, enough=enough)

    record_property(TOLD, f"simulated seeds from {seeds[0]} on: {report.text()}")
    if report.failed_seed is not None:
        pytest.fail(shrink(shipped, report.failed_seed).text(), pytrace=False)
    assert report.worlds >= WORLDS
    assert set(report.faults) == KINDS, "A kind of fault never struck."
    assert pairs("o") <= set(met)
    assert not pairs("-") & set(met)


FOUND = {
    606133156266: "A container whose clock was off had every report refused and kept its slots.",
    706944569626: "A retry first heard of after its job was forgotten is not started, and agrees.",
}
"""Seeds of fresh runs that broke a promise, and what the code did then."""


@pytest.mark.parametrize("seed", FOUND)
def test_what_a_fresh_seed_has_found_stays_found(shipped: Shipped, seed: int) -> None:
    world = World(shipped, seed, chained=0.0, running=0.0, outward=0.0, mixed=0.0)

    assert world.run().oracle.broken == []


FOUND_OUTWARD = {
    1187: "A host whose coming could not be stored was there, and got no job for ten minutes.",
}
"""The same of worlds in which hosts connect outward."""


@pytest.mark.parametrize("seed", FOUND_OUTWARD)
def test_what_a_seed_with_hosts_behind_nat_has_found_stays_found(
    shipped: Shipped, seed: int
) -> None:
    assert World(shipped, seed, outward=1.0, mixed=0.0).run().oracle.broken == []


def test_a_seed_makes_the_same_world_each_time(shipped: Shipped) -> None:
    first = World(shipped, 7, traced=True).run().kernel.traced
    second = World(shipped, 7, traced=True).run().kernel.traced

    assert first == second
    assert first


def test_a_broken_promise_is_told_with_few_faults_and_how_to_see_it_again() -> None:
    broken = load(
        [
            Mutation(
                "orchestrator.jobs.effects", "problem = _mismatch(", "problem = None and _mismatch("
            )
        ]
    )
    report = run_seeds(broken, range(60, 200), outward=0.0)
    assert report.failed_seed is not None

    world = World(broken, report.failed_seed, outward=0.0).run()
    failure = shrink(broken, report.failed_seed, outward=0.0)

    # How small it gets is a matter of the seed: who is left out changes what the others meet.
    assert failure.only is not None
    assert failure.only < {client.number for client in world.clients}
    assert len(failure.faults) <= max(4, len(world.faults.happened) // 4)
    assert f"make sim SEED={report.failed_seed} RUNS=1" in failure.text()
