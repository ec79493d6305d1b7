"""What the simulator's tests share."""

import pytest

from tests.sim.seeds import seed_of
from tests.sim.shipped import SOURCES, Shipped, load

WORLDS = 400
"""The fewest, in steps of a hundred, in which every kind of fault strikes whatever the seed: the
rarest does so in one world of 36, so in none of 400 once in some 80,000 changes of the sources.
`make long` runs 60,000.
"""


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    return load()


@pytest.fixture(scope="session")
def seeds() -> range:
    """Return the seeds of these sources: those who change them meet others."""
    first = seed_of(SOURCES)
    return range(first, first + WORLDS)
