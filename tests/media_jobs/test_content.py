from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_jobs.content import ByteRange, Content, disposition, guards, parse_range, serve
from media_jobs.errors import NotFound
from media_jobs.http import Reply
from tests.platform.bucket import Objects
from tests.platform.loop import run
from tests.platform.request import request

KEY = "media/med_1/outputs/job_1/1-1/video.mp4"
BODY = b"0123456789"
MD5 = "781e5e245d69b566979b86e28d23f2c7"
OUTPUT = Content(key=KEY, size_bytes=10, content_type="video/mp4", etag=MD5)
ETAG = f'"{MD5}"'


@pytest.mark.parametrize(
    ("header", "offset", "length"),
    [
        # RFC 9110 section 14.1.2, for a representation of 10,000 bytes.
        ("bytes=0-499", 0, 500),
        ("bytes=500-999", 500, 500),
        ("bytes=-500", 9500, 500),
        ("bytes=9500-", 9500, 500),
        ("bytes=0-0", 0, 1),
        ("bytes=-1", 9999, 1),
        # Beyond the end: as much as there is.
        ("bytes=9999-10000", 9999, 1),
        ("bytes=0-999999999999", 0, 10_000),
        ("bytes=-20000", 0, 10_000),
        ("bytes= 0-499 ", 0, 500),
        # Nothing of it is there.
        ("bytes=10000-", 10_000, 0),
        ("bytes=10000-10001", 10_000, 0),
        ("bytes=-0", 10_000, 0),
    ],
)
def test_a_single_byte_range_is_understood(header: str, offset: int, length: int) -> None:
    assert parse_range(header, 10_000) == ByteRange(offset=offset, length=length)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=5",
        "bytes=499-0",
        "bytes=0-0,-1",
        "bytes=0-499,500-999",
        "bytes=0x0-0xF",
        "bytes=-٣",
        "bytes=--5",
        "bytes=1.5-2",
        "items=0-5",
        "seconds=0-5",
        "0-499",
        "bytes=0-499;x",
        "bytes=0-" + "9" * 19,
    ],
)
def test_what_is_not_one_byte_range_is_ignored(header: str | None) -> None:
    assert parse_range(header, 10_000) is None


@given(st.integers(min_value=0), st.integers(min_value=0), st.integers(min_value=0, max_value=99))
def test_a_range_never_leaves_the_object(first: int, last: int, size: int) -> None:
    for header in (f"bytes={first}-{last}", f"bytes={first}-", f"bytes=-{last}"):
        part = parse_range(header, size)
        if part is not None and part.length:
            assert 0 <= part.offset < part.offset + part.length <= size


def ask(
    headers: dict[str, str] | None = None,
    method: str = "GET",
    objects: Objects | None = None,
    params: dict[str, str] | None = None,
) -> Reply:
    asked = request(method, "/artifacts/job_1", headers=headers or {})
    stored = objects if objects is not None else Objects({KEY: BODY})
    return run(serve(asked, OUTPUT, stored, params or {}))


def test_a_whole_object_is_sent_with_its_length_type_and_validator() -> None:
    reply = ask()

    assert (reply.status, reply.body) == (200, BODY)
    assert reply.headers == {
        "accept-ranges": "bytes",
        "cache-control": "private, max-age=0, must-revalidate",
        "content-disposition": "inline; filename=\"video.mp4\"; filename*=UTF-8''video.mp4",
        "content-length": "10",
        "content-security-policy": "sandbox; default-src 'none'; media-src 'self'",
        "content-type": "video/mp4",
        "cross-origin-resource-policy": "cross-origin",
        "etag": ETAG,
        "x-content-type-options": "nosniff",
    }


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("video/webm", "inline"),
        ("audio/x-matroska", "inline"),
        ("IMAGE/PNG", "inline"),
        ("text/vtt", "inline"),
        ("text/vtt; charset=utf-8", "inline"),
        ("image/svg+xml", "attachment"),
        ("text/html", "attachment"),
        ("text/vttx+html; x", "attachment"),
        ("application/json", "attachment"),
        ("application/pdf", "attachment"),
        ("", "attachment"),
        ("multipart/x-mixed-replace", "attachment"),
    ],
)
def test_a01_what_a_browser_might_run_is_saved_and_never_shown(
    content_type: str, kind: str
) -> None:
    output = replace(OUTPUT, content_type=content_type)

    assert disposition({"disposition": "inline"}, output).partition(";")[0] == kind
    assert guards(content_type)["content-security-policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize(
    ("header", "body", "content_range"),
    [
        ("bytes=2-5", b"2345", "bytes 2-5/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=0-1,3-4", BODY, None),
        ("items=0-1", BODY, None),
        ("bytes=5-2", BODY, None),
    ],
)
def test_a_range_is_sent_as_such_if_it_is_understood_and_else_ignored(
    header: str, body: bytes, content_range: str | None
) -> None:
    reply = ask({"range": header})

    assert (reply.status, reply.body) == (200 if content_range is None else 206, body)
    assert reply.headers.get("content-range") == content_range
    assert (reply.headers["content-length"], reply.headers["etag"]) == (str(len(body)), ETAG)


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_a_range_beyond_the_end_is_416_and_names_the_size(header: str) -> None:
    reply = ask({"range": header})

    assert (reply.status, reply.headers["content-range"]) == (416, "bytes */10")
    assert reply.body is None
    assert "content-length" not in reply.headers


