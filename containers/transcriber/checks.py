"""What the doctor asks of a transcriber: is the model there, and does the server answer?

A server is asked for its models (`GET /v1/models`, which all that speak OpenAI's protocol have):
the cheapest question that a wrong key does not pass.
"""

import asyncio

import httpx
from engine_kit.engine import Desk
from pydantic import BaseModel, ConfigDict, ValidationError

from media_jobs.diagnosis import Check
from media_jobs.notices import listed
from transcriber.model import ModelInvalid, find_model
from transcriber.settings import Hearing

TIMEOUT_S = 5.0
ANSWER_BYTES_MAX = 1 << 20
_MODELS_NAMED = 5


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str


class _Models(BaseModel):
    model_config = ConfigDict(extra="ignore")

    data: list[_Model]


async def checked(hearing: Hearing, desk: Desk) -> list[Check]:
    """Return what was found of that which hears here; no answer holds a key or a URL."""
    if hearing.server_url is None:
        why = await _model_problem(hearing, desk)
        return [Check(name="engine.model", ok=why is None, why=why)]
    why = await _server_problem(hearing.server_url, hearing.server_key, hearing.model)
    return [Check(name="engine.server", ok=why is None, why=why)]


async def _model_problem(hearing: Hearing, desk: Desk) -> str | None:
    try:
        await asyncio.to_thread(find_model, hearing.model, hearing.models_dir, desk.cache_dir)
    except ModelInvalid as error:
        return f"TRANSCRIBER_MODEL: {error}"
    except (ImportError, OSError) as error:
        return f"the packaged model can't be joined: {type(error).__name__}"
    return None


async def _server_problem(url: str, key: str | None, model: str) -> str | None:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    body = bytearray()
    try:
        async with (
            asyncio.timeout(TIMEOUT_S),
            httpx.AsyncClient(headers=headers, timeout=TIMEOUT_S) as client,
            client.stream("GET", f"{url}/models") as answer,
        ):
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > ANSWER_BYTES_MAX:
                    break
    except (httpx.HTTPError, TimeoutError) as error:
        return f"TRANSCRIBER_SERVER_URL: nobody answers there ({type(error).__name__})"
    return _answer_problem(answer.status_code, bytes(body), model, has_key=key is not None)


def _answer_problem(status: int, body: bytes, model: str, *, has_key: bool) -> str | None:
    if status in (401, 403):
        said = "the server refuses it" if has_key else "none is set, and the server wants one"
        return f"TRANSCRIBER_SERVER_KEY: {said} (HTTP {status})"
    if status != 200:
        return f"TRANSCRIBER_SERVER_URL: asked for its models, it says HTTP {status}"
    try:
        names = [one.id for one in _Models.model_validate_json(body).data]
    except ValidationError:
        return "TRANSCRIBER_SERVER_URL: what answers there does not speak OpenAI's protocol"
    if names and model not in names:
        has = listed([name[:60] for name in names], most=_MODELS_NAMED)
        return f"TRANSCRIBER_MODEL: the server has no {model}, but {has}"
    return None
