"""Jobs that wait for others: canonical chains, struck and raced; worlds have theirs at random."""

from collections.abc import Iterable
from itertools import chain as joined
from random import Random

import pytest

from tests.sim.chain_lives import (
    CHAIN_LIVES,
    ChainLife,
    ChainWorld,
    Race,
    cancellations,
    crashes,
    ends_at_once,
    late_ends,
    retries,
)
from tests.sim.seeds import seed_of
from tests.sim.shipped import SOURCES, Shipped

SAMPLE = 80
"""How many of the 1,240 blows `make test` strikes; which, follows from the sources."""


@pytest.mark.parametrize("chain", CHAIN_LIVES, ids=lambda chain: chain.name)
def test_a_chain_that_nothing_strikes_comes_to_its_end(shipped: Shipped, chain: ChainLife) -> None:
    world = ChainWorld(shipped, chain)
    world.run()

    assert not world.oracle.broken
    assert world.ends() == chain.ends


def _blows(shipped: Shipped) -> list[Race]:
    """Return a crash at each await of every chain, and every race."""
    struck = [(chain, strike) for chain in CHAIN_LIVES for strike in crashes(shipped, chain)]
    raced = [race(shipped) for race in (cancellations, retries, late_ends, ends_at_once)]
    return [*struck, *joined.from_iterable(raced)]


def _run(shipped: Shipped, blows: Iterable[Race]) -> None:
    for chain, strike in blows:
        world = ChainWorld(shipped, chain, strike)
        world.run()
        assert not world.oracle.broken, (chain, strike)
        # Where something fails or is canceled, a blow may change whose turn it is.
        if strike is not None and not chain.turns and not chain.acts:
            assert world.ends() == chain.ends, (chain, strike)


def test_a_crash_or_a_race_where_jobs_wait_breaks_no_promise(shipped: Shipped) -> None:
    blows = _blows(shipped)

    _run(shipped, Random(seed_of(SOURCES)).sample(blows, SAMPLE))  # noqa: S311 - which are struck.


@pytest.mark.long
@pytest.mark.timeout(300)
def test_no_crash_and_no_race_where_jobs_wait_breaks_a_promise(shipped: Shipped) -> None:
    _run(shipped, _blows(shipped))
