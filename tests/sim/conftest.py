"""The other cores run worlds from the first test of the simulator to the one that counts."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sim.cores import Companion
from tests.sim.seeds import seed_of
from tests.sim.shipped import SOURCES

COUNTING_TEST = "test_no_promise_is_broken_in_the_worlds_of_these_sources"
WORLDS = 5_400
"""With the enumerated lives they come to more than 100,000."""


@pytest.fixture(scope="session")
def seeds() -> range:
    """Return the seeds of these sources: those who change them meet others."""
    first = seed_of(SOURCES)
    return range(first, first + WORLDS)


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return by what processes share the seeds."""
    return tmp_path_factory.mktemp("sim") / "ledger"


@pytest.fixture(scope="session")
def enumerated() -> Counter[str]:
    """Count, under `lives`, those that this session's enumeration has run."""
    return Counter()


@pytest.fixture(scope="session")
def companions(seeds: range, ledger: Path) -> Iterator[list[Companion]]:
    """Return one process for each core that runs no tests."""
    others = range(int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")), os.cpu_count() or 1)
    started = [Companion(seeds, ledger) for _ in others]
    try:
        yield started
    finally:
        for companion in started:
            companion.stop()


@pytest.fixture(scope="session", autouse=True)
def _begin_early(request: pytest.FixtureRequest) -> None:
    """Start them with the first test of the simulator, if the test that counts is to come."""
    if any(item.name == COUNTING_TEST for item in request.session.items):
        request.getfixturevalue("companions")
