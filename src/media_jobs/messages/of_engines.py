"""What single engines say: the modules `messages` of their declarations, found by being there."""

import pkgutil
from importlib import import_module

from media_jobs import engines

__all__ = ["CHINESE", "ENGLISH"]

ENGLISH: dict[str, str] = {}
CHINESE: dict[str, str] = {}
for _engine in pkgutil.iter_modules(engines.__path__, f"{engines.__name__}."):
    if not _engine.ispkg:
        continue
    _parts = pkgutil.iter_modules(import_module(_engine.name).__path__)
    if any(_part.name == "messages" for _part in _parts):
        _messages = import_module(f"{_engine.name}.messages")
        ENGLISH |= _messages.ENGLISH
        CHINESE |= _messages.CHINESE
