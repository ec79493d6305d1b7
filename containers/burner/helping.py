"""A film's pieces on several hosts: the plan that its leader makes, and what a helper does by it.

A helper lays the same text out for the same film. What it would draw is compared with the plan, to
the byte, before it burns anything: what draws otherwise helps with nothing.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from engine_kit import crew
from engine_kit.engine import EngineJob
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.ffmpeg import FfmpegProgress
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from burner import pieces, plan
from burner.pieces import Piece
from burner.piecework import burn_piece
from burner.plan import Burn
from media_jobs.engines.burner.options import BurnOptions
from media_jobs.limits import PIECES_MAX
from media_jobs.status import Status
from media_jobs.wire import PiecePlan

DOCUMENT_BYTES_MAX = 32 * 1024


class _Document(BaseModel):
    """A plan: *cuts* are numbers of frames, *looked_at* the frames that are made key frames."""

    model_config = ConfigDict(extra="ignore")

    cuts: list[int] = Field(max_length=PIECES_MAX)
    looked_at: list[float]
    drawn: str


def shared_pieces(job: EngineJob[BurnOptions], burn: Burn) -> tuple[Piece, ...]:
    """Return the pieces of a film that is long enough for other hosts to help; none of others."""
    least_s = job.settings.shared_s_min
    if job.piecework is None or not least_s or burn.timeline.end_s < least_s:
        return ()
    return pieces.pieces_of(burn, PIECES_MAX, job.settings.piece_s_min)


def plan_of(job: EngineJob[BurnOptions], burn: Burn, parts: Sequence[Piece]) -> PiecePlan | None:
    """Return the plan of *parts*; None where it would be too long to send."""
    document: dict[str, object] = {
        "cuts": [piece.first for piece in parts[1:]],
        "looked_at": list(burn.looked_at_s),
        "drawn": _drawn(job.work_dir, burn, parts),
    }
    if len(json.dumps(document)) > DOCUMENT_BYTES_MAX:
        return None
    return PiecePlan(kit=job.kit, count=len(parts), document=document)


async def help_out(job: EngineJob[BurnOptions], burn: Burn, environment: Mapping[str, str]) -> None:
    """Burn pieces of the plan that this job helps with, until there are no more.

    Raises EngineFailure(internal_error) where this host would draw something else.
    """
    assert job.request.helps is not None
    burn, parts = _planned(job, burn, job.request.helps)
    done = 0

    async def make(number: int) -> Path:
        nonlocal done
        piece = parts[number]
        await burn_piece(job, burn, piece, environment, _following(job, burn, piece, done))
        done += piece.end - piece.first
        return job.work_dir / piece.file

    await crew.help_out(job, make)


def _following(
    job: EngineJob[BurnOptions], burn: Burn, piece: Piece, done: int
) -> Callable[[FfmpegProgress], None]:
    frames = len(burn.timeline.frames_s)

    def follow(progress: FfmpegProgress) -> None:
        share = (done + progress.frame) / frames
        job.report(Status.RUNNING, f"piece {piece.number}", 0.1 + 0.8 * min(share, 1.0))

    return follow


def _planned(
    job: EngineJob[BurnOptions], burn: Burn, wanted: PiecePlan
) -> tuple[Burn, tuple[Piece, ...]]:
    other = EngineFailure(FailureCode.INTERNAL_ERROR, "This host would draw the film otherwise.")
    try:
        document = _Document.model_validate(wanted.document)
    except ValidationError:
        raise other from None
    burn = replace(
        burn, poster=None, sheet=None, hardware=None, looked_at_s=tuple(document.looked_at)
    )
    edges = [0, *document.cuts, len(burn.timeline.frames_s)]
    if sorted(set(edges)) != edges or len(edges) != wanted.count + 1:
        raise other
    parts = pieces.cut(burn, document.cuts)
    if _drawn(job.work_dir, burn, parts) != document.drawn:
        raise other
    return burn, parts


def _drawn(folder: Path, burn: Burn, parts: Sequence[Piece]) -> str:
    """Return a sum of all that is drawn: what ffmpeg is told, and the files that it reads."""
    found = sha256()
    # Where its fonts are is each host's own matter; which they are, the kit says.
    burn = replace(burn, fonts_dir=None)
    for piece in parts:
        found.update("\0".join(pieces.piece_argv(burn, piece)).encode())
    files = [*burn.scripts, *([plan.WATERMARK] if burn.watermark else [])]
    files += sorted(path.name for path in folder.glob("emoji*"))
    for name in files:
        found.update(sha256((folder / name).read_bytes()).digest())
    return found.hexdigest()
