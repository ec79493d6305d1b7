"""Stored state: each released version's fixtures are there, and the present one's are true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dev.check.faults import Fault
from dev.fixtures.stored_state import FOLDER, released_versions, stored_state
from media_jobs import __version__


def stored_state_faults(root: Path) -> Iterator[Fault]:
    """Yield what is wrong with the fixtures of stored state (docs/storage.md)."""
    yield from fixture_faults(
        root / FOLDER, __version__, released_versions(root), made=stored_state()
    )


def fixture_faults(
    folder: Path, version: str, released: Sequence[str], made: Mapping[str, str]
) -> Iterator[Fault]:
    """Yield released versions without fixtures, and whether *version* stores other than its own.

    *made*: file below the version's folder -> its text, as the present code stores it.
    """
    for old in released:
        if not (folder / old).is_dir():
            what = f"version {old} was released without fixtures of its stored state."
            fix = f"check out its tag, run `python -m dev.fixtures.stored_state`, keep {old}/ here."
            yield Fault(where=str(folder), what=what, fix=fix)
    own = folder / version
    files = {path.relative_to(own).as_posix(): path for path in own.rglob("*.sql")}
    known = {name: path.read_text(encoding="utf-8") for name, path in files.items()}
    if known == made:
        return
    names = sorted(name for name in {*known, *made} if known.get(name) != made.get(name))
    what = f"what is stored is not what version {version} stores: {names[0]}"
    what += f" and {len(names) - 1} more." if len(names) > 1 else "."
    fix = "run `python -m dev.fixtures.stored_state`."
    if version in released:
        fix = f"raise the version in pyproject.toml and src/media_jobs/__init__.py, then {fix}"
    yield Fault(where=str(own), what=what, fix=fix)
