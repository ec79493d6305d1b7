"""What a check reports: one line that says where, what, and how to put it right."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong. *where* is a file, with line or setting when there is one."""

    where: str
    what: str
    fix: str

    def line(self) -> str:
        """Return the fault as one line."""
        return " ".join(f"{self.where}: {self.what} Fix: {self.fix}".split())


class CheckError(Exception):
    """A check cannot be made at all; carries the fault that says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.line())
        self.fault = fault
