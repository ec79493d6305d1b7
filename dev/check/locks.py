"""The lock files: complete, and free of any registry's host name.

That each package is pinned and hashed, and that package-lock.json fits package.json, is what pip
(`--require-hashes`) and `npm ci` insist on themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from dev.check.faults import Fault

_URL = re.compile(r"\b(?:https?|file|ssh|git\+\w+)://", re.IGNORECASE)
_SOURCE_OPTION = re.compile(
    r"^\s*(--index-url|-i|--extra-index-url|--find-links|-f|--trusted-host)\b"
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_RENEW = "run `make lock`."


def requirement_faults(root: Path) -> Iterator[Fault]:
    """Yield what is wrong with requirements/*.in and the locks made of them."""
    folder = root / "requirements"
    locks = {path.stem for path in folder.glob("*.txt")}
    included = {name for path in folder.glob("*.in") for name in _included(path)}
    for source in sorted(folder.glob("*.in")):
        where = f"requirements/{source.name}"
        yield from _host_faults(source.read_text(), where)
        if source.stem in locks:
            yield from _sync_faults(source, folder / f"{source.stem}.txt")
        elif source.name not in included:
            yield Fault(where=where, what="has no lock and is in no other list.", fix=_RENEW)
    for lock in sorted(folder.glob("*.txt")):
        where = f"requirements/{lock.name}"
        yield from _host_faults(lock.read_text(), where)
        if not lock.with_suffix(".in").exists():
            yield Fault(where=where, what="is made of no .in file.", fix="remove it.")


def _host_faults(text: str, where: str) -> Iterator[Fault]:
    for number, line in enumerate(text.splitlines(), 1):
        code = line.partition(" #")[0] if not line.lstrip().startswith("#") else ""
        if _URL.search(code) or _SOURCE_OPTION.match(code):
            yield Fault(
                where=f"{where}:{number}",
                what="names where packages come from.",
                fix=f"leave that to the machine's own pip settings; {_RENEW}",
            )


def _sync_faults(source: Path, lock: Path) -> Iterator[Fault]:
    locked = set(pins(lock.read_text()))
    for name, origin in _wanted(source):
        if name not in locked:
            yield Fault(
                where=f"requirements/{lock.name}",
                what=f"lacks {name}, which requirements/{origin} asks for.",
                fix=_RENEW,
            )


def entries(text: str) -> Iterator[str]:
    """Yield each requirement of a lock as one line."""
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        if line.strip() and not line.lstrip().startswith("#") and not _SOURCE_OPTION.match(line):
            yield line.strip()


def pins(text: str) -> dict[str, str]:
    """Return the version of each package of a lock."""
    found = {}
    for entry in entries(text):
        name, _, rest = entry.partition("==")
        if rest:
            found[_normal(name)] = rest.split()[0].rstrip(";")
    return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.partition("[")[0].strip()).lower()


def _included(source: Path) -> list[str]:
    return re.findall(r"^-r\s+(\S+)", source.read_text(), re.MULTILINE)


def _wanted(source: Path) -> Iterator[tuple[str, str]]:
    """Yield (package, the .in file that names it) of a list and of those it includes."""
    for name in _included(source):
        if (source.parent / name).exists():
            yield from _wanted(source.parent / name)
    for line in source.read_text().splitlines():
        match = _NAME.match(line.strip())
        if match is not None:
            yield _normal(match[0]), source.name


NPM_LOCKS = ("package-lock.json", "dev/browser/package-lock.json")


def npm_lock_faults(root: Path) -> Iterator[Fault]:
    """Yield what is wrong with the locks of npm: each package has a hash, on every platform."""
    for where in NPM_LOCKS:
        packages = json.loads((root / where).read_text())["packages"]
        for path, entry in packages.items():
            name = path.removeprefix("node_modules/")
            if "resolved" in entry:
                yield Fault(where=where, what=f"{name} names where it came from.", fix=_RENEW)
            elif path and "integrity" not in entry:
                yield Fault(where=where, what=f"{name} has no hash.", fix=_RENEW)


def vendored_faults(root: Path) -> Iterator[Fault]:
    """Yield how python_modules/, which goes up with both Workers, differs from its lock."""
    locked = pins((root / "requirements" / "workers.txt").read_text())
    present = {}
    for folder in (root / "python_modules").glob("*.dist-info"):
        name, _, version = folder.name.removesuffix(".dist-info").rpartition("-")
        present[_normal(name)] = version
    fix = "run `rm build/python_modules.stamp && make setup`."
    for name in sorted(locked.keys() | present.keys()):
        if locked.get(name) != present.get(name):
            what = f"has {name} {present.get(name)}, its lock has {locked.get(name)}."
            yield Fault(where="python_modules", what=what, fix=fix)
    for library in sorted((root / "python_modules").rglob("*.so")):
        if "wasm32-emscripten" not in library.name:
            what = f"{library.name} is not built for the Workers' interpreter."
            yield Fault(where="python_modules", what=what, fix=fix)
