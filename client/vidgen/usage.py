"""The API's call about what was made, and its answer."""

from __future__ import annotations

from pydantic import Field

from vidgen.calls import get
from vidgen.models import Answer
from vidgen.steps import Flow

__all__ = ["Usage", "UsageDay", "UsageTotals", "usage"]


class UsageTotals(Answer):
    """Jobs by how they ended, the bytes of their outputs, and the seconds until their end."""

    submitted: int = 0
    completed: int = 0
    failed: int = 0
    canceled: int = 0
    output_bytes: int = 0
    run_seconds: int = 0


class UsageDay(UsageTotals):
    """What was submitted on one day (UTC) for one engine."""

    day: str
    engine: str


class Usage(Answer):
    """Usage from one day to another, both included; days without jobs are left out."""

    from_: str = Field(alias="from")
    to: str
    days: list[UsageDay]
    totals: UsageTotals


def usage(days: int = 30) -> Flow[Usage]:
    """Return what was made on the last *days* days (1 to 366)."""
    return (yield from get(Usage, "/api/usage", {"days": days}))
