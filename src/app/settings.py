"""The app's settings; a missing one stops the first request that needs any."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from media_jobs.alerts import Thresholds
from media_jobs.errors import SettingError
from media_jobs.keyring import Keyring, read_keyring
from media_jobs.parts import SIZE_MAX
from media_jobs.settings import FirstRead, Get, text, url, whole
from media_jobs.webhooks import url_fault

UPLOAD_BYTES_MAX = 100 * 1024**3
TTL_S_MAX = 10 * 365 * 24 * 3600
THRESHOLDS = Thresholds()
"""The default thresholds of alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """An OpenID provider. *issuer*: exactly as its ID tokens name it. *name*: for the page.

    *domains*: whoever has a verified e-mail address of one of these joins *workspace_id*, by
    default the operators', as *role* without an invitation. *allow_loopback*: it may be on this
    machine, for tests and trials.
    """

    issuer: str
    client_id: str
    client_secret: str
    name: str
    domains: tuple[str, ...] = ()
    role: str = "viewer"
    workspace_id: str | None = None
    allow_loopback: bool = False

    def __repr__(self) -> str:
        return "OidcSettings(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSettings:
    """*orchestrator_url* is its public base: artifact links start with it.

    *upload_bytes_max*: how large an uploaded video may be. *artifact_ttl_s*: how long outputs stay
    after their job has ended, in seconds; 0 is for ever. *webhook_allow_loopback*:
    webhooks may go to this machine, for tests and trials. *alert_thresholds*: when alerts open.
    *oidc*: the provider that people may sign in at, if there is one.
    """

    keys: Keyring
    orchestrator_url: str
    upload_bytes_max: int = UPLOAD_BYTES_MAX
    artifact_ttl_s: int = 0
    webhook_allow_loopback: bool = False
    alert_thresholds: Thresholds = THRESHOLDS
    oidc: OidcSettings | None = None

    def __repr__(self) -> str:
        return "Settings(…)"


def read_settings(get: Get) -> AppSettings:
    """Read all settings; raises SettingError that names the one at fault, never its value."""
    return AppSettings(
        keys=read_keyring(get),
        orchestrator_url=url(get, "CF_ORCHESTRATOR_URL"),
        upload_bytes_max=whole(get, "UPLOAD_BYTES_MAX", 1, SIZE_MAX, UPLOAD_BYTES_MAX),
        artifact_ttl_s=whole(get, "ARTIFACT_TTL_SECONDS", 0, TTL_S_MAX, 0),
        webhook_allow_loopback=_switch(get, "WEBHOOK_ALLOW_LOOPBACK"),
        alert_thresholds=_thresholds(get),
        oidc=_oidc(get),
    )


def _oidc(get: Get) -> OidcSettings | None:
    """Return the provider, None where OIDC_ISSUER is not set; raises SettingError."""
    if not (get("OIDC_ISSUER") or "").strip():
        return None
    issuer = text(get, "OIDC_ISSUER")
    allow_loopback = _switch(get, "OIDC_ALLOW_LOOPBACK")
    if url_fault(issuer, allow_loopback=allow_loopback) or "?" in issuer:
        raise SettingError("OIDC_ISSUER", "setting.public_url")
    role = text(get, "OIDC_ROLE", "viewer")
    if role not in (roles := ("manager", "editor", "viewer")):
        raise SettingError("OIDC_ROLE", "field.choice", choices=", ".join(roles))
    domains = (part.strip().lower() for part in (get("OIDC_DOMAINS") or "").split(","))
    return OidcSettings(
        issuer=issuer,
        client_id=text(get, "OIDC_CLIENT_ID"),
        client_secret=text(get, "OIDC_CLIENT_SECRET"),
        name=text(get, "OIDC_NAME", urlsplit(issuer).hostname or issuer),
        domains=tuple(domain for domain in domains if domain),
        role=role,
        workspace_id=(get("OIDC_WORKSPACE") or "").strip() or None,
        allow_loopback=allow_loopback,
    )


def _thresholds(get: Get) -> Thresholds:
    usual = THRESHOLDS
    return Thresholds(
        waiting_jobs=whole(get, "ALERT_WAITING_JOBS", 0, 10**6, usual.waiting_jobs),
        waiting_s=whole(get, "ALERT_WAITING_SECONDS", 0, 30 * 24 * 3600, usual.waiting_s),
        dead_letters=whole(get, "ALERT_DEAD_LETTERS", 0, 10**6, usual.dead_letters),
        down_checks=whole(get, "ALERT_DOWN_CHECKS", 1, 1000, usual.down_checks),
    )


def _switch(get: Get, name: str) -> bool:
    value = text(get, name, "false")
    if value not in ("true", "false"):
        raise SettingError(name, "field.boolean")
    return value == "true"


cached_settings = FirstRead(read_settings)
