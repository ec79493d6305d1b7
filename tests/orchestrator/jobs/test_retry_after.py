"""`Retry-After` of whoever refuses is honoured, within limits."""

import pytest

from tests.orchestrator.world import World, run
from tests.platform.network import peer_answer


@pytest.mark.parametrize(("retry_after_s", "waited_s"), [(None, 0), (40, 40), (3600, 60), (1, 0)])
def test_an_app_that_says_when_to_come_again_is_told_then(
    retry_after_s: int | None, waited_s: int
) -> None:
    world = World()
    refusal = peer_answer(status=503, text="{}", retry_after_s=retry_after_s)

    async def live() -> int:
        world.prepare()
        world.peers.then("/api/render/cf-callback", refusal)
        await world.submit()
        await world.settle()
        job = world.job()
        told = next(entry for entry in job.outbox if entry.effect.kind == "tell_app")
        return told.due_ms - world.clock.now_ms

    delay_ms = run(live())

    assert delay_ms >= waited_s * 1000
    assert delay_ms <= max(waited_s * 1000, 10_000)


def test_a_container_that_is_throttled_is_asked_again_when_it_says() -> None:
    world = World()
    world.peers.then("/render", peer_answer(status=429, text="{}", retry_after_s=30))

    async def live() -> tuple[int, int]:
        world.prepare()
        await world.submit()
        await world.wait(29_000)
        before = len(world.started())
        await world.wait(2_000)
        return before, len(world.started())

    assert run(live()) == (1, 2)
    assert len(world.job().attempts) == 1
