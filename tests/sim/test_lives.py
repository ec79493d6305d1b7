"""Canonical lives, struck at every await: enumerated, not sampled."""

import re
from collections.abc import Callable, Iterator
from itertools import chain
from random import Random

import pytest

from media_jobs.machine import TRANSITIONS
from media_jobs.status import Status
from tests.conftest import TOLD
from tests.sim.held import HeldWorld, RegrantedWorld, holds, never, regrants
from tests.sim.lives import ALARMS, CRASHES, EVENTS, LIVES, Life, LifeWorld, Strike, strikes
from tests.sim.pairs import pairs
from tests.sim.runs import watch
from tests.sim.seeds import seed_of
from tests.sim.shipped import SOURCES, Shipped

BLOWS = (*CRASHES, *EVENTS)
SELDOM = {
    "a failure and another try": ("cancel",),
    "an output in parts, some of them lost": ("cancel", "report again"),
}
"""Blows that meet, at one await of a life, what hardly any other does: struck at each of them."""

AWAIT_OF_A_PORT = re.compile(r"\bawait (?:ports\.\w+|self\.database|self\._stub)\.\w+\(")
MODULES = (
    "app/jobs/accept.py",
    "app/jobs/events.py",
    "app/jobs/submission.py",
    "app/jobs/sweep.py",
    "edge/rpc.py",
    "edge/slots.py",
    "orchestrator/dispatch/dispatcher.py",
    "orchestrator/jobs/effects.py",
    "orchestrator/jobs/lifecycle.py",
    "orchestrator/jobs/manifests.py",
    "orchestrator/jobs/upload_urls.py",
)
"""What of the shipped code awaits others in a job's life; it awaits its reads, too."""

OUT_OF_LIFE = (
    "[again]",  # A retry of a job that waits for other jobs; tests/app.
    "self._stub.artifacts",  # Playing a result.
    "slots.is_alone",  # A start that fails at a host that connects outward; tests/orchestrator.
    "self._stub.pieces",  # An idle host asks for a piece of a film; tests/orchestrator.
    "delete_many",  # The loser of two submits at once; tests/app.
    "ports.hub.publish_now",  # An end that the sweeper finds; tests/app.
    "ports.hub.tell_media_now",  # The same.
    "postpone",  # A row that nobody can read, or a check that fails; tests/app.
)


@pytest.fixture(params=["drawn", pytest.param("all", marks=pytest.mark.long)])
def draw(request: pytest.FixtureRequest) -> Random | None:
    """What draws, for these sources, the blows and how the alarms behave; None for all of them."""
    return None if request.param == "all" else Random(seed_of(SOURCES))  # noqa: S311 - of a seed.


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.name)
def test_a_life_that_nothing_strikes_comes_to_its_end(shipped: Shipped, life: Life) -> None:
    world = LifeWorld(shipped, life)
    world.run()

    assert not world.oracle.broken
    assert world.end() == life.end


@pytest.mark.timeout(400)
def test_a_blow_at_each_await_breaks_no_promise_and_every_pair_is_met(
    shipped: Shipped, draw: Random | None, record_property: Callable[[str, object], None]
) -> None:
    """A crash there with any behaviour of the next alarm; a cancellation, a report, a question.

    Where they are drawn each await has one of these, and others follow until nothing is unmet.
    """
    met, lives = watch(shipped), 0
    struck: set[str] = set()
    places = set(_awaits_of_ports())
    for number, blows in enumerate(_rounds(shipped, draw)):
        for life, strike in blows:
            if number > 0 and pairs("x") <= set(met) and places <= struck:
                break
            world = _strike(shipped, life, strike)
            struck.update(chain.from_iterable(map(str.split, world.awaits)))
            lives += world.lives()

    record_property(TOLD, f"{lives} lives with a blow at each await")
    assert pairs("x") <= set(met)
    assert not pairs("-") & set(met)
    assert places <= struck


