"""Who makes which piece of a film here, whatever the orchestrator and other hosts do."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from burner import crew
from burner.crew import Alone, Led
from burner.pieces import Piece, cut
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.piecework import Given
from engine_kit.timeline import Timeline, Tracks

from media_jobs.pieces import PiecesWanted
from media_jobs.wire import PiecePlan
from tests.engine_kit.streams import steady
from tests.engine_kit.virtual_time import run_at_once

LINE = steady(30)
PARTS = cut(LINE, [75, 150, 225])
PLAN = PiecePlan(kit="k", count=4)


def line_of(piece: Piece, *, frames: int | None = None) -> Timeline:
    count = piece.end - piece.first if frames is None else frames
    return replace(LINE, frames_s=LINE.frames_s[:count], head="head")


@dataclass
class Played:
    """The orchestrator, the bucket and a job's folder, played: *answers* in turn."""

    answers: Sequence[Given | Callable[[PiecesWanted], Given | None] | None]
    fetches: dict[int, Timeline | EngineFailure] = field(default_factory=dict)
    asked: list[PiecesWanted] = field(default_factory=list)
    work_dir: Path = Path()

    async def ask(self, wanted: PiecesWanted) -> Given | None:
        self.asked.append(wanted)
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        return answer(wanted) if callable(answer) else answer

    async def fetch(self, number: int, url: str, path: Path) -> None:
        found = self.fetches[number]
        if isinstance(found, EngineFailure):
            raise found

    async def timeline(self, path: Path, tracks: Tracks) -> Timeline:
        number = int(path.stem.removeprefix("piece-"))
        found = self.fetches[number]
        assert isinstance(found, Timeline)
        return found


def led(played: Played) -> tuple[Led, list[int]]:
    fetched: list[int] = []
    it: Any = played
    made = Led(
        job=it,
        piecework=it,
        plan=PLAN,
        parts=PARTS,
        fetched=lambda piece, line: fetched.append(piece.number),
    )
    return made, fetched


async def all_of(crew: Led | Alone) -> list[int]:
    """Make what is given, one after the other; return the numbers."""
    made = []
    while (piece := await crew.next()) is not None:
        await asyncio.sleep(1)
        crew.have(piece, line_of(piece))
        made.append(piece.number)
    return made


def test_alone_all_pieces_are_made_in_order() -> None:
    assert run_at_once(all_of(Alone(PARTS))) == [0, 1, 2, 3]


def test_what_others_have_made_is_fetched_and_the_rest_is_made_here() -> None:
    played = Played(
        [
            Given(piece=0),
            Given(piece=1, others=[3]),
            Given(piece=2, putUrl=None, made={3: "http://r2.example/3"}),
        ],
        fetches={3: line_of(PARTS[3])},
    )
    made, fetched = led(played)

    assert run_at_once(all_of(made)) == [0, 1, 2]
    assert fetched == [3]
    assert [one.has for one in played.asked] == [[], [0], [0, 1]]
    assert all(one.plan == PLAN for one in played.asked)


@pytest.mark.parametrize("answer", [None, Given(piece=None)])
def test_without_an_answer_all_is_made_here(answer: Given | None) -> None:
    made, _ = led(Played([Given(piece=0), answer]))

    assert run_at_once(all_of(made)) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "found",
    [
        line_of(PARTS[3], frames=74),
        replace(line_of(PARTS[3]), head="another"),
        EngineFailure(FailureCode.INPUT_MISSING, "It is gone."),
    ],
)
def test_a_piece_that_is_not_what_was_wanted_is_made_here(
    found: Timeline | EngineFailure,
) -> None:
    played = Played(
        [
            Given(piece=0),
            Given(piece=1),
            Given(piece=2, made={3: "http://r2.example/3"}),
            lambda wanted: Given(piece=wanted.back[0]),
        ],
        fetches={3: found},
    )
    made, fetched = led(played)

    assert run_at_once(all_of(made)) == [0, 1, 2, 3]
    assert fetched == []


def test_a_helper_that_is_too_slow_is_not_waited_for() -> None:
    waits = Given(piece=None, others=[3])

    def waited(wanted: PiecesWanted) -> Given:
        return Given(piece=3) if wanted.back == [3] else waits

    played = Played([Given(piece=0), Given(piece=1), Given(piece=2), waited])
    made, _ = led(played)

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
        ],
        fetches={3: line_of(PARTS[3])},
    )
    made, fetched = led(played)

    assert run_at_once(all_of(made)) == [0, 1, 2]
    assert fetched == [3]
    assert len(played.asked) == 6


def test_a_full_disk_fails_and_is_no_reason_to_make_it_here() -> None:
    full = EngineFailure(FailureCode.DISK_FULL, "The disk is full.")
    played = Played([Given(piece=1, made={0: "http://r2.example/0"})], fetches={0: full})
    made, _ = led(played)

    with pytest.raises(EngineFailure, match="full"):
        run_at_once(all_of(made))
