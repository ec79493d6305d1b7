"""TTML's time expressions (https://www.w3.org/TR/ttml1/#timing-value-timeExpression)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Clock"]

_CLOCK = re.compile(
    r"([0-9]{1,6}):([0-9]{1,2}):([0-9]{1,2})(?:[.,]([0-9]{1,9})|[:;]([0-9]{1,4})(?:\.[0-9]{1,4})?)?"
)
_OFFSET = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)(h|m|s|ms|f|t)")
_RATIO = re.compile(r"\s*([0-9]{1,6})[\s:]+([0-9]{1,6})\s*")
_UNITS_MS = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}


@dataclass(frozen=True, slots=True)
class Clock:
    """How long frames and ticks are, in milliseconds."""

    frame_ms: float = 1000 / 30
    tick_ms: float = 1000

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
        return cls(1000 / rate, 1000 / ticks)

    def milliseconds(self, text: str | None) -> int | None:
        """Return the time that *text* says; None where there is none, or it can't be read."""
        text = (text or "").strip()
        if clock := _CLOCK.fullmatch(text):
            whole = (int(clock[1]) * 60 + int(clock[2])) * 60 + int(clock[3])
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
