"""The file of a video's peaks: what a page needs to draw its sound, and to snap to it.

All numbers are little-endian.

| offset | type | what |
|---|---|---|
| 0 | 4 bytes | `VGPK` |
| 4 | u16 | version: 1 |
| 6 | u16 | peaks per second: 100 |
| 8 | u32 | duration of the file in milliseconds; 0: not known |
| 12 | u32, u32 | frames per second as a ratio, `30000/1001`; `0/1`: no video, or not known |
| 20 | u32 | *n*, how often somebody speaks |
| 24 | u32 | *m*, how many peaks; 0: there is no sound |
| 28 | *n* × (u32, u32) | beginning and end of what is probably speech, in milliseconds, in order |
| 28 + 8 *n* | *m* × u8 | the peaks |

A peak is the square root of the highest amplitude in 10 ms, in whatever channel; 255 is full scale.
The square root, because the ear hears and people want to see what is 40 dB below the loudest: that
is 26 of 255, where the amplitude itself would be 3. An hour has 360 kB.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

MAGIC = b"VGPK"
VERSION = 1
PEAKS_PER_S = 100
_HEADER = struct.Struct("<4sHHIIIII")
_RATE_PARTS_MAX = 1001
"""The rates of television are so many thousandths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A span of time in milliseconds."""

    start_ms: int
    end_ms: int


def peaks_file(
    *, duration_s: float | None, rate: float | None, speech: Sequence[Span], peaks: bytes
) -> bytes:
    """Return the file; *rate* in frames per second, None where there is no picture."""
    ratio = Fraction(rate or 0).limit_denominator(_RATE_PARTS_MAX)
    header = _HEADER.pack(
        MAGIC,
        VERSION,
        PEAKS_PER_S,
        round((duration_s or 0) * 1000),
        ratio.numerator,
        ratio.denominator,
        len(speech),
        len(peaks),
    )
    spans = (struct.pack("<II", span.start_ms, span.end_ms) for span in speech)
    return b"".join((header, *spans, peaks))
