"""A secret is rotated while jobs run, as docs/deploy.md says: three steps, each everywhere first.

Sides change at different times, and a Worker's Durable Objects one by one after it. The old secret
goes when nothing that was signed with it can still be on its way.
"""

from typing import Any

STEPS = (("old", "new"), ("new", "old"), ("new",))
STEP_MS = 3 * 60_000
SIDE_MS = 90_000
"""Within this after the begin of a step every side has its new setting."""

OBJECT_MS = 60_000
UNTIL_REMOVAL_MS = 35 * 60_000


def rotate(world: Any) -> None:
    """Plan a rotation of *world*'s one secret."""
    pick, at = world.faults.between, world.kernel.at
    old = world.secrets[0]
    begin_ms = pick(0, 5 * 60_000)
    for number, names in enumerate(STEPS):
        secrets = tuple(old if name == "old" else f"{old}-{name}" for name in names)
        step_ms = begin_ms + (UNTIL_REMOVAL_MS if len(names) == 1 else number * STEP_MS)
        for side in (world.app, world.orchestrator, *world.containers):
            at(step_ms + pick(0, SIDE_MS), _set, world, side, secrets)


def _set(world: Any, side: Any, secrets: tuple[str, ...]) -> None:
    world.kernel.trace(side.name, f"gets other secrets: {', '.join(secrets)}")
    side.secrets = secrets
    if side is world.app:
        world.forget_settings("app")
    elif side is world.orchestrator:
        world.forget_settings("orchestrator")
        # Objects that live go on with what they have read, until the deployment reaches them.
        objects = (*world.jobs.objects.values(), *world.dispatchers.objects.values())
        for node in objects:
            world.kernel.at(world.faults.between(0, OBJECT_MS), node.crash)
