"""Fresh worlds on the other cores, while the tests go on with this one.

A companion is a process that runs worlds from its own seed on and writes what they came to, a line
of JSON for every few of them; what it has written when it is asked counts, the rest does not.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from tests.sim.runs import Pair, Report, each_world, watch
from tests.sim.shipped import Shipped, load

LINE_EVERY = 16
ROOT = Path(__file__).resolve().parents[2]


class Companion:
    """One process. *first*: its first seed."""

    def __init__(self, first: int) -> None:
        self.first = first
        self._file: IO[str] = tempfile.TemporaryFile("w+")  # noqa: SIM115 - open until `stop`.
        command = [sys.executable, str(Path(__file__).parent), "--lines", "--seed", str(first)]
        self._process = subprocess.Popen(command, stdout=self._file, cwd=ROOT)

    def told(self) -> tuple[Report, Counter[Pair]]:
        """Return what its worlds came to so far."""
        assert not self._process.poll(), "The process that runs worlds has failed."
        report, met = Report(), Counter[Pair]()
        for line in self._lines():
            document = json.loads(line)
            met.update({(status, event): n for status, event, n in document.pop("pairs")})
            ends, faults = Counter(document.pop("ends")), Counter(document.pop("faults"))
            report.add(Report(**document, ends=ends, faults=faults))
        return report, met

    def _lines(self) -> list[str]:
        # The process writes by the same description: its place in the file is not to be moved.
        size = os.fstat(self._file.fileno()).st_size
        text = os.pread(self._file.fileno(), size, 0).decode()
        return text[: text.rfind("\n") + 1].splitlines()

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        self._file.close()


def tell(seeds: Iterable[int], parent: int, shipped: Shipped | None = None) -> None:
    """Run worlds and print a line for every few; end with the process *parent*."""
    shipped = load() if shipped is None else shipped
    met, report = watch(shipped), Report()
    for of_one in each_world(shipped, seeds):
        report.add(of_one)
        if report.worlds == LINE_EVERY or report.failed_seed is not None:
            pairs = [(*pair, count) for pair, count in met.items()]
            print(json.dumps({**vars(report), "pairs": pairs}), flush=True)
            met.clear()
            report = Report()
            if os.getppid() != parent:
                break
