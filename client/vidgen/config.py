"""Where the command finds the app: `--url` and `--token`, the environment, or `vidgen login`."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import typer

from vidgen.errors import ConfigurationError
from vidgen.transport import api_headers, base_url

__all__ = ["Connection", "config_path", "connection", "forget", "remember"]

URL_VARIABLE = "VIDGEN_URL"
TOKEN_VARIABLE = "VIDGEN_TOKEN"  # noqa: S105  # The variable's name.


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Address and token of an app."""

    url: str
    token: str


def config_path() -> Path:
    """Return the file that `vidgen login` writes, readable by its owner alone."""
    return Path(typer.get_app_dir("vidgen")) / "config.json"


def connection(url: str | None = None, token: str | None = None) -> Connection:
    """Return what was given, else the environment's, else what login has stored.

    Raises ConfigurationError, saying what is missing and what to do. A stored token goes to no
    other address than the one it was stored with.
    """
    stored = _stored()
    url = url or os.environ.get(URL_VARIABLE)
    token = token or os.environ.get(TOKEN_VARIABLE)
    if url is None and stored is not None:
        url = stored.url
    if url is None:
        raise ConfigurationError(f"No app is given. Run `vidgen login`, or set {URL_VARIABLE}.")
    url = base_url(url)
    if token is None and stored is not None and stored.url == url:
        token = stored.token
    if token is None:
        raise ConfigurationError(f"There is no token for {url}. Run `vidgen login --url {url}`.")
    api_headers(token)
    return Connection(url=url, token=token)


def _stored() -> Connection | None:
    path = config_path()
    try:
        document = json.loads(path.read_text())
        return Connection(url=str(document["url"]), token=str(document["token"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise ConfigurationError(f"{path} cannot be read. Run `vidgen login` again.") from None


def remember(found: Connection) -> Path:
    """Store a connection; it replaces the one before in one step."""
    path = config_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"url": found.url, "token": found.token}, file)
    partial.replace(path)
    return path


def forget() -> bool:
    """Delete what login has stored; return whether there was anything."""
    path = config_path()
    existed = path.exists()
    path.unlink(missing_ok=True)
    return existed
