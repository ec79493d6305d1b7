"""The orchestrator's settings, read once and complete: a missing one stops the first request."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from media_jobs.engines import ENGINES, EngineId
from media_jobs.errors import SettingError
from media_jobs.presign import EXPIRES_S_MAX, Bucket
from media_jobs.signing import parse_secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class OrchestratorSettings:
    """*public_bucket* signs URLs for browsers, *container_bucket* those for containers.

    *hosts*: the base URLs of an engine's containers; one each.
    """

    secrets: tuple[str, ...]
    app_base_url: str
    callback_base_url: str
    hosts: dict[EngineId, tuple[str, ...]]
    public_bucket: Bucket
    container_bucket: Bucket
    put_expires_s: int
    job_ttl_s: int

    def __repr__(self) -> str:
        return "Settings(…)"


def read_settings(get: Callable[[str], str | None]) -> OrchestratorSettings:
    """Read all settings; raises SettingError that names the first one at fault, never its value."""
    default_container = _url(get, "CONTAINER_BASE_URL")
    return OrchestratorSettings(
        secrets=parse_secrets(get("JOB_CALLBACK_HMAC_SECRET")),
        app_base_url=_url(get, "APP_BASE_URL"),
        callback_base_url=_url(get, "ORCHESTRATOR_BASE_URL_CONTAINER"),
        hosts={
            engine.id: (
                _url(get, engine.base_url_setting)
                if get(engine.base_url_setting)
                else default_container,
            )
            for engine in ENGINES.values()
        },
        public_bucket=_bucket(get, "S3_ENDPOINT"),
        container_bucket=_bucket(get, "S3_INTERNAL_ENDPOINT"),
        put_expires_s=_seconds(get, "PUT_EXPIRES", EXPIRES_S_MAX),
        job_ttl_s=_seconds(get, "JOB_TTL_SECONDS", 10 * 365 * 24 * 3600),
    )


_CACHE: list[OrchestratorSettings] = []


def cached_settings(env: object) -> OrchestratorSettings:
    """Return the settings in the Worker's *env*, read at the isolate's first request.

    Settings and secrets change only with a deployment, which starts new isolates.
    """
    if not _CACHE:

        def get(name: str) -> str | None:
            value = getattr(env, name, None)
            return value if isinstance(value, str) else None

        _CACHE.append(read_settings(get))
    return _CACHE[0]


def _bucket(get: Callable[[str], str | None], endpoint: str) -> Bucket:
    style = _text(get, "S3_STYLE")
    if style not in ("path", "vhost"):
        raise SettingError("S3_STYLE", "must be path or vhost")
    chosen: Literal["path", "vhost"] = "path" if style == "path" else "vhost"
    return Bucket(
        endpoint=_url(get, endpoint),
        name=_text(get, "S3_BUCKET_NAME"),
        region=_text(get, "S3_REGION"),
        style=chosen,
        access_key_id=_text(get, "S3_ACCESS_KEY_ID"),
        secret_access_key=_text(get, "S3_SECRET_ACCESS_KEY"),
    )


def _text(get: Callable[[str], str | None], name: str) -> str:
    value = (get(name) or "").strip()
    if not value:
        raise SettingError(name, "is missing or empty")
    return value


def _url(get: Callable[[str], str | None], name: str) -> str:
    value = _text(get, name).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise SettingError(name, "is not an http or https URL")
    return value


def _seconds(get: Callable[[str], str | None], name: str, most: int) -> int:
    value = _text(get, name)
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= most:
        raise SettingError(name, f"must be a whole number of seconds from 1 to {most}")
    return int(value)