@pytest.mark.parametrize("header", [ETAG, f"W/{ETAG}", f'"x", {ETAG}', "*", f" {ETAG} "])
def test_an_object_that_the_client_has_is_304(header: str) -> None:
    objects = Objects({KEY: BODY})
    reply = ask({"if-none-match": header, "range": "bytes=0-1"}, objects=objects)

    assert (reply.status, reply.body, reply.headers["etag"]) == (304, None, ETAG)
    assert "content-length" not in reply.headers
    assert objects.opened == []


@pytest.mark.parametrize("header", ['"other"', MD5, ""])
def test_an_object_that_the_client_has_not_is_sent(header: str) -> None:
    assert ask({"if-none-match": header}).status == 200


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        (ETAG, 206),
        (f"W/{ETAG}", 200),
        ('"other"', 200),
        ("Mon, 21 Sep 2026 00:00:00 GMT", 200),
        ("", 200),
    ],
)
def test_a_range_of_a_changed_object_is_the_whole_object(condition: str, status: int) -> None:
    reply = ask({"if-range": condition, "range": "bytes=0-1"})

    assert reply.status == status
    assert reply.body == (b"01" if status == 206 else BODY)


def test_a_head_says_what_a_get_would_and_opens_nothing() -> None:
    objects = Objects({KEY: BODY})
    reply = ask(method="HEAD", objects=objects)

    assert (reply.status, reply.body) == (200, None)
    assert reply.headers == ask().headers
    assert objects.opened == []
    # A range is defined for GET alone.
    assert ask({"range": "bytes=0-1"}, method="HEAD") == reply


@pytest.mark.parametrize("stored", [{}, {KEY: b"another upload"}])
@pytest.mark.parametrize(
    ("method", "headers"), [("GET", {}), ("HEAD", {}), ("GET", {"if-none-match": ETAG})]
)
def test_an_object_that_is_gone_or_another_is_not_ready(
    method: str, headers: dict[str, str], stored: dict[str, bytes]
) -> None:
    with pytest.raises(NotFound) as caught:
        ask(headers, method=method, objects=Objects(stored))

    assert caught.value.code == "artifact_not_ready"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, "inline; filename=\"video.mp4\"; filename*=UTF-8''video.mp4"),
        (
            {"filename": "My clip.mp4", "disposition": "attachment"},
            "attachment; filename=\"My clip.mp4\"; filename*=UTF-8''My%20clip.mp4",
        ),
        (
            {"filename": "字幕 é.mp4"},
            "inline; filename=\"__ _.mp4\"; filename*=UTF-8''%E5%AD%97%E5%B9%95%20%C3%A9.mp4",
        ),
        (
            {"filename": 'a"b\\c/d%e;f\r\nX: y.mp4'},
            'inline; filename="a_b_c_d_e;f__X: y.mp4"; '
            "filename*=UTF-8''a%22b%5Cc%2Fd%25e%3Bf%0D%0AX%3A%20y.mp4",
        ),
        (
            {"disposition": "evil\r\nX: y"},
            "inline; filename=\"video.mp4\"; filename*=UTF-8''video.mp4",
        ),
    ],
)
def test_a_file_name_is_given_to_old_and_new_clients_and_breaks_no_header(
    params: dict[str, str], expected: str
) -> None:
    assert ask(params=params).headers["content-disposition"] == expected
