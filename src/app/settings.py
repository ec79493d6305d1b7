"""The app's settings; a missing one stops the first request that needs any."""

from collections.abc import Callable
from dataclasses import dataclass

from media_jobs.errors import SettingError
from media_jobs.parts import SIZE_MAX
from media_jobs.signing import parse_secrets

__all__ = ["Settings", "cached_settings", "read_settings"]

UPLOAD_BYTES_MAX = 100 * 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """*orchestrator_url* is its public base: artifact links start with it.

    *upload_bytes_max*: how large an uploaded video may be.
    """

    secrets: tuple[str, ...]
    orchestrator_url: str
    upload_bytes_max: int = UPLOAD_BYTES_MAX

    def __repr__(self) -> str:
        return "Settings(…)"


def read_settings(get: Callable[[str], str | None]) -> Settings:
    """Read all settings; raises SettingError that names the one at fault, never its value."""
    url = (get("CF_ORCHESTRATOR_URL") or "").strip().rstrip("/")
    if not url:
        raise SettingError("CF_ORCHESTRATOR_URL", "is missing or empty")
    if not url.startswith(("http://", "https://")):
        raise SettingError("CF_ORCHESTRATOR_URL", "is not an http or https URL")
    return Settings(
        secrets=parse_secrets(get("JOB_CALLBACK_HMAC_SECRET")),
        orchestrator_url=url,
        upload_bytes_max=_bytes(get("UPLOAD_BYTES_MAX")),
    )


def _bytes(given: str | None) -> int:
    value = (given or "").strip() or str(UPLOAD_BYTES_MAX)
    digits = value.isascii() and value.isdigit() and len(value) <= 15
    if not digits or not 1 <= int(value) <= SIZE_MAX:
        raise SettingError("UPLOAD_BYTES_MAX", f"must be a whole number up to {SIZE_MAX}")
    return int(value)


_CACHE: list[Settings] = []


def cached_settings(env: object) -> Settings:
    """Return the settings in the Worker's *env*, read at the isolate's first request."""
    if not _CACHE:

        def get(name: str) -> str | None:
            value = getattr(env, name, None)
            return value if isinstance(value, str) else None

        _CACHE.append(read_settings(get))
    return _CACHE[0]
