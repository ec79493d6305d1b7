"""Format, lint and types: ruff and mypy, with one line for each thing they find."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from dev.check.faults import Fault

SOURCES = ("src", "containers", "client", "ops", "dev", "bench", "tests")
# Ignored by git and removed by `make clean`: a second run takes a tenth of the first one's time.
CACHE = "build/mypy"


def format_faults(root: Path) -> Iterator[Fault]:
    """Yield the files that `ruff format` would change."""
    command = ["ruff", "format", "--check", "--no-cache", "--output-format", "concise", "."]

    def fault(place: str, text: str) -> Fault:
        if text.startswith("unformatted"):
            where = place.partition(":")[0]
            return Fault(where=where, what="is not formatted.", fix="run `make format`.")
        return Fault(where=place, what=f"{text}.", fix="correct the syntax.")

    return _faults(root, command, fault)


def lint_faults(root: Path) -> Iterator[Fault]:
    """Yield what `ruff check` finds."""
    command = ["ruff", "check", "--no-cache", "--output-format", "concise", "--quiet", "."]

    def fault(place: str, text: str) -> Fault:
        rule = re.match(r"[A-Z]+[0-9]+", text)
        fix = f"see `ruff rule {rule[0]}`." if rule else "correct the syntax."
        if "[*]" in text:
            fix = "run `make format`."
        return Fault(where=place, what=f"{text.replace('[*] ', '').rstrip('.')}.", fix=fix)

    return _faults(root, command, fault)


def type_faults(root: Path) -> Iterator[Fault]:
    """Yield what mypy, strict, finds in the folders of SOURCES that have Python files."""
    folders = [name for name in SOURCES if any((root / name).rglob("*.py"))]
    options = ["--cache-dir", CACHE, "--no-error-summary", "--no-pretty", "--no-color-output"]

    def fault(place: str, text: str) -> Fault | None:
        if not text.startswith("error: "):
            return None
        fix = f"correct the types; `mypy {place.partition(':')[0]}` tells more."
        return Fault(where=place, what=f"{text.removeprefix('error: ')}.", fix=fix)

    return _faults(root, ["mypy", *options, *folders], fault)


def _faults(
    root: Path, command: Sequence[str], fault: Callable[[str, str], Fault | None]
) -> Iterator[Fault]:
    """Run a tool and yield a fault for each line `file:line: text` of its output."""
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
    found = [item for line in lines if line and (item := fault(line[1], line[2]))]
    yield from found
    if ended.returncode != 0 and not found:
        # The tool itself failed: a check that was not made must not pass.
        last = (ended.stderr.strip() or ended.stdout.strip() or "no output").splitlines()[-1]
        yield Fault(
            where=" ".join(command[:2]) if program == "ruff" else program,
            what=f"ended with status {ended.returncode}: {last}",
            fix="run `make setup`; then the same command by hand.",
        )
