"""Format, lint and types: ruff and mypy, with one line for each thing they find."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from dev.check.findings import Finding

SOURCES = ("src", "containers", "client", "ops", "dev", "bench", "tests")
# Ignored by git and removed by `make clean`: a second run takes a tenth of the first one's time.
CACHE = "build/mypy"


def format_faults(root: Path) -> Iterator[Finding]:
    """Yield the files that `ruff format` would change."""
    command = ["ruff", "format", "--check", "--no-cache", "--output-format", "concise", "."]

    def finding(place: str, text: str) -> Finding:
        if text.startswith("unformatted"):
            where = place.partition(":")[0]
            return Finding(where=where, what="is not formatted.", fix="run `make format`.")
        return Finding(where=place, what=f"{text}.", fix="correct the syntax.")

    return _findings(root, command, finding)


def lint_faults(root: Path) -> Iterator[Finding]:
    """Yield what `ruff check` finds."""
    command = ["ruff", "check", "--no-cache", "--output-format", "concise", "--quiet", "."]

    def finding(place: str, text: str) -> Finding:
        rule = re.match(r"[A-Z]+[0-9]+", text)
        fix = f"see `ruff rule {rule[0]}`." if rule else "correct the syntax."
        if "[*]" in text:
            fix = "run `make format`."
        return Finding(where=place, what=f"{text.replace('[*] ', '').rstrip('.')}.", fix=fix)

    return _findings(root, command, finding)


def type_faults(root: Path) -> Iterator[Finding]:
    """Yield what mypy, strict, finds in the folders of SOURCES that have Python files."""
    folders = [name for name in SOURCES if any((root / name).rglob("*.py"))]
    options = ["--cache-dir", CACHE, "--no-error-summary", "--no-pretty", "--no-color-output"]

    def finding(place: str, text: str) -> Finding | None:
        if not text.startswith("error: "):
            return None
        fix = f"correct the types; `mypy {place.partition(':')[0]}` tells more."
        return Finding(where=place, what=f"{text.removeprefix('error: ')}.", fix=fix)

    return _findings(root, ["mypy", *options, *folders], finding)


def _findings(
    root: Path, command: Sequence[str], finding: Callable[[str, str], Finding | None]
) -> Iterator[Finding]:
    """Run a tool and yield a finding for each line `file:line: text` of its output."""
    program, *arguments = command
    ended = subprocess.run(
        [sys.executable, "-m", program, *arguments],
        cwd=root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [re.match(r"([^\s:]+:[\d:]*\d): (.+)", line) for line in ended.stdout.splitlines()]
    found = [item for line in lines if line and (item := finding(line[1], line[2]))]
    yield from found
    if ended.returncode != 0 and not found:
        # The tool itself failed: a check that was not made must not pass.
        last = (ended.stderr.strip() or ended.stdout.strip() or "no output").splitlines()[-1]
        yield Finding(
            where=" ".join(command[:2]) if program == "ruff" else program,
            what=f"ended with status {ended.returncode}: {last}",
            fix="run `make setup`; then the same command by hand.",
        )
