"""Webhook rules against an independent verifier, the specification's numbers, and hostile URLs."""

import time

import pytest
from standardwebhooks.webhooks import Webhook

from media_jobs.webhooks import (
    TRIES_MAX,
    message_body,
    new_secret,
    retry_delay_ms,
    signed_headers,
    url_fault,
)

OLD, NEW = new_secret(bytes(range(32))), new_secret(bytes(range(32, 64)))
BODY = message_body("job.completed", 1_790_000_000_123, {"title": "字幕 \U0001f3ac"})


def test_the_published_worked_example_gives_the_published_signature() -> None:
    headers = signed_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",),
        1_614_265_330_000,
    )

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_during_a_rotation_either_secret_verifies(secret: str) -> None:
    headers = signed_headers("msg_1", BODY.encode(), (NEW, OLD), int(time.time() * 1000))

    document = Webhook(secret).verify(BODY, headers)

    assert document == {
        "type": "job.completed",
        "timestamp": "2026-09-21T14:13:20.123Z",
        "data": {"title": "字幕 \U0001f3ac"},
    }


def test_the_retries_follow_the_specification() -> None:
    delays_s = [(retry_delay_ms(tries) or 0) / 1000 for tries in range(1, TRIES_MAX)]

    assert delays_s == [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    assert retry_delay_ms(TRIES_MAX) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hooks?key=1",
        "https://hooks.example.co.uk:8443/a",
        "https://xn--fsq.com/",
        "https://93.184.216.34/x",
        "https://[2606:2800:220:1::1]/x",
    ],
)
def test_public_https_urls_may_be_called(url: str) -> None:
    assert url_fault(url) is None


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.com/", "ftp://example.com/", "example.com", "", "https://", "https:///x"),
        *("https://localhost/", "https://LOCALHOST./", "https://a.localhost/", "https://intranet/"),
        *("https://db.internal/", "https://printer.local/", "https://1.0.0.127.in-addr.arpa/"),
        *("https://127.0.0.1/", "https://127.1/", "https://0x7f.0.0.1/", "https://2130706433/"),
        *("https://0177.0.0.1/", "https://10.0.0.8/"),
        *("https://169.254.169.254/latest", "https://[::1]/", "https://[::ffff:127.0.0.1]/"),
        *("https://168.63.129.16/machine", "https://[::ffff:168.63.129.16]/"),
        *("https://[::127.0.0.1]/", "https://[::a00:1]/", "https://example.com:0/"),
        *("https://user@example.com/", "https://u:p@127.0.0.1/", "https://example.com/#x"),
        *("https://exa mple.com/", "https://example.com\\@127.0.0.1/", "https://ex\u3002com/"),
        *("https://example.com:99999/", "https://[::1", "https://example.com/\n", "https://a..b/"),
        "https://example.com/" + "a" * 2000,
    ],
)
def test_anything_else_is_refused_with_a_reason(url: str) -> None:
    assert url_fault(url)


def test_loopback_and_plain_http_to_it_are_let_through_only_when_asked_for() -> None:
    for url in ("http://127.0.0.1:9000/x", "http://localhost/", "https://[::1]:1/"):
        assert url_fault(url)
        assert url_fault(url, allow_loopback=True) is None
    for url in ("http://10.0.0.8/", "http://example.com/", "https://169.254.169.254/"):
        assert url_fault(url, allow_loopback=True)
