"""`python -m bench preview`: how long one waits for the burner's text and for a burned frame.

The film is the one of `bench burn`, 60 s of 1080p with a cue every three seconds. The burner is the
real program on loopback; each request is for another second, as of a person who looks around. The
first request of a kind reads fonts, and for a frame fetches the film.
"""

import statistics
import tempfile
import time
from pathlib import Path

from bench.burning import FILM_S, film, subtitles
from dev.engines.stage import RunningEngine, surroundings
from dev.engines.usage import tree_cpu_s
from dev.fixtures.clip import CREDIT

REQUESTS = 15


def main(rounds: int) -> None:
    """Ask *rounds* × REQUESTS times for each kind, and print medians and the slowest."""
    print(f"{CREDIT}, looped to {FILM_S} s of 1080p.\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, text = film(folder, FILM_S), subtitles(FILM_S)
        with (
            surroundings({"film": path}) as served,
            RunningEngine("burner", folder, {}) as engine,
        ):
            source = {
                "kind": "still",
                "inputVideoUrl": served.url("film"),
                "inputVideoName": "film",
                "inputVideoBytes": path.stat().st_size,
            }
            kinds: dict[str, dict[str, object]] = {"layer": {}, "still": source}
            print(
                "| | first, s | median, s | slowest, s | CPU of one, s |\n|---|---:|---:|---:|---:|"
            )
            for kind, fields in kinds.items():
                print(_row(kind, engine, {**fields, "subtitles": text}, rounds))


def _row(kind: str, engine: RunningEngine, fields: dict[str, object], rounds: int) -> str:
    def ask(at_s: float) -> float:
        begun_s = time.perf_counter()
        message = {"type": "container.preview", "atS": at_s, **fields}
        while (answer := engine.post("/preview", message)).status_code == 202:
            pass
        assert answer.status_code == 200, answer.text
        return time.perf_counter() - begun_s

    first_s = ask(1.5)
    before_s = tree_cpu_s(engine.process.pid)
    count = rounds * REQUESTS
    walls = [ask(n * 37 % (FILM_S * 10) / 10) for n in range(1, count + 1)]
    cpu_s = (tree_cpu_s(engine.process.pid) - before_s) / count
    median_s, slowest_s = statistics.median(walls), max(walls)
    return f"| {kind} | {first_s:.2f} | {median_s:.2f} | {slowest_s:.2f} | {cpu_s:.2f} |"
