"""The cron expressions of the configs: five fields of numbers, `*`, lists, ranges and steps."""

from __future__ import annotations

import re
from datetime import datetime

# (first, last) of minute, hour, day of month, month, day of week (Cloudflare: 1 = Sunday).
FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7))
_ITEM = re.compile(r"(?:\*|([0-9]{1,2})(?:-([0-9]{1,2}))?)(?:/([0-9]{1,2}))?")


def parse(cron: str) -> list[set[int]]:
    """Return the values that each field names. Raises ValueError for any other text."""
    fields = cron.split()
    if len(fields) != len(FIELDS):
        raise ValueError(f"not five fields: {cron!r}")
    return [_values(field, *ends) for field, ends in zip(fields, FIELDS, strict=True)]


def _values(field: str, first: int, last: int) -> set[int]:
    found: set[int] = set()
    for item in field.split(","):
        match = _ITEM.fullmatch(item)
        if match is None:
            raise ValueError(f"{item!r} is not a number, range or step")
        low, high, step = match.groups()
        start = int(low or first)
        end = int(high or (last if step or low is None else low))
        if not first <= start <= end <= last or step in ("0", "00"):
            raise ValueError(f"{item!r} is not within {first} and {last}")
        found |= set(range(start, end + 1, int(step or 1)))
    return found


def is_due(cron: str, now: datetime) -> bool:
    """Whether *cron* fires in the minute of *now* (UTC). Raises ValueError as `parse` does."""
    values = (now.minute, now.hour, now.day, now.month, now.isoweekday() % 7 + 1)
    return all(value in named for value, named in zip(values, parse(cron), strict=True))
