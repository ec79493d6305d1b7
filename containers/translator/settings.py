"""Who translates in this container: a program of its own, or a server elsewhere."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from engine_kit.settings import whole_number

from media_jobs.errors import SettingError
from media_jobs.options import http_url
from media_jobs.validation import FieldRefused

Provider = Literal["apertium", "chat", "deepl", "libretranslate"]
DEEPL_URL = "https://api.deepl.com/v2"
DEEPL_FREE_URL = "https://api-free.deepl.com/v2"
BATCH_CUES = 20
ANSWER_S = 120


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens in and out cost; of a server that counts characters, those in."""

    per_million_in: float
    per_million_out: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Translating:
    """*url*: without a slash at its end; empty of a program in this container. *models*: those that
    a job may have, with their prices where they are known. *answer_s*: how long an answer may take.
    """

    provider: Provider = "apertium"
    url: str = ""
    key: str | None = field(default=None, repr=False)
    models: Mapping[str, Price | None] = field(default_factory=lambda: {"": None})
    answer_s: int = ANSWER_S
    batch_cues: int = BATCH_CUES


def translating_from(env: Mapping[str, str]) -> Translating:
    """Read the translator's own settings; raises SettingError, which never has a value in it."""
    wanted = env.get("TRANSLATOR_PROVIDER") or "apertium"
    provider: Provider | None = next((one for one in get_args(Provider) if one == wanted), None)
    if provider is None:
        raise SettingError(
            "TRANSLATOR_PROVIDER", "field.choice", choices=", ".join(get_args(Provider))
        )
    key = env.get("TRANSLATOR_KEY") or None
    if provider == "deepl" and key is None:
        raise SettingError("TRANSLATOR_KEY", "setting.deepl_key")
    return Translating(
        provider=provider,
        url=_url(env, provider, key),
        key=key,
        models=_models(env, provider),
        answer_s=whole_number(env, "TRANSLATOR_ANSWER_SECONDS", ANSWER_S, low=1, high=600),
        batch_cues=whole_number(env, "TRANSLATOR_BATCH_CUES", BATCH_CUES, low=1, high=100),
    )


def _url(env: Mapping[str, str], provider: Provider, key: str | None) -> str:
    url = env.get("TRANSLATOR_URL") or ""
    if provider == "apertium":
        return ""
    if provider == "deepl" and not url:
        # https://developers.deepl.com/docs/getting-started/auth: keys of the free API end so.
        return DEEPL_FREE_URL if (key or "").endswith(":fx") else DEEPL_URL
    try:
        http_url(url)
    except FieldRefused:
        raise SettingError("TRANSLATOR_URL", "must be the server's http(s) URL") from None
    return url.rstrip("/")


def _models(env: Mapping[str, str], provider: Provider) -> Mapping[str, Price | None]:
    names = [one.strip() for one in (env.get("TRANSLATOR_MODELS") or "").split(",") if one.strip()]
    if provider != "chat":
        names = [""]
    if not names:
        raise SettingError("TRANSLATOR_MODELS", "must name the server's model")
    prices = [one.strip() for one in (env.get("TRANSLATOR_PRICES") or "").split(",") if one.strip()]
    if not prices:
        return dict.fromkeys(names)
    if len(prices) != len(names):
        raise SettingError("TRANSLATOR_PRICES", "must have one price for each model")
    return {name: _price(price) for name, price in zip(names, prices, strict=True)}


def _price(text: str) -> Price:
    try:
        price = Price(*(float(part) for part in text.split("/", maxsplit=1)))
    except ValueError:
        raise SettingError("TRANSLATOR_PRICES", "must be such as 0.15/0.6") from None
    if not all(
        math.isfinite(one) and one >= 0 for one in (price.per_million_in, price.per_million_out)
    ):
        raise SettingError("TRANSLATOR_PRICES", "must not be below 0")
    return price
