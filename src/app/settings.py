"""The app's settings; a missing one stops the first request that needs any."""

from collections.abc import Callable
from dataclasses import dataclass

from media_jobs.alerts import Thresholds
from media_jobs.errors import SettingError
from media_jobs.parts import SIZE_MAX
from media_jobs.signing import parse_secrets

UPLOAD_BYTES_MAX = 100 * 1024**3
TTL_S_MAX = 10 * 365 * 24 * 3600
THRESHOLDS = Thresholds()
"""The default thresholds of alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSettings:
    """*orchestrator_url* is its public base: artifact links start with it.

    *upload_bytes_max*: how large an uploaded video may be. *artifact_ttl_s*: how long outputs stay
    after their job has ended, in seconds; 0 is for ever. *webhook_allow_loopback*:
    webhooks may go to this machine, for tests and trials. *alert_thresholds*: when alerts open.
    """

    secrets: tuple[str, ...]
    orchestrator_url: str
    upload_bytes_max: int = UPLOAD_BYTES_MAX
    artifact_ttl_s: int = 0
    webhook_allow_loopback: bool = False
    alert_thresholds: Thresholds = THRESHOLDS

    def __repr__(self) -> str:
        return "Settings(…)"


def read_settings(get: Callable[[str], str | None]) -> AppSettings:
    """Read all settings; raises SettingError that names the one at fault, never its value."""
    url = (get("CF_ORCHESTRATOR_URL") or "").strip().rstrip("/")
    if not url:
        raise SettingError("CF_ORCHESTRATOR_URL", "is missing or empty")
    if not url.startswith(("http://", "https://")):
        raise SettingError("CF_ORCHESTRATOR_URL", "is not an http or https URL")
    return AppSettings(
        secrets=parse_secrets(get("JOB_CALLBACK_HMAC_SECRET")),
        orchestrator_url=url,
        upload_bytes_max=_whole(get, "UPLOAD_BYTES_MAX", UPLOAD_BYTES_MAX, 1, SIZE_MAX),
        artifact_ttl_s=_whole(get, "ARTIFACT_TTL_SECONDS", 0, 0, TTL_S_MAX),
        webhook_allow_loopback=_switch("WEBHOOK_ALLOW_LOOPBACK", get),
        alert_thresholds=_thresholds(get),
    )


def _thresholds(get: Callable[[str], str | None]) -> Thresholds:
    usual = THRESHOLDS
    return Thresholds(
        waiting_jobs=_whole(get, "ALERT_WAITING_JOBS", usual.waiting_jobs, 0, 10**6),
        waiting_s=_whole(get, "ALERT_WAITING_SECONDS", usual.waiting_s, 0, 30 * 24 * 3600),
        dead_letters=_whole(get, "ALERT_DEAD_LETTERS", usual.dead_letters, 0, 10**6),
        down_checks=_whole(get, "ALERT_DOWN_CHECKS", usual.down_checks, 1, 1000),
    )


def _whole(
    get: Callable[[str], str | None], name: str, default: int, at_least: int, at_most: int
) -> int:
    value = (get(name) or "").strip() or str(default)
    digits = value.isascii() and value.isdigit() and len(value) <= 15
    if not digits or not at_least <= int(value) <= at_most:
        raise SettingError(name, f"must be a whole number from {at_least} to {at_most}")
    return int(value)


def _switch(name: str, get: Callable[[str], str | None]) -> bool:
    value = (get(name) or "").strip() or "false"
    if value not in ("true", "false"):
        raise SettingError(name, "must be true or false")
    return value == "true"


_CACHE: list[AppSettings] = []


def cached_settings(env: object) -> AppSettings:
    """Return the settings in the Worker's *env*, read at the isolate's first request."""
    if not _CACHE:

        def get(name: str) -> str | None:
            value = getattr(env, name, None)
            return value if isinstance(value, str) else None

        _CACHE.append(read_settings(get))
    return _CACHE[0]
