"""Everything that can be checked without running the system; `make check` runs it.

Each check prints a heading and its time, each failure one line: where, what, how to put it right.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TextIO

from dev.check.configs import config_faults, read_configs
from dev.check.docs import generated_faults
from dev.check.faults import CheckError, Fault
from dev.check.foreign_json import foreign_json_faults
from dev.check.kubernetes import kubernetes_faults
from dev.check.locks import npm_lock_faults, requirement_faults, vendored_faults
from dev.check.migrations import migration_faults
from dev.check.notice import notice_faults
from dev.check.sources import import_faults, length_faults
from dev.check.stored_state import stored_state_faults
from dev.check.tools import SOURCES, format_faults, lint_faults, type_faults
from dev.check.upload import dry_run, upload_faults
from dev.installation import ROOT

Check = Callable[[Path], Iterator[Fault]]
AT_ONCE = 2


def structure_faults(root: Path) -> Iterator[Fault]:
    """Yield imports that point outwards, readers of JSON that nesting kills, what is too long."""
    yield from import_faults(root)
    yield from foreign_json_faults(root)
    yield from length_faults(root, SOURCES)


def lock_faults(root: Path) -> Iterator[Fault]:
    """Yield what is wrong with the lock files and what was installed from them."""
    yield from requirement_faults(root)
    yield from npm_lock_faults(root)
    yield from vendored_faults(root)
    yield from notice_faults(root)


def deploy_faults(root: Path) -> Iterator[Fault]:
    """Yield what is wrong with what a deploy of each Worker would upload."""
    with tempfile.TemporaryDirectory() as folder:
        for config in read_configs(root):
            try:
                run = dry_run(root, config, Path(folder) / config.name)
            except CheckError as error:
                yield error.fault
            else:
                yield from upload_faults(root, run)


CHECKS: Sequence[tuple[str, Check]] = (
    ("format (ruff)", format_faults),
    ("lint (ruff)", lint_faults),
    ("types (mypy, strict)", type_faults),
    ("imports and lengths", structure_faults),
    ("lock files", lock_faults),
    ("wrangler configs", config_faults),
    ("dry run of both deploys", deploy_faults),
    ("generated docs", generated_faults),
    ("Kubernetes' manifests", kubernetes_faults),
    ("migrations expand", migration_faults),
    ("fixtures of stored state", stored_state_faults),
)


def run_checks(root: Path, checks: Sequence[tuple[str, Check]], out: TextIO) -> int:
    """Run *checks* on the tree at *root*, report on *out*, return the number of faults.

    They run side by side, as the longest wait for programs, and are reported in their order.
    """
    total = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [(title, pool.submit(_judged, title, check, root)) for title, check in checks]
        for title, judged in running:
            print(f"check: {title:<26}", end="", file=out, flush=True)
            faults, took_s = judged.result()
            verdict = f"{len(faults)} wrong" if faults else "ok"
            print(f"{verdict:<9} {took_s:5.1f} s", file=out, flush=True)
            for fault in faults:
                print(f"  {fault.line()}", file=out, flush=True)
            total += len(faults)
    return total


def _judged(title: str, check: Check, root: Path) -> tuple[list[Fault], float]:
    """Return what *check* finds, and how many seconds it took."""
    began = time.monotonic()
    faults: list[Fault] = []
    try:
        for fault in check(root):
            faults.append(fault)
    except CheckError as error:
        faults.append(error.fault)
    except OSError as error:
        what = f"{error.strerror}."
        faults.append(Fault(where=str(error.filename), what=what, fix="restore the file."))
    except ValueError as error:
        # A file that is not JSON, text or a number where one is needed.
        faults.append(Fault(where=title, what=f"{error}.", fix="correct the file."))
    return faults, time.monotonic() - began


def main() -> int:
    """Run all checks; status 1 when something is wrong."""
    total = run_checks(ROOT, CHECKS, sys.stdout)
    print(f"check: {total} wrong" if total else "check: all is well", flush=True)
    return 1 if total else 0
