"""The rules of the sources that no linter knows: who may import whom, and how long things may be.

Imports point inwards: entries see everything, `edge` and the use cases see `media_jobs`, and
`media_jobs` sees the standard library's pure part, pydantic and chardet. The app's rooms stand on
floors, and no files import each other in a circle. Around them are the programs: the users' client
sees nothing of the project, `ops` uses the client and the checks, `dev` runs it all.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Set
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

from dev.check.faults import Fault

LINES_MAX = 500
FUNCTION_LINES_MAX = 70
RUNTIME = frozenset({"js", "pyodide", "workers"})
PYDANTIC = frozenset({"pydantic", "pydantic_core"})
# The part of the standard library that does I/O, reads clocks, makes randomness or waits.
IMPURE = frozenset(
    {"asyncio", "glob", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random"}
    | {"secrets", "select", "shutil", "signal", "socket", "ssl", "subprocess", "sys", "tempfile"}
    | {"threading", "time", "uuid"}
)
ENTRIES = frozenset(
    {
        "src/app/entry.py",
        "src/app/live/hub_do.py",
        "src/app/webhooks/sender_do.py",
        "src/orchestrator/dispatch/dispatcher_do.py",
        "src/orchestrator/entry.py",
        "src/orchestrator/jobs/job_do.py",
    }
)
# What a package of src/ may import beside itself and the standard library.
ALLOWED = {
    "media_jobs": PYDANTIC | {"chardet"},
    "edge": PYDANTIC | RUNTIME | {"media_jobs"},
    "app": PYDANTIC | {"media_jobs"},
    "orchestrator": PYDANTIC | {"media_jobs"},
}
# The floors of the app, from the top: a room imports from the floors under its own alone.
FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"entry"}),
    frozenset({"api", "cron"}),
    frozenset({"subscriptions"}),
    frozenset({"recipes"}),
    *(
        frozenset({room})
        for room in (
            "oidc",
            "passkeys",
            "people",
            "jobs",
            "live",
            "access",
            "media",
            "translation",
            "status",
            "webhooks",
        )
    ),
    *(frozenset({room}) for room in ("web", "orchestrator", "ports", "oidc_keys", "peer")),
    frozenset({"rates", "receipt_keys", "rows", "settings", "store"}),
)
# What no container may import: another one's package is added by name.
WORKER_PACKAGES = frozenset({"edge", "app", "orchestrator"})
# These run a container's program, so no program may need them.
WORKSHOP = frozenset({"dev", "ops", "tests", "bench", "vidgen"})
# What a program may not import, and of that, what it may all the same.
PROGRAMS: Mapping[str, tuple[Set[str], Set[str]]] = {
    "ops": (
        WORKER_PACKAGES | {"dev", "bench", "tests"},
        frozenset({"dev.check", "dev.installation", "dev.wrangler"}),
    ),
    "dev": (frozenset({"ops", "bench", "tests"}), frozenset()),
    "bench": (frozenset({"ops", "tests"}), frozenset()),
}


def import_faults(root: Path) -> Iterator[Fault]:
    """Yield the imports that point the wrong way."""
    for file in sorted((root / "src").glob("*/**/*.py")):
        package = file.relative_to(root / "src").parts[0]
        yield from _src_faults(file, file.relative_to(root).as_posix(), package)
    yield from _floor_faults(root)
    yield from _circle_faults(root)
    yield from _program_faults(root)
    yield from _client_faults(root)


def _floor_faults(root: Path) -> Iterator[Fault]:
    """Yield the imports between rooms of the app that do not point downwards."""
    floors = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    for file in sorted((root / "src/app").rglob("*.py")):
        room = file.relative_to(root / "src/app").parts[0].removesuffix(".py")
        where = file.relative_to(root).as_posix()
        if room not in floors and room != "__init__":
            fix = "add it to FLOORS in dev/check/sources.py."
            yield Fault(where=where, what=f"the room {room} has no floor.", fix=fix)
            continue
        for line, name in _imports(file):
            package, _, rest = name.partition(".")
            other = rest.partition(".")[0]
            if package != "app" or other == room or other not in floors:
                continue
            if floors[other] <= floors[room]:
                yield Fault(
                    where=f"{where}:{line}",
                    what=f"{room} imports {name}, which is not of a floor under it.",
                    fix="move what both need down, or hand it in.",
                )


def _circle_faults(root: Path) -> Iterator[Fault]:
    """Yield a circle of files in src/, if there is one."""
    files = {
        ".".join(file.relative_to(root / "src").with_suffix("").parts): file
        for file in (root / "src").glob("*/**/*.py")
    }
    graph = {
        module: {name for _, name in _imports(file) if name in files and name != module}
        for module, file in files.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = error.args[1]
        yield Fault(
            where=files[circle[0]].relative_to(root).as_posix(),
            what=f"it is in a circle of imports: {' < '.join(circle)}.",
            fix="move what two of them need into a file of its own.",
        )


def _program_faults(root: Path) -> Iterator[Fault]:
    """Yield what a program or a container imports of one that it must do without."""
    containers = {path.name for path in (root / "containers").glob("*/") if path.is_dir()}
    outer = WORKER_PACKAGES | WORKSHOP
    rules: dict[str, tuple[Set[str], Set[str]]] = {
        f"containers/{package}": (containers - {package, "engine_kit"} | outer, frozenset())
        for package in sorted(containers)
    }
    for program, (foreign, but) in {**PROGRAMS, **rules}.items():
        for file in sorted((root / program).rglob("*.py")):
            for line, name in _imports(file):
                inside = any(f"{name}.".startswith(f"{allowed}.") for allowed in but)
                if name.partition(".")[0] in foreign and not inside:
                    yield Fault(
                        where=f"{file.relative_to(root).as_posix()}:{line}",
                        what=f"{program} imports {name}.",
                        fix="move what both need into the inner one.",
                    )


def _client_faults(root: Path) -> Iterator[Fault]:
    """Yield what the users' package imports and pip would not install with it."""
    files = sorted((root / "client").rglob("*.py"))
    if not files:
        return
    project = tomllib.loads((root / "client/pyproject.toml").read_text(encoding="utf-8"))["project"]
    installed = {re.split(r"[^A-Za-z0-9_]", name)[0] for name in project["dependencies"]}
    for file in files:
        for line, name in _imports(file):
            top = name.partition(".")[0]
            if top not in installed | {project["name"]} | sys.stdlib_module_names:
                yield Fault(
                    where=f"{file.relative_to(root).as_posix()}:{line}",
                    what=f"the client imports {name}, which pip does not install with it.",
                    fix="do without, or name it in client/pyproject.toml.",
                )


