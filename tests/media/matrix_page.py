"""docs/matrix.md: what the matrix draws, and what was wrong with each kind of video before.

`python tests/media REV` writes it, from a run of `kinds`.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.media import matrix
from tests.media.kinds import RIGHT, Found
from tests.media.matrix import FEW, MANY
from tests.media.scripts import SCRIPTS

PAGE = Path(__file__).parents[2] / "docs/matrix.md"


def drawn() -> str:
    """Return what the matrix draws its videos from."""
    containers = (
        (container, ", ".join(codecs), ", ".join(audio_codecs) or "none")
        for container, (codecs, audio_codecs) in matrix.CONTAINERS.items()
    )
    stored = ((codec, ", ".join(formats)) for codec, formats in matrix.FORMATS.items())
    others = (
        ("frames a second", matrix.RATES),
        ("size", matrix.SIZES),
        ("sound", matrix.SOUNDS),
        ("script", SCRIPTS),
    )
    return f"""# The matrix

`tests/media/test_matrix.py` draws videos from a seed and burns a word or a sentence into each:
{FEW} in each run, {MANY} in `make long`, there also with Debian 13's FFmpeg; others with
`MATRIX_SEED=…`. Each comes out with its frames at their times, its text in its time alone, in the
picture and as large as another program draws it, black, white and red as players show them for its
tags, and its sound in step. Some are cut off or have no picture: they are refused, for that reason.

{_table(("container", "video", "sound"), containers)}

Stored as yuv420p, or as named here; names of transfers are high dynamic range:

{_table(("codec", "stored as"), stored)}

{_table(("", "one of"), ((name, ", ".join(choices)) for name, choices in others))}

What can be transparent is, but for VP9 in MP4, which stores no second picture: black is to be seen
there. Tagged BT.709, either BT.601 or not at all; some with wide pixels, some turned by 90, 180
or 270 degrees.
"""


def compared(revision: str, found: Sequence[Found]) -> str:
    """Return which kinds of videos came out wrong at *revision*."""
    wrong = [(one.kind, one.here, one.there) for one in found if {one.here, one.there} != {RIGHT}]
    return f"""
## Beside an earlier commit

`python tests/media {revision}` burns a plain video and {len(found) - 1} that differ from it in one
thing, by this tree's burner and by that commit's, and looks at both results as the tests do.
{len(found) - len(wrong)} are right on both sides; the others:

{_table(("what is special", "here", revision), wrong)}
"""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))
