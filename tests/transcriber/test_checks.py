"""What the doctor is told of what hears: in plain words, by the name of the setting, no secret."""

import asyncio
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from engine_kit.engine import Desk
from engine_kit.metrics import Metrics
from engine_kit.settings import ContainerSettings
from transcriber.checks import checked
from transcriber.settings import Hearing

from dev.loopback import Handler, served

pytestmark = pytest.mark.heavy

KEY = "sk-not-for-the-doctor"
MODELS = json.dumps({"data": [{"id": "whisper-1"}, {"id": "gpt-9"}]}).encode()


class _Models(Handler):
    def __init__(self, asked: list[tuple[str, str | None]], status: int, body: bytes, *given: Any):
        self.asked, self.status, self.sent = asked, status, body
        super().__init__(*given)

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["authorization"]))
        self.answer(self.status, self.sent)


def told(hearing: Hearing, folder: Path) -> str | None:
    """Return what the doctor is told, None if all is well."""
    settings = ContainerSettings(
        secrets=("secret",), port=0, capacity=1, work_dir=folder, ffmpeg=""
    )

    async def ask() -> str | None:
        async with httpx.AsyncClient() as client:
            desk = Desk(cache_dir=folder, settings=settings, client=client, metrics=Metrics("test"))
            (check,) = await checked(hearing, desk)
        assert check.ok is (check.why is None)
        assert check.name.startswith("engine.")
        return check.why

    return asyncio.run(ask())


def server(url: str, key: str | None = KEY, model: str = "whisper-1") -> Hearing:
    return Hearing(server_url=url, server_key=key, model=model)


@pytest.fixture
def answering(tmp_path: Path) -> Callable[..., str | None]:
    """Return what is told of a server that answers so."""

    def asked(status: int, body: bytes, **settings: Any) -> str | None:
        came: list[tuple[str, str | None]] = []
        with served(partial(_Models, came, status, body)) as origin:
            why = told(server(f"{origin}/v1", **settings), tmp_path)
        key = settings.get("key", KEY)
        assert came == [("/v1/models", f"Bearer {key}" if key else None)]
        assert why is None or not any(secret in why for secret in (KEY, origin))
        return why

    return asked


def test_a_server_that_has_the_model_is_well_also_if_it_names_none(
    answering: Callable[..., str | None],
) -> None:
    assert answering(200, MODELS) is None
    assert answering(200, MODELS, key=None) is None
    assert answering(200, b'{"data": []}') is None


def test_what_is_wrong_with_a_server_is_told_by_the_setting_and_without_the_key(
    answering: Callable[..., str | None],
) -> None:
    refused = f"Incorrect API key provided: {KEY}".encode()

    assert answering(401, refused) == "TRANSCRIBER_SERVER_KEY: the server refuses it (HTTP 401)"
    assert answering(401, b"", key=None) == (
        "TRANSCRIBER_SERVER_KEY: none is set, and the server wants one (HTTP 401)"
    )
    assert answering(404, b"") == "TRANSCRIBER_SERVER_URL: asked for its models, it says HTTP 404"
    for body in (b"<html>", b"[]", b"x" * (2 << 20)):
        assert answering(200, body) == (
            "TRANSCRIBER_SERVER_URL: what answers there does not speak OpenAI's protocol"
        )
    assert answering(200, MODELS, model="whisper-9") == (
        "TRANSCRIBER_MODEL: the server has no whisper-9, but whisper-1, gpt-9"
    )


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    why = told(server("http://127.0.0.1:9/v1"), tmp_path)

    assert why == "TRANSCRIBER_SERVER_URL: nobody answers there (ConnectError)"


def test_a_model_that_is_not_there_is_named_and_the_packaged_one_is_well(tmp_path: Path) -> None:
    here = tmp_path / "models"
    (here / "small").mkdir(parents=True)
    (here / "small/model.bin").write_bytes(b"weights")

    assert told(Hearing(model="small", models_dir=here), tmp_path) is None
    assert told(Hearing(model="large-v9", models_dir=here), tmp_path) == (
        "TRANSCRIBER_MODEL: There is no model large-v9 here, but base, small."
    )
