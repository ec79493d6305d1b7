"""The cues that a script has made, and the files that they are to be."""

import math
from dataclasses import dataclass
from itertools import pairwise

from media_jobs.subtitles.markup import clock

LENGTH_MS = 2000
STEP_MS = 2500
PARAGRAPH_MS = 2000


def long_file(count: int) -> str:
    """Return a file of cues of two seconds, with half a second between them."""
    made = [
        f"{clock(n * 2500)} --> {clock(n * 2500 + 2000)}\nLine {n + 1} of it" for n in range(count)
    ]
    return "\n\n".join(["WEBVTT", *made]) + "\n"


@dataclass(frozen=True)
class Cue:
    """`first`: tags that its text begins with in a file, and that the editor does not show."""

    start_ms: int
    end_ms: int
    text: str
    first: str = ""


def whole(ms: float) -> int:
    """Round as the page does."""
    return max(0, math.floor(ms + 0.5))


def english(count: int) -> list[Cue]:
    return [Cue(n * STEP_MS, n * STEP_MS + LENGTH_MS, f"cue number {n}", "") for n in range(count)]


def spanish(count: int) -> list[Cue]:
    """Some of them above, some in italics."""
    texts = [f"<i>texto {n}</i>" if n % 4 == 0 else f"texto {n}" for n in range(count)]
    return [
        Cue(cue.start_ms, cue.end_ms, text, "{\\an8}" if n % 3 == 0 else "")
        for n, (cue, text) in enumerate(zip(english(count), texts, strict=True))
    ]


def webvtt(cues: list[Cue]) -> str:
    made = [f"{clock(cue.start_ms)} --> {clock(cue.end_ms)}\n{cue.text}" for cue in cues]
    return "\n\n".join(["WEBVTT", *made]) + "\n"


def subrip(cues: list[Cue]) -> str:
    made = [
        f"{n}\n{clock(cue.start_ms)} --> {clock(cue.end_ms)}".replace(".", ",")
        + f"\n{cue.first}{cue.text}\n"
        for n, cue in enumerate(cues, 1)
    ]
    return "\n".join(made)


def plain(cues: list[Cue]) -> str:
    """A cue on a line; where nothing is said for long, an empty one."""
    lines = [cues[0].text]
    for before, cue in pairwise(cues):
        silent = cue.start_ms - before.end_ms >= PARAGRAPH_MS
        lines += ["", cue.text] if silent else [cue.text]
    return "\n".join(line.replace("\n", " ") for line in lines) + "\n"


def events(cues: list[Cue]) -> list[str]:
    """The events of a script, to hundredths of a second."""

    def time(ms: int) -> str:
        return clock(ms // 10 * 10)[1:-1]

    return [
        f"Dialogue: 0,{time(cue.start_ms)},{time(cue.end_ms)},Default,,0,0,0,,"
        + cue.text.replace("\n", "\\N")
        for cue in cues
    ]
