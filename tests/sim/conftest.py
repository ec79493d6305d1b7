"""What the simulator's tests share."""

from collections import Counter

import pytest

from tests.sim.seeds import seed_of
from tests.sim.shipped import SOURCES, Shipped, load

WORLDS = 5_400
"""With the enumerated lives they come to more than 100,000."""


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    return load()


@pytest.fixture(scope="session")
def seeds() -> range:
    """Return the seeds of these sources: those who change them meet others."""
    first = seed_of(SOURCES)
    return range(first, first + WORLDS)


@pytest.fixture(scope="session")
def enumerated() -> Counter[str]:
    """Count, under `lives`, those that this session's enumeration has run."""
    return Counter()
