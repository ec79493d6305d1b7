"""What the simulator's tests share."""

import pytest

from tests.sim.seeds import seed_of
from tests.sim.shipped import SOURCES, Shipped, load

WORLDS = 60
"""How many worlds these sources meet at least, and more until every kind of fault has struck: the
rarest does so in one of 36. `make long` runs 60,000.
"""

WORLDS_MAX = 1000
"""By then every kind has, but for one in some 10^12 changes of the sources."""


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    return load()


@pytest.fixture(scope="session")
def seeds() -> range:
    """Return the seeds of these sources: those who change them meet others."""
    first = seed_of(SOURCES)
    return range(first, first + WORLDS_MAX)
