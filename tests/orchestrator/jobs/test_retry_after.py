"""`Retry-After` of whoever refuses is honoured, within limits."""

import pytest

from tests.orchestrator.world import World
from tests.platform.loop import run
from tests.platform.network import peer_answer


@pytest.mark.parametrize(("retry_after_s", "waited_s"), [(None, 0), (40, 40), (3600, 60), (1, 0)])
def test_an_app_that_says_when_to_come_again_is_told_then(
    retry_after_s: int | None, waited_s: int
) -> None:
    world = World()
    refusal = peer_answer(status=503, text="{}", retry_after_s=retry_after_s)
    world.peers.then("/api/render/cf-callback", refusal)

    run(world.begin())

    told = next(entry for entry in world.job().outbox if entry.effect.kind == "tell_app")
    delay_ms = told.due_ms - world.clock.now_ms
    assert waited_s * 1000 <= delay_ms <= max(waited_s * 1000, 10_000)


def test_a_container_that_is_throttled_is_asked_again_when_it_says() -> None:
    world = World()
    world.peers.then("/render", peer_answer(status=429, text="{}", retry_after_s=30))

    run(world.begin())
    run(world.wait(29_000))
    assert len(world.started()) == 1
    run(world.wait(2_000))

    assert len(world.started()) == 2
    assert len(world.job().attempts) == 1
