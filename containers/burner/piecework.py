"""Burns a film in pieces, side by side, and joins them: within one attempt, on one host."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from engine_kit.engine import EngineJob
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.ffmpeg import FfmpegProgress
from engine_kit.logs import log
from engine_kit.timeline import Timeline, Tracks

from burner import pieces, plan
from burner.pieces import Piece
from burner.plan import Burn
from media_jobs.engines.burner.options import BurnOptions

TRIES = 2
"""Of one piece, before all of the burn has failed."""


async def burn_in_pieces(
    job: EngineJob[BurnOptions],
    burn: Burn,
    parts: Sequence[Piece],
    environment: Mapping[str, str],
    burned: Callable[[float], None],
) -> None:
    """Make OUTPUT, and the stills, of *parts*; *burned* is told the share of frames that are done.

    A piece that fails is burned again by itself. Raises EngineFailure.
    """
    done = [0] * len(parts)

    def follow(piece: Piece) -> Callable[[FfmpegProgress], None]:
        def count(progress: FfmpegProgress) -> None:
            done[piece.number] = max(done[piece.number], progress.frame)
            burned(min(sum(done) / len(burn.timeline.frames_s), 1.0))

        return count

    first, *others = parts
    made = await _all_of([_piece(job, burn, piece, environment, follow(piece)) for piece in parts])
    for piece, line in zip((first, *others), made, strict=True):
        pieces.check_piece(piece, line, made[0].head)
    (job.work_dir / pieces.LIST).write_text(pieces.list_text(parts), encoding="ascii")
    await job.run_ffmpeg(pieces.join_argv(burn))
    joined = await job.timeline(job.work_dir / plan.OUTPUT, plan.output_tracks(burn))
    if len(joined.frames_s) != len(burn.timeline.frames_s):
        raise EngineFailure(FailureCode.OUTPUT_INVALID, "The joined film has other frames.")
    for piece in parts:
        (job.work_dir / piece.file).unlink()
    if burn.poster or burn.sheet:
        await job.run_ffmpeg(pieces.stills_argv(burn))
    log("burned_in_pieces", count=len(parts))


async def _piece(
    job: EngineJob[BurnOptions],
    burn: Burn,
    piece: Piece,
    environment: Mapping[str, str],
    follow: Callable[[FfmpegProgress], None],
) -> Timeline:
    argv = pieces.piece_argv(burn, piece)
    for left in reversed(range(TRIES)):
        try:
            await job.run_ffmpeg(argv, on_progress=follow, env=environment)
            made = await job.timeline(job.work_dir / piece.file, Tracks(video=0, audio=None))
            pieces.check_piece(piece, made, "")
        except EngineFailure as failure:
            if not left or failure.code is FailureCode.DISK_FULL:
                raise
            why = failure.tool_tail or failure.message
            log("piece_failed", number=piece.number, code=failure.code, why=why)
        else:
            return made
    raise AssertionError("a try returns or raises")


async def _all_of(works: Sequence[Coroutine[Any, Any, Timeline]]) -> list[Timeline]:
    """Return the results in order; when one fails the others are canceled, and have ended."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
