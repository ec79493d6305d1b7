"""Every door of both Workers, over HTTP: who gets in, who does not, and what lives on."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.stack.api_client import ApiClient
from tests.stack.fake_container import FakeContainers, signature_of

UNAUTHORIZED = {"error": "unauthorized"}
NESTED = b"[" * 6000
CALLBACK = "/callbacks/container?job=job_x&attempt=1&token=x"
SIGNED = {
    ("orchestrator", "/jobs"): "job.start",
    ("orchestrator", CALLBACK): "container.callback",
    ("app", "/api/render/cf-callback"): "job.event",
}
"""Doors that take signed messages, and what their messages are."""
# A door of each way in which a body is read, and what it answers to brackets: unsigned, and signed.
DOORS = [
    ("app", "POST", "/api/jobs", 401, 401),
    ("app", "POST", "/api/render/cf-callback", 401, 400),
    ("app", "POST", "/api/session", 413, 413),  # Takes no body of 6 kB at all.
    ("orchestrator", "POST", "/jobs", 401, 400),
    ("orchestrator", "DELETE", "/artifacts/job_1", 401, 400),
    ("orchestrator", "POST", CALLBACK, 401, 400),
    ("orchestrator", "POST", "/jobs/job_1/urls?attempt=1&token=x", 401, 401),
]


def _both_live(client: ApiClient) -> bool:
    urls = (client.stack.app_url, client.stack.orchestrator_url)
    return all(client.http.get(f"{url}/healthz").status_code == 200 for url in urls)


def _url(client: ApiClient, worker: str, path: str) -> str:
    base = client.stack.app_url if worker == "app" else client.stack.orchestrator_url
    return base + path


@pytest.mark.parametrize(("worker", "method", "path", "unsigned", "signed"), DOORS)
def test_six_kilobytes_of_brackets_are_refused_and_the_workers_live_on(
    client: ApiClient, worker: str, method: str, path: str, unsigned: int, signed: int
) -> None:
    url = _url(client, worker, path)

    answers = [
        client.http.request(method, url, content=NESTED),
        client.post_signed(url, NESTED, method=method),
    ]

    assert [answer.status_code for answer in answers] == [unsigned, signed]
    assert _both_live(client)


def test_brackets_of_a_caller_with_a_token_are_a_bad_request(client: ApiClient) -> None:
    media_id = client.new_media()

    for method, path in (("POST", "/api/jobs"), ("PUT", f"/api/media/{media_id}/comments")):
        answer = client.api(method, path, NESTED)

        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert _both_live(client)


@pytest.mark.parametrize(("worker", "path"), SIGNED)
def test_a_wrong_secret_is_401_and_nothing_else(client: ApiClient, worker: str, path: str) -> None:
    ids = {"jobId": "job_1", "mediaId": "med_1", "engine": "media-downloader"}
    message = {"type": SIGNED[worker, path], "status": "running", **ids}

    answer = client.post_signed(_url(client, worker, path), message, secret="another secret")

    assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


@pytest.mark.parametrize("signature", ["", "0" * 64, "A" * 64, "g" * 64, "0" * 5000, "\xe9" * 64])
@pytest.mark.parametrize(("worker", "path"), SIGNED)
def test_malformed_signatures_of_every_shape_look_the_same(
    client: ApiClient, worker: str, path: str, signature: str
) -> None:
    headers = [(b"x-signature", signature.encode("latin-1"))]

    answer = client.http.post(_url(client, worker, path), content=b"{}", headers=headers)

    assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


def test_a_signed_body_that_is_no_utf_8_is_a_bad_request(
    client: ApiClient, containers: FakeContainers
) -> None:
    def pieces() -> Any:
        yield b'{"status":"\xff'
        yield b'"}'

    body = b'{"status":"\xff"}'
    headers = {"x-signature": signature_of(body, client.stack.secret)}
    url = client.stack.orchestrator_url

    for path in (CALLBACK, "/jobs", "/uploads"):
        # Of unannounced length, so that it is read as bytes.
        answer = client.http.post(url + path, content=pieces(), headers=headers)
        assert answer.status_code == 400, path


@pytest.mark.parametrize(("worker", "path"), SIGNED)
@pytest.mark.parametrize("announced", [True, False])
def test_a_body_over_the_limit_is_refused(
    client: ApiClient, worker: str, path: str, announced: bool
) -> None:
    half = b" " * 600_000
    body = half + half  # More than the list of events may be, which may be the longest.
    sent: Any = body if announced else iter([half, half])
    headers = {"x-signature": signature_of(body, client.stack.secret)}

    answer = client.http.post(_url(client, worker, path), content=sent, headers=headers)

    assert answer.status_code == 413
    document = answer.json()
    assert document.get("error", document.get("code")) == "body_too_large"


@pytest.mark.parametrize("framing", ["content-length: 100", "transfer-encoding: chunked"])
@pytest.mark.parametrize(("worker", "path"), [("orchestrator", "/jobs"), ("app", "/api/session")])
def test_a_body_that_breaks_off_is_a_bad_request_and_no_crash(
    client: ApiClient, worker: str, path: str, framing: str
) -> None:
    place = urlsplit(_url(client, worker, path))

    with socket.create_connection((place.hostname, place.port), 30) as caller:
        head = f"POST {path} HTTP/1.1\r\nhost: {place.netloc}\r\n{framing}\r\n\r\n"
        caller.sendall(f"{head}5\r\n{{".encode())
        caller.shutdown(socket.SHUT_WR)
        answer = caller.recv(4096)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert _both_live(client)


def test_a_message_for_one_route_opens_no_other(client: ApiClient) -> None:
    message = {"type": "job.cancel", "jobId": "job_1"}
    stamped = {**message, "ts": int(time.time() * 1000), "nonce": "one-nonce-for-all"}
    body = json.dumps(stamped).encode()

    answers = {
        path: client.post_signed(client.stack.orchestrator_url + path, body)
        for path in ("/jobs", "/uploads", "/jobs/job_2/cancel", CALLBACK)
    }
    answers["app"] = client.post_signed(f"{client.stack.app_url}/api/render/cf-callback", body)

    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(
        answers, 401
    )


# --- status ---------------------------------------------------------------------------------------


def test_a_status_is_shown_to_who_has_signed_for_it_only(
    client: ApiClient, containers: FakeContainers
) -> None:
    job_id = client.new_job()
    containers.render(job_id)
    other = client.new_job()
    target = f"/jobs/{job_id}?ts={int(time.time() * 1000)}"
    signature = signature_of(f"GET {target}".encode(), client.stack.secret)
    url = client.stack.orchestrator_url

    signed = client.http.get(url + target, headers={"x-signature": signature})
    unsigned = client.http.get(url + target)
    other_job = client.http.get(
        url + target.replace(job_id, other), headers={"x-signature": signature}
    )
    unknown = client.get_signed("/jobs/job_unknown")

    assert signed.status_code == 200
    assert signed.json()["jobId"] == job_id
    assert (unsigned.status_code, other_job.status_code) == (401, 401)
    assert (unknown.status_code, unknown.json()) == (404, {"error": "not_found"})


# --- /jobs/:id/urls -------------------------------------------------------------------------------


def test_nobody_else_gets_urls(client: ApiClient, containers: FakeContainers) -> None:
    first, second = (containers.render(client.new_job()) for _ in range(2))
    url = httpx.URL(first.payload["urlsUrl"])
    other_token = httpx.URL(second.payload["urlsUrl"]).params["token"]

    answers = [
        client.http.post(url.copy_set_param("token", other_token)),
        client.http.post(url.copy_set_param("attempt", "2")),
        client.http.post(url.copy_remove_param("token")),
        client.http.post(url.copy_with(path="/jobs/job_unknown/urls")),
    ]

    assert [(a.status_code, a.json()) for a in answers] == [(401, UNAUTHORIZED)] * 4


def test_every_answer_of_both_workers_is_nobody_s_page_and_comes_by_https(
    client: ApiClient,
) -> None:
    app, orchestrator = client.stack.app_url, client.stack.orchestrator_url
    admin = {"authorization": f"Bearer {client.token}"}
    asked = [
        ("GET", f"{app}/healthz", {}),
        ("GET", f"{app}/api/jobs", admin),
        ("GET", f"{app}/api/jobs", {}),
        ("GET", f"{app}/api/openapi.json", admin),
        ("PUT", f"{app}/api/jobs", admin),
        ("DELETE", f"{app}/api/session", admin),
        ("GET", f"{app}/api/nowhere", admin),
        ("POST", f"{app}/api/render/cf-callback", {}),
        ("GET", f"{orchestrator}/healthz", {}),
        ("GET", f"{orchestrator}/nowhere", {}),
        ("POST", f"{orchestrator}/jobs", {}),
        ("PUT", f"{orchestrator}/jobs", {}),
        ("GET", f"{orchestrator}/artifacts/job_1", {}),
    ]

    for method, url, headers in asked:
        found = client.http.request(method, url, headers=headers).headers
        assert found["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'", url
        assert found["strict-transport-security"] == "max-age=31536000", url
        assert found["x-content-type-options"] == "nosniff", url
        assert found["referrer-policy"] == "no-referrer", url
        assert found["cache-control"] == "no-store", url


def test_the_page_of_the_local_stack_may_speak_to_this_machine_and_production_s_may_not(
    client: ApiClient,
) -> None:
    served = client.http.get(client.stack.app_url + "/").headers["content-security-policy"]
    shipped = (Path(__file__).parents[2] / "public/_headers").read_text()

    assert "connect-src 'self' https://*.r2.cloudflarestorage.com http://127.0.0.1:*" in served
    assert "127.0.0.1" not in shipped
    assert "localhost" not in shipped
