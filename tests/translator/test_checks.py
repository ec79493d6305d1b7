"""What the doctor is told of a translator names the setting that is wrong, and no key."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, cast

import pytest
from engine_kit.engine import Desk
from translator.checks import checked
from translator.settings import Provider, Translating

from dev.loopback import Handler, served

pytestmark = pytest.mark.heavy

KEY = "sk-not-for-logs"
MODELS = {"data": [{"id": "small"}, {"id": "large"}]}


class _Route(Handler):
    def __init__(self, answers: Mapping[str, tuple[int, object]], *given: Any) -> None:
        self.answers = answers
        super().__init__(*given)

    def do_GET(self) -> None:
        key = f"{self.path} {self.headers.get('authorization', '')}".strip()
        status, document = self.answers.get(key, (401, {}))
        self.answer(status, json.dumps(document).encode())


@contextmanager
def answering(answers: Mapping[str, tuple[int, object]]) -> Iterator[str]:
    with served(partial(_Route, answers)) as url:
        yield url


def why(url: str, provider: Provider, *models: str) -> str | None:
    settings = Translating(
        provider=provider, url=url, key=KEY, models=dict.fromkeys(models or ("",))
    )
    [found] = asyncio.run(checked(settings, cast("Desk", None)))
    assert found.ok is (found.why is None)
    assert KEY not in str(found.why)
    return found.why


def test_a_server_that_takes_the_key_and_has_the_models_is_well() -> None:
    answers = {
        f"/models Bearer {KEY}": (200, MODELS),
        f"/usage DeepL-Auth-Key {KEY}": (200, {"character_count": 1}),
        "/languages": (200, []),
    }
    with answering(answers) as url:
        assert why(url, "chat", "small", "large") is None
        assert why(url, "deepl") is None
        assert why(url, "libretranslate") is None
        lacking = why(url, "chat", "small", "huge")

    assert lacking == "TRANSLATOR_MODELS: the server has no huge, but large, small"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((401, {}), "TRANSLATOR_KEY: the server refuses it (HTTP 401)"),
        ((500, {}), "TRANSLATOR_URL: asked what it has, it says HTTP 500"),
        ((200, []), "TRANSLATOR_URL: what answers there does not speak OpenAI's protocol"),
        ((404, {}), None),
    ],
)
def test_what_is_wrong_is_told_by_the_setting(answer: tuple[int, object], told: str | None) -> None:
    with answering({f"/models Bearer {KEY}": answer}) as url:
        assert why(url, "chat", "small") == told


def test_an_address_where_nobody_answers_is_told() -> None:
    with answering({}) as url:
        gone = url
    assert why(gone, "chat", "small") == "TRANSLATOR_URL: nobody answers there (ConnectError)"
