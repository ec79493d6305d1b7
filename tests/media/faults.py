"""An ffmpeg that spoils an encode: it does something else than it was told.

It is the real one behind a program that changes the command, as a faulty layout, plan or filter
would.
"""

import json
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from engine_kit.ffmpeg import find_ffmpeg

_PROGRAM = """#!{python}
import json, os, sys
from pathlib import Path

argv, fault = sys.argv[1:], json.loads(Path({told!r}).read_text())
# The encode alone: what is looked at before and after it is made by a sound ffmpeg.
if "-movflags" in argv:
    if "script" in fault:
        found, instead = fault["script"]
        text = Path("subtitles.ass").read_text(encoding="utf-8")
        assert found in text, text
        Path("broken.ass").write_text(text.replace(found, instead), encoding="utf-8")
    for found, instead in fault.get("replace", ()):
        assert any(found in part for part in argv), argv
        argv = [part.replace(found, instead) for part in argv]
    at = argv.index("-movflags")
    argv[at:at] = fault.get("more", ())
if fault.get("fails") in argv:
    sys.exit("no " + fault["fails"])
os.execv({ffmpeg!r}, [{ffmpeg!r}, *argv])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultyFfmpeg:
    """The program, and the file that tells it what to do wrong."""

    program: Path
    told: Path

    def has(self, **fault: object) -> None:
        """Have a fault from now on, or none.

        *replace*: pairs of what is changed in the command; *more*: arguments of its output;
        *script*: what is changed in the subtitles, as `broken.ass`; *fails*: whenever it has this
        argument.
        """
        self.told.write_text(json.dumps(fault))


def faulty_ffmpeg(folder: Path) -> FaultyFfmpeg:
    """Write the program into *folder*; it has no fault yet."""
    made = FaultyFfmpeg(program=folder / "ffmpeg", told=folder / "fault.json")
    made.has()
    made.program.write_text(
        _PROGRAM.format(python=sys.executable, told=str(made.told), ffmpeg=find_ffmpeg())
    )
    made.program.chmod(made.program.stat().st_mode | stat.S_IXUSR)
    return made
