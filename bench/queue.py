"""`python -m bench queue`: what a step of a dispatcher costs by how many jobs wait.

A step is a request for a slot, a question for a position, a slot given back with the grant to the
next, a cancellation, and to wake. What it costs in CPU time, and in rows of the object's storage,
is measured in a process of its own (bench/queue_steps.py); `--against REV` runs the same steps on
that commit in turn with this tree.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.against import checked_out
from bench.floor import Floor
from dev.installation import ROOT

LENGTHS = (100, 1_000, 10_000, 100_000)

Steps = dict[str, dict[str, dict[str, float]]]
"""By length of the queue and name of the step: `us`, `read`, `written`."""


def main(rounds: int) -> None:
    """Measure this tree and print a table."""
    print(_table({"here": _least(ROOT, rounds)}))


def compare(revision: str, *, rounds: int, tell: Callable[[str], None]) -> str:
    """Return the table of this tree's figures beside those of *revision*."""
    with checked_out(revision) as tree:
        runs: dict[str, list[Steps]] = {"here": [], revision: []}
        for number in range(rounds):
            tell(f"round {number + 1} of {rounds}")
            runs["here"].append(_measured(ROOT))
            runs[revision].append(_measured(tree))
    return _table({name: _leasts(found) for name, found in runs.items()})


def _least(tree: Path, rounds: int) -> Steps:
    return _leasts([_measured(tree) for _ in range(max(1, rounds))])


def _leasts(runs: list[Steps]) -> Steps:
    """Return the least of each figure, which a neighbour disturbs least; rows are always equal."""
    return {
        length: {
            name: {what: min(run[length][name][what] for run in runs) for what in figures}
            for name, figures in steps.items()
        }
        for length, steps in runs[0].items()
    }


def _measured(tree: Path) -> Steps:
    path = [str(tree), *(str(tree / name) for name in ("src", "containers", "client"))]
    with tempfile.TemporaryDirectory() as name, Floor(Path(name), "", "queue_rows.mjs") as rows:
        program = str(Path(__file__).with_name("queue_steps.py"))
        # -P: the program's own folder, which is another tree's, is none to import from.
        argv = [sys.executable, "-P", program, f"--url={rows.url}", "--lengths"]
        done = subprocess.run(
            [*argv, *map(str, LENGTHS)],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    found: Steps = json.loads(done.stdout)
    return found


def _table(trees: Mapping[str, Steps]) -> str:
    """Return a Markdown table: CPU time and rows by length, and how the CPU time has grown."""
    first, last = str(LENGTHS[0]), str(LENGTHS[-1])
    names = [f"{length:,} wait" for length in LENGTHS]
    heads = [*names, f"{LENGTHS[-1]:,} / {LENGTHS[0]}"]
    rows = [f"| step | tree | {' | '.join(heads)} |", f"|---|---|{'---:|' * len(heads)}"]
    of = next(iter(trees.values()))
    for step in of[first]:
        for tree, found in trees.items():
            cells = [_cell(found[str(length)][step]) for length in LENGTHS]
            growth = found[last][step]["us"] / found[first][step]["us"]
            rows.append(f"| {step} | {tree} | {' | '.join(cells)} | × {growth:.1f} |")
    alone = [f"{tree} {_cell(found['0']['request, release'])}" for tree, found in trees.items()]
    note = "Cells: CPU in µs; rows read + written."
    return "\n".join([*rows, "", note, f"Nobody waits, request and release: {'; '.join(alone)}"])


def _cell(figures: Mapping[str, float]) -> str:
    return f"{figures['us']:,.0f}; {figures['read']:,.0f} + {figures['written']:,.1f}"
