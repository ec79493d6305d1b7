"""What the tools of an attempt say while they run, for who watches it: the last lines of each.

A failure keeps the last lines of the tool that failed; these are all of an attempt's, before its
end. Both are made readable for strangers in the same way. Tasks inherit the log of the attempt
that has started them; outside of an attempt nothing is kept.
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from media_jobs.redaction import redact, without_paths
from media_jobs.tool_logs import LOG_LINES_MAX

__all__ = ["LINES_MAX", "ToolLog", "Writer", "hide", "note", "show", "under_log", "writer"]

LINES_MAX = LOG_LINES_MAX
LINE_BYTES_MAX = 4096
_ENDS = re.compile(rb"\r\n|\r|\n")


class ToolLog:
    """The last lines of one attempt's tools, and how far the one at work says it is."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=LINES_MAX)
        self._shown = ""
        self._secrets: tuple[str, ...] = ()

    def add(self, line: str) -> None:
        """Keep a line, as it was said."""
        self._lines.append(line)

    def show(self, line: str) -> None:
        """Set the line that stands below the others, in place of the one before."""
        self._shown = line

    def hide(self, secrets: Sequence[str]) -> None:
        """Have *secrets* replaced wherever a line has one."""
        self._secrets = (*self._secrets, *secrets)

    def tail(self, count: int) -> list[str]:
        """Return the last *count* lines, without what would give access and without folders."""
        lines = [*self._lines, *([self._shown] if self._shown else [])]
        text = without_paths(redact("\n".join(lines), self._secrets))
        return text.split("\n")[-count:] if lines else []

    def clear(self) -> None:
        """Forget everything."""
        self._lines.clear()
        self._shown = ""
        self._secrets = ()


class Writer:
    """Cuts what one program writes into lines; what is not ended yet is not kept.

    Of half a line nobody could tell that it is half a secret. A line that is too long is left out
    for the same reason.
    """

    def __init__(self, log: ToolLog | None) -> None:
        self._log = log
        self._begun = b""
        self._is_long = False

    def write(self, chunk: bytes) -> None:
        """Take what was written."""
        if self._log is None:
            return
        *lines, self._begun = _ENDS.split(self._begun + chunk)
        for line in lines:
            if self._is_long or len(line) > LINE_BYTES_MAX:
                self._log.add("…")
            elif text := line.decode("utf-8", "replace").strip():
                self._log.add(text)
            self._is_long = False
        if len(self._begun) > LINE_BYTES_MAX:
            self._begun, self._is_long = b"", True


_log: ContextVar[ToolLog | None] = ContextVar("tool_log", default=None)


@contextmanager
def under_log(log: ToolLog) -> Iterator[None]:
    """Have what tools say here, and in tasks that are begun here, kept in *log*."""
    token = _log.set(log)
    try:
        yield
    finally:
        _log.reset(token)


def writer() -> Writer:
    """Return what takes the output of one program of this attempt."""
    return Writer(_log.get())


def note(line: str) -> None:
    """Keep a line of the kit's own in this attempt's log."""
    if (log := _log.get()) is not None:
        log.add(line)


def show(line: str) -> None:
    """Set the line below the others in this attempt's log."""
    if (log := _log.get()) is not None:
        log.show(line)


def hide(secrets: Sequence[str]) -> None:
    """Have *secrets* replaced in this attempt's log."""
    if (log := _log.get()) is not None:
        log.hide(secrets)
