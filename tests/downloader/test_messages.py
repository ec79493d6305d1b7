"""The engine and its child understand each other, and secrets stay between them."""

import pytest
from downloader.messages import Failed, Fetching, Order, read_report
from pydantic import ValidationError

COOKIES = "# Netscape HTTP Cookie File\n.example.com\tTRUE\t/\tTRUE\t0\tsession\ts3cret-value\n"


def an_order(*, cookies: str | None = None, proxy: str | None = None) -> Order:
    return Order(
        url="https://example.com/v",
        directory="/w",
        ffmpeg="/ffmpeg",
        max_height=720,
        max_bytes=1,
        max_duration_s=1,
        cookies=cookies,
        proxy=proxy,
    )


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
