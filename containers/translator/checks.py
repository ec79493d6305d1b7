"""What the doctor asks of a translator: are there languages, and does the server take the key?

A server is asked the cheapest question that a wrong key does not pass: for its models
(`GET /v1/models`, https://platform.openai.com/docs/api-reference/models), for what DeepL's key has
used (`GET /v2/usage`), or for LibreTranslate's languages.
"""

import httpx
from engine_kit.addresses import refused_in
from engine_kit.engine import Desk
from engine_kit.outgoing import new_client
from pydantic import BaseModel, ConfigDict, ValidationError

from media_jobs.diagnosis import Check
from media_jobs.notices import listed
from translator.apertium import pairs
from translator.settings import Translating

__all__ = ["checked"]

TIMEOUT_S = 5.0
_MODELS_NAMED = 5
_PATHS = {"chat": "models", "deepl": "usage", "libretranslate": "languages"}
_AUTHORIZATION = {"chat": "Bearer", "deepl": "DeepL-Auth-Key"}


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str


class _Models(BaseModel):
    model_config = ConfigDict(extra="ignore")

    data: list[_Model]


async def checked(settings: Translating, _desk: Desk) -> list[Check]:
    """Return what was found of that which translates here; no answer holds a key or a URL."""
    if settings.provider == "apertium":
        why = None if pairs() else "Apertium has no pair of languages here (apertium-… of Debian)"
        return [Check(name="engine.languages", ok=why is None, why=why)]
    why = await _server_problem(settings)
    return [Check(name="engine.server", ok=why is None, why=why)]


async def _server_problem(settings: Translating) -> str | None:
    scheme = _AUTHORIZATION.get(settings.provider)
    headers = {"authorization": f"{scheme} {settings.key}"} if scheme and settings.key else {}
    url = f"{settings.url}/{_PATHS[settings.provider]}"
    try:
        async with new_client() as client:
            answer = await client.get(url, headers=headers, timeout=TIMEOUT_S)
    except httpx.HTTPError as error:
        if (refused := refused_in(error)) is not None:
            return f"TRANSLATOR_URL: {refused}"
        return f"TRANSLATOR_URL: nobody answers there ({type(error).__name__})"
    if answer.status_code in (401, 403):
        said = "the server refuses it" if headers else "none is set, and the server wants one"
        return f"TRANSLATOR_KEY: {said} (HTTP {answer.status_code})"
    if settings.provider == "chat" and answer.status_code in (404, 405):
        # Workers AI, for one, translates and lists no models there.
        return None
    if answer.status_code != 200:
        return f"TRANSLATOR_URL: asked what it has, it says HTTP {answer.status_code}"
    return _models_problem(answer.content, settings) if settings.provider == "chat" else None


def _models_problem(body: bytes, settings: Translating) -> str | None:
    try:
        names = {one.id for one in _Models.model_validate_json(body).data}
    except ValidationError:
        return "TRANSLATOR_URL: what answers there does not speak OpenAI's protocol"
    missing = [name for name in settings.models if name not in names]
    if names and missing:
        has = listed([name[:60] for name in sorted(names)], most=_MODELS_NAMED)
        return f"TRANSLATOR_MODELS: the server has no {listed(missing)}, but {has}"
    return None
