"""A host that connects outward: its handshake, its answers, and how it comes back."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.utils import formatdate
from urllib.parse import parse_qsl, urlsplit

import pytest
from engine_kit import outward as link_module
from engine_kit.acceptance import Acceptance
from engine_kit.outward import OutwardLink
from engine_kit.settings import Outward, read_settings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request as Handshake
from websockets.http11 import Response as Refusal

from media_jobs.errors import SettingError
from media_jobs.outward import HostCredential
from media_jobs.retry import Backoff
from media_jobs.signing import verify_request_line

pytestmark = pytest.mark.heavy

SECRET = "5e" * 32
KEY = f"burner@garage:{SECRET}"
Play = Callable[[ServerConnection], Awaitable[None]]


async def echo(request: Request) -> Response:
    body = (await request.body()).decode()
    return JSONResponse({"path": request.url.path, "query": request.url.query, "body": body})


async def picture(_: Request) -> Response:
    return Response(bytes(range(256)) * 2000, media_type="image/png")


INSIDE = Starlette(
    routes=[Route("/echo", echo, methods=["POST"]), Route("/picture", picture, methods=["GET"])]
)


@asynccontextmanager
async def dispatcher(play: Play, refuse: list[Refusal] | None = None) -> AsyncIterator[str]:
    """Serve WebSockets as *play* does, after the handshakes that are to be refused."""

    def admit(connection: ServerConnection, handshake: Handshake) -> Refusal | None:
        if refuse:
            return refuse.pop(0)
        now_ms = Acceptance().now_ms()
        signature = handshake.headers.get("x-signature")
        verify_request_line("GET", handshake.path, signature, (SECRET,), now_ms)
        return None

    server: Server
    async with serve(play, "127.0.0.1", 0, process_request=admit) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"http://127.0.0.1:{port}"


@asynccontextmanager
async def linked(
    url: str, acceptance: Acceptance | None = None, **given: float
) -> AsyncIterator[None]:
    credential = HostCredential(engine_name="burner", name="garage", secrets=(SECRET,))
    link = OutwardLink(
        Outward(url=url, credential=credential), INSIDE, acceptance or Acceptance(), **given
    )
    task = asyncio.create_task(link.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have it come back at once."""
    for name in ("LOST", "REFUSED"):
        monkeypatch.setattr(link_module, name, Backoff(first_ms=1, most_ms=5))


class Came(list[str]):
    """What has come; *awaited* is set once it is what a test waits for."""

    def __init__(self, is_enough: Callable[[list[str]], bool]) -> None:
        super().__init__()
        self.awaited = asyncio.Event()
        self._is_enough = is_enough

    def append(self, text: str) -> None:
        super().append(text)
        if self._is_enough(self):
            self.awaited.set()


def met(
    came: Came,
    play: Play,
    refuse: list[Refusal] | None = None,
    acceptance: Acceptance | None = None,
    **given: float,
) -> None:
    """Have a host connect to a dispatcher that plays so, until enough has come."""

    async def go() -> None:
        async with dispatcher(play, refuse) as url, linked(url, acceptance, **given):
            await came.awaited.wait()

    asyncio.run(go())


def call(path: str, method: str = "GET", body: str | None = None) -> str:
    said: dict[str, object] = {
        "id": "c1",
        "method": method,
        "path": path,
        "headers": {},
        "body": body,
    }
    return json.dumps(said)


def test_it_says_who_it_is_and_answers_with_the_application_of_its_port() -> None:
    came, paths = Came(lambda came: len(came) == 1), list[str]()

    async def play(connection: ServerConnection) -> None:
        assert connection.request is not None
        paths.append(connection.request.path)
        await connection.send(call("/echo?ts=1&x=%40", "POST", '{"a":"ü"}'))
        came.append(str(await connection.recv()))
        await connection.wait_closed()

    met(came, play)
    (path,) = paths
    assert urlsplit(path).path == "/hosts/burner/garage"
    assert {name for name, _ in parse_qsl(urlsplit(path).query)} == {"ts", "nonce"}
    answer = json.loads(came[0])
    assert (answer["id"], answer["status"], answer["more"]) == ("c1", 200, False)
    assert json.loads(answer["body"]) == {
        "path": "/echo",
        "query": "ts=1&x=%40",
        "body": '{"a":"ü"}',
    }


