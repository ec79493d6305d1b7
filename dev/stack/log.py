"""One stream for the log lines of every part, each with the name of its part before it."""

from __future__ import annotations

import threading
from collections import deque
from typing import TextIO

LINES_KEPT = 5000
# Distinct on dark and light backgrounds; red is kept for errors.
COLOURS = ("36", "32", "33", "35", "34", "96", "92", "95")
ERROR_COLOUR = "31"
WIDTH = 12


class LogStream:
    """Prints lines of many threads one at a time and keeps the last ones.

    *out* None keeps without printing.
    """

    def __init__(self, out: TextIO | None) -> None:
        self._out = out
        self.reader_gone = False
        self._colour = out is not None and out.isatty()
        self._lock = threading.Lock()
        self._kept: deque[tuple[str, str]] = deque(maxlen=LINES_KEPT)
        self._parts: list[str] = []

    def write(self, part: str, text: str, *, error: bool = False) -> None:
        """Print *text*, which may have several lines, as lines of *part*."""
        with self._lock:
            if part not in self._parts:
                self._parts.append(part)
            prefix = self._prefix(part, error=error)
            for line in text.splitlines() or [""]:
                self._kept.append((part, line))
                self._print(f"{prefix} {line}")

    def lines(self, part: str | None = None) -> list[str]:
        """The last LINES_KEPT lines, of one part or as `part text` of all, oldest first."""
        with self._lock:
            kept = list(self._kept)
        if part is None:
            return [f"{name} {line}" for name, line in kept]
        return [line for name, line in kept if name == part]

    def text(self, text: str) -> None:
        """Print *text* as it is."""
        with self._lock:
            self._print(text)

    def _print(self, line: str) -> None:
        if self._out is None:
            return
        try:
            print(line, file=self._out, flush=True)
        except BrokenPipeError:
            self._out = None
            self.reader_gone = True

    def _prefix(self, part: str, *, error: bool) -> str:
        label = f"{part[:WIDTH]:<{WIDTH}} |"
        if not self._colour:
            return label
        colour = ERROR_COLOUR if error else COLOURS[self._parts.index(part) % len(COLOURS)]
        return f"\x1b[{colour}m{label}\x1b[0m"
