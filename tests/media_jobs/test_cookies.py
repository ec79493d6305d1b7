"""Cookies in the forms that people have them in, and what is none."""

from pathlib import Path

import pytest

from media_jobs.cookies import Cookie, read_cookies, written_cookies
from media_jobs.engines import ENGINES
from media_jobs.validation import FieldRefused

CASES = Path(__file__).parents[1] / "vectors" / "cases" / "cookies"
URL = "http://127.0.0.1:8000/fast.mp4"
SESSION = "127.0.0.1\tFALSE\t/\tFALSE\t1893456000\tsession\tletmein"
ROW = ".v.example\tTRUE\t/\tTRUE\t1893456000\tid\t7"


def rows(text: str, url: str = "https://www.v.example/watch") -> list[str]:
    """Return the rows of the file that *text* becomes."""
    head, *found = written_cookies(read_cookies(text), url).splitlines()
    assert head == "# Netscape HTTP Cookie File"
    return found


@pytest.mark.parametrize("name", ["good.txt", "crlf.txt", "bom.txt", "export.json"])
def test_d22_to_d24_the_cases_files_are_one_cookie(name: str) -> None:
    assert rows((CASES / name).read_bytes().decode(), URL) == [SESSION]


def test_d24_a_header_line_is_for_the_host_that_is_asked() -> None:
    text = (CASES / "header.txt").read_text()

    assert rows(text, URL) == [
        "127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\tletmein",
        "127.0.0.1\tFALSE\t/\tFALSE\t0\tother\t1",
    ]
    # A name has subdomains, and its cookies are good for them.
    assert rows("a=b") == [".www.v.example\tTRUE\t/\tFALSE\t0\ta\tb"]


@pytest.mark.parametrize(
    "text",
    [
        (CASES / "empty.txt").read_text(),
        " \r\n\t",
        "\ufeff",
        "# Netscape HTTP Cookie File\n",
        "[]",
        "{}",
    ],
)
def test_d25_what_has_no_cookie_is_as_none(text: str) -> None:
    assert read_cookies(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        ROW,
        "# Netscape HTTP Cookie File\n" + ROW,
        "# HTTP Cookie File\r\n\r\n" + ROW + "\r\n",
        "\ufeff# comment\r" + ROW + "\r",
        "#HttpOnly_" + ROW,
        ROW.replace("\t", "    "),
        ROW.replace("TRUE", "true"),
        ROW.replace("1893456000", "1893456000.25"),
        ROW + "\nnot a row at all",
        "\u200b" + ROW.replace("\t", "\u00a0"),
        ROW.replace(".v.example", ".v.example:8080"),
        "# HttpOnly_" + ROW,
        "#httponly_" + ROW,
        ROW.replace("TRUE", "1"),
        ROW.replace("1893456000", "1.893456e9"),
        ROW.replace("1893456000", "1893456000000"),
    ],
)
def test_a_cookie_file_is_read_however_it_was_saved(text: str) -> None:
    assert rows(text) == [ROW]


@pytest.mark.parametrize(
    "text",
    [
        # Cookie-Editor and EditThisCookie; Playwright's storage state; an object of names.
        '[{"domain": ".v.example", "name": "id", "value": "7", "secure": true, "path": "/",'
        ' "expirationDate": 1893456000.5, "hostOnly": false, "sameSite": "lax", "storeId": "0"}]',
        '{"cookies": [{"name": "id", "value": "7", "domain": ".v.example", "path": "/",'
        ' "expires": 1893456000, "httpOnly": true, "secure": true}], "origins": []}',
        '[{"name": "id", "value": "7", "domain": ".v.example", "expiry": 1893456000,'
        ' "secure": true}, {"value": "no name"}, 7, {"name": "odd", "value": {}}]',
        '[{"name": "id", "value": "7", "domain": "https://v.example/path", "hostOnly": false,'
        ' "expires": 1893456000, "secure": true}]',
        # One alone, one a line, a comma too many, milliseconds; .NET, tough-cookie, Cookie Quick
        # Manager.
        '{"name": "id", "value": "7", "domain": ".v.example", "expiry": 1893456000,'
        ' "secure": true}',
        '{"name": "id", "value": 7, "domain": ".v.example", "expiry": 1893456000, "secure": true}\n'
        '{"value": "no name"}',
        '[{"name": "id", "value": "7", "domain": ".v.example", "expires": 1893456000000,'
        ' "secure": true},]',
        '[{"Name": "id", "Value": "7", "Domain": ".v.example", "Expires": 1893456000,'
        ' "Secure": true}]',
        '[{"key": "id", "value": "7", "domain": "v.example", "hostOnly": false,'
        ' "expires": 1893456000, "secure": true}]',
        '[{"Host raw": "https://.v.example/", "Name raw": "id", "Path raw": "/",'
        ' "Content raw": "7",'
        ' "Expires": "01-01-2030 00:00:00", "Expires raw": "1893456000", "Send for raw": "true",'
        ' "Send for": "Encrypted connections only"}]',
    ],
)
def test_the_json_of_extensions_and_of_automation_is_read(text: str) -> None:
    assert rows(text) == [ROW]


