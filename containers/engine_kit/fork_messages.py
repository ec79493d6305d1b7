"""What a service and the processes that it has work done in say to each other (decision 47).

Each message is its length and a pickle. What comes from such a process was made beside what
strangers wrote: it may name no function, and no class but the project's own and a few harmless
ones, so that reading it can call nothing else.
"""

import io
import pickle
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine_kit.failures import EngineFailure
from media_jobs.said import Said

__all__ = [
    "HEAD",
    "Crashed",
    "Failed",
    "Made",
    "Order",
    "Started",
    "Told",
    "TooCostly",
    "packed",
    "unpacked",
]

HEAD = struct.Struct("!Q")
OWN = frozenset({"engine_kit", "media_jobs"})
HARMLESS = frozenset(
    {
        ("builtins", "frozenset"),
        ("builtins", "set"),
        ("pathlib", "PosixPath"),
        ("pathlib._local", "PosixPath"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Work to be done: within *cpu_s* seconds of processor time and *memory_bytes*.

    *tells*: whether it gets a function `advance`.
    """

    work: Callable[..., object]
    args: tuple[object, ...]
    tells: bool
    cpu_s: int
    memory_bytes: int

    def packed(self) -> Iterator[bytes]:
        """Return the order as it is sent."""
        return packed(self)


@dataclass(frozen=True, slots=True)
class Started:
    """The first word of a process."""

    pid: int


@dataclass(frozen=True, slots=True)
class Told:
    """How much of the work is done, 0 to 1."""

    share: float


@dataclass(frozen=True, slots=True)
class Made:
    """What the work has returned."""

    result: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The EngineFailure that the work has raised."""

    code: str
    said: Said
    retryable: bool
    tool_tail: str | None
    hints: tuple[str, ...]

    @classmethod
    def of(cls, failure: EngineFailure) -> "Failed":
        """Return *failure* as it is sent."""
        return cls(
            code=failure.code,
            said=failure.said,
            retryable=failure.retryable,
            tool_tail=failure.tool_tail,
            hints=failure.hints,
        )

    def failure(self) -> EngineFailure:
        """Return it as it was raised."""
        return EngineFailure(
            self.code,
            self.said,
            retryable=self.retryable,
            tool_tail=self.tool_tail,
            hints=self.hints,
        )


@dataclass(frozen=True, slots=True)
class TooCostly:
    """The work was given up at one of its limits."""


@dataclass(frozen=True, slots=True)
class Crashed:
    """The work has raised anything else; *trace*: its traceback."""

    trace: str


def packed(said: object) -> Iterator[bytes]:
    """Return a message as it is sent."""
    data = pickle.dumps(said, protocol=5)
    return iter((HEAD.pack(len(data)), data))


def unpacked(data: bytes, own: frozenset[str]) -> object:
    """Return a message of a process; raises UnpicklingError for what it must not name.

    *own*: the packages, beside the kit, whose classes it may.
    """
    return _Reader(io.BytesIO(data), OWN | own).load()


class _Reader(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, own: frozenset[str]) -> None:
        super().__init__(file)
        self._own = own

    def find_class(self, module: str, name: str) -> object:
        found = super().find_class(module, name)
        # By what it is and not by where it is named: a module of ours may import anything.
        own = isinstance(found, type) and found.__module__.partition(".")[0] in self._own
        if own or (module, name) in HARMLESS:
            return found
        raise pickle.UnpicklingError(f"{module}.{name}")
