"""Runs inside the hosted interpreter: what Cloudflare's entrypoint does around the main module.

It imports the main module under the rules of a deploy, then forwards events to its classes with
the conversions of the SDK. Not importable by a Worker: the host runs it in a namespace of its own.
"""

import errno
import functools
import importlib
import inspect
import os
import random
import site
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

REFUSED = (
    "Randomness is not allowed while a Python Worker is starting: "
    "the value would be repeated in every isolate. Draw it inside a handler."
)
# Rust draws a hash seed when its first map is made; a constant one is harmless.
DRAWS_HASH_SEED = frozenset({"pydantic_core"})
# Making an instance is fine: a seeded Random draws nothing, and SystemRandom draws when asked.
ALLOWED_OF_RANDOM = frozenset({"Random", "SystemRandom"})

modules: dict[str, Any] = {}


def refuse(*_args: object, **_kwargs: object) -> Any:
    raise OSError(errno.EIO, REFUSED)


def refuse_of_random(*_args: object, **_kwargs: object) -> Any:
    raise RuntimeError(REFUSED)


def refuse_randomness() -> Callable[[], None]:
    """Make every way to draw a random value raise; return what allows it again."""
    patched: list[tuple[Any, str, Any]] = []

    def patch(target: Any, name: str, value: Any) -> None:
        patched.append((target, name, getattr(target, name)))
        setattr(target, name, value)

    seed = random.Random.seed

    def seed_given(self: random.Random, a: Any = None, version: int = 2) -> None:
        # Without a seed CPython falls back to the clock when the system has no randomness.
        if a is None:
            refuse()
        seed(self, a, version)

    patch(os, "urandom", refuse)
    patch(random, "_urandom", refuse)
    patch(random.Random, "seed", seed_given)
    for name in random.__all__:
        if name not in ALLOWED_OF_RANDOM:
            patch(random, name, refuse_of_random)

    def allow() -> None:
        for target, name, value in patched:
            setattr(target, name, value)
        random.seed()

    return allow


class HashSeedFinder:
    """Lets the modules of DRAWS_HASH_SEED draw their constant seed while they are imported."""

    def __init__(self, set_entropy: Callable[[str], None]) -> None:
        self.set_entropy = set_entropy

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name not in DRAWS_HASH_SEED:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        load = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            self.set_entropy("fixed")
            try:
                load(module)
                # The first validator makes the maps that pydantic_core has put off.
                module.SchemaValidator({"type": "any"})
            finally:
                self.set_entropy("refused")

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def import_main(name: str, root: str, set_entropy: Callable[[str], None]) -> Callable[[], None]:
    """Import the main module *name* as a deploy does: without randomness.

    Its own files are the last on the path, so that one that has the name of a vendored module or
    of one of the standard library is not found. Returns what to call in the first event, where
    randomness exists.
    """
    vendored = f"{root}/python_modules"
    packages = next((n for n, p in enumerate(sys.path) if p.endswith("site-packages")), None)
    sys.path.insert(len(sys.path) if packages is None else packages, vendored)
    sys.path.append(root)
    # Files with the ending .pth are followed, those of the SDK among them.
    site.addsitedir(vendored)
    os.chdir("/")
    finder = HashSeedFinder(set_entropy)
    sys.meta_path.insert(0, finder)
    allow = refuse_randomness()
    set_entropy("refused")
    modules["main"] = importlib.import_module(name)
    modules["sdk"] = importlib.import_module("workers")

    def before_first_event() -> None:
        sys.meta_path.remove(finder)
        set_entropy("real")
        allow()

    return before_first_event


def handle_event(class_name: str, ctx: Any, env: Any, name: str, *args: Any) -> Any:
    """Make an instance of a WorkerEntrypoint and give it one event."""
    return forward(new_object(class_name, ctx, env), name, args, converted=True)


def new_object(class_name: str, ctx: Any, env: Any) -> Any:
    cls = getattr(modules["main"], class_name, None)
    if not isinstance(cls, type):
        raise TypeError(f"There is no class {class_name!r} in the main module")
    return cls(ctx, env)


def call_object(instance: Any, name: str, *args: Any) -> Any:
    """Give a Durable Object one event or call. The runtime passes its own events unconverted."""
    return forward(instance, name, args, converted=name not in RAW_EVENTS)


RAW_EVENTS = frozenset({"alarm", "webSocketMessage", "webSocketClose", "webSocketError"})


@functools.cache
def places_of(function: Any) -> int:
    """How many positional arguments *function* takes, beside the one it is bound to."""
    kinds = [parameter.kind for parameter in inspect.signature(function).parameters.values()]
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        return sys.maxsize
    keyword_only = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD)
    return sum(kind not in keyword_only for kind in kinds) - 1


def places(method: Any) -> int:
    """How many positional arguments a bound method takes."""
    return places_of(getattr(method, "__func__", method))


def forward(instance: Any, name: str, args: tuple[Any, ...], *, converted: bool) -> Any:
    """Call a method; what it returns at once is returned at once, without a task of the loop."""
    method = getattr(instance, name, None)
    if not callable(method):
        raise TypeError(f"Method {name} does not exist")
    sdk = modules["sdk"]
    if name == "fetch":
        # workerd passes env and ctx as well, as undefined; most handlers do not name them.
        args = (sdk.Request(args[0]), *args[1 : places(method)])
    elif converted:
        args = tuple(sdk.python_from_rpc(arg) for arg in args)
    result = method(*args)
    if inspect.isawaitable(result):
        return awaited(result, name, converted=converted)
    return given(result, name, converted=converted)


async def awaited(result: Any, name: str, *, converted: bool) -> Any:
    return given(await result, name, converted=converted)


def given(result: Any, name: str, *, converted: bool) -> Any:
    """What JavaScript gets. Most results need none of the SDK's looking at every kind of value."""
    if not converted or type(result) is str:
        return result
    if name == "fetch":
        return getattr(result, "js_object", result)
    return modules["sdk"].python_to_rpc(result)


def counted_turns() -> Callable[[], list[int]]:
    """Count the event loop's turns, and the promises that are awaited; return what tells both."""
    from pyodide.webloop import WebLoop

    counts = [0, 0]

    def counting(method: Any, index: int) -> Any:
        def counted(*args: Any, **kwargs: Any) -> Any:
            counts[index] += 1
            return method(*args, **kwargs)

        return counted

    WebLoop.call_later = counting(WebLoop.call_later, 0)
    WebLoop.create_future = counting(WebLoop.create_future, 1)

    def taken() -> list[int]:
        found = [*counts]
        counts[:] = [0, 0]
        return found

    return taken
