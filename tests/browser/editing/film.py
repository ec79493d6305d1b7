"""A film of which is known when it sounds."""

import subprocess
from pathlib import Path

from engine_kit.ffmpeg import find_ffmpeg

PERIOD_MS = 10_000
SPOKEN_MS = (2260, 4740)
"""When a tone begins and ends, in each period: between two frames, where at first no cue is."""
FRAME_MS = 40


def film_of(seconds: int, folder: Path) -> Path:
    """Make a film of at least so long: tones over a quiet hiss, 25 frames a second."""
    tone = f"gte(t,{SPOKEN_MS[0] / 1000})*lt(t,{SPOKEN_MS[1] / 1000})"
    sound = f"aevalsrc='0.4*sin(880*PI*t)*{tone}+0.02*random(0)':d=10:s=16000"
    inputs = ("-f", "lavfi", "-i", "testsrc2=s=64x36:r=25:d=10", "-f", "lavfi", "-i", sound)
    video = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-pix_fmt", "yuv420p")
    audio = ("-c:a", "flac", "-strict", "experimental")
    part, film = folder / "part.mp4", folder / "tones.mp4"
    command = [find_ffmpeg(), "-nostdin", "-v", "error", "-y"]
    subprocess.run([*command, *inputs, *video, *audio, str(part)], check=True)
    again = ("-stream_loop", str(seconds * 1000 // PERIOD_MS), "-i", str(part), "-c", "copy")
    strict = ("-strict", "experimental", "-movflags", "+faststart")
    subprocess.run([*command, *again, *strict, str(film)], check=True)
    return film


def spoken_between(from_ms: int, until_ms: int) -> list[int]:
    """Return when a tone begins or ends in a span."""
    first = from_ms // PERIOD_MS * PERIOD_MS
    edges = [at + edge for at in range(first, until_ms, PERIOD_MS) for edge in SPOKEN_MS]
    return [edge for edge in edges if from_ms <= edge <= until_ms]
