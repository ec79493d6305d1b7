"""NOTICE names every package that a lock has, with its licence, and no other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from dev.check.faults import Fault
from dev.check.locks import NPM_LOCKS, pins

NOTICE = "NOTICE"
_ENTRY = re.compile(r"^  (\S+) {2,}(\S.*)$", re.MULTILINE)
"""A package, or a family of them (`@esbuild/*`), and its licence."""


def licences(root: Path) -> dict[str, str]:
    """Return the licence that NOTICE has for each package or family of packages."""
    return dict(_ENTRY.findall((root / NOTICE).read_text(encoding="utf-8")))


def notice_faults(root: Path) -> Iterator[Fault]:
    """Yield the packages that NOTICE lacks, and those that it names and nothing installs."""
    named = licences(root)
    used: set[str] = set()
    for package, lock in _locked(root):
        fitting = {name for name in named if name == package or fnmatchcase(package, name)}
        used |= fitting
        if not fitting:
            yield Fault(
                where=NOTICE,
                what=f"does not name {package}, which {lock} has.",
                fix="add it with its licence, which its own metadata states.",
            )
    for name in sorted(named.keys() - used):
        yield Fault(where=NOTICE, what=f"names {name}, which no lock has.", fix="remove it.")


def _locked(root: Path) -> Iterator[tuple[str, str]]:
    """Yield each locked package, once, with a lock that has it."""
    found: dict[str, str] = {}
    for lock in sorted((root / "requirements").glob("*.txt")):
        for name in pins(lock.read_text(encoding="utf-8")):
            found.setdefault(name, f"requirements/{lock.name}")
    for where in NPM_LOCKS:
        for path in json.loads((root / where).read_text(encoding="utf-8"))["packages"]:
            if path:
                found.setdefault(path.rpartition("node_modules/")[2], where)
    yield from sorted(found.items())
