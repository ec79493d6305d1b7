"""What comes of a helper is looked at before it is taken."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from burner.pieces import cut
from burner.piecework import fetch_piece
from burner.plan import Burn
from engine_kit.failures import EngineFailure
from engine_kit.timeline import Timeline, Tracks

from media_jobs.engines.burner.options import BurnOptions
from tests.engine_kit.streams import SOURCE, steady

LINE = replace(steady(30), head="head")
BURN = Burn(source=SOURCE, timeline=LINE, options=BurnOptions())
PIECE = cut(BURN, [75, 150, 225])[3]


class _Helper:
    """A job's folder, its way to the pieces, and what a helper has made, played."""

    work_dir = Path()

    def __init__(self, made: Timeline) -> None:
        self._made = made

    async def fetch(self, number: int, url: str, path: Path) -> None:
        assert (number, path.name) == (3, PIECE.file)

    async def timeline(self, path: Path, tracks: Tracks) -> Timeline:
        return self._made


def fetched(made: Timeline) -> Timeline:
    it: Any = _Helper(made)
    return asyncio.run(fetch_piece(it, it, PIECE, "http://r2.example/3", "head"))


def test_a_piece_with_its_frames_is_taken() -> None:
    made = replace(LINE, frames_s=LINE.frames_s[:75])

    assert fetched(made) is made


@pytest.mark.parametrize(
    "made",
    [
        replace(LINE, frames_s=LINE.frames_s[:74]),
        replace(LINE, frames_s=LINE.frames_s[:75], head="another"),
    ],
)
def test_one_of_other_frames_or_another_head_is_refused(made: Timeline) -> None:
    with pytest.raises(EngineFailure):
        fetched(made)
