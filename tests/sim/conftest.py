"""The other cores run fresh worlds from the first test of the simulator to the one that counts."""

import os
import secrets
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.sim.cores import Companion

COUNTING_TEST = "test_no_promise_is_broken_in_worlds_of_fresh_seeds"
SEEDS_EACH = 10**6
"""Seeds of one process, more than it gets through."""


@pytest.fixture(scope="session")
def first_seed() -> int:
    """Return the seed that this session's fresh worlds begin with."""
    return secrets.randbelow(1 << 40)


@pytest.fixture(scope="session")
def enumerated() -> Counter[str]:
    """Count, under `lives`, those that this session's enumeration has run."""
    return Counter()


@pytest.fixture(scope="session")
def companions(first_seed: int) -> Iterator[list[Companion]]:
    """Return one process for each core that runs no tests."""
    others = range(int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")), os.cpu_count() or 1)
    started = [Companion(first_seed + number * SEEDS_EACH) for number in others]
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
