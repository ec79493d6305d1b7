"""`python -m bench --against REV`: this tree and another commit, round by round in the same run.

Each side is its tree's own benchmark on its tree's own stack (bench/turns.py): what a route is
sent, and how a stack is started, may differ between the commits. Both use what is installed here.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from bench.measure import Measurement
from bench.ratios import Figures, ratios
from dev.installation import ROOT

T = TypeVar("T")

INSTALLED = (".venv", "node_modules", "python_modules")
LOCKS = ("package-lock.json", "requirements/dev.txt", "requirements/workers.txt")
END_TIMEOUT_S = 60.0
LOG_BYTES = 4000


class Side:
    """The benchmark of the tree in *folder*, in a process of its own. Use it as a context manager.

    Entering returns when its stack is ready. Raises RuntimeError, with the end of what it has
    printed, when it ends before its last round.
    """

    def __init__(self, folder: Path, *, rounds: int, warm_up: int, only: str) -> None:
        self.start: dict[str, Any] = {}
        self.routes: dict[str, list[float]] | None = None
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - open until it is left.
        path = [str(folder), *(str(folder / name) for name in ("src", "containers", "client"))]
        given = {"--rounds": rounds, "--warm-up": warm_up, "--only": only}
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-P",  # The program's own folder, which is another tree's, is none to import from.
                str(Path(__file__).with_name("turns.py")),
                *(f"{option}={value}" for option, value in given.items()),
            ],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )

    def __enter__(self) -> "Side":
        try:
            self.start = self._read()
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exc: object) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        # It ends by itself after its last round, or when it gets no more turns.
        self._process.stdin.close()
        try:
            self._process.wait(END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._log.close()

    def round(self) -> None:
        """Run one round to its end."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self._wait()

    def _wait(self) -> None:
        """Return before its next round, or with its figures."""
        self.routes = self._read().get("routes")

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._log.seek(0)
            log = self._log.read()[-LOG_BYTES:].decode(errors="replace")
            raise RuntimeError(f"The benchmark ended early:\n{log}")
        document: dict[str, Any] = json.loads(line)
        return document


def alternate(number: int, sides: Sequence[T]) -> Sequence[T]:
    """Return *sides* in the order of round *number*: none is always the first."""
    return sides if number % 2 == 0 else sides[::-1]


def is_commit(revision: str) -> bool:
    """Whether git knows a commit by that name."""
    asked = ["git", "rev-parse", "--quiet", "--verify", f"{revision}^{{commit}}"]
    return subprocess.run(asked, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode == 0


@contextmanager
def checked_out(revision: str) -> Iterator[Path]:
    """Give a folder with the files of *revision* and what is installed in this one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        packed = subprocess.run(
            ["git", "archive", revision], cwd=ROOT, check=True, stdout=subprocess.PIPE
        )
        subprocess.run(["tar", "-x", "-C", name], input=packed.stdout, check=True)
        for installed in INSTALLED:
            (folder / installed).symlink_to(ROOT / installed)
        yield folder


def compare(
    revision: str, *, rounds: int, warm_up: int, only: str, tell: Callable[[str], None]
) -> str:
    """Return the table of this tree's figures and ratios to those of *revision*."""
    with checked_out(revision) as other:
        for lock in LOCKS:
            pinned = other / lock
            if not pinned.is_file() or pinned.read_bytes() != (ROOT / lock).read_bytes():
                tell(f"{revision} has another {lock}; both run with what is installed here")
        folders = (ROOT, other)
        begun = starts(folders, rounds, tell)
        run = interleaved(folders, rounds=rounds, warm_up=warm_up, only=only, tell=tell)
    return ratios(revision, [started | ran for started, ran in zip(begun, run, strict=True)])


def starts(folders: Sequence[Path], times: int, tell: Callable[[str], None]) -> list[Figures]:
    """Start each tree's stack *times* times, in turns; return the CPU time of starts and imports.

    In milliseconds, as the routes' figures are.
    """
    spent: list[dict[str, list[float]]] = [defaultdict(list) for _ in folders]
    for number in range(times):
        tell(f"start {number + 1} of {times}")
        for folder, of_one in alternate(number, list(zip(folders, spent, strict=True))):
            with Side(folder, rounds=0, warm_up=0, only="") as side:
                of_one["start of the stack"].append(side.start["start"] * 1000)
                for worker, import_s in side.start["imports"].items():
                    of_one[f"import: {worker}"].append(import_s * 1000)
    return [_figures(of_one) for of_one in spent]


def interleaved(
    folders: Sequence[Path], *, rounds: int, warm_up: int, only: str, tell: Callable[[str], None]
) -> list[Figures]:
    """Run every tree's stack at the same time and their rounds in turns; return the routes'."""
    with ExitStack() as exit_stack:
        sides = [
            exit_stack.enter_context(Side(folder, rounds=rounds, warm_up=warm_up, only=only))
            for folder in folders
        ]
        for number in range(-warm_up, rounds):
            tell("warming up" if number < 0 else f"round {number + 1} of {rounds}")
            for side in alternate(number, sides):
                side.round()
        return [_figures(side.routes or {}) for side in sides]


def _figures(rounds_ms: dict[str, list[float]]) -> Figures:
    return {
        name: Measurement(name=name, requests=1, rounds_ms=tuple(values))
        for name, values in rounds_ms.items()
    }
