"""When an ASS script changes what it draws, and frames for those moments.

libass draws on the frames that a video has. Slides, screen recordings and pictures with a podcast
have few: there, a frame is added wherever the text changes, and nowhere else, so that neither work
nor size grows with the length.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

__all__ = ["CLOCK", "CLOCK_INPUT", "clock_frame_argv", "clock_text", "edges_of", "moments_of"]

CLOCK = "clock.ffconcat"
CLOCK_INPUT = (
    *("-protocol_whitelist", "file", "-format_whitelist", "concat,matroska"),
    *("-f", "concat", "-i", CLOCK),
)
"""ffmpeg's arguments that read the clock."""
_CLOCK_FRAME = "clock.mkv"
_MOVING_S = 1 / 25
"""How long a frame stands where text moves."""
_INSIDE_S = 0.001
"""ASS counts in hundredths: this much later the change is there for sure."""

_EVENT = re.compile(r"^Dialogue:[^,\n]*,([^,\n]*),([^,\n]*),(.*)$", re.MULTILINE)
_TIME = re.compile(r"\s*(\d+):(\d+):(\d+(?:\.\d+)?)\s*", re.ASCII)
_TAG = re.compile(r"\\(fade?|move|t|k[fo]?|K)\(?([-\d.,\s]*)", re.ASCII)

# Where among so many values of a tag its first and its last millisecond stand.
_TIMED = {("fade", 7): (3, 6), ("move", 6): (4, 5), ("t", 2): (0, 1), ("t", 3): (0, 1)}


def moments_of(script: str, until_s: float, since_s: float = 0.0) -> set[float]:
    """Return when *script* draws something else than before, in seconds, until *until_s*.

    Events that have ended by *since_s* are left out.
    """
    found: set[float] = set()
    moving: list[tuple[float, float]] = []
    for start_s, end_s, text in _events(script):
        if start_s >= until_s or end_s <= since_s:
            continue
        found |= {start_s, end_s}
        for from_s, to_s in _changes(text, start_s, end_s):
            last_s = min(to_s, end_s, until_s)
            found |= {from_s, last_s}
            moving.append((from_s, last_s))
    for from_s, last_s in _joined(moving):
        steps = max(0, int((last_s - from_s) / _MOVING_S))
        found |= {from_s + step * _MOVING_S for step in range(steps + 1)}
    return {round(moment_s + _INSIDE_S, 6) for moment_s in found if moment_s < until_s}


def _joined(stretches: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Yield *stretches* of time, those that meet as one: what moves at one time shares frames."""
    begin, end = 0.0, -1.0
    for from_s, to_s in sorted(stretches):
        if from_s > end:
            if begin <= end:
                yield begin, end
            begin, end = from_s, to_s
        end = max(end, to_s)
    if begin <= end:
        yield begin, end


def edges_of(script: str) -> set[float]:
    """Return when the events of *script* begin and end, in seconds."""
    return {at_s for start_s, end_s, _ in _events(script) for at_s in (start_s, end_s)}


def _events(script: str) -> Iterator[tuple[float, float, str]]:
    """Yield the start and the end of each event in seconds, and its text."""
    for start, end, text in _EVENT.findall(script):
        start_s, end_s = _seconds(start), _seconds(end)
        if start_s is not None and end_s is not None:
            yield start_s, end_s, text


def _changes(text: str, start_s: float, end_s: float) -> Iterator[tuple[float, float]]:
    """Yield from when to when an event's override tags change it."""
    sung_s = start_s
    for tag, values in _TAG.findall(text):
        numbers = [float(part) for part in values.split(",") if _is_number(part)]
        if tag == "fad" and len(numbers) == 2:
            yield start_s, start_s + numbers[0] / 1000
            yield end_s - numbers[1] / 1000, end_s
        elif tag.lower().startswith("k") and numbers:
            lasts_s = numbers[0] / 100
            # A syllable is filled at once, or by and by.
            yield sung_s, sung_s + (lasts_s if tag in ("kf", "K") else 0)
            sung_s += lasts_s
        elif (timed := _TIMED.get((tag, len(numbers)))) is not None:
            first, last = (numbers[place] / 1000 for place in timed)
            yield start_s + first, start_s + last
        elif tag in ("move", "t"):
            yield start_s, end_s


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\s*-?\d+(\.\d*)?\s*", text, re.ASCII) is not None


def _seconds(text: str) -> float | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3])


def clock_frame_argv() -> list[str]:
    """Return ffmpeg's arguments that make the one small frame of CLOCK, timed in milliseconds."""
    return [
        *("-f", "lavfi", "-i", "color=black:s=2x2:r=1000", "-frames:v", "1"),
        *("-c:v", "rawvideo", "-pix_fmt", "yuv420p", "-f", "matroska", _CLOCK_FRAME),
    ]


def clock_text(moments_s: Sequence[float]) -> str:
    """Return CLOCK: a list for ffmpeg's concat demuxer with a frame at 0 and at each moment."""
    entries = [
        f"file {_CLOCK_FRAME}\nduration {after_s - at_s:.3f}"
        for at_s, after_s in pairwise([0.0, *(round(moment_s, 3) for moment_s in moments_s)])
    ]
    return "\n".join(["ffconcat version 1.0", *entries, f"file {_CLOCK_FRAME}", ""])
