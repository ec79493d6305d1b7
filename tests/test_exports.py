"""`__all__` of the packages that others build on says what they may use.

That it names once what there is, and nothing else, is a rule of ruff.
"""

import ast
from pathlib import Path

import pytest

from dev.check.sources import imports_of
from tests.sources import ROOT, modules

pytestmark = pytest.mark.heavy
USERS = ("src", "containers", "client", "ops", "dev", "bench")
LIBRARIES = (
    *ROOT.glob("src/media_jobs/**/*.py"),
    *ROOT.glob("containers/engine_kit/**/*.py"),
    *ROOT.glob("client/vidgen/*.py"),
)


def module_of(path: Path) -> str:
    """Return the name by which *path* is imported."""
    _, *parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def listed(path: Path) -> list[str] | None:
    """Return what `__all__` of a module has; None when there is none."""
    if "__all__" not in (text := path.read_text()):
        return None
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return None


def wanted() -> dict[str, set[str]]:
    """Return what the modules of the project import from each other, by module."""
    names: dict[str, set[str]] = {}
    for folder in USERS:
        for path in modules(folder):
            for found in imports_of(path.read_bytes()):
                names.setdefault(found.module, set()).update(found.names)
    return names


def test_what_another_module_imports_is_listed() -> None:
    imported, modules = wanted(), {module_of(path): path for path in LIBRARIES}
    missing = {
        module: unlisted
        for module, path in modules.items()
        if (names := listed(path)) is not None
        and (
            unlisted := {
                name
                for name in imported.get(module, set()) - set(names)
                if not name.startswith("_") and f"{module}.{name}" not in modules
            }
        )
    }

    assert missing == {}
