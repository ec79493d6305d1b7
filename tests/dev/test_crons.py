"""Cron expressions as the configs hold them."""

from datetime import UTC, datetime

import pytest

from dev.crons import is_due, parse

# A Sunday.
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "due"),
    [
        ("* * * * *", True),
        ("*/5 * * * *", True),
        ("*/7 * * * *", True),
        ("1-59/2 * * * *", False),
        ("0 12 * * *", True),
        ("0 0,12 * * *", True),
        ("0 13 * * *", False),
        ("0 12 22 11 *", True),
        ("0 12 22 10 *", False),
        ("0 12 * * 1", True),
        ("0 12 * * 2-7", False),
        ("30 * * * *", False),
        ("0/20 4-6,12 1,22 * 1-7/3", True),
    ],
)
def test_an_expression_is_due_in_the_minutes_it_names(cron: str, due: bool) -> None:
    assert is_due(cron, NOON) is due


@pytest.mark.parametrize(
    "cron",
    [
        *("", "@daily", "* * * *", "* * * * * *", "0 12 * * MON", "*/ * * * *", "1,,2 * * * *"),
        *("60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 0"),
        *("5-1 * * * *", "*/0 * * * *"),
    ],
)
def test_a_text_that_is_not_five_fields_of_numbers_is_refused(cron: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(cron)
