"""Finished outputs through signed links: ranges, validators, names, and links that are none."""

from __future__ import annotations

import time
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest

from dev.stack.stack import Stack
from tests.stack.api_client import ApiClient
from tests.stack.fake_container import FakeContainers, signature_of

BODY = bytes(range(256)) * 40  # 10,240 bytes, of which every range looks different.


@pytest.fixture(scope="module")
def finished(client: ApiClient, stack: Stack, fake_containers: FakeContainers) -> dict[str, object]:
    """A completed job, as the API shows it."""
    if not isinstance(stack, Stack):
        pytest.skip("STACK_URL names a stack whose containers are not played by these tests")
    job_id = client.new_job()
    fake_containers.render(job_id).finish(BODY)
    return client.job_in(job_id, "completed")


@pytest.fixture
def link(finished: dict[str, dict[str, dict[str, str]]]) -> str:
    return finished["artifacts"]["video"]["url"]


def _signed_link(client: ApiClient, path: str, params: dict[str, str], expires_s: int) -> str:
    """Sign a link as the app does, by hand."""
    query = urlencode(sorted({**params, "exp": str(expires_s)}.items()))
    signature = signature_of(f"artifact {path}?{query}".encode(), client.stack.secret)
    return f"{client.stack.orchestrator_url}{path}?{query}&sig={signature}"


# --- whole and in part ----------------------------------------------------------------------------


def test_the_whole_is_sent_with_its_type_size_and_validator(client: ApiClient, link: str) -> None:
    answer = client.http.get(link)

    headers = answer.headers
    assert (answer.status_code, answer.content) == (200, BODY)
    assert headers["content-type"] == "video/mp4"
    assert headers["content-length"] == "10240"
    assert headers["accept-ranges"] == "bytes"
    assert headers["etag"].startswith('"')
    assert headers["etag"].endswith('"')
    assert headers["x-content-type-options"] == "nosniff"
    assert "content-encoding" not in headers


def test_head_answers_as_get_without_the_body(client: ApiClient, link: str) -> None:
    head, got = client.http.head(link), client.http.get(link)

    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "etag", "accept-ranges", "content-disposition"):
        assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=100-199", 100, 199),
        ("bytes=10000-99999", 10000, 10239),
        ("bytes=-5", 10235, 10239),
    ],
)
def test_a_range_is_sent_alone(
    client: ApiClient, link: str, asked: str, first: int, last: int
) -> None:
    answer = client.http.get(link, headers={"range": asked})

    assert (answer.status_code, answer.content) == (206, BODY[first : last + 1])
    assert answer.headers["content-range"] == f"bytes {first}-{last}/10240"
    assert answer.headers["content-length"] == str(last - first + 1)


def test_a_range_past_the_end_is_416(client: ApiClient, link: str) -> None:
    answer = client.http.get(link, headers={"range": "bytes=10240-"})

    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == "bytes */10240"


# --- validators -----------------------------------------------------------------------------------


# --- names ----------------------------------------------------------------------------------------


def test_any_name_is_told_in_both_ways(client: ApiClient, link: str) -> None:
    path = httpx.URL(link).path
    params = {"filename": '视频 "a"\\b%.mp4', "disposition": "attachment"}

    url = _signed_link(client, path, params, int(time.time()) + 60)

    assert client.http.head(url).headers["content-disposition"] == (
        'attachment; filename="__ _a__b_.mp4"; '
        "filename*=UTF-8''%E8%A7%86%E9%A2%91%20%22a%22%5Cb%25.mp4"
    )


# --- links that are none --------------------------------------------------------------------------


def test_the_app_s_link_says_what_it_opens_and_nothing_else_is_asked(
    client: ApiClient, link: str
) -> None:
    """The job's object knows no such slot, and would say that there is nothing."""
    query = dict(parse_qsl(httpx.URL(link).query.decode()))
    carried = {name: query[name] for name in ("key", "size", "type", "etag")}
    path = httpx.URL(link).path.rpartition("/")[0] + "/of-no-job"
    expires_s = int(time.time()) + 60

    url = _signed_link(client, path, carried, expires_s)
    ranged = client.http.get(url, headers={"range": "bytes=100-199"})

    assert (ranged.status_code, ranged.content) == (206, BODY[100:200])
    assert client.http.get(_signed_link(client, path, {}, expires_s)).status_code == 404


def test_a_changed_link_is_401(client: ApiClient, link: str) -> None:
    signature = httpx.URL(link).params["sig"]
    changed = [
        link.replace("exp=", "exp=1"),
        link.replace("/video?", "/metadata?"),
        link.replace(signature, signature.upper()),
        link.replace(f"&sig={signature}", ""),
        f"{link}&exp=9999999999",
    ]

    answers = [client.http.get(one) for one in changed]

    assert link not in changed
    assert [(a.status_code, a.json()) for a in answers] == [(401, {"error": "unauthorized"})] * 5


def test_deleted_artifacts_are_gone(client: ApiClient, containers: FakeContainers) -> None:
    job_id = client.new_job()
    containers.render(job_id).finish(BODY)
    job = client.job_in(job_id, "completed")
    link = job["artifacts"]["video"]["url"]
    etag = client.http.head(link).headers["etag"]
    message = {"type": "artifacts.delete", "jobId": job_id, "mediaId": job["mediaId"]}
    url = f"{client.stack.orchestrator_url}/artifacts/{job_id}"

    unsigned = client.http.request("DELETE", url, content=b"{}")
    deleted = client.post_signed(url, message, method="DELETE")

    assert unsigned.status_code == 401
    assert deleted.json() == {"ok": True, "deleted": 2, "errors": []}
    assert client.http.get(link).status_code == 404
    assert client.http.head(link).status_code == 404
    assert client.http.get(link, headers={"if-none-match": etag}).status_code == 404
