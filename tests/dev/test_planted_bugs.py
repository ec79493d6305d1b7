"""The simulator's planted bugs follow the sources, which is seen here before a world is run."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def planted_bugs() -> Iterator[tuple[str, str, str, str]]:
    """Yield where each stands, its module, what this reads and what it is to read."""
    for file in sorted((ROOT / "tests/sim").glob("*.py")):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Mutation":
                said = [str(part.value) for part in call.args if isinstance(part, ast.Constant)]
                if len(said) == len(call.args):  # Names are read where they are given.
                    module, old, new = said
                    yield f"{file.name}:{call.lineno}", module, old, new


def test_each_planted_bug_changes_one_place_that_the_sources_have() -> None:
    bugs = list(planted_bugs())

    astray = []
    for where, module, old, new in bugs:
        source = (ROOT / "src" / module.replace(".", "/")).with_suffix(".py").read_text("utf-8")
        if source.count(old) != 1 or new == old:
            astray.append(f"{where}: {module} does not have this once: {old}")
    assert not astray
    assert len(bugs) >= 60, "not read any more"
