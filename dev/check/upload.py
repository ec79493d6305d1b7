"""What a deploy would upload: `wrangler deploy --dry-run`, and what wrangler does not look at.

A dry run checks no modules, no Durable Object class names and no sizes; this does.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dev.check.configs import Config, Table, deployed, durable_objects
from dev.check.contract import GZIP_KIB_MAX
from dev.check.faults import CheckError, Fault
from dev.installation import NotInstalled, node_path
from dev.wrangler import WRANGLER, run

# The class that answers requests when no other entrypoint is named.
ENTRYPOINT = "Default"
VENDORED = "python_modules/"
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
        "CLOUDFLARE_CF_FETCH_ENABLED": "false",
        "WRANGLER_LOG_PATH": str(upload.with_suffix(".log")),
    }
    try:
        argv = [node_path(), WRANGLER, *command, "--outdir", str(upload)]
        ended = run(argv, root, settings, timeout_s=120)
    except (NotInstalled, OSError, subprocess.TimeoutExpired) as error:
        fix = "run `make setup`."
        raise CheckError(Fault(where="wrangler", what=f"{error}", fix=fix)) from None
    if ended.status != 0:
        fix = f"see `npx wrangler {' '.join(command)}`."
        what = f"wrangler refuses it: {ended.reason}."
        raise CheckError(Fault(where=config.name, what=what, fix=fix))
    return DryRun(config=config, upload=upload, printed=f"{ended.out}\n{ended.err}")


def upload_faults(root: Path, run: DryRun) -> Iterator[Fault]:
    """Yield everything that is wrong with what a deploy of one config would upload."""
    table, name = deployed(run.config), run.config.name
    uploaded = {
        path.relative_to(run.upload).as_posix() for path in run.upload.rglob("*") if path.is_file()
    }
    # README.md is wrangler's own note on the folder; it is not part of the upload.
    yield from module_faults(root, table, uploaded - {"README.md"}, name)
    yield from class_faults(table, (root / table["main"]).read_bytes(), name)
    yield from printed_faults(run.printed, name)


def module_faults(
    root: Path, table: Table, uploaded: Collection[str], config: str
) -> Iterator[Fault]:
    """Yield how *uploaded*, names of modules, differs from src/ and python_modules/.

    Of src/ it expects the Worker's own package, and those that no Worker's main module lies in.
    """
    main, source = PurePosixPath(table["main"]), root / "src"
    others = {entry.parent for entry in source.glob(f"*/{main.name}")} - {root / main.parent}
    expected = {main.name: str(main)}
    for file in sorted(source.rglob("*.py")):
        name = file.relative_to(source).as_posix()
        if f"src/{name}" != str(main) and others.isdisjoint(file.parents):
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
            fix="see base_dir and what the build gathers there; symlinked folders are skipped.",
        )
    for name in sorted(set(uploaded) - expected.keys()):
        yield Fault(
            where=config,
            what=f"{name} is uploaded and is no source of this Worker.",
            fix="see base_dir and what the build gathers there.",
        )


def class_faults(table: Table, main: bytes, config: str) -> Iterator[Fault]:
    """Yield the classes that the runtime will look for in *main*, the main module, and not find.

    It finds only names of `__all__`; that these are defined is what ruff checks.
    """
    exported: set[str] = set()
    for node in ast.parse(main).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            exported |= set(ast.literal_eval(node.value))
    wanted = {item["class_name"] for item in durable_objects(table) if "script_name" not in item}
    for name in sorted({ENTRYPOINT, *wanted} - exported):
        yield Fault(
            where=f"{config} {table['main']}",
            what=f"{name} is not in __all__ of the main module.",
            fix="add it: the runtime finds only names there.",
        )


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
