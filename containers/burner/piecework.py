"""Burns a film in pieces, side by side, and joins them: within one attempt, on one host."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any

from engine_kit.crew import Alone, Crew, Led
from engine_kit.engine import EngineJob
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.ffmpeg import FfmpegProgress
from engine_kit.logs import log
from engine_kit.piecework import Piecework
from engine_kit.timeline import Timeline, Tracks

from burner import pieces, plan
from burner.pieces import Piece, check_piece
from burner.plan import Burn
from media_jobs.engines.burner.options import BurnOptions
from media_jobs.wire import PiecePlan

TRIES = 2
"""Of one piece, before all of the burn has failed."""


async def burn_in_pieces(
    job: EngineJob[BurnOptions],
    burn: Burn,
    parts: Sequence[Piece],
    environment: Mapping[str, str],
    burned: Callable[[float], None],
    plan_of_all: PiecePlan | None = None,
) -> None:
    """Make OUTPUT of *parts*; *burned* is told the share of frames that are done.

    With a plan, other hosts make pieces, too. A piece that fails is burned again by itself. Raises
    EngineFailure.
    """
    done = [0] * len(parts)
    made: dict[int, Timeline] = {}

    def count(piece: Piece, frames: int) -> None:
        done[piece.number] = max(done[piece.number], frames)
        burned(min(sum(done) / len(burn.timeline.frames_s), 1.0))

    def have(piece: Piece, line: Timeline) -> None:
        made[piece.number] = line
        count(piece, len(line.frames_s))

    crew = _crew(job, parts, plan_of_all, made, have)

    async def work() -> None:
        while (number := await crew.next()) is not None:
            piece = parts[number]
            follow = partial(_follow, piece, count)
            line = await burn_piece(job, burn, piece, environment, follow)
            crew.have(number)
            have(piece, line)

    try:
        await _all_of([work() for _ in range(job.settings.pieces)])
    except EngineFailure:
        await crew.give_up()
        raise
    for piece in parts:
        check_piece(piece, made[piece.number], made[0].head)
    (job.work_dir / pieces.LIST).write_text(pieces.list_text(parts), encoding="ascii")
    await job.run_ffmpeg(pieces.join_argv(burn))
    joined = await job.timeline(job.work_dir / plan.OUTPUT, plan.output_tracks(burn))
    if len(joined.frames_s) != len(burn.timeline.frames_s):
        raise EngineFailure(FailureCode.OUTPUT_INVALID, "The joined film has other frames.")
    for piece in parts:
        (job.work_dir / piece.file).unlink()
    log("burned_in_pieces", count=len(parts))


def _crew(
    job: EngineJob[BurnOptions],
    parts: Sequence[Piece],
    plan_of_all: PiecePlan | None,
    made: Mapping[int, Timeline],
    have: Callable[[Piece, Timeline], None],
) -> Crew:
    piecework = job.piecework
    if plan_of_all is None or piecework is None:
        return Alone(len(parts))

    async def fetch(number: int, url: str) -> None:
        head = next(iter(made.values())).head if made else ""
        have(parts[number], await fetch_piece(job, piecework, parts[number], url, head))

    sizes = [piece.end - piece.first for piece in parts]
    return Led(piecework=piecework, plan=plan_of_all, sizes=sizes, fetch=fetch)


async def fetch_piece(
    job: EngineJob[BurnOptions], piecework: Piecework, piece: Piece, url: str, head: str
) -> Timeline:
    """Fetch a piece that a helper has made; raises EngineFailure if it is not what was wanted."""
    path = job.work_dir / piece.file
    await piecework.fetch(piece.number, url, path)
    line = await job.timeline(path, Tracks(video=0, audio=None))
    check_piece(piece, line, head)
    return line


def _follow(piece: Piece, count: Callable[[Piece, int], None], progress: FfmpegProgress) -> None:
    count(piece, progress.frame)


async def burn_piece(
    job: EngineJob[BurnOptions],
    burn: Burn,
    piece: Piece,
    environment: Mapping[str, str],
    follow: Callable[[FfmpegProgress], None],
) -> Timeline:
    """Make the file of *piece*, again if it fails; raises EngineFailure."""
    for left in reversed(range(TRIES)):
        try:
            argv = pieces.piece_argv(burn, piece)
            errors = await job.run_ffmpeg(argv, on_progress=follow, env=environment)
            pieces.check_reading(piece, errors)
            made = await job.timeline(job.work_dir / piece.file, Tracks(video=0, audio=None))
            check_piece(piece, made, "")
        except EngineFailure as failure:
            if not left or failure.code is FailureCode.DISK_FULL:
                raise
            why = failure.tool_tail or failure.message
            log("piece_failed", number=piece.number, code=failure.code, why=why)
            piece = piece.read_from_before()
        else:
            return made
    raise AssertionError("a try returns or raises")


async def _all_of(works: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Wait for all; when one fails the others are canceled, and have ended."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
