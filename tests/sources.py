"""The project's own sources, parsed once for all tests that look at them."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]


def modules(*folders: str) -> list[Path]:
    """Return the Python files in these folders of the project."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return every node of a file, in no order; the first is the module."""
    return tuple(ast.walk(ast.parse(path.read_text())))
