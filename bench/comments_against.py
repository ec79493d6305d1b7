"""`python -m bench remotion --against REV`: the comments engine of this tree and of another commit.

Each is its tree's real program, and gets the same job of the same source and comments over the same
wire: it fetches them from a store on loopback, composes, uploads and reports. Interleaved, in one
run. A comments video of another commit may have another length, so what counts is frames a second.
"""

import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import av

from bench.against import alternate, checked_out
from bench.comments_video import COMMENTS, comments_document, make_source
from dev.engines.stage import RunningEngine, Surroundings, surroundings
from dev.engines.usage import tree_cpu_s
from dev.installation import ROOT
from media_jobs.engines.remotion import ENGINE

WAIT_S = 3600
_NUMBERS = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Composed:
    """Frames of one video per second of wall time, and of CPU time with all children."""

    per_wall_s: float
    per_cpu_s: float


def compare(revision: str, *, rounds: int, tell: Callable[[str], None]) -> str:
    """Return the table of this tree's frames a second and ratios to those of *revision*."""
    sides: dict[str, list[_Composed]] = {"this tree": [], revision: []}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        source = make_source(folder)
        document = folder / "comments.json"
        document.write_text(comments_document(COMMENTS).model_dump_json(by_alias=True))
        served = stack.enter_context(
            surroundings({"film": source, "comments": document}, wait_s=WAIT_S)
        )
        trees = (ROOT, stack.enter_context(checked_out(revision)))
        running = [stack.enter_context(_engine(tree, folder)) for tree in trees]
        for engine in running:
            _compose(engine, served)  # The first job of a program reads all fonts.
        for number in range(rounds):
            tell(f"round {number + 1} of {rounds}")
            pairs = list(zip(running, sides.values(), strict=True))
            for engine, composed in alternate(number, pairs):
                composed.append(_compose(engine, served))
    return _table(revision, *sides.values())


def _engine(tree: Path, folder: Path) -> RunningEngine:
    work = Path(tempfile.mkdtemp(dir=folder))
    path = os.pathsep.join(str(tree / name) for name in ("src", "containers"))
    return RunningEngine("remotion", work, {"PYTHONPATH": path})


def _compose(running: RunningEngine, served: Surroundings) -> _Composed:
    """Order a comments video and wait for its end."""
    job_id = f"job_{next(_NUMBERS)}"
    cpu_s, began = tree_cpu_s(running.process.pid), time.time()
    running.render(
        served,
        job_id,
        engine=ENGINE.id,
        options={"coverSeconds": 2},
        inputVideoUrl=served.url("film"),
        inputDataUrl=served.url("comments"),
        outputPutUrl=served.url("out"),
    ).raise_for_status()
    end = served.end_of(job_id)
    if end["status"] != "completed":
        raise RuntimeError(f"{job_id} ended: {end}")
    cpu_s = tree_cpu_s(running.process.pid) - cpu_s
    with av.open(BytesIO(served.stored.pop("out").body)) as video:
        frames = video.streams.video[0].frames
    return _Composed(
        per_wall_s=frames / (served.ended_at[job_id] - began), per_cpu_s=frames / cpu_s
    )


def _table(revision: str, own: list[_Composed], other: list[_Composed]) -> str:
    rows = [
        f"| Frames per | here | {revision} | here × {revision} | least | most |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, field in (("wall second", "per_wall_s"), ("CPU second", "per_cpu_s")):
        here, there = ([getattr(one, field) for one in side] for side in (own, other))
        each = [mine / theirs for mine, theirs in zip(here, there, strict=True)]
        rows.append(
            f"| {name} | {statistics.median(here):.1f} | {statistics.median(there):.1f} "
            f"| {statistics.median(each):.3f} | {min(each):.3f} | {max(each):.3f} |"
        )
    return "\n".join(rows)
