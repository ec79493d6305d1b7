"""The engine and its child understand each other, and secrets stay between them."""

import pytest
from downloader.messages import Failed, Fetching, read_report
from pydantic import ValidationError

from tests.downloader.orders import an_order

COOKIES = "# Netscape HTTP Cookie File\n.example.com\tTRUE\t/\tTRUE\t0\tsession\ts3cret-value\n"


def test_a_line_of_the_child_is_read_as_the_report_it_is() -> None:
    assert read_report('{"event":"fetching","fraction":0.5,"bytes_read":10}') == Fetching(
        fraction=0.5, bytes_read=10
    )
    assert read_report('{"event":"failed","code":"c","message":"m"}') == Failed(
        code="c", message="m"
    )


@pytest.mark.parametrize("line", ["", "{}", '{"event":"other"}', "[1]", '{"event":"failed"}'])
def test_a_line_that_is_no_report_is_refused(line: str) -> None:
    with pytest.raises(ValidationError):
        read_report(line)


def test_an_order_names_its_secrets_and_does_not_show_them() -> None:
    order = an_order(cookies=COOKIES, proxy="http://me:pass-word@proxy.example:3128")

    assert order.secrets() == (
        "http://me:pass-word@proxy.example:3128",
        "me:pass-word",
        "s3cret-value",
        "pass-word",
    )
    assert "s3cret" not in repr(order)
    assert "pass-word" not in repr(order)
