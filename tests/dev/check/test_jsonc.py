"""The reader of JSON with comments."""

import pytest

from dev.check.jsonc import read_jsonc


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
