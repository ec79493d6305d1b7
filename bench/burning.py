"""`python -m bench burn`: what the burner adds to bare ffmpeg.

The film is Big Buck Bunny's clip, looped, at 1080 lines. ffmpeg's own command is the engine's: the
same filter, encoder and fonts, on a file that is already there. The engine is the real program: it
fetches the film from a store on loopback, burns it, uploads the result and reports. Interleaved, in
one run.
"""

import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine_kit.ffmpeg import find_ffmpeg

from bench.against import alternate
from bench.cpu_usage import CpuUsage, ran
from dev.engines.stage import RunningEngine, Surroundings, surroundings
from dev.engines.usage import tree_cpu_s
from dev.fixtures.clip import CREDIT, clip_path
from dev.pictures.burned import prepared_burn
from media_jobs.engines.burner import ENGINE
from media_jobs.engines.burner.options import BurnOptions

FILM_S = 60
WAIT_S = 3600
AIM = 1.03
"""What a burn with everything may take of ffmpeg's own time."""
_NUMBERS = itertools.count(1)
STILLS = ("outputPosterPutUrl", "outputContactSheetPutUrl", "outputMetadataPutUrl")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Burned:
    """Seconds: the whole, CPU with all children, before ffmpeg's start and after its end."""

    wall_s: float
    cpu_s: float
    before_s: float
    after_s: float


def main(rounds: int) -> None:
    """Measure *rounds* times; print medians, and leasts: what else runs here only adds."""
    print(f"{CREDIT}, looped to {FILM_S} s of 1080p.\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film_path = film(folder, FILM_S)
        cues = folder / "film.vtt"
        cues.write_text(subtitles(FILM_S), encoding="utf-8")
        files = {"film": film_path, "subtitles": cues}
        with surroundings(files, keeps=False, wait_s=WAIT_S) as served:
            _compare(folder, film_path, cues, served, rounds)


def _compare(folder: Path, film_path: Path, cues: Path, served: Surroundings, rounds: int) -> None:
    bare: list[CpuUsage] = []
    plain: list[_Burned] = []
    stills: list[_Burned] = []
    # The same program on both sides, whichever this process is told to use.
    with RunningEngine("burner", folder, {"IMAGEIO_FFMPEG_EXE": find_ffmpeg()}) as running:
        # The first burn of a program reads all fonts; a container does that once in its life.
        first = _burn(running, served, ())
        turns: list[Callable[[], None]] = [
            lambda: bare.append(_bare(folder, film_path, cues)),
            lambda: plain.append(_burn(running, served, ())),
            lambda: stills.append(_burn(running, served, STILLS)),
        ]
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
            for turn in alternate(number, turns):
                turn()
    print(f"First burn of the program: {first.before_s:.2f} s before ffmpeg.\n")
    print("| | wall s | least | CPU s | × ffmpeg, wall | least | CPU | before s | after s |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    walls, cpus = [spent.wall_s for spent in bare], [spent.cpu_s for spent in bare]
    print(
        f"| ffmpeg | {statistics.median(walls):.2f} | {min(walls):.2f} "
        f"| {statistics.median(cpus):.2f} | | | | | |"
    )
    named = (("the burner", plain), ("with poster, sheet and metadata", stills))
    for name, burned in named:
        wall = statistics.median(b.wall_s / w for b, w in zip(burned, walls, strict=True))
        cpu = statistics.median(b.cpu_s / c for b, c in zip(burned, cpus, strict=True))
        figures = [
            statistics.median(getattr(b, field) for b in burned)
            for field in ("wall_s", "cpu_s", "before_s", "after_s")
        ]
        least_s = min(b.wall_s for b in burned)
        print(
            f"| {name} | {figures[0]:.2f} | {least_s:.2f} | {figures[1]:.2f} "
            f"| {wall:.3f} | {least_s / min(walls):.3f} | {cpu:.3f} "
            f"| {figures[2]:.2f} | {figures[3]:.2f} |",
            flush=True,
        )
    print(
        "\nA burn with layout, checks and all extras takes "
        f"{wall:.3f} × the wall time of bare ffmpeg and {cpu:.3f} × its CPU time (aim: {AIM} ×)."
    )


def film(folder: Path, seconds: float) -> Path:
    """Make the clip at 1080 lines, looped to *seconds*."""
    path = folder / "film.mp4"
    argv = [find_ffmpeg(), "-nostdin", "-v", "error", "-stream_loop", "-1", "-i", str(clip_path())]
    argv += ["-t", str(seconds), "-vf", "scale=1920:1080", "-c:v", "libx264"]
    argv += ["-preset", "veryfast", "-crf", "18", "-c:a", "aac", "-ac", "2", str(path)]
    subprocess.run(argv, check=True)
    return path


def subtitles(seconds: int) -> str:
    """Return bilingual cues, one in two seconds."""
    cues = [
        f"00:{n:02}.100 --> 00:{n + 1:02}.900\nThe quick brown fox, number {n}\n敏捷的棕色狐狸\n"
        for n in range(0, seconds, 2)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _bare(folder: Path, film_path: Path, cues: Path) -> CpuUsage:
    """Run ffmpeg as the engine does."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        work = Path(name)
        argv, env = prepared_burn(
            work, film_path, cues.read_bytes(), BurnOptions(), cache=folder / "fonts"
        )
        return ran(argv, folder=work, env=env)


def _burn(running: RunningEngine, served: Surroundings, extra: tuple[str, ...]) -> _Burned:
    """Order a burn and wait for its end; *extra*: URL fields of further outputs."""
    fields = {
        "inputVideoUrl": served.url("film"),
        "inputVttUrl": served.url("subtitles"),
        "outputPutUrl": served.url("out"),
        **{field: served.url(field) for field in extra},
    }
    cpu_s, began = tree_cpu_s(running.process.pid), time.time()
    job_id = f"job_{next(_NUMBERS)}"
    running.render(served, job_id, engine=ENGINE.id, options={}, **fields).raise_for_status()
    end = served.end_of(job_id)
    if end["status"] != "completed":
        raise RuntimeError(f"{job_id} ended: {end}")
    ended = served.ended_at[job_id]
    cpu_s = tree_cpu_s(running.process.pid) - cpu_s
    at, seconds = _ffmpeg_end(running, job_id)
    return _Burned(
        wall_s=ended - began, cpu_s=cpu_s, before_s=at - seconds - began, after_s=ended - at
    )


def _ffmpeg_end(running: RunningEngine, job_id: str) -> tuple[float, float]:
    """Return when the encode ended (Unix time) and how long it ran, as the program logs it.

    Of all of a job's runs of ffmpeg it is the longest.
    """
    log = running.log_with(f'"event": "uploaded", "jobId": "{job_id}"')
    ran_s = [
        (event["tookMs"] / 1000, datetime.fromisoformat(event["at"]).timestamp())
        for event in map(json.loads, log.splitlines())
        if event["event"] == "ffmpeg_ended" and event["jobId"] == job_id
    ]
    seconds, ended_at = max(ran_s)
    return ended_at, seconds
