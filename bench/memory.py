"""`python -m bench memory`: what each engine holds in memory, for a small and a large input.

The same film each time, of 1080 lines: once as it is, once with a box of nothing behind it, so that
the work is the same and the file is not. Python's own peak is the kernel's count; of the programs
that it starts, the most that was seen in fifty looks a second.
"""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bench.burning import WAIT_S, film, subtitles
from dev.engines.stage import RunningEngine, Surroundings, padded, surroundings
from dev.fixtures.clip import CREDIT
from media_jobs.engines import ENGINES

FILM_S = 10
LARGE_BYTES = 2 << 30
COMMENTS = {
    "video": {"title": "The meadow", "author": "Somebody"},
    "comments": [{"author": f"No. {n}", "content": "Such a fine film. " * 8} for n in range(30)],
}


def main(rounds: int) -> None:
    """Measure once, however many *rounds*: peaks have no noise to speak of."""
    del rounds
    print(f"{CREDIT}, {FILM_S} s of 1080p. Peaks in MiB.\n")
    print("| Engine | Input | Python | programs it started |")
    print("|---|---:|---:|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = film(folder, FILM_S)
        files = {"film.mp4": small, "large.mp4": padded(small, folder / "large.mp4", LARGE_BYTES)}
        files["subtitles"] = folder / "film.vtt"
        files["subtitles"].write_text(subtitles(FILM_S), encoding="utf-8")
        files["comments"] = folder / "comments.json"
        files["comments"].write_text(json.dumps(COMMENTS), encoding="utf-8")
        with surroundings(files, keeps=False, wait_s=WAIT_S) as served:
            for module, wire in _WIRES.items():
                with RunningEngine(module, folder, {"DOWNLOADER_ALLOW_LOOPBACK": "1"}) as running:
                    print(f"| {module} | idle | {_mib(running.peak_bytes())} | |", flush=True)
                    # The first job of a program reads fonts and fills caches, whatever its size.
                    _run(running, served, module, wire, "film.mp4", 0)
                    for number, video in enumerate(("film.mp4", "large.mp4"), 1):
                        _measure(running, served, module, wire, video, number)


_OF_FILMS = ("burner", "remotion", "downloader")
"""The transcriber has a benchmark of its own (bench/transcripts.py)."""
_WIRES = {engine.name: engine.id for engine in ENGINES.values() if engine.name in _OF_FILMS}


def _mib(size_bytes: int) -> str:
    return f"{size_bytes / 2**20:.0f}"


def _measure(
    running: RunningEngine, served: Surroundings, module: str, wire: str, video: str, number: int
) -> None:
    with running.watched() as programs:
        _run(running, served, module, wire, video, number)
    size = _mib(served.files[video].stat().st_size)
    started = ", ".join(f"{name} {_mib(held)}" for name, held in sorted(programs.items()))
    print(f"| {module} | {size} MiB | {_mib(running.peak_bytes())} | {started} |", flush=True)


def _run(
    running: RunningEngine, served: Surroundings, module: str, wire: str, video: str, number: int
) -> None:
    """Order a job and wait for its end."""
    job_id = f"job_{module}_{number}"
    options, fields = _wanted(module, served, video)
    running.render(served, job_id, engine=wire, options=options, **fields).raise_for_status()
    end = served.end_of(job_id)
    if end["status"] != "completed":
        raise RuntimeError(f"{job_id} ended: {end}")


def _wanted(
    module: str, served: Surroundings, video: str
) -> tuple[Mapping[str, object], dict[str, str]]:
    """Return the options and the URL fields of one engine's job."""
    url = served.url
    match module:
        case "burner":
            return {}, {
                "inputVideoUrl": url(video),
                "inputVttUrl": url("subtitles"),
                "outputPutUrl": url("out"),
            }
        case "remotion":
            return {"maxCommentSeconds": 3, "maxComments": 5}, {
                "inputVideoUrl": url(video),
                "inputDataUrl": url("comments"),
                "outputPutUrl": url("out"),
            }
        case _:
            return {"url": url(video)}, {
                "outputVideoPutUrl": url("video"),
                "outputMetadataPutUrl": url("metadata"),
                "outputAudioPutUrl": url("audio"),
                "outputAudioSourcePutUrl": url("audio-source"),
            }
