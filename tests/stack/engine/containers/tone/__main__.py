"""`python -m tone`: serve the tests' engine."""

import math
import struct
import sys
import wave
from pathlib import Path
from typing import Any

from engine_kit.engine import EngineJob, Outputs, Program
from engine_kit.serve import main

from media_jobs.engines import ENGINES
from media_jobs.status import Status

RATE = 8000


async def run(job: EngineJob[Any]) -> Outputs:
    """Write the tone and hand it over."""
    job.report(Status.RUNNING, "sounding", 0.1)
    path = job.work_dir / "tone.wav"
    write_tone(path, job.options.seconds, job.options.hertz)
    job.report(Status.UPLOADING, "upload", 0.9)
    return {"tone": await job.upload("tone", path)}


def write_tone(path: Path, seconds: float, hertz: int) -> None:
    """Write 16-bit mono samples at RATE."""
    times = (number / RATE for number in range(round(seconds * RATE)))
    samples = [round(20_000 * math.sin(2 * math.pi * hertz * time)) for time in times]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))


if __name__ == "__main__":
    sys.exit(main(Program(engine=ENGINES["tone-maker"], run=run)))
