"""`__all__` of the packages that others build on says what they may use."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from dev.check.sources import imports_of

ROOT = Path(__file__).parents[1]
USERS = ("src", "containers", "client", "ops", "dev", "bench")
LIBRARIES = (
    *ROOT.glob("src/media_jobs/**/*.py"),
    *ROOT.glob("containers/engine_kit/**/*.py"),
    *ROOT.glob("client/vidgen/*.py"),
)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def module_of(path: Path) -> str:
    """Return the name by which *path* is imported."""
    _, *parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def bound(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a module has at its top level."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (name.id for name in targets if isinstance(name, ast.Name))


def listed(tree: ast.Module) -> list[str] | None:
    """Return what `__all__` has; None when there is none."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return None


def wanted() -> dict[str, set[str]]:
    """Return what the modules of the project import from each other, by module."""
    names: dict[str, set[str]] = {}
    for folder in USERS:
        for path in (ROOT / folder).rglob("*.py"):
            for found in imports_of(path.read_bytes()):
                names.setdefault(found.module, set()).update(found.names)
    return names


@pytest.mark.parametrize("path", LIBRARIES, ids=module_of)
def test_each_listed_name_exists_and_is_listed_once(path: Path) -> None:
    names = listed(parsed(path)) or []

    assert set(names) <= set(bound(parsed(path)))
    assert len(set(names)) == len(names)


def test_what_another_module_imports_is_listed() -> None:
    imported, modules = wanted(), {module_of(path): path for path in LIBRARIES}
    missing = {
        module: unlisted
        for module, path in modules.items()
        if (names := listed(parsed(path))) is not None
        and (
            unlisted := {
                name
                for name in imported.get(module, set()) - set(names)
                if not name.startswith("_") and f"{module}.{name}" not in modules
            }
        )
    }

    assert missing == {}
