import pytest
from pydantic import BaseModel

from media_jobs.redaction import describe, redact, without_grants, without_paths


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


@pytest.mark.parametrize(
    "query",
    [
        *("X-Amz-Signature=1", "x-amz-credential=AK%2F1", "X%2DAmz%2DDate=1", "X-Goog-Signature=1"),
        *("Signature=a", "Policy=b", "Key-Pair-Id=c", "Expires=1", "OSSAccessKeyId=a", "q-ak=b"),
        *("token=a", "access_token=a", "auth=a", "apikey=a", "api_key=a", "hdnts=exp=1~hmac=2"),
        *("sig=a&sv=2021&se=1&sp=r&sr=b", "password=a", "client_secret=a", "jwt=a.b.c"),
    ],
)
def test_d18_a_parameter_that_grants_access_is_left_out_of_an_address(query: str) -> None:
    for url in (f"https://h.example/a?{query}", f"https://u:p@h.example/a?{query}#t=1"):
        assert without_grants(url) == "https://h.example/a"
    assert without_grants(f"https://h.example/a?v=1&{query}&w=2") == "https://h.example/a?v=1&w=2"


@pytest.mark.parametrize(
    "query",
    [
        *("v=1", "design=2", "list=" + "P" * 100, "sp=EgQ&sr=1&st=2", "key=1", "passage=4", "a&b="),
        *("expiresIn=1", "author=me", "tokens=3", "q=%C3%A9+x%26y", "signs=2", "authors=x", "a&&b"),
    ],
)
def test_d18_every_other_parameter_stays_byte_for_byte(query: str) -> None:
    assert without_grants(f"https://h.example/a?{query}") == f"https://h.example/a?{query}"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("[Errno 2] No such file: '/var/work/job_1/a.mp4.part-Frag1'",
         "[Errno 2] No such file: '…/a.mp4.part-Frag1'"),
        ('File "/usr/lib/python3.11/x.py", line 3', 'File "…/x.py", line 3'),
        ("see https://h.example/a/b/c and http://127.0.0.1:80/a/b", None),
        ("http://[::1]/a/b, a/b/c, 1/2, and/or", None),
        ("(/opt/ffmpeg: /tmp/a)", "(…/ffmpeg: …/a)"),
    ],
)  # fmt: skip
def test_d05_a_path_keeps_its_file_name_and_an_address_its_path(
    text: str, left: str | None
) -> None:
    assert without_paths(text) == (text if left is None else left)


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
