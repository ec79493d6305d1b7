"""`python -m bench burn`: what the burner adds to bare ffmpeg, and the memory of its Python.

The film is Big Buck Bunny's clip, looped, at 1080 lines. ffmpeg's own command is the engine's: the
same filter, encoder and fonts, on a file that is already there. The engine is the real program: it
fetches the film from a store on loopback, burns it, uploads the result and reports. Interleaved, in
one run.
"""

import itertools
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
from engine_kit.ffmpeg import find_ffmpeg

from bench.store import Store, store
from dev.burned import prepared_burn
from dev.clip import CREDIT, clip_path
from media_jobs.options import BurnOptions
from media_jobs.signing import SIGNATURE_HEADER, sign

__all__ = ["main"]

FILM_S = 60
LARGE_BYTES = 4 << 30
SECRET = "bench-secret"  # noqa: S105  Of this run alone.
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
        film = _film(folder)
        subtitles = folder / "film.vtt"
        subtitles.write_text(_subtitles(), encoding="utf-8")
        with store({"film": film, "subtitles": subtitles}) as served:
            _compare(folder, film, subtitles, served, rounds)
            served.files["film"] = _large(folder, film)
            with _engine(folder) as engine:
                before = engine.peak_mib()
                burned = engine.burn(served, ())
                print(f"\nPython's peak RSS: {before:.0f} MiB idle, {engine.peak_mib():.0f} MiB")
                print(f"after an input of {LARGE_BYTES / 2**30:.0f} GiB ({burned.wall_s:.0f} s).")


def _compare(folder: Path, film: Path, subtitles: Path, served: Store, rounds: int) -> None:
    bare: list[tuple[float, float]] = []
    plain: list[_Burned] = []
    stills: list[_Burned] = []
    with _engine(folder) as engine:
        # The first burn of a program reads all fonts; a container does that once in its life.
        first = engine.burn(served, ())
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
            bare.append(_bare(folder, film, subtitles))
            plain.append(engine.burn(served, ()))
            stills.append(engine.burn(served, STILLS))
    print(f"First burn of the program: {first.before_s:.2f} s before ffmpeg.\n")
    print("| | wall s | least | CPU s | × ffmpeg, wall | least | CPU | before s | after s |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    walls, cpus = ([spent[n] for spent in bare] for n in (0, 1))
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


def _film(folder: Path) -> Path:
    path = folder / "film.mp4"
    argv = [find_ffmpeg(), "-nostdin", "-v", "error", "-stream_loop", "-1", "-i", str(clip_path())]
    argv += ["-t", str(FILM_S), "-vf", "scale=1920:1080", "-c:v", "libx264", "-preset", "veryfast"]
    argv += ["-crf", "18", "-c:a", "aac", "-ac", "2", str(path)]
    subprocess.run(argv, check=True)
    return path


def _subtitles() -> str:
    cues = [
        f"00:{n:02}.100 --> 00:{n + 1:02}.900\nThe quick brown fox, number {n}\n敏捷的棕色狐狸\n"
        for n in range(0, FILM_S, 2)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _large(folder: Path, film: Path) -> Path:
    """Return the film's first seconds with a box of nothing behind, as large as is wanted."""
    path = folder / "large.mp4"
    argv = [find_ffmpeg(), "-nostdin", "-v", "error", "-i", str(film), "-t", "2", "-c", "copy"]
    subprocess.run([*argv, str(path)], check=True)
    size = LARGE_BYTES - path.stat().st_size
    with path.open("ab") as file:
        file.write(b"\0\0\0\x01free" + size.to_bytes(8))
    os.truncate(path, LARGE_BYTES)
    return path


def _bare(folder: Path, film: Path, subtitles: Path) -> tuple[float, float]:
    """Run ffmpeg as the engine does; return seconds of wall time and of CPU."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        work = Path(name)
        argv, env = prepared_burn(
            work, film, subtitles.read_bytes(), BurnOptions(), cache=folder / "fonts"
        )
        began, cpu_s = time.monotonic(), _children_cpu_s()
        subprocess.run(
            argv, cwd=work, env={**os.environ, **env}, stdout=subprocess.DEVNULL, check=True
        )
        return time.monotonic() - began, _children_cpu_s() - cpu_s


def _children_cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class _Engine:
    """The running program."""

    def __init__(self, process: "subprocess.Popen[str]", origin: str) -> None:
        self._process = process
        self._origin = origin

    def peak_mib(self) -> float:
        """Return the most memory that Python has had, in MiB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024

    def burn(self, served: Store, extra: tuple[str, ...]) -> _Burned:
        """Order a burn and wait for its end; *extra*: URL fields of further outputs."""
        job_id = f"job_{next(_NUMBERS)}"
        message = {
            "type": "container.render",
            "ts": time.time_ns() // 1_000_000,
            "nonce": f"bench-{job_id}",
            "jobId": job_id,
            "mediaId": "med_bench",
            "engine": "burner-ffmpeg",
            "callbackUrl": served.url(f"callback/{job_id}"),
            "engineOptions": {},
            "inputVideoUrl": served.url("film"),
            "inputVttUrl": served.url("subtitles"),
            "outputPutUrl": served.url("out"),
            **{field: served.url(field) for field in extra},
        }
        body = json.dumps(message).encode()
        cpu_s, began = self._cpu_s(), time.time()
        headers = {SIGNATURE_HEADER: sign(body, (SECRET,))}
        answer = httpx.post(f"{self._origin}/render", content=body, headers=headers)
        answer.raise_for_status()
        ended = served.wait_for_end(job_id)
        cpu_s = self._cpu_s() - cpu_s
        at, seconds = self._ffmpeg_end(job_id)
        return _Burned(
            wall_s=ended - began, cpu_s=cpu_s, before_s=at - seconds - began, after_s=ended - at
        )

    def _cpu_s(self) -> float:
        """Return the CPU time of the program and of its children that have ended."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(fields[at]) for at in (11, 12, 13, 14)) / os.sysconf("SC_CLK_TCK")

    def _ffmpeg_end(self, job_id: str) -> tuple[float, float]:
        """Return when ffmpeg ended (Unix time) and how long it ran, as the program logs it."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            event = json.loads(line)
            if event["event"] == "ffmpeg_ended" and event["jobId"] == job_id:
                return datetime.fromisoformat(event["at"]).timestamp(), event["tookMs"] / 1000
        raise RuntimeError("the burner has ended")


@contextmanager
def _engine(folder: Path) -> Iterator[_Engine]:
    work = folder / "work"
    work.mkdir(exist_ok=True)
    env: Mapping[str, str] = {
        **os.environ,
        "JOB_CALLBACK_HMAC_SECRET": SECRET,
        "HOST": "127.0.0.1",
        "PORT": "0",
        "WORK_DIR": str(work),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "burner"], env=env, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        yield _Engine(process, f"http://127.0.0.1:{ready['port']}")
    finally:
        process.terminate()
        process.communicate(timeout=20)