def test_an_answer_that_its_job_has_overtaken_breaks_no_promise(shipped: Shipped) -> None:
    """Rare pairs, driven: each answer to a start call at each status that can come before it."""
    met = watch(shipped)
    driven = set()
    for kind, cases in ((HeldWorld, holds()), (RegrantedWorld, regrants())):
        for hold in cases:
            met.clear()
            world = kind(shipped, hold).run()

            assert not world.oracle.broken, hold
            assert (hold.status, hold.event) in met, hold
            driven.add((hold.status, hold.event))
    assert pairs("h") <= driven


def test_while_an_effect_is_awaited_its_job_comes_to_no_status_that_needs_another(
    shipped: Shipped,
) -> None:
    """Why these pairs cannot be: held back for a minute, the answer is not overtaken."""
    met = watch(shipped)
    for hold in never():
        kind = RegrantedWorld if hold.event == "SlotGranted" else HeldWorld
        world = kind(shipped, hold)
        world.run()

        assert not world.oracle.broken, hold
        assert world.is_held, hold
        assert not world.met, hold
        assert (hold.status, hold.event) in pairs("-")
    assert not pairs("-") & set(met)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("life", [LIVES[2], LIVES[3]], ids=lambda life: life.name)
def test_a_crash_at_each_await_and_any_two_alarms_after_it_break_no_promise(
    shipped: Shipped, life: Life, draw: Random | None
) -> None:
    for strike in strikes(_count(shipped, life), CRASHES, 2, draw):
        _strike(shipped, life, strike)


def test_every_pair_of_status_and_event_is_met_or_cannot_be_and_would_change_nothing() -> None:
    marked = [pairs(mark) for mark in ("x", "o", "h", "-")]

    assert set().union(*marked) == {
        (str(status), event.__name__) for status in Status for event in TRANSITIONS
    }
    assert sum(len(those) for those in marked) == len(Status) * len(TRANSITIONS)
    table = {event.__name__: allowed for event, allowed in TRANSITIONS.items()}
    assert not [pair for pair in pairs("-") if Status(pair[0]) in table[pair[1]]]


def _rounds(shipped: Shipped, draw: Random | None) -> Iterator[list[tuple[Life, Strike]]]:
    """Yield blows until each await of every life has had each: all at once, or one by one."""
    counts = [(life, _count(shipped, life)) for life in LIVES]
    if draw is None:
        kinds = ((CRASHES, 1), (EVENTS, 0))
        yield [
            (life, strike)
            for life, count in counts
            for strike in chain.from_iterable(strikes(count, *kind) for kind in kinds)
        ]
        return
    places = [(life, index) for life, count in counts for index in range(count)]
    yield [(life, Strike(n, blow)) for life, n in places for blow in SELDOM.get(life.name, ())]
    orders = [draw.sample(BLOWS, len(BLOWS)) for _ in places]
    for blows in zip(*orders, strict=True):
        yield [
            (life, Strike(index, blow, (draw.choice(ALARMS),) if blow in CRASHES else ()))
            for (life, index), blow in zip(places, blows, strict=True)
        ]


def _count(shipped: Shipped, life: Life) -> int:
    """Return how often an undisturbed life awaits something."""
    world = LifeWorld(shipped, life)
    world.run()
    assert len(world.awaits) > 20
    return len(world.awaits)


def _strike(shipped: Shipped, life: Life, strike: Strike) -> LifeWorld:
    """Let *strike* happen and return the world that has come to rest."""
    world = LifeWorld(shipped, life, strike)
    world.run()
    if world.oracle.broken:
        world = LifeWorld(shipped, life, strike, traced=True)
        world.run()
        story = "\n".join(world.kernel.traced or [])
        where = world.awaits[strike.index]
        text = f"{life.name}, {strike} at {where}: {world.oracle.broken[0]}\n{story}"
        pytest.fail(text, pytrace=False)
    return world


def _awaits_of_ports() -> list[str]:
    """Return the lines of the shipped code at which a job's life waits for somebody else."""
    places = []
    for module in MODULES:
        for number, line in enumerate((SOURCES / module).read_text("utf-8").splitlines(), start=1):
            if AWAIT_OF_A_PORT.search(line) and not any(name in line for name in OUT_OF_LIFE):
                places.append(f"{module}:{number}")
    return places
