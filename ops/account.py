"""The account-specific values: read from `account.toml`, written into both wrangler configs.

wrangler's configs cannot include a file, so the values are written into them in place, comments
kept; each config says them in exactly one spot per environment.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from vidgen.errors import ConfigurationError

from dev.installation import APP_CONFIG, ORCHESTRATOR_CONFIG
from media_jobs.engines import ENGINES
from media_jobs.hosts import labelled
from media_jobs.keyring import HOST_KEYS_SETTING, ROOT_SIGNATURES_SETTING, RootSignatures
from media_jobs.outward import OUTWARD

ACCOUNT_FILE = "account.toml"

_FORMS: Mapping[str, str] = {
    "account_id": r"[0-9a-f]{32}",
    "zone": r"[a-z0-9.-]+\.[a-z]{2,}",
    "app_domain": r"[a-z0-9.-]+\.[a-z]{2,}",
    "d1_database_id": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "kv_namespace_id": r"[0-9a-f]{32}",
}
_OPTIONAL = {
    ROOT_SIGNATURES_SETTING.lower(): "|".join(RootSignatures),
    HOST_KEYS_SETTING.lower(): r"[a-z0-9=+, @-]*",
}
_URL_FORM = r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?"
_URLS_FORM = rf"{_URL_FORM}( *, *{_URL_FORM})*|{OUTWARD}"
_PLACEHOLDER = re.compile(r"0{8}[0-]*|.*\bexample\.(com|workers\.dev)\b.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The values of `account.toml`, by the names they have there; *containers* by engine: the URL
    of its host, those of its hosts with commas between, or `outward` where none has one.

    *root_signatures* and *host_keys* (`media_jobs.keyring`) may be absent.
    """

    account_id: str
    zone: str
    app_domain: str
    orchestrator_url: str
    d1_database_id: str
    kv_namespace_id: str
    containers: Mapping[str, str]
    root_signatures: str = RootSignatures.MADE
    host_keys: str = ""

    @classmethod
    def read(cls, root: Path) -> Account:
        """Read *root*'s file. Raises ConfigurationError that names the value at fault."""
        try:
            found = tomllib.loads((root / ACCOUNT_FILE).read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise ConfigurationError(f"{ACCOUNT_FILE} cannot be read: {error}.") from None
        needed = {field.name for field in fields(cls)} - {"containers", *_OPTIONAL}
        _check(found, needed, "", {"containers", *_OPTIONAL})
        _check(found, found.keys() & _OPTIONAL, "", found.keys())
        _check(found.get("containers"), {engine.name for engine in ENGINES.values()}, "containers.")
        account = cls(**found)
        for name, urls in account.containers.items():
            if urls != OUTWARD and len(hosts_of({name: urls})) <= urls.count(","):
                raise ConfigurationError(f"{ACCOUNT_FILE}: containers.{name} names a host twice.")
        if not f".{account.app_domain}".endswith(f".{account.zone}"):
            raise ConfigurationError(f"{ACCOUNT_FILE}: app_domain is not in the zone.")
        return account

    @property
    def app_url(self) -> str:
        return f"https://{self.app_domain}"

    @property
    def s3_endpoint(self) -> str:
        return f"https://{self.account_id}.r2.cloudflarestorage.com"

    def placeholders(self) -> list[str]:
        """Return the settings that still have the value the project comes with."""
        return [name for name, value in self._values() if _PLACEHOLDER.fullmatch(value)]

    def write(self, root: Path) -> None:
        """Write the values into *root*'s file; its comments stay."""
        path = root / ACCOUNT_FILE
        text = path.read_text(encoding="utf-8")
        for name, value in self._values():
            key = name.rpartition(".")[2]
            line = f'{key} = "{value}"'
            text, count = re.subn(rf'(?m)^{key} = ".*"$', line, text)
            if not count:  # A file of before there was this setting.
                text = text.replace("\n[containers]\n", f"\n{line}\n\n[containers]\n")
        path.write_text(text, encoding="utf-8")

    def _values(self) -> Iterator[tuple[str, str]]:
        """Yield each value with its name, that of a container as `containers.burner`."""
        for field in fields(self):
            if field.name != "containers":
                yield field.name, getattr(self, field.name)
        for name, url in self.containers.items():
            yield f"containers.{name}", url


def hosts_of(containers: Mapping[str, str]) -> dict[str, str]:
    """Return the URL of each host of the *containers* that has one by its label."""
    hosts: dict[str, str] = {}
    for name, urls in containers.items():
        if urls == OUTWARD:
            continue
        hosts |= labelled(name, (url.strip() for url in urls.split(",")))
    return hosts


def _check(found: object, names: set[str], prefix: str, others: Collection[str] = ()) -> None:
    """Raise ConfigurationError unless *found* has a well-formed text for each of *names*, and
    nothing but these and *others*."""
    table = found if isinstance(found, dict) else {}
    if unknown := sorted(table.keys() - names - set(others)):
        raise ConfigurationError(f"{ACCOUNT_FILE}: {prefix}{unknown[0]} is not a setting.")
    for name in sorted(names):
        value = table.get(name)
        if not isinstance(value, str) or not re.fullmatch(
            {**_FORMS, **_OPTIONAL}.get(name, _URLS_FORM if prefix else _URL_FORM), value
        ):
            raise ConfigurationError(f"{ACCOUNT_FILE}: {prefix}{name} is missing or malformed.")


def _app_values(account: Account) -> dict[str, str]:
    return {
        "pattern": f"{account.app_domain}/*",
        "zone_name": account.zone,
        "database_id": account.d1_database_id,
        "CF_ORCHESTRATOR_URL": account.orchestrator_url,
        ROOT_SIGNATURES_SETTING: account.root_signatures,
    }


def _orchestrator_values(account: Account) -> dict[str, str]:
    return {
        "APP_BASE_URL": account.app_url,
        "ORCHESTRATOR_BASE_URL_CONTAINER": account.orchestrator_url,
        **{engine.base_url_setting: account.containers[engine.name] for engine in ENGINES.values()},
        ROOT_SIGNATURES_SETTING: account.root_signatures,
        HOST_KEYS_SETTING: account.host_keys,
        "S3_ENDPOINT": account.s3_endpoint,
        "S3_INTERNAL_ENDPOINT": account.s3_endpoint,
        "id": account.kv_namespace_id,
    }


def applied(account: Account, root: Path) -> dict[str, str]:
    """Return the text of each config with the account's values in its production part.

    Raises ConfigurationError when a config has no one place for a value.
    """
    app = (root / APP_CONFIG).read_text(encoding="utf-8")
    orchestrator = (root / ORCHESTRATOR_CONFIG).read_text(encoding="utf-8")
    return {
        APP_CONFIG: _with_values(APP_CONFIG, app, '"production": {', r'"{}": "([^"]*)"', account),
        ORCHESTRATOR_CONFIG: _with_values(
            ORCHESTRATOR_CONFIG,
            orchestrator,
            "\n[env.production]\n",
            r'(?m)^{} = "([^"]*)"$',
            account,
        ),
    }


def _with_values(name: str, text: str, start: str, form: str, account: Account) -> str:
    values = _app_values(account) if name == APP_CONFIG else _orchestrator_values(account)
    head, mark, production = text.partition(start)
    for key, value in values.items():
        found = list(re.finditer(form.replace("{}", key), production))
        if len(found) != 1:
            raise ConfigurationError(
                f"{name}: {key} occurs {len(found)} times in its production part."
            )
        begin, end = found[0].span(1)
        production = production[:begin] + value + production[end:]
    return head + mark + production


def differences(account: Account, root: Path) -> Iterator[str]:
    """Yield the configs that say something else than the account's file."""
    for name, text in applied(account, root).items():
        if (root / name).read_text(encoding="utf-8") != text:
            yield name
