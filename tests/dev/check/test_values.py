"""Cron texts, and the reader of JSON with comments."""

import pytest

from dev.check.jsonc import read_jsonc
from dev.check.values import cron_faults


@pytest.mark.parametrize(
    "cron", ["* * * * *", "*/5 * * * *", "0,30 4-6 1 12 7", "10-50/10 0 * * 1"]
)
def test_a_cron_expression_that_both_runtimes_take_is_accepted(cron: str) -> None:
    assert list(cron_faults([cron], "here")) == []


@pytest.mark.parametrize(
    "cron",
    [
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 0",
        "5-1 * * * *",
        "*/0 * * * *",
        "*/ * * * *",
        "1,,2 * * * *",
        "@daily",
        "",
        7,
    ],
)
def test_any_other_cron_text_is_refused(cron: object) -> None:
    assert [finding.where for finding in cron_faults([cron], "here")] == ["here"]


def test_comments_and_trailing_commas_are_ignored_outside_of_strings() -> None:
    source = """
    // first
    { "url": "https://a/*b*/,]", /* two
    lines */ "list": [1, 2, // end
    ], "quote": "\\"// no\\"", }
    """

    assert read_jsonc(source) == {
        "url": "https://a/*b*/,]",
        "list": [1, 2],
        "quote": '"// no"',
    }


def test_an_error_in_a_document_with_comments_tells_its_true_line() -> None:
    with pytest.raises(ValueError, match="line 3 column 3"):
        read_jsonc("/* one\n two */ {\n  wrong }")
