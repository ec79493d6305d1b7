"""What a deploy would upload: `wrangler deploy --dry-run`, and what wrangler does not look at.

A dry run checks no Python syntax, no Durable Object class names and no sizes; this does.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dev.check.configs import Config, Table, deployed, durable_objects
from dev.check.contract import GZIP_KIB_MAX
from dev.check.faults import CheckError, Fault
from dev.installation import NotInstalled, node_path

WORKER_PYTHON = (3, 14)
# The class that answers requests when no other entrypoint is named.
ENTRYPOINT = "Default"
VENDORED = "python_modules/"
WRANGLER = "node_modules/wrangler/bin/wrangler.js"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_WARNING = re.compile(r"\[WARNING\] (.+?)(?:\n\n+(?=\S)|\Z)", re.DOTALL)
_SIZE = re.compile(r"Total Upload: [\d.]+ KiB / gzip: ([\d.]+) KiB")


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """A dry run of one config: the folder it wrote the upload to, and what it printed."""

    config: Config
    upload: Path
    printed: str


def dry_run(root: Path, config: Config, upload: Path) -> DryRun:
    """Run `wrangler deploy --dry-run` into *upload*. Raises CheckError when wrangler refuses."""
    command = ["deploy", "--dry-run", "--config", config.name, "--env", "production"]
    settings = {
        "CI": "true",
        "CLOUDFLARE_CF_FETCH_ENABLED": "false",
        "FORCE_COLOR": "0",
        "WRANGLER_LOG_PATH": str(upload.with_suffix(".log")),
        "WRANGLER_SEND_METRICS": "false",
    }
    try:
        ended = subprocess.run(
            [node_path(), WRANGLER, *command, "--outdir", str(upload)],
            cwd=root,
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
    except (NotInstalled, OSError, subprocess.TimeoutExpired) as error:
        fix = "run `make setup`."
        raise CheckError(Fault(where="wrangler", what=f"{error}", fix=fix)) from None
    # wrangler colours its errors even where colours are switched off.
    printed = _COLOUR.sub("", ended.stdout)
    if ended.returncode != 0:
        reason = printed.rpartition("[ERROR]")[2].partition("Logs were written")[0].rstrip("🪵 \n")
        fix = f"see `npx wrangler {' '.join(command)}`."
        what = f"wrangler refuses it: {reason}."
        raise CheckError(Fault(where=config.name, what=what, fix=fix))
    return DryRun(config=config, upload=upload, printed=printed)


def upload_faults(root: Path, run: DryRun) -> Iterator[Fault]:
    """Yield everything that is wrong with what a deploy of one config would upload."""
    table, name = deployed(run.config), run.config.name
    modules = {
        path.relative_to(run.upload).as_posix(): path.read_bytes()
        for path in sorted(run.upload.rglob("*"))
        if path.is_file()
    }
    # wrangler's own note on the folder; it is not part of the upload.
    modules.pop("README.md", None)
    yield from module_faults(root, table, modules.keys(), name)
    yield from syntax_faults(modules, name)
    yield from class_faults(table, modules, name)
    yield from printed_faults(run.printed, name)


def module_faults(
    root: Path, table: Table, uploaded: Collection[str], config: str
) -> Iterator[Fault]:
    """Yield how *uploaded*, names of modules, differs from src/ and python_modules/."""
    main = table["main"]
    expected = {PurePosixPath(main).name: main}
    for file in sorted((root / "src").rglob("*.py")):
        name = file.relative_to(root / "src").as_posix()
        if f"src/{name}" != main:
            expected[name] = f"src/{name}"
    for file in sorted((root / VENDORED).rglob("*")):
        name = file.relative_to(root).as_posix()
        if file.is_file() and "__pycache__" not in file.parts:
            expected[name] = name
    if not any(name.startswith(VENDORED) for name in expected):
        what = "python_modules/ is empty."
        yield Fault(where=config, what=what, fix="run `make setup`.")
    for name in sorted(expected.keys() - set(uploaded)):
        yield Fault(
            where=config,
            what=f"{expected[name]} is not uploaded.",
            fix="see base_dir and the module rules; symlinked folders are skipped.",
        )
    for name in sorted(set(uploaded) - expected.keys()):
        yield Fault(
            where=config,
            what=f"{name} is uploaded and is no source of the Workers.",
            fix="move it out of src/, or see base_dir.",
        )


def syntax_faults(modules: Mapping[str, bytes], config: str) -> Iterator[Fault]:
    """Yield the modules that would not compile in the Workers.

    Our own are written for every Python from 3.11 on, so this Python can tell. Vendored ones may be
    for the Workers' newer Python alone: they are compiled where this Python is as new.
    """
    judged = sys.version_info >= WORKER_PYTHON
    for name, source in modules.items():
        if not name.endswith(".py") or (name.startswith(VENDORED) and not judged):
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore" if name.startswith(VENDORED) else "error")
                compile(source, name, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            line = f":{error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
            fix = "correct the syntax."
            yield Fault(where=f"{config} {name}{line}", what=f"{error}.", fix=fix)


def class_faults(table: Table, modules: Mapping[str, bytes], config: str) -> Iterator[Fault]:
    """Yield the classes that the runtime will look for in the main module and not find."""
    main = PurePosixPath(table["main"]).name
    where = f"{config} {table['main']}"
    exported = _exported(modules.get(main, b""))
    wanted = {item["class_name"] for item in durable_objects(table) if "script_name" not in item}
    for name in sorted({ENTRYPOINT, *wanted}):
        if name not in exported:
            what = f"{name} is not in __all__ of the main module."
            yield Fault(where=where, what=what, fix="add it: the runtime finds only names there.")
        if _class(name, main, modules) is None:
            what = f"there is no class {name}."
            yield Fault(where=where, what=what, fix="define or import it in the main module.")
    entrypoint = _class(ENTRYPOINT, main, modules)
    if table.get("triggers", {}).get("crons") and entrypoint is not None:
        methods = {node.name for node in entrypoint.body if isinstance(node, ast.AsyncFunctionDef)}
        if "scheduled" not in methods:
            what = f"{ENTRYPOINT} has no scheduled method, and the config has crons."
            yield Fault(where=where, what=what, fix="write it, or remove triggers.crons.")


def _exported(source: bytes) -> set[str]:
    for node in _parsed(source).body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets
        ):
            return set(ast.literal_eval(node.value))
    return set()


def _class(name: str, module: str, modules: Mapping[str, bytes]) -> ast.ClassDef | None:
    """Return the class that *name* is in *module*, following imports among our own modules."""
    for node in _parsed(modules.get(module, b"")).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return node
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return _class(alias.name, node.module.replace(".", "/") + ".py", modules)
    return None


def _parsed(source: bytes) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        # syntax_faults reports it.
        return ast.Module(body=[], type_ignores=[])


def printed_faults(printed: str, config: str) -> Iterator[Fault]:
    """Yield what wrangler's report of a dry run shows to be wrong."""
    for warning in _WARNING.findall(printed):
        fix = "see wrangler's output of the dry run."
        yield Fault(where=config, what=f"wrangler warns: {' '.join(warning.split())}", fix=fix)
    size = _SIZE.search(printed)
    if size is None:
        what = "wrangler printed no upload size."
        yield Fault(where=config, what=what, fix="adapt dev/check/upload.py to its output.")
    elif float(size[1]) > GZIP_KIB_MAX:
        yield Fault(
            where=config,
            what=f"the upload has {size[1]} KiB gzipped; at most {GZIP_KIB_MAX} are allowed.",
            fix="remove what was added to src/ or requirements/workers.in.",
        )
