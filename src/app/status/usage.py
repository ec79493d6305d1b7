"""What was made: jobs by day and engine."""

from datetime import date, timedelta
from typing import Any, Final

from app.ports import Ports
from app.status.store import select_usage

DAY_MS: Final = 86_400_000
DAYS_DEFAULT: Final = 30
DAYS_MAX: Final = 366
_COUNTS = ("submitted", "completed", "failed", "canceled")


async def usage(days: int, ports: Ports) -> dict[str, object]:
    """Return the jobs submitted on the last *days* days (1–366, in UTC, today's included)."""
    assert 1 <= days <= DAYS_MAX
    tomorrow = ports.now_ms() // DAY_MS + 1
    first = tomorrow - days
    rows = await select_usage(ports.store, first * DAY_MS, tomorrow * DAY_MS)
    shown = [{"day": _date(row["day"]), "engine": row["engine"], **_sums(row)} for row in rows]
    totals = {name: sum(int(row[name]) for row in rows) for name in _COUNTS}
    return {
        "from": _date(first),
        "to": _date(tomorrow - 1),
        "days": shown,
        "totals": {
            **totals,
            "outputBytes": sum(int(row["output_bytes"]) for row in rows),
            "runSeconds": sum(int(row["run_ms"]) for row in rows) // 1000,
        },
    }


def _sums(row: dict[str, Any]) -> dict[str, int]:
    counts = {name: int(row[name]) for name in _COUNTS}
    more = {"outputBytes": int(row["output_bytes"]), "runSeconds": int(row["run_ms"]) // 1000}
    return {**counts, **more}


def _date(day: int) -> str:
    """Return the date of a day since 1970-01-01."""
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()
