"""The memory of the isolate: what the Worker and the objects that live in it share.

How many objects do, and for how long, the platform decides. Only plain data may be shared: nothing
of one request may be awaited by another (platform: no shared awaitables).
"""

from collections.abc import Callable
from functools import cache
from typing import TypeVar

T = TypeVar("T")


@cache
def shared(make: Callable[[], T]) -> T:
    """Return what *make* has made in this isolate: at the first call, never at an import."""
    return make()
