"""Worlds on the other cores, while the tests go on with this one.

A companion is a process that runs its share of the worlds and writes what they came to, a line of
JSON for every few of them.
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
    """One process. *ledger*: by which it shares *seeds* with others (seeds.py)."""

    def __init__(self, seeds: range, ledger: Path) -> None:
        self._file: IO[str] = tempfile.TemporaryFile("w+")  # noqa: SIM115 - open until `stop`.
        self._process = subprocess.Popen(
            [
                sys.executable,
                str(Path(__file__).parent),
                f"--seed={seeds.start}",
                f"--runs={len(seeds)}",
                f"--shared={ledger}",
            ],
            stdout=self._file,
            cwd=ROOT,
        )

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

    def wait(self) -> None:
        """Return when no world is left to it."""
        self._process.wait()

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        self._file.close()


def tell(seeds: Iterable[int], parent: int, shipped: Shipped | None = None) -> None:
    """Run worlds and print a line for every few; end with the process *parent*."""
    shipped = load() if shipped is None else shipped
    met, report = watch(shipped), Report()

    def write() -> None:
        pairs = [(*pair, count) for pair, count in met.items()]
        print(json.dumps({**vars(report), "pairs": pairs}), flush=True)

    for of_one in each_world(shipped, seeds):
        report.add(of_one)
        if report.worlds == LINE_EVERY or report.failed_seed is not None:
            write()
            met.clear()
            report = Report()
            if os.getppid() != parent:
                break
    write()
