"""The engines. Each is declared by a module of this package, and found by being there.

Engine ids, fields of `/render` and key folders are fixed by the deployment manual; older containers
depend on them. Times are seconds. docs/extending.md says what another engine takes.
"""

import pkgutil
from importlib import import_module
from typing import Annotated, Literal

from pydantic import GetPydanticSchema

from media_jobs.engines.declaration import (
    CheckpointSlot,
    Engine,
    InputSlot,
    Limits,
    Origin,
    OutputSlot,
    Setting,
    Words,
)

__all__ = [
    "ENGINES",
    "FOLDERS",
    "INPUT_SLOTS",
    "CheckpointSlot",
    "Engine",
    "EngineId",
    "InputSlot",
    "Limits",
    "Origin",
    "OutputSlot",
    "Setting",
    "Words",
]


def _declared() -> dict[str, Engine]:
    """Return the engines by id, in the order of their modules' names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [import_module(f"{__name__}.{name}") for name in names]
    found: list[Engine] = [module.ENGINE for module in modules if hasattr(module, "ENGINE")]
    engines = {engine.id: engine for engine in found}
    assert len(engines) == len(found), "two engines have one id"
    return engines


ENGINES = _declared()

EngineId = Annotated[
    str, GetPydanticSchema(lambda _, handler: handler(Literal.__getitem__(tuple(ENGINES))))
]
"""The id of a declared engine. In a model, another one is refused by the names of these."""

FOLDERS = tuple(sorted({engine.folder for engine in ENGINES.values()}))
"""Where engines write, in the folder of a media."""

INPUT_SLOTS = tuple(
    dict.fromkeys(
        [s.takes for engine in ENGINES.values() for s in engine.inputs if not s.of_job]
        + [s.becomes for engine in ENGINES.values() for s in engine.outputs if s.becomes]
    )
)
"""The kinds of inputs that a media may have: what engines read, and what their outputs become."""
