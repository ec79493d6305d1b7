"""What is imported at its first use, so that a Worker's start does not pay for it.

An upload is validated by importing the main module, under a limit of CPU time; docs/benchmarks.md
("Imports") has what that costs, and what a first use does.
"""

from importlib import import_module
from typing import Any, Generic, TypeVar, cast

__all__ = ["Later", "import_all"]

T = TypeVar("T")


class Later(Generic[T]):
    """The *name* of *module*, which is imported when it is first asked for."""

    __slots__ = ("_found", "module", "name")

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name
        self._found: T | None = None
        _ALL.append(self)

    def __call__(self) -> T:
        """Return it."""
        if self._found is None:
            self._found = cast("T", getattr(import_module(self.module), self.name))
        return self._found


_ALL: list[Later[Any]] = []


def import_all() -> None:
    """Import all that is named so far, and what is named by that."""
    for later in _ALL:  # Grows while they are imported.
        later()
