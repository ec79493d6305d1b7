"""Who makes which piece of a job here, whatever the orchestrator and other hosts do."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from engine_kit import crew
from engine_kit.crew import Alone, Led
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.piecework import Given

from media_jobs.pieces import PiecesWanted
from media_jobs.wire import PiecePlan
from tests.engine_kit.virtual_time import run_at_once

PLAN = PiecePlan(kit="k", count=4)
SIZES = [75, 75, 75, 75]


@dataclass
class Played:
    """The orchestrator and the bucket, played: *answers* in turn, *fails* of what is fetched."""

    answers: Sequence[Given | Callable[[PiecesWanted], Given | None] | None]
    fails: dict[int, EngineFailure] = field(default_factory=dict)
    asked: list[PiecesWanted] = field(default_factory=list)
    fetched: list[int] = field(default_factory=list)

    async def ask(self, wanted: PiecesWanted) -> Given | None:
        self.asked.append(wanted)
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        return answer(wanted) if callable(answer) else answer

    async def fetch(self, number: int, url: str) -> None:
        if number in self.fails:
            raise self.fails[number]
        self.fetched.append(number)


def led(played: Played, plan: PiecePlan | None = PLAN) -> Led:
    it: Any = played
    return Led(piecework=it, plan=plan, sizes=SIZES, fetch=played.fetch)


async def all_of(crew: Led | Alone) -> list[int]:
    """Make what is given, one after the other; return the numbers."""
    made = []
    while (number := await crew.next()) is not None:
        await asyncio.sleep(1)
        crew.have(number)
        made.append(number)
    return made


def test_alone_all_pieces_are_made_in_order() -> None:
    assert run_at_once(all_of(Alone(4))) == [0, 1, 2, 3]


def test_what_others_have_made_is_fetched_and_the_rest_is_made_here() -> None:
    played = Played(
        [
            Given(piece=0),
            Given(piece=1, others=[3]),
            Given(piece=2, putUrl=None, made={3: "http://r2.example/3"}),
        ]
    )

    assert run_at_once(all_of(led(played))) == [0, 1, 2]
    assert played.fetched == [3]
    assert [one.has for one in played.asked] == [[], [0], [0, 1]]
    assert all(one.plan == PLAN for one in played.asked)


@pytest.mark.parametrize("answer", [None, Given(piece=None)])
def test_without_an_answer_all_is_made_here(answer: Given | None) -> None:
    assert run_at_once(all_of(led(Played([Given(piece=0), answer])))) == [0, 1, 2, 3]


def test_a_piece_that_is_not_what_was_wanted_is_made_here() -> None:
    played = Played(
        [
            Given(piece=0),
            Given(piece=1),
            Given(piece=2, made={3: "http://r2.example/3"}),
            lambda wanted: Given(piece=wanted.back[0]),
        ],
        fails={3: EngineFailure(FailureCode.OUTPUT_INVALID, "It has other frames.")},
    )

    assert run_at_once(all_of(led(played))) == [0, 1, 2, 3]
    assert played.fetched == []


def test_a_helper_that_is_too_slow_is_not_waited_for() -> None:
    waits = Given(piece=None, others=[3])

    def waited(wanted: PiecesWanted) -> Given:
        return Given(piece=3) if wanted.back == [3] else waits

    played = Played([Given(piece=0), Given(piece=1), Given(piece=2), waited])
    made = led(played)

    async def timed() -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        assert await all_of(made) == [0, 1, 2, 3]
        return loop.time() - began

    # A second for each piece here, and ten in vain.
    assert 14 <= run_at_once(timed()) <= 4 + crew.PATIENCE_S_MIN + 2 * crew.POLL_S


def test_one_that_brings_its_piece_in_time_is_waited_for() -> None:
    played = Played(
        [
            Given(piece=0),
            Given(piece=1),
            Given(piece=2),
            Given(piece=None, others=[3]),
            Given(piece=None, others=[3]),
            Given(piece=None, made={3: "http://r2.example/3"}),
        ]
    )

    assert run_at_once(all_of(led(played))) == [0, 1, 2]
    assert played.fetched == [3]
    assert len(played.asked) == 6


def test_a_full_disk_fails_and_is_no_reason_to_make_it_here() -> None:
    full = EngineFailure(FailureCode.DISK_FULL, "The disk is full.")
    played = Played([Given(piece=1, made={0: "http://r2.example/0"})], fails={0: full})

    with pytest.raises(EngineFailure, match="full"):
        run_at_once(all_of(led(played)))


def test_before_there_is_a_plan_nobody_is_asked_and_afterwards_the_next_is_the_orchestrator_s() -> (
    None
):
    last = Given(piece=2, made={3: "http://r2.example/3"})
    # Told of the plan, it asks at once, so that others begin; what it is given comes again.
    played = Played([Given(piece=1), Given(piece=1), last])
    made = led(played, plan=None)

    async def planned() -> list[int | None]:
        first = await made.next()
        asked_of_the_first = list(played.asked)
        await made.follow(PLAN)
        made.have(0)
        assert asked_of_the_first == []
        rest = await all_of(made)
        return [first, *rest]

    assert run_at_once(planned()) == [0, 1, 2]
    assert [one.has for one in played.asked] == [[0], [0], [0, 1]]
    assert played.fetched == [3]


def test_what_an_attempt_before_has_made_is_made_by_nobody_again() -> None:
    played = Played([Given(piece=1), Given(piece=3), None])
    made = led(played)
    made.had([0, 2])

    assert run_at_once(all_of(made)) == [1, 3]
    assert (played.asked[0].has, played.asked[0].back) == ([0, 2], [0, 2])