def test_a_long_answer_comes_in_parts_that_a_worker_takes() -> None:
    came = Came(lambda came: not json.loads(came[-1])["more"])

    async def play(connection: ServerConnection) -> None:
        await connection.send(call("/picture"))
        async for frame in connection:
            came.append(str(frame))

    met(came, play)
    assert len(came) > 1
    assert max(map(len, came)) < 1_048_576
    assert json.loads(came[0])["headers"]["content-type"] == "image/png"


def test_it_comes_back_whenever_its_connection_ends_and_never_uses_a_nonce_twice() -> None:
    came = Came(lambda came: len(came) == 5)

    async def play(connection: ServerConnection) -> None:
        assert connection.request is not None
        came.append(connection.request.path)
        connection.transport.abort()

    met(came, play)
    nonces = [dict(parse_qsl(urlsplit(path).query))["nonce"] for path in came]
    assert len(set(nonces)) == len(nonces)


def test_a_dead_link_is_noticed_by_the_pong_that_does_not_come() -> None:
    came = Came(lambda came: came.count("connected") == 2)

    async def play(connection: ServerConnection) -> None:
        came.append("connected")
        async for frame in connection:
            came.append(str(frame))  # It hears, and never answers.

    met(came, play, ping_s=0.01, pong_s=0.01)
    assert came[:3] == ["connected", "ping", "connected"]


def test_a_link_that_is_answered_stays() -> None:
    came = Came(lambda came: len(came) == 11)

    async def play(connection: ServerConnection) -> None:
        came.append("connected")
        async for frame in connection:
            came.append(str(frame))
            await connection.send("pong")

    met(came, play, ping_s=0.005, pong_s=5)
    assert came == ["connected"] + ["ping"] * 10


def test_a_refusal_is_told_in_the_log_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    came = Came(lambda came: True)

    async def play(connection: ServerConnection) -> None:
        came.append("connected")
        await connection.wait_closed()

    body = b'{"error":"handshake_refused","message":"The key was revoked."}'
    with caplog.at_level("INFO", logger="engine_kit"):
        met(came, play, [Refusal(401, "Unauthorized", Headers(), body)])

    shown = [record.getMessage() for record in caplog.records]
    assert shown[0] == "host_disconnected"
    assert "The key was revoked." in str(vars(caplog.records[0]))
    assert SECRET not in str([vars(record) for record in caplog.records])


def test_a_wrong_clock_is_put_right_by_what_a_refusal_says() -> None:
    came = Came(lambda came: True)
    acceptance = Acceptance()
    acceptance.correct("Thu, 01 Jan 2026 00:00:00 GMT")

    async def play(connection: ServerConnection) -> None:
        assert connection.request is not None
        came.append(connection.request.path)

    assert acceptance.now_ms() < Acceptance().now_ms() - 60_000
    now = formatdate(Acceptance().now_ms() / 1000, usegmt=True)
    refusal = Refusal(401, "Unauthorized", Headers({"date": now}), b"{}")
    met(came, play, [refusal], acceptance=acceptance)

    said_ms = int(dict(parse_qsl(urlsplit(came[0]).query))["ts"])
    assert abs(said_ms - Acceptance().now_ms()) < 60_000


SETTINGS = {"ORCHESTRATOR_URL": "https://jobs.example/", "HOST_KEY": KEY}


def test_two_settings_are_all_that_such_a_host_needs() -> None:
    settings = read_settings(SETTINGS)

    assert settings.outward is not None
    assert settings.outward.url == "https://jobs.example"
    assert settings.secrets == (SECRET,)
    assert (settings.host, settings.port) == ("127.0.0.1", 0)
    assert settings.own_networks == ()
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"HOST_KEY": ""}, "HOST_KEY"),
        ({"ORCHESTRATOR_URL": ""}, "ORCHESTRATOR_URL"),
        ({"ORCHESTRATOR_URL": "jobs.example"}, "ORCHESTRATOR_URL"),
        ({"HOST_KEY": SECRET}, "HOST_KEY"),
        ({"JOB_CALLBACK_HMAC_SECRET": "s"}, "JOB_CALLBACK_HMAC_SECRET"),
    ],
)
def test_settings_that_make_no_sense_are_named(changes: dict[str, str], named: str) -> None:
    with pytest.raises(SettingError) as refused:
        read_settings({**SETTINGS, **changes})

    assert refused.value.message.startswith(f"The setting {named} ")
    assert SECRET not in refused.value.message
