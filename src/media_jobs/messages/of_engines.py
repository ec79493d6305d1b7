"""What single engines say: the modules `messages` of their declarations, found by being there."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from media_jobs import engines

__all__ = ["CHINESE", "ENGLISH"]


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(engines.__path__, f"{engines.__name__}."):
        name = f"{found.name}.messages"
        if found.ispkg and find_spec(name) is not None:
            yield import_module(name)


ENGLISH: dict[str, str] = {}
CHINESE: dict[str, str] = {}
for _module in _modules():
    ENGLISH |= _module.ENGLISH
    CHINESE |= _module.CHINESE
