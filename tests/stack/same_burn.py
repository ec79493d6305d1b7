"""Whether a film that was burned in pieces is the one that one burn makes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import av
import numpy as np
from engine_kit.ffmpeg import find_ffmpeg

SSIM_MIN, SSIM_NEAR_MIN = 0.995, 0.98
NEAR_S = 2.0


def shown_s(path: Path) -> dict[str, list[float]]:
    """Return when each packet of a file is shown, by the kind of its stream, in order."""
    with av.open(str(path)) as container:
        packets = [p for p in container.demux() if p.pts is not None and p.time_base is not None]
        found: dict[str, list[float]] = {"video": [], "audio": []}
        for packet in packets:
            assert packet.pts is not None
            found[packet.stream.type].append(float(packet.pts * packet.time_base))
    return {kind: sorted(times) for kind, times in found.items()}


def similarities(one: Path, other: Path, folder: Path) -> list[float]:
    """Return how alike each two frames are, 1 for equal ones; ffmpeg has to find no other frame."""
    stats = folder / "ssim.txt"
    graph = f"[0:v]settb=1/90000[a];[1:v]settb=1/90000[b];[a][b]ssim=stats_file={stats}"
    inputs = ["-nostdin", "-v", "error", "-i", str(one), "-i", str(other)]
    argv = [find_ffmpeg(), *inputs, "-lavfi", graph, "-f", "null", "-"]
    ended = subprocess.run(argv, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")
    return [float(found) for found in re.findall(r"All:([\d.]+)", stats.read_text())]


def assert_same_burn(pieces: Path, whole: Path, folder: Path) -> None:
    """Compare times, sound and pictures; near any time at all, so near each cut, too."""
    shown, wanted = shown_s(pieces), shown_s(whole)
    assert len(shown["video"]) == len(wanted["video"])
    for kind in ("video", "audio"):
        # Both to less than 1 ms: so is what is between them.
        apart = np.abs(np.array(shown[kind]) - np.array(wanted[kind]))
        assert apart.max() < 0.0005, kind
    alike = np.array(similarities(pieces, whole, folder))
    assert len(alike) == len(wanted["video"])
    assert alike.mean() >= SSIM_MIN
    times = np.array(wanted["video"])
    near = [alike[(times >= at_s) & (times < at_s + NEAR_S)] for at_s in times[::10]]
    assert min(window.mean() for window in near) >= SSIM_NEAR_MIN
