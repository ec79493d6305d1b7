"""`python -m bench memory`: what each engine holds in memory, for a small and a large input.

The same film each time, of 1080 lines: once as it is, once with a box of nothing behind it, so that
the work is the same and the file is not. Python's own peak is the kernel's count; of the programs
that it starts, the most that was seen in fifty looks a second.
"""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bench.burning import film, padded, subtitles
from bench.engines import Engine, engine
from bench.store import Store, store
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
        files = {"film.mp4": small, "large.mp4": padded(folder, small, LARGE_BYTES)}
        files["subtitles"] = folder / "film.vtt"
        files["subtitles"].write_text(subtitles(FILM_S), encoding="utf-8")
        files["comments"] = folder / "comments.json"
        files["comments"].write_text(json.dumps(COMMENTS), encoding="utf-8")
        with store(files) as served:
            for module, wire in _WIRES.items():
                with engine(module, folder, DOWNLOADER_ALLOW_LOOPBACK="1") as running:
                    print(f"| {module} | idle | {running.peak_mib():.0f} | |", flush=True)
                    # The first job of a program reads fonts and fills caches, whatever its size.
                    served.wait_for_end(
                        running.order(served, wire, _fields(module, served, "film.mp4"))
                    )
                    for video in ("film.mp4", "large.mp4"):
                        _measure(running, served, module, wire, video)


_WIRES = {engine.name: engine.id for engine in ENGINES.values()}


def _measure(running: Engine, served: Store, module: str, wire: str, video: str) -> None:
    with running.watched() as programs:
        served.wait_for_end(running.order(served, wire, _fields(module, served, video)))
    size_mib = served.files[video].stat().st_size / 2**20
    started = ", ".join(f"{name} {mib:.0f}" for name, mib in sorted(programs.items()))
    print(f"| {module} | {size_mib:.0f} MiB | {running.peak_mib():.0f} | {started} |", flush=True)


def _fields(module: str, served: Store, video: str) -> Mapping[str, object]:
    url = served.url
    match module:
        case "burner":
            return {
                "inputVideoUrl": url(video),
                "inputVttUrl": url("subtitles"),
                "outputPutUrl": url("out"),
            }
        case "remotion":
            return {
                "inputVideoUrl": url(video),
                "inputDataUrl": url("comments"),
                "outputPutUrl": url("out"),
                "engineOptions": {"maxCommentSeconds": 3, "maxComments": 5},
            }
        case _:
            return {
                "engineOptions": {"url": url(video)},
                "outputVideoPutUrl": url("video"),
                "outputMetadataPutUrl": url("metadata"),
                "outputAudioPutUrl": url("audio"),
                "outputAudioSourcePutUrl": url("audio-source"),
            }
