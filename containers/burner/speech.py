"""Where somebody probably speaks: by how loud a sound is beside what is always heard around it.

By energy alone. Steady noise and steady music are the ground that speech stands out from; a door
that slams is taken for speech, and a whisper below music is not found.
"""

import re
from collections.abc import Iterator

from burner.peaks_file import PEAKS_PER_S, Span

_BLOCK = 10 * PEAKS_PER_S
_GROUND_SHARE = 10
"""A tenth of half a minute is quieter than speech: the pauses between words alone are more."""
_ABOVE_GROUND = 1.8
"""As peaks are written, the square root of the amplitude: 10 dB."""
_LOUD_MIN = 18
"""-46 dB of full scale: what is quieter is no speech that anybody wants to read."""
_PAUSE_MAX = 30
"""Peaks, each of 10 ms: between the words of a sentence."""
_SPEECH_MIN = 12
_LOUD = re.compile(rb"\x01+")


def speech_of(peaks: bytes) -> list[Span]:
    """Return when somebody probably speaks, in order; *peaks* as `peaks_file` has them."""
    joined: list[tuple[int, int]] = []
    for start, end in _loud(peaks):
        if joined and start - joined[-1][1] <= _PAUSE_MAX:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    ms = 1000 // PEAKS_PER_S
    return [
        Span(start_ms=start * ms, end_ms=end * ms)
        for start, end in joined
        if end - start >= _SPEECH_MIN
    ]


def _loud(peaks: bytes) -> Iterator[tuple[int, int]]:
    """Yield from which peak to which it is louder than around it."""
    for at in range(0, len(peaks), _BLOCK):
        around = sorted(peaks[max(0, at - _BLOCK) : at + 2 * _BLOCK])
        ground = around[len(around) // _GROUND_SHARE]
        least = max(_LOUD_MIN, round(_ABOVE_GROUND * ground))
        table = bytes(value >= least for value in range(256))
        for found in _LOUD.finditer(peaks[at : at + _BLOCK].translate(table)):
            yield at + found.start(), at + found.end()
