"""`vidgen usage`: what was made, by day and engine."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.filesize import decimal

from vidgen.commands.console import client_of, print_json, table
from vidgen.commands.parameters import Shown, with_shared
from vidgen.usage import UsageTotals

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to *app*."""
    app.command("usage", rich_help_panel="Account")(with_shared(usage))


def usage(
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days, with today.")] = 30,
    *,
    shown: Shown,
) -> None:
    """Count jobs by day (UTC) and engine, with the size of their outputs and their time."""
    with client_of(shown) as client:
        found = client.usage(days)
    if shown.as_json:
        print_json(found)
        return
    head = ("day", "engine", "submitted", "completed", "failed", "canceled", "output", "time")
    rows = [(one.day, one.engine, *_counts(one)) for one in found.days]
    table(head, *rows, ("total", "", *_counts(found.totals)))


def _counts(of: UsageTotals) -> tuple[str, ...]:
    counts = (of.submitted, of.completed, of.failed, of.canceled)
    return *map(str, counts), decimal(of.output_bytes), f"{of.run_seconds} s"
