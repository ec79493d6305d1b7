"""Sound whose words and times are known: read sentences (tests/vectors/speech), and none."""

import subprocess
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from engine_kit.ffmpeg import find_ffmpeg

SPEECH = Path(__file__).parents[1] / "vectors/speech"
RATE = 16_000
_FRAME = RATE // 100

Samples = npt.NDArray[np.float64]

SENTENCES: dict[str, list[str]] = {
    line.split()[0]: line.split()[1:]
    for line in (SPEECH / "sentences.txt").read_text().splitlines()
}
"""The words of each recording."""


def recording(name: str) -> Samples:
    """Return a recording from its first sound to its last, 30 dB below its loudest."""
    decoded = subprocess.run(
        [find_ffmpeg(), "-v", "error", "-i", str(SPEECH / f"{name}.flac"), "-f", "s16le", "-"],
        check=True,
        capture_output=True,
    )
    samples = np.frombuffer(decoded.stdout, "<i2") / 32768
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    energy = (frames**2).mean(axis=1)
    heard = np.flatnonzero(energy > energy.max() / 1000)
    return samples[heard[0] * _FRAME : (heard[-1] + 1) * _FRAME]


def joined(names: Sequence[str], gap_s: float) -> tuple[Samples, list[tuple[float, float]]]:
    """Return recordings with pauses around them, and when each begins and ends, in seconds."""
    return joined_with(names, [gap_s] * (len(names) + 1))


def joined_with(
    names: Sequence[str], gaps_s: Sequence[float]
) -> tuple[Samples, list[tuple[float, float]]]:
    """Return the same with a pause of its own before each recording, and one behind the last."""
    noise = np.random.default_rng(1)
    read = {name: recording(name) for name in set(names)}
    parts: list[Samples] = []
    spoken: list[tuple[float, float]] = []
    at = 0
    for name, gap_s in zip(names, gaps_s, strict=False):
        parts += [noise.normal(0, 0.0005, round(gap_s * RATE)), read[name]]
        start = at + len(parts[-2])
        at = start + len(parts[-1])
        spoken.append((start / RATE, at / RATE))
    parts.append(noise.normal(0, 0.0005, round(gaps_s[-1] * RATE)))
    return np.concatenate(parts), spoken


def noises(seconds: int) -> Samples:
    """Return silence, tones, chords and noise in turn: nothing that is speech."""
    random = np.random.default_rng(7)
    count = seconds * RATE // 6
    at = np.arange(count) / RATE
    tone = 0.5 * np.sin(2 * np.pi * 440 * at)
    spectrum = np.fft.rfft(random.normal(size=count))
    pink = np.fft.irfft(spectrum / np.sqrt(np.arange(len(spectrum)) + 1.0), count)
    chord = sum(
        np.sin(2 * np.pi * f * at) * (np.sin(2 * np.pi * f / 200 * at) > 0) for f in (262, 330, 392)
    )
    return np.concatenate(
        [
            np.zeros(count),
            tone,
            tone * (1 + np.sin(2 * np.pi * 5 * at)) / 2,
            random.normal(0, 0.2, count),
            pink / np.abs(pink).max() / 2,
            0.2 * np.asarray(chord),
        ]
    )


def write_wav(path: Path, samples: Samples) -> Path:
    """Write *samples* as a WAV file of 16 bit."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Return how many words are wrong, missing or too many (Levenshtein's distance)."""
    before = list(range(len(heard) + 1))
    for row, word in enumerate(said, 1):
        now = [row]
        for column, other in enumerate(heard, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (word != other)))
        before = now
    return before[-1]