def _src_faults(file: Path, where: str, package: str) -> Iterator[Fault]:
    if package not in ALLOWED:
        yield Fault(
            where=where,
            what=f"src/{package} has no import rule.",
            fix="add the package to ALLOWED in dev/check/sources.py.",
        )
        return
    allowed = ALLOWED[package] | {package}
    if where in ENTRIES:
        allowed |= RUNTIME | {"edge"}
    for line, name in _imports(file):
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names:
            if package == "media_jobs" and top in IMPURE:
                yield Fault(
                    where=f"{where}:{line}",
                    what=f"media_jobs is pure and imports {name}.",
                    fix="take what it gives as an argument.",
                )
        elif top not in allowed:
            yield Fault(
                where=f"{where}:{line}",
                what=f"{package} imports {name}, which is not of an inner ring.",
                fix="pass it in through a port that the entry wires.",
            )


class Import(NamedTuple):
    """An imported module, and what is taken from it (`from module import names`)."""

    line: int
    module: str
    names: tuple[str, ...] = ()


def _imports(file: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, module) of every import, in functions too."""
    for found in imports_of(file.read_bytes()):
        yield found.line, found.module


class Function(NamedTuple):
    """A function, and how many lines it has."""

    line: int
    name: str
    lines: int


def imports_of(source: bytes) -> tuple[Import, ...]:
    """Return every import, in functions too. What cannot be parsed is the linter's fault."""
    return _read(source)[0]


@cache
def _read(source: bytes) -> tuple[tuple[Import, ...], tuple[Function, ...]]:
    """Return the imports and the functions of a source: to parse it once more takes long."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return (), ()
    imports, functions = list[Import](), list[Function]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports += [Import(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = tuple(alias.name for alias in node.names)
            imports.append(Import(node.lineno, node.module, names))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            lines = node.end_lineno - node.lineno + 1
            functions.append(Function(node.lineno, node.name, lines))
    return tuple(imports), tuple(functions)


def length_faults(root: Path, folders: tuple[str, ...]) -> Iterator[Fault]:
    """Yield the files and functions below *folders* that are too long to be read at once."""
    for file in sorted(path for name in folders for path in (root / name).rglob("*.py")):
        where = file.relative_to(root).as_posix()
        source = file.read_bytes()
        lines = len(source.splitlines())
        if lines > LINES_MAX:
            yield Fault(
                where=where,
                what=f"has {lines} lines.",
                fix=f"split it by what its parts are about: at most {LINES_MAX} are allowed.",
            )
        yield from _long_functions(source, where)


def _long_functions(source: bytes, where: str) -> Iterator[Fault]:
    for line, name, lines in _read(source)[1]:
        if lines > FUNCTION_LINES_MAX:
            yield Fault(
                where=f"{where}:{line}",
                what=f"{name} has {lines} lines.",
                fix=f"give its steps names: at most {FUNCTION_LINES_MAX} are allowed.",
            )
