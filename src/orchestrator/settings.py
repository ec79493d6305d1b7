"""The orchestrator's settings, read once and complete: a missing one stops the first request."""

from dataclasses import dataclass
from typing import Literal

from media_jobs.engines import ENGINES, EngineId
from media_jobs.errors import SettingError
from media_jobs.hosts import host_id
from media_jobs.keyring import HOST_KEYS_SETTING, ROOT, Keyring, parse_host_keys, read_keyring
from media_jobs.presign import EXPIRES_S_MAX, Bucket
from media_jobs.settings import FirstRead, Get, text, url, urls, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class OrchestratorSettings:
    """*public_bucket* signs URLs for browsers, *container_bucket* those for containers.

    *hosts*: the base URLs of an engine's hosts, by their ids, in the setting's order. *host_keys*:
    which texts sign what goes to them and comes from them, the first one what goes.
    """

    keys: Keyring
    app_base_url: str
    callback_base_url: str
    hosts: dict[EngineId, dict[str, str]]
    host_keys: dict[EngineId, tuple[str, ...]]
    public_bucket: Bucket
    container_bucket: Bucket
    put_expires_s: int
    job_ttl_s: int

    def __repr__(self) -> str:
        return "Settings(…)"

    def first_url(self, engine: EngineId) -> str:
        """Return the base URL of the first host of *engine*."""
        return next(iter(self.hosts[engine].values()))

    def url_of(self, engine: EngineId, host: str) -> str | None:
        """Return the base URL of an attempt's *host*; None: it was taken out of the setting.

        An attempt of before there were hosts has none: it is on the first.
        """
        return self.hosts[engine].get(host) if host else self.first_url(engine)


def read_settings(get: Get) -> OrchestratorSettings:
    """Read all settings; raises SettingError that names the first one at fault, never its value."""
    default = _hosts(get, "CONTAINER_BASE_URL")
    keys = read_keyring(get)
    return OrchestratorSettings(
        keys=keys,
        app_base_url=url(get, "APP_BASE_URL"),
        callback_base_url=url(get, "ORCHESTRATOR_BASE_URL_CONTAINER"),
        hosts={
            engine.id: _hosts(get, engine.base_url_setting)
            if get(engine.base_url_setting)
            else default
            for engine in ENGINES.values()
        },
        host_keys=_host_keys(get, keys),
        public_bucket=_bucket(get, "S3_ENDPOINT"),
        container_bucket=_bucket(get, "S3_INTERNAL_ENDPOINT"),
        put_expires_s=whole(get, "PUT_EXPIRES", 1, EXPIRES_S_MAX),
        job_ttl_s=whole(get, "JOB_TTL_SECONDS", 1, 10 * 365 * 24 * 3600),
    )


def _hosts(get: Get, name: str) -> dict[str, str]:
    given = urls(get, name)
    hosts = {host_id(one): one for one in given}
    if len(hosts) < len(given):
        raise SettingError(name, "setting.host_twice")
    return hosts


def _host_keys(get: Get, keys: Keyring) -> dict[EngineId, tuple[str, ...]]:
    given = parse_host_keys(get(HOST_KEYS_SETTING))
    if given.keys() - {engine.name for engine in ENGINES.values()}:
        raise SettingError(HOST_KEYS_SETTING, "setting.no_container")
    return {
        engine.id: keys.of_host(engine.name, given.get(engine.name, ROOT))
        for engine in ENGINES.values()
    }


def _bucket(get: Get, endpoint: str) -> Bucket:
    style = text(get, "S3_STYLE")
    if style not in ("path", "vhost"):
        raise SettingError("S3_STYLE", "field.choice", choices="path, vhost")
    chosen: Literal["path", "vhost"] = "path" if style == "path" else "vhost"
    return Bucket(
        endpoint=url(get, endpoint),
        name=text(get, "S3_BUCKET_NAME"),
        region=text(get, "S3_REGION"),
        style=chosen,
        access_key_id=text(get, "S3_ACCESS_KEY_ID"),
        secret_access_key=text(get, "S3_SECRET_ACCESS_KEY"),
    )


cached_settings = FirstRead(read_settings)
