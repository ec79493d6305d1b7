"""Format, lint and types: ruff and mypy, with one line for each thing they find."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from dev.check_findings import Finding

__all__ = ["SOURCES", "format_faults", "lint_faults", "type_faults"]

SOURCES = ("src", "containers", "client", "dev", "bench", "tests")
# Ignored by git and removed by `make clean`: a second run takes a tenth of the first one's time.
CACHE = "build/mypy"


def format_faults(root: Path) -> Iterator[Finding]:
    """Yield the files that `ruff format` would change."""
    found = _run(root, ["ruff", "format", "--check", "--no-cache", "."])
    for line in found.stdout.splitlines():
        if line.startswith("Would reformat: "):
            where = line.removeprefix("Would reformat: ")
            yield Finding(where=where, what="is not formatted.", fix="run `make format`.")
    yield from _broken(found, "ruff format", expected=(0, 1))


def lint_faults(root: Path) -> Iterator[Finding]:
    """Yield what `ruff check` finds."""
    command = ["ruff", "check", "--no-cache", "--output-format", "concise", "--quiet", "."]
    found = _run(root, command)
    for line in found.stdout.splitlines():
        match = re.match(r"(\S+:\d+:\d+): (.*)", line)
        if match is None:
            continue
        rule = re.match(r"[A-Z]+\d+", match[2])
        fix = f"see `ruff rule {rule[0]}`." if rule else "correct the syntax."
        if "[*]" in match[2]:
            fix = "run `make format`."
        yield Finding(where=match[1], what=f"{match[2].replace('[*] ', '')}.", fix=fix)
    yield from _broken(found, "ruff check", expected=(0, 1))


def type_faults(root: Path) -> Iterator[Finding]:
    """Yield what mypy, strict, finds in the folders of SOURCES that have Python files."""
    folders = [name for name in SOURCES if any((root / name).rglob("*.py"))]
    options = ["--cache-dir", CACHE, "--no-error-summary", "--hide-error-context", "--no-pretty"]
    found = _run(root, ["mypy", *options, "--no-color-output", *folders])
    for line in found.stdout.splitlines():
        match = re.match(r"(\S+:\d+): error: (.*)", line)
        if match is not None:
            fix = f"correct the types; `mypy {match[1].rpartition(':')[0]}` tells more."
            yield Finding(where=match[1], what=f"{match[2]}.", fix=fix)
    yield from _broken(found, "mypy", expected=(0, 1))


def _run(root: Path, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    program, *arguments = command
    return subprocess.run(
        [sys.executable, "-m", program, *arguments],
        cwd=root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _broken(
    found: subprocess.CompletedProcess[str], tool: str, expected: Sequence[int]
) -> Iterator[Finding]:
    """Yield a finding when the tool itself failed: a check that did not run must not pass."""
    if found.returncode not in expected:
        last = (found.stderr.strip() or found.stdout.strip() or "no output").splitlines()[-1]
        yield Finding(
            where=tool,
            what=f"ended with status {found.returncode}: {last}",
            fix="run `make setup`; then the same command by hand.",
        )
