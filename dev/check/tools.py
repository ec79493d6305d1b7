"""Format, lint and types: ruff and mypy, with one line for each thing they find."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from dev.check.faults import Fault

SOURCES = ("src", "containers", "client", "ops", "dev", "bench", "tests")
# Ignored by git and removed by `make clean`: a second run takes a tenth of the first one's time.
CACHE = "build/mypy"
CONCISE = ("--no-cache", "--output-format", "concise", ".")


def format_faults(root: Path) -> Iterator[Fault]:
    """Yield the files that `ruff format` would change."""
    yield from _faults(root, ("ruff", "format", "--check", *CONCISE), "run `make format`.")


def lint_faults(root: Path) -> Iterator[Fault]:
    """Yield what `ruff check` finds; `[*]` is what `make format` corrects."""
    fix = "run `make format`; what it leaves, `ruff rule` explains."
    yield from _faults(root, ("ruff", "check", "--quiet", *CONCISE), fix)


def type_faults(root: Path) -> Iterator[Fault]:
    """Yield what mypy, strict, finds in the folders of SOURCES that have Python files."""
    folders = [name for name in SOURCES if any((root / name).rglob("*.py"))]
    options = ("--cache-dir", CACHE, "--no-error-summary", "--no-pretty", "--no-color-output")
    fix = "correct the types; `mypy FILE` says more."
    yield from _faults(root, ("mypy", *options, *folders), fix)


def _faults(root: Path, command: Sequence[str], fix: str) -> Iterator[Fault]:
    """Run a tool and yield a fault for each line `file:line: text` of its output."""
    ended = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"^([^\s:]+:[\d:]*\d): (?!note: )(.+)$", ended.stdout, re.MULTILINE)
    for where, what in found:
        yield Fault(where=where, what=what.rstrip(".") + ".", fix=fix)
    if ended.returncode != 0 and not found:
        # The tool itself failed: a check that was not made must not pass.
        last = (ended.stderr.strip() or ended.stdout.strip() or "no output").splitlines()[-1]
        yield Fault(
            where=" ".join(command[:2]),
            what=f"ended with status {ended.returncode}: {last}",
            fix="run `make setup`; then the same command by hand.",
        )
