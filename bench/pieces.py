"""`python -m bench pieces`: what a burn in pieces costs beside one burn, and how alike they look.

Big Buck Bunny's clip, looped, at 1080 lines, with a cue in each two seconds. Pieces are burned one
after the other here: CPU seconds say what hosts of their own would need, whatever else runs.
"""

import re
import statistics
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from burner import pieces
from burner.pieces import Piece
from burner.plan import OUTPUT, Burn, burn_argv
from engine_kit.ffmpeg import STANDING_OPTIONS, find_ffmpeg

from bench.burning import film, subtitles
from bench.cpu_usage import ran
from dev.fixtures.clip import CREDIT
from dev.pictures.burned import prepared
from media_jobs.engines.burner.options import BurnOptions

FILM_S, COUNT = 60, 4
NEAR_S = 2.0
AIM = 1.06
WHOLE = "whole.mp4"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spent:
    """CPU seconds."""

    whole_s: float
    pieces_s: tuple[float, ...]
    join_s: float

    @property
    def ratio(self) -> float:
        """Of all pieces and the join to one burn."""
        return (sum(self.pieces_s) + self.join_s) / self.whole_s

    @property
    def longest(self) -> float:
        """Of the longest piece and the join to one burn: what hosts of one core each wait for."""
        return (max(self.pieces_s) + self.join_s) / self.whole_s


def main(rounds: int) -> None:
    """Measure *rounds* times and print medians."""
    print(f"{CREDIT}, looped to {FILM_S} s of 1080p, {COUNT} pieces.\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        work = folder / "work"
        work.mkdir()
        cues = subtitles(FILM_S).encode()
        burn, env = prepared(
            work, film(folder, FILM_S), cues, BurnOptions(), cache=folder / "fonts"
        )
        parts = pieces.pieces_of(burn, COUNT, 1)
        spent = [_round(work, burn, parts, env) for _ in range(rounds)]
        alike, near = _ssim(work, burn, parts)
    print("| | CPU s | × one burn |")
    print("|---|---:|---:|")
    print(f"| one burn | {statistics.median(one.whole_s for one in spent):.2f} | 1 |")
    whole = statistics.median(sum(one.pieces_s) + one.join_s for one in spent)
    ratio = statistics.median(one.ratio for one in spent)
    print(f"| all pieces and the join | {whole:.2f} | {ratio:.3f} |")
    longest = statistics.median(max(one.pieces_s) + one.join_s for one in spent)
    wait = statistics.median(one.longest for one in spent)
    print(f"| the longest piece and the join | {longest:.2f} | {wait:.3f} |")
    print(f"| the join | {statistics.median(one.join_s for one in spent):.2f} | |")
    print(f"\nAim: {AIM} ×. SSIM to one burn: {alike:.4f}, within {NEAR_S} s of cuts {near:.4f}.")


def _round(work: Path, burn: Burn, parts: Sequence[Piece], env: Mapping[str, str]) -> _Spent:
    def cpu_s(argv: list[str]) -> float:
        return ran([find_ffmpeg(), *STANDING_OPTIONS, *argv], folder=work, env=env).cpu_s

    whole_s = cpu_s(burn_argv(burn))
    (work / OUTPUT).rename(work / WHOLE)
    each_s = tuple(cpu_s(pieces.piece_argv(burn, piece)) for piece in parts)
    (work / pieces.LIST).write_text(pieces.list_text(parts), encoding="ascii")
    return _Spent(whole_s=whole_s, pieces_s=each_s, join_s=cpu_s(pieces.join_argv(burn)))


def _ssim(work: Path, burn: Burn, parts: Sequence[Piece]) -> tuple[float, float]:
    """Return the mean of all frames, and the least mean of those around a cut."""
    subprocess.run(
        [
            *(find_ffmpeg(), "-nostdin", "-v", "error", "-i", WHOLE, "-i", OUTPUT),
            *("-lavfi", "[0:v][1:v]ssim=stats_file=ssim.txt", "-f", "null", "-"),
        ],
        cwd=work,
        check=True,
    )
    text = (work / "ssim.txt").read_text(encoding="utf-8")
    values = [float(found) for found in re.findall(r"All:([\d.]+)", text)]
    reach = round(NEAR_S / burn.timeline.frame_s)
    near = [values[max(part.first - reach, 0) : part.first + reach] for part in parts[1:]]
    return statistics.mean(values), min(statistics.mean(part) for part in near)
