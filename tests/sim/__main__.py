"""`make sim SEED=n RUNS=m`: run simulated worlds from a seed on, and tell what happened."""

import argparse
import secrets
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]

# Another distribution installs a top-level package called `tests`; this is ours.
_tests = ModuleType("tests")
_tests.__path__ = [str(ROOT / "tests")]
sys.modules["tests"] = _tests

from tests.sim.runs import run_seeds, shrink, watch  # noqa: E402 - after the line above.
from tests.sim.seeds import SEEDS  # noqa: E402
from tests.sim.shipped import load  # noqa: E402


def main() -> int:
    """Run; status 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="make sim", description=__doc__)
    parser.add_argument("--seed", type=int, help="the first seed; a fresh one if not given")
    parser.add_argument("--runs", type=int, default=500, help="how many worlds")
    parser.add_argument("--source", type=Path, help="other sources than src/")
    given = parser.parse_args()
    seed = secrets.randbelow(SEEDS) if given.seed is None else given.seed
    seeds = range(seed, seed + given.runs)
    shipped = load() if given.source is None else load(root=given.source)
    pairs = watch(shipped)
    print(f"seeds {seeds[0]} to {seeds[-1]}", flush=True)
    report = run_seeds(shipped, seeds)
    print(report.text())
    print(f"{len(pairs)} pairs of status and event")
    if report.failed_seed is None:
        return 0
    print(shrink(shipped, report.failed_seed).text())
    return 1


if __name__ == "__main__":
    sys.exit(main())
