"""The clients themselves: what they are given, what they show, and what they say of a server."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from trustme import CA
from vidgen import AsyncClient, Client
from vidgen.errors import ConfigurationError, ConnectionFailed

SECRET = "a-token-that-nobody-sees"
SESSION = {"name": "ci", "scopes": ["read"]}


class App:
    """An app that answers with each of *statuses* in turn, and then with a session."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.asked: list[str | None] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.headers.get("authorization"))
        if self.statuses:
            return httpx.Response(self.statuses.pop(0), headers={"retry-after": "0"})
        return httpx.Response(200, json=SESSION)


def test_without_arguments_it_takes_the_address_and_token_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VIDGEN_URL", "https://jobs.example.com/")
    monkeypatch.setenv("VIDGEN_TOKEN", SECRET)
    app = App()

    with Client(transport_=httpx.MockTransport(app)) as client:
        assert client.session().name == "ci"
        assert client.url == "https://jobs.example.com"

    assert app.asked == [f"Bearer {SECRET}"]
    with Client("https://other.example", "another-token") as client:
        assert client.url == "https://other.example"


@pytest.mark.parametrize("missing", ["VIDGEN_URL", "VIDGEN_TOKEN"])
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setenv("VIDGEN_URL", "https://jobs.example.com")
    monkeypatch.setenv("VIDGEN_TOKEN", SECRET)
    monkeypatch.delenv(missing)

    with pytest.raises(ConfigurationError, match=missing):
        Client()


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_it_shows_its_address_and_never_its_token(kind: type[Client] | type[AsyncClient]) -> None:
    client = kind("https://jobs.example.com/", SECRET)

    assert repr(client) == f"{kind.__name__}('https://jobs.example.com')"


@pytest.mark.parametrize(("retries", "asked"), [(0, 1), (2, 3)])
def test_it_tries_as_often_as_it_is_told(retries: int, asked: int) -> None:
    app = App(*[503] * 10)
    transport = httpx.MockTransport(app)

    with (
        Client("https://a.test", SECRET, max_retries=retries, transport_=transport) as client,
        pytest.raises(Exception, match="HTTP 503"),
    ):
        client.session()

    assert len(app.asked) == asked
    with pytest.raises(ConfigurationError, match="from 0 to 100"):
        Client("https://a.test", SECRET, max_retries=-1)


@contextmanager
def server(tls: ssl.SSLContext | None) -> Iterator[int]:
    """Listen on a port, shake hands with whoever comes, and hang up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    try:
                        if tls is None:
                            connection.recv(4096)
                            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                        else:
                            tls.wrap_socket(connection, server_side=True).close()
                    except OSError:
                        pass  # The other side does not trust us.

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def _refused(url: str) -> ConnectionFailed:
    with Client(url, SECRET) as client, pytest.raises(ConnectionFailed) as caught:
        client.session()
    assert SECRET not in str(caught.value)
    return caught.value


def test_a_certificate_that_is_not_trusted_is_named_and_tried_once(tmp_path: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA().issue_cert("127.0.0.1").configure_cert(tls)

    with server(tls) as port:
        error = _refused(f"https://127.0.0.1:{port}")

    assert error.final
    assert "certificate is not trusted here" in str(error)
    assert "SSL_CERT_FILE" in str(error)


def test_a_port_without_tls_is_named() -> None:
    with server(None) as port:
        error = _refused(f"https://127.0.0.1:{port}")

    assert error.final
    assert "http://" in str(error)


def test_an_address_where_nothing_listens_is_said_with_the_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"

    with (
        Client(url, SECRET, max_retries=0) as client,
        pytest.raises(ConnectionFailed) as caught,
    ):
        client.session()

    assert str(caught.value) == f"No response to GET /api/session: Connection refused ({url})"
    assert not caught.value.final
