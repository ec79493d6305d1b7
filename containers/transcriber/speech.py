"""Where somebody speaks, and where sound can be cut. Times in samples of `RATE`."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt

from transcriber.recogniser import RATE, Sound

_QUIET_SAMPLES = int(0.3 * RATE)
_MS_SAMPLES = RATE // 1000
_CUT_WITHIN_SAMPLES = 30 * RATE
_FRAMES_AT_ONCE = 1000
"""Of 32 ms."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Samples from *start* until before *end*."""

    start: int
    end: int


def speech_in(sound: Sound) -> list[Stretch]:
    """Return where somebody speaks, with 0.4 s around it, by the model of Silero's VAD."""
    # Here, because it takes a second to import.
    from faster_whisper.vad import (  # type: ignore[import-untyped]
        get_speech_timestamps,
        get_vad_model,
    )

    detector = get_vad_model()  # The one that is asked below.
    if not isinstance(detector.session, InSlices):
        detector.session = InSlices(detector.session)
    return [Stretch(one["start"], one["end"]) for one in get_speech_timestamps(sound)]


class InSlices:
    """A session of the detector that takes its frames in slices; what it answers is the same.

    Its state goes from frame to frame, so that slices are nothing to it. At once, those of five
    minutes take 60 MB more (266 and 203 MB for the process), beside a model that hears.
    """

    # Any: onnxruntime has no types.
    def __init__(self, session: Any) -> None:
        self._session = session

    def run(self, names: None, given: Mapping[str, Any]) -> list[Any]:
        """Return speech probabilities and the last state, as `InferenceSession.run` does."""
        frames, state = given["input"], [given["h"], given["c"]]
        outputs = []
        for at in range(0, len(frames), _FRAMES_AT_ONCE):
            part = {"input": frames[at : at + _FRAMES_AT_ONCE], "h": state[0], "c": state[1]}
            output, *state = self._session.run(names, part)
            outputs.append(output)
        return [np.concatenate(outputs), *state]


def cut_at(sound: Sound) -> int:
    """Return where to end a piece of *sound*: the middle of its quietest 0.3 s near its end.

    At a whole millisecond, so that one who goes on from there hears the same.
    """
    begin = max(len(sound) - _CUT_WITHIN_SAMPLES, len(sound) // 2)
    energies = _energies(sound[begin:])
    if not len(energies):
        return len(sound)
    # Of equal ones the last: longer pieces are fewer.
    quietest = len(energies) - 1 - int(np.argmin(energies[::-1]))
    return _whole_ms(begin + quietest + _QUIET_SAMPLES // 2)


def cut_near(sound: Sound, speech: Sequence[Stretch]) -> int:
    """Return where to cut near the middle of *sound*: in the middle of its quietest 0.3 s.

    Outside the stretches of *speech*, if there is room: music may be louder where nobody speaks. Of
    equal ones the nearest to the middle, at a whole millisecond.
    """
    energies = _energies(sound)
    if not len(energies):
        return _whole_ms(len(sound) // 2)
    is_free = np.ones(len(energies), np.bool_)
    for one in speech:
        is_free[max(one.start - _QUIET_SAMPLES, 0) : one.end] = False
    if is_free.any():
        energies = np.where(is_free, energies, np.inf)
    quietest = np.flatnonzero(energies <= energies.min())
    nearest = quietest[np.argmin(np.abs(quietest + _QUIET_SAMPLES // 2 - len(sound) // 2))]
    return _whole_ms(int(nearest) + _QUIET_SAMPLES // 2)


def _energies(sound: Sound) -> npt.NDArray[np.float64]:
    """Return the energy of each 0.3 s of *sound*, by the sample that it begins with."""
    wide = sound.astype(np.float64)
    sums = np.concatenate(([0.0], np.cumsum(wide * wide)))
    return sums[_QUIET_SAMPLES:] - sums[:-_QUIET_SAMPLES]


def _whole_ms(at: int) -> int:
    return at - at % _MS_SAMPLES


class JoinedSpeech:
    """The stretches of a piece in which somebody speaks, one behind the other."""

    def __init__(self, sound: Sound, stretches: Sequence[Stretch]) -> None:
        parts = [sound[one.start : one.end] for one in stretches]
        self.sound: Sound = np.concatenate(parts) if parts else sound[:0]
        self._stretches = stretches
        self._ends = list(accumulate(len(part) for part in parts))

    def original_ms(self, start_s: float, end_s: float) -> tuple[int, int]:
        """Return when in the piece something is that was heard from *start_s* to *end_s*, in ms.

        What crosses a joint belongs to the stretch that its middle is in, and ends there.
        """
        middle = round((start_s + end_s) / 2 * RATE)
        at = min(bisect_right(self._ends, middle), len(self._ends) - 1)
        stretch = self._stretches[at]
        shift = stretch.end - self._ends[at]
        within = (
            min(max(round(seconds * RATE) + shift, stretch.start), stretch.end)
            for seconds in (start_s, end_s)
        )
        start, end = (round(sample * 1000 / RATE) for sample in within)
        return start, end
