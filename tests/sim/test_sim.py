"""The simulator finds nothing in fresh seeds, and is itself as it should be."""

import secrets
from itertools import count

import pytest

from tests.sim.faults import RATES
from tests.sim.pairs import pairs
from tests.sim.runs import run_seeds, shrink, watch
from tests.sim.shipped import Mutation, Shipped, load
from tests.sim.world import World

BUDGET_S = 40.0
"""Processor time for fresh seeds."""


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    return load()


@pytest.mark.timeout(600)
def test_no_promise_is_broken_in_worlds_of_fresh_seeds(
    shipped: Shipped, capsys: pytest.CaptureFixture[str]
) -> None:
    met = watch(shipped)
    seed = secrets.randbelow(1 << 40)
    report = run_seeds(shipped, count(seed), BUDGET_S)

    with capsys.disabled():
        print(f"\nsimulated seeds {seed} to {seed + report.worlds - 1}: {report.text()}")
    if report.failed_seed is not None:
        pytest.fail(shrink(shipped, report.failed_seed).text(), pytrace=False)
    assert set(report.faults) == set(RATES), "A kind of fault never struck."
    assert pairs("o") <= set(met)
    assert not pairs("-") & set(met)


def test_a_seed_makes_the_same_world_each_time(shipped: Shipped) -> None:
    first = World(shipped, 7, traced=True).run().kernel.traced
    second = World(shipped, 7, traced=True).run().kernel.traced

    assert first == second
    assert first


def test_a_broken_promise_is_told_with_few_faults_and_how_to_see_it_again() -> None:
    broken = load(
        [Mutation("orchestrator.effects", "problem = _mismatch(", "problem = None and _mismatch(")]
    )
    report = run_seeds(broken, range(200))
    assert report.failed_seed is not None

    failure = shrink(broken, report.failed_seed)

    assert failure.only is not None
    assert len(failure.only) <= 4
    assert len(failure.faults) <= 12
    assert f"make sim SEED={report.failed_seed} RUNS=1" in failure.text()
