"""What the Workers read of others goes through pydantic, which refuses deep nesting.

On Cloudflare's runtime `json.loads` of some thousand brackets ends the whole isolate, with every
job that it has in memory: a body of 6 kB is enough.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from dev.check.faults import Fault

_READERS = frozenset({"load", "loads", "JSONDecoder"})


def foreign_json_faults(root: Path) -> Iterator[Fault]:
    """Yield the places of src/ where JSON is read by anything else: `json.loads`, `x.json()`."""
    for file in sorted((root / "src").rglob("*.py")):
        where = file.relative_to(root).as_posix()
        try:
            tree = ast.parse(file.read_bytes())
        except SyntaxError:
            continue  # The linter's fault.
        for node in ast.walk(tree):
            what = _reader(node)
            if what is not None and isinstance(node, ast.expr | ast.stmt):
                yield Fault(
                    where=f"{where}:{node.lineno}",
                    what=f"{what} reads JSON, and deep nesting ends the Worker.",
                    fix="use pydantic's `model_validate_json`, or `pydantic_core.from_json`.",
                )


def _reader(node: ast.AST) -> str | None:
    if isinstance(node, ast.ImportFrom) and node.module == "json":
        taken = _READERS.intersection(alias.name for alias in node.names)
        return f"json.{min(taken)}" if taken else None
    if isinstance(node, ast.Attribute):
        of_json = isinstance(node.value, ast.Name) and node.value.id == "json"
        return f"json.{node.attr}" if of_json and node.attr in _READERS else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        is_method = node.func.attr == "json" and not node.args and not node.keywords
        return ".json()" if is_method else None
    return None
