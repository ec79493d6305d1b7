"""TTML's time expressions (https://www.w3.org/TR/ttml1/#timing-value-timeExpression)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Clock"]

_CLOCK = re.compile(
    r"(?:([0-9]{1,6}):)?([0-9]{1,3}):([0-9]{1,2})"
    r"(?:[.,]([0-9]{1,9})|[:;]([0-9]{1,4})(?:\.[0-9]{1,4})?)?"
)
# A number alone is seconds, as in SMIL, which TTML comes from, and in Apple's lyrics.
_OFFSET = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)(h|m|s|ms|f|t|)")
_RATIO = re.compile(r"\s*([0-9]{1,6})[\s:]+([0-9]{1,6})\s*")
_UNITS_MS = {"h": 3_600_000, "m": 60_000, "s": 1000, "": 1000, "ms": 1}


@dataclass(frozen=True, slots=True)
class _Timecode:
    """How many numbers of frames a second has, and which are left out (`ttp:dropMode`)."""

    rate: int
    drops: str

    def frames(self, hours: int, minutes: int, seconds: int, frames: int) -> int:
        """Return how many frames there are before a time
        (https://www.w3.org/TR/ttml2/#semantics-time-expressions, for the time base `smpte`).
        """
        counted = ((hours * 60 + minutes) * 60 + seconds) * self.rate + frames
        if self.drops == "dropNTSC":
            return counted - (hours * 54 + minutes - minutes // 10) * 2
        if self.drops == "dropPAL":
            return counted - (hours * 27 + minutes // 2 - minutes // 20) * 4
        return counted


@dataclass(frozen=True, slots=True)
class Clock:
    """How long frames and ticks are, in milliseconds.

    *timecode*: times with colons are such of SMPTE, and count frames alone.
    """

    frame_ms: float = 1000 / 30
    tick_ms: float = 1000
    timecode: "_Timecode | None" = None

    @classmethod
    def of(cls, attributes: Mapping[str, str]) -> "Clock":
        """Return the clock that the root element's attributes describe."""
        named = _positive(attributes.get("frameRate"))
        rate = named or 30.0
        multiplier = _RATIO.fullmatch(attributes.get("frameRateMultiplier", ""))
        if multiplier is not None and int(multiplier[1]) and int(multiplier[2]):
            rate *= int(multiplier[1]) / int(multiplier[2])
        # Without a rate of its own, a tick is a frame where frames have one, else a second.
        ticks = _positive(attributes.get("tickRate")) or (rate if named else 1.0)
        timecode = None
        if attributes.get("timeBase") == "smpte":
            drops = attributes.get("dropMode", "")
            if drops == "dropNTSC" and multiplier is None:
                rate *= 1000 / 1001
            timecode = _Timecode(int(named or 30), drops)
        return cls(1000 / rate, 1000 / ticks, timecode)

    def milliseconds(self, text: str | None) -> int | None:
        """Return the time that *text* says; None where there is none, or it can't be read."""
        text = (text or "").strip()
        if clock := _CLOCK.fullmatch(text):
            if self.timecode is not None and clock[4] is None:
                parts = (int(clock[n] or 0) for n in (1, 2, 3, 5))
                return int(self.timecode.frames(*parts) * self.frame_ms + 0.5)
            whole = (int(clock[1] or 0) * 60 + int(clock[2])) * 60 + int(clock[3])
            fraction = float(f"0.{clock[4] or 0}") * 1000
            return int(whole * 1000 + fraction + int(clock[5] or 0) * self.frame_ms + 0.5)
        if offset := _OFFSET.fullmatch(text):
            units = {**_UNITS_MS, "f": self.frame_ms, "t": self.tick_ms}
            return int(float(offset[1]) * units[offset[2]] + 0.5)
        return None


def _positive(text: str | None) -> float | None:
    text = (text or "").strip()
    value = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return float(value) if value else None
