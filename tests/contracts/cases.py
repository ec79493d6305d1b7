"""A contract's cases: the public coroutines of its module, each given what it is to look at."""

import inspect
from collections.abc import Callable, Coroutine
from types import ModuleType
from typing import Any

Case = Callable[[Any], Coroutine[Any, Any, None]]  # Any: each contract's own world.


def cases_of(contract: ModuleType) -> dict[str, Case]:
    """Return the cases of *contract* by their names, in the order in which they are written."""
    return {
        name: case
        for name, case in vars(contract).items()
        if inspect.iscoroutinefunction(case) and not name.startswith("_")
    }
