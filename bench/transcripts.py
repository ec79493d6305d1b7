"""`python -m bench transcribe`: the transcriber beside bare faster-whisper, in one run.

Read sentences (LibriVox, tests/vectors/speech) one behind the other, a second apart, are written
down by faster-whisper's own API in a process of its own, and by the transcriber's real program,
which gets them over the wire, decodes them, hears them piece by piece, cuts cues and uploads. The
same model (base), beam, voice activity detection and number of threads; interleaved.
"""

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from engine_kit.ffmpeg import find_ffmpeg
from transcriber.model import joined_base

from bench.against import alternate
from dev.engines.stage import RunningEngine, Surroundings, surroundings
from dev.engines.usage import tree_cpu_s
from dev.installation import ROOT
from media_jobs.engines.transcriber import ENGINE

SPEECH = ROOT / "tests/vectors/speech"
RATE = 16_000
MINUTES = 5
MINUTES_LONG = (15,)
WAIT_S = 3600
_NUMBERS = itertools.count(1)

BARE = """
import sys
from faster_whisper import WhisperModel
folder, sound, threads = sys.argv[1:]
model = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=int(threads))
segments, _ = model.transcribe(
    sound,
    beam_size=5,
    word_timestamps=True,
    vad_filter=True,
    condition_on_previous_text=False,
)
print(sum(len(segment.words) for segment in segments))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """What it took: CPU seconds, the most memory of what hears and of what is beside it, the words
    that came of it.
    """

    cpu_s: float
    peak_bytes: int
    beside_bytes: int
    words: int


def main(rounds: int) -> None:
    """Measure *rounds* times five minutes of sound, and once each longer one."""
    print("| Sound | Way | CPU s a minute | × bare | peak MiB | × bare | beside it | words |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = joined_base(folder / "models")
        sounds = {minutes: _sound(folder, minutes) for minutes in (1, MINUTES, *MINUTES_LONG)}
        files = {path.name: path for path in sounds.values()}
        with (
            surroundings(files, wait_s=WAIT_S) as served,
            RunningEngine("transcriber", folder, {}) as running,
        ):
            _ours(running, served, sounds[1])  # The first job joins the model.
            for minutes, times in ((MINUTES, rounds), *((long, 1) for long in MINUTES_LONG)):
                sound = sounds[minutes]
                ways = (partial(_bare, model, sound), partial(_ours, running, served, sound))
                heard: tuple[list[_Heard], list[_Heard]] = ([], [])
                for number in range(times):
                    print(f"{minutes} min, round {number + 1}", file=sys.stderr)
                    for way, side in alternate(number, list(zip(ways, heard, strict=True))):
                        side.append(way())
                _show(minutes, *heard)


def _sound(folder: Path, minutes: int) -> Path:
    """Return a WAV file of so many minutes."""
    quiet = np.zeros(RATE, "<i2")
    sentences = [
        np.frombuffer(
            subprocess.run(
                [find_ffmpeg(), "-v", "error", "-i", str(path), "-f", "s16le", "-"],
                check=True,
                capture_output=True,
            ).stdout,
            "<i2",
        )
        for path in sorted(SPEECH.glob("*.flac"))
    ]
    once = np.concatenate([part for sentence in sentences for part in (sentence, quiet)])
    samples = np.resize(once, minutes * 60 * RATE)
    path = folder / f"{minutes}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return path


def _bare(model: Path, sound: Path) -> _Heard:
    argv = [sys.executable, "-c", BARE, str(model), str(sound), str(os.cpu_count() or 1)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        words = int(process.stdout.read())
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return _Heard(
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_bytes=usage.ru_maxrss * 1024,
        beside_bytes=0,
        words=words,
    )


def _ours(running: RunningEngine, served: Surroundings, sound: Path) -> _Heard:
    """Order a transcript and wait for its end; beside what hears is the container itself."""
    job_id = f"job_{next(_NUMBERS)}"
    before_s = tree_cpu_s(running.process.pid)
    slots = {slot.put_field: served.url(f"{job_id}.{slot.name}") for slot in ENGINE.outputs}
    with running.watched() as programs:
        running.render(
            served,
            job_id,
            engine=ENGINE.id,
            options={},
            inputVideoUrl=served.url(sound.name),
            **slots,
        ).raise_for_status()
        end = served.end_of(job_id)
    if end["status"] != "completed":
        raise RuntimeError(f"{job_id} ended: {end}")
    words = len(json.loads(served.stored[f"{job_id}.words"].body)["words"])
    # ffmpeg has ended when it is heard.
    hearing = max(held for name, held in programs.items() if name.startswith("python"))
    return _Heard(
        cpu_s=tree_cpu_s(running.process.pid) - before_s,
        peak_bytes=hearing,
        beside_bytes=running.peak_bytes(),
        words=words,
    )


def _show(minutes: int, bare: Sequence[_Heard], ours: Sequence[_Heard]) -> None:
    cpu = statistics.median(o.cpu_s / b.cpu_s for o, b in zip(ours, bare, strict=True))
    peak = statistics.median(o.peak_bytes / b.peak_bytes for o, b in zip(ours, bare, strict=True))
    for name, side, ratios in (
        ("faster-whisper", bare, ("", "")),
        ("the transcriber", ours, (f"{cpu:.3f}", f"{peak:.3f}")),
    ):
        cpu_s = statistics.median(one.cpu_s for one in side) / minutes
        held = statistics.median(one.peak_bytes for one in side) / 2**20
        beside = statistics.median(one.beside_bytes for one in side) / 2**20
        print(
            f"| {minutes} min | {name} | {cpu_s:.2f} | {ratios[0]} | {held:.0f} | {ratios[1]} "
            f"| {beside:.0f} | {side[-1].words} |",
            flush=True,
        )
