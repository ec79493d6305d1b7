"""Containers of the earlier system, silent for ten minutes, under the shipped orchestrator."""

import pytest

from tests.sim.containers import SILENCE
from tests.sim.lives import Life, LifeWorld
from tests.sim.shipped import Shipped

TEN_MINUTES = (SILENCE, 600_000.0)
E_STEPS = (("running", 0.0), TEN_MINUTES, ("uploading", 0.95))
H_STEPS = (("running", 0.9), TEN_MINUTES, ("uploading", 0.95))
H_DOWNLOAD = (("fetching_metadata", 0.1), ("running", 0.2), TEN_MINUTES, ("uploading", 0.95))
LIVES = [
    ("E", "burner-ffmpeg", E_STEPS),
    ("E", "renderer-remotion", E_STEPS),
    ("E", "media-downloader", E_STEPS),
    ("H", "burner-ffmpeg", H_STEPS),
    ("H", "renderer-remotion", H_STEPS),
    ("H", "media-downloader", H_DOWNLOAD),
]


@pytest.mark.parametrize(("contract", "engine", "plan"), LIVES)
def test_ten_minutes_of_silence_are_left_to_a_container_of_the_earlier_system(
    shipped: Shipped, contract: str, engine: str, plan: tuple[tuple[str, float], ...]
) -> None:
    """With a lease of 15 s, which one of ours would lose."""
    world = LifeWorld(shipped, Life("", ("completed", 1), engine, plan=plan, earlier=contract))
    world.run()

    assert not world.oracle.broken
    assert world.end() == ("completed", 1)
    row = world.database.look("SELECT finished_ms - created_ms AS took_ms FROM jobs")[0]
    assert row["took_ms"] > 600_000


@pytest.mark.parametrize("contract", ["E", "H"])
def test_a_container_of_the_earlier_system_that_died_is_given_up_for_another_try(
    shipped: Shipped, contract: str
) -> None:
    first = frozenset({0})
    dies = Life("", ("completed", 2), earlier=contract, turns={"work crashes": first})
    world = LifeWorld(shipped, dies)
    world.run()

    assert not world.oracle.broken
    assert world.end() == ("completed", 2)