def test_a_row_without_a_known_expiry_is_kept_among_others() -> None:
    text = ROW + "\n" + ROW.replace("1893456000", "") + "\n" + ROW.replace("1893456000", "Session")

    assert rows(text) == [ROW, *[ROW.replace("1893456000", "0")] * 2]


def test_rows_that_lost_their_line_ends_behind_a_remark_are_refused() -> None:
    with pytest.raises(FieldRefused):
        read_cookies("# Netscape HTTP Cookie File # Do not edit. " + ROW.replace("\t", " "))


def test_an_object_of_names_and_values_is_for_the_host_that_is_asked() -> None:
    assert rows('{"id": "7"}') == [".www.v.example\tTRUE\t/\tFALSE\t0\tid\t7"]


@pytest.mark.parametrize(
    "text",
    [
        "Cookie: a=b; c=d",
        'document.cookie = "a=b; c=d";',
        "cookie:a=b;c=d;",
        "'a=b; c=d'",
        "a=b\nc=d",
        "a=b;\r\nc=d;\r\n",
        "a=b\uff1b c=d",
    ],
)
def test_pairs_are_read_as_a_header_or_a_page_shows_them(text: str) -> None:
    assert [(cookie.name, cookie.value) for cookie in read_cookies(text)] == [
        ("a", "b"),
        ("c", "d"),
    ]


def test_a_value_keeps_what_belongs_to_it() -> None:
    assert read_cookies('a="b=c, d"; e=') == (
        Cookie(name="a", value='"b=c, d"'),
        Cookie(name="e", value=""),
    )


def test_a_cookie_that_ends_with_its_session_or_at_no_known_time_is_kept() -> None:
    for expires in ("-1", "0", '"2030-01-01T00:00:00Z"', "null", "1e400"):
        item = f'[{{"name": "a", "value": "b", "domain": "v.example", "expires": {expires}}}]'
        assert rows(item) == ["v.example\tFALSE\t/\tFALSE\t0\ta\tb"]


def test_a_value_goes_out_in_utf_8_as_from_a_browser() -> None:
    row = rows("name=Zoë")[0]

    assert row.rpartition("\t")[2].encode("latin-1") == "Zoë".encode()


@pytest.mark.parametrize(
    "text",
    [
        "letmein",
        "<html><body>Sign in</body></html>",
        "[1, 2",
        '["a"]',
        '{"cookies": 7}',
        "Set-Cookie: a=b; Path=/",
        "curl 'https://v.example' -H 'cookie: a=b'",
        "a=b; nothing",
        "[" * 50_000,
        "v.example FALSE /",
    ],
)
def test_what_is_in_no_known_form_is_refused(text: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        read_cookies(text)

    assert refused.value.key == "field.cookies"
    assert "Netscape" in str(refused.value)


def test_no_value_can_bring_a_header_or_a_row_of_its_own() -> None:
    text = '[{"name": "a", "value": "b\\r\\nX: y"}, {"name": "c", "value": "d"}]'

    assert [cookie.name for cookie in read_cookies(text)] == ["c"]


def test_long_texts_are_read_in_no_time() -> None:
    for text in ("a" * 65_536, "\t" * 65_536, "a " * 32_768, "a=b;" * 16_384, " x" * 32_768):
        try:
            read_cookies(text)
        except FieldRefused:
            continue


def test_the_door_refuses_what_is_no_cookie_with_the_forms_that_it_takes() -> None:
    options = ENGINES["media-downloader"].options()

    with pytest.raises(ValueError, match=r"cookies\.txt"):
        options.model_validate({"url": "https://v.example/", "cookies": "letmein"})
    for text in ("", "a=b"):
        options.model_validate({"url": "https://v.example/", "cookies": text})
