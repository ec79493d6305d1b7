import pytest
from pydantic import BaseModel

from media_jobs.redaction import describe, redact


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("", ""),
        ("no address at all? none.", "no address at all? none."),
        ("https://host/a/video.mp4", "https://host/a/video.mp4"),
        ("https://host/k?X-Amz-Signature=abc&x=1: 403", "https://host/k?… 403"),
        ("Error opening 'https://host/k?sig=abc' here", "Error opening 'https://host/k?…' here"),
        ("a http://h/1?x=1 b http://h/2?y=2 c", "a http://h/1?… b http://h/2?… c"),
        ('{"url":"https://h/k?token=abc"}', '{"url":"https://h/k?…"}'),
        ("proxy socks5://user:pa%40ss@host:1080 failed", "proxy socks5://host:1080 failed"),
        ("https://user:pass@host/?q=1", "https://host/?…"),
        ("…56&X-Amz-Credential=AK%2F1&X-Amz-Signature=0a1b HTTP 403",
         "…56&X-Amz-Credential=…&X-Amz-Signature=… HTTP 403"),
        ("[https @ 0x1] https://h/k?x=1: 403\nproxy http://u:p@proxy:3128 refused; it's 1 < 2?",
         "[https @ 0x1] https://h/k?… 403\nproxy http://proxy:3128 refused; it's 1 < 2?"),
        ("to https://a/b://c?d=e", "to https://a/b://c?…"),
        ("back to https://h/cb#access_token=abc done", "back to https://h/cb#… done"),
        ("job=job_1&attempt=1&token=abc_-d", "job=job_1&attempt=1&token=…"),
    ],
)  # fmt: skip
def test_a_text_loses_what_grants_something_and_nothing_else(text: str, redacted: str) -> None:
    assert redact(text) == redacted


def test_what_is_known_to_be_secret_is_left_out_wherever_it_stands() -> None:
    assert redact("cookie 9f in https://h/9f", ["9f", ""]) == "cookie … in https://h/…"


def test_a_long_text_without_an_address_costs_little() -> None:
    text = "a" * 200_000 + "://" * 1000

    assert redact(text) == text


def test_a_long_text_of_addresses_without_a_query_costs_little() -> None:
    text = "a://" * 100_000

    assert redact(text) == text
    assert redact(f"{text}b?token=abc") == f"{text}b?…"


def test_an_unexpected_error_is_told_without_the_values_it_refused() -> None:
    class Stored(BaseModel):
        token: int

    def refusal() -> BaseException:
        try:
            Stored.model_validate({"token": "a-secret-word"})
        except ValueError as error:
            return error
        raise AssertionError

    assert describe(refusal()) == "ValidationError of Stored: token: int_parsing"
    assert (
        describe(OSError("GET https://h/k?sig=abc failed")) == "OSError: GET https://h/k?… failed"
    )
    assert describe(KeyError()) == "KeyError: "
