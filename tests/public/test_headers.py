"""The headers of the static files, and that the reference page keeps to them."""

import re
from pathlib import Path

PUBLIC = Path(__file__).resolve().parents[2] / "public"


def headers() -> dict[str, str]:
    first, *lines = (PUBLIC / "_headers").read_text().splitlines()
    assert first == "/*"
    return {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines)
    }


def directives() -> dict[str, list[str]]:
    policy = headers()["content-security-policy"]
    return {name: values for name, *values in (part.split() for part in policy.split(";"))}


def test_browsers_come_by_https_guess_no_types_and_tell_no_one_where_they_were() -> None:
    found = headers()
    age = re.fullmatch(r"max-age=(\d+)(?:; includeSubDomains)?", found["strict-transport-security"])

    assert age is not None
    assert int(age[1]) >= 31_536_000
    assert found["x-content-type-options"] == "nosniff"
    assert found["referrer-policy"] == "no-referrer"
    assert found["cross-origin-opener-policy"] == "same-origin"


def test_no_page_may_frame_these_and_no_script_but_these_may_run() -> None:
    found = directives()

    assert found["default-src"] == ["'none'"]
    assert found["frame-ancestors"] == ["'none'"]
    assert found["base-uri"] == ["'none'"]
    assert found["script-src"] == found["style-src"] == ["'self'"]
    assert found["require-trusted-types-for"] == ["'script'"]


def test_the_page_may_call_its_own_origin_and_upload_to_the_bucket() -> None:
    assert directives()["connect-src"] == [
        "'self'",  # The API, and its WebSocket.
        "https://*.r2.cloudflarestorage.com",
        "http://127.0.0.1:*",
        "http://localhost:*",
    ]


def test_the_reference_page_makes_no_markup_of_what_it_shows() -> None:
    script = (PUBLIC / "reference.js").read_text()
    page = (PUBLIC / "reference.html").read_text()

    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b", script)
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style", page)
    assert re.findall(r'(?:src|href)="(https?:)?//', page) == []
