"""The orchestrator's settings, read once and complete: a missing one stops the first request."""

from dataclasses import dataclass
from typing import Literal

from media_jobs.engines import ENGINES, EngineId
from media_jobs.errors import SettingError
from media_jobs.hosts import engine_of, host_id
from media_jobs.keyring import (
    FIRST,
    HOST_KEYS_SETTING,
    ROOT,
    HostKey,
    Keyring,
    parse_host_keys,
    read_keyring,
)
from media_jobs.outward import OUTWARD, host_label_of, name_of, outward_host, socket_url
from media_jobs.presign import EXPIRES_S_MAX, Bucket
from media_jobs.settings import FirstRead, Get, text, url, urls, whole

REVOKED_KNOWN = 8
"""How many generations of a host's key that were revoked are told from a wrong key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A host as it is called: by a URL of its own, or through its socket (`edge.host_peers`).

    *id*: see `media_jobs.hosts`. *keys*: which texts sign what goes to it and comes from it, the
    first one what goes. *label*: of one that connects outward, as settings name it.
    """

    id: str
    base_url: str
    keys: tuple[str, ...]
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrchestratorSettings:
    """*public_bucket* signs URLs for browsers, *container_bucket* those for containers.

    *hosts*: the base URLs of an engine's hosts, by their ids, in the setting's order; none where
    all connect outward. *host_keys*: which texts sign what goes to them and comes from them, the
    first one what goes. *outward_keys*: what the setting says of hosts that connect outward, by
    their labels.
    """

    keys: Keyring
    app_base_url: str
    callback_base_url: str
    hosts: dict[EngineId, dict[str, str]]
    host_keys: dict[EngineId, tuple[str, ...]]
    outward_keys: dict[str, HostKey]
    public_bucket: Bucket
    container_bucket: Bucket
    put_expires_s: int
    job_ttl_s: int

    def __repr__(self) -> str:
        return "Settings(…)"

    def host(self, engine: EngineId, host: str) -> Host | None:
        """Return an attempt's *host*; None: it was taken out of the setting.

        An attempt of before there were hosts has none: it is on the first with a URL.
        """
        if (name := name_of(host)) is not None:
            return self.outward(engine, name)
        host = host or next(iter(self.hosts[engine]), "")
        url = self.hosts[engine].get(host)
        if url is None:
            return None
        return Host(id=host, base_url=url, keys=self.host_keys[engine])

    def outward(self, engine: EngineId, name: str) -> Host:
        """Return the host of *engine* that connects outward as *name*.

        Whether there is one, the engine's dispatcher knows.
        """
        label = host_label_of(ENGINES[engine].name, name)
        keys = self.keys.of_host(label, self.outward_keys.get(label, FIRST))
        return Host(
            id=outward_host(name), base_url=socket_url(engine, name), keys=keys, label=label
        )

    def revoked_keys(self, label: str) -> tuple[str, ...]:
        """Return the keys that a host of this label may have held, and is let in with no more.

        Who shows one is told so.
        """
        key = self.outward_keys.get(label, FIRST)
        newest = max(number for number in key if number is not None)
        before = tuple(number for number in range(1, newest + 1) if number not in key)
        return self.keys.of_host(label, before[-REVOKED_KNOWN:])


def read_settings(get: Get) -> OrchestratorSettings:
    """Read all settings; raises SettingError that names the first one at fault, never its value."""
    default = _hosts(get, "CONTAINER_BASE_URL")
    keys, given = read_keyring(get), _given_keys(get)
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
        host_keys={
            engine.id: keys.of_host(engine.name, given.get(engine.name, ROOT))
            for engine in ENGINES.values()
        },
        outward_keys={name: key for name, key in given.items() if name != engine_of(name)},
        public_bucket=_bucket(get, "S3_ENDPOINT"),
        container_bucket=_bucket(get, "S3_INTERNAL_ENDPOINT"),
        put_expires_s=whole(get, "PUT_EXPIRES", 1, EXPIRES_S_MAX),
        job_ttl_s=whole(get, "JOB_TTL_SECONDS", 1, 10 * 365 * 24 * 3600),
    )


def _hosts(get: Get, name: str) -> dict[str, str]:
    if text(get, name) == OUTWARD:
        return {}
    given = urls(get, name)
    hosts = {host_id(one): one for one in given}
    if len(hosts) < len(given):
        raise SettingError(name, "setting.host_twice")
    return hosts


def _given_keys(get: Get) -> dict[str, HostKey]:
    given = parse_host_keys(get(HOST_KEYS_SETTING))
    if set(map(engine_of, given)) - {engine.name for engine in ENGINES.values()}:
        raise SettingError(HOST_KEYS_SETTING, "setting.no_container")
    return given


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
