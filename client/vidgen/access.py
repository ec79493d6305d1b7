"""The API's calls about tokens and presets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vidgen.calls import delete, get, page, post
from vidgen.engines import Engine
from vidgen.models import Page, Preset, Scope, ShownToken, Token
from vidgen.steps import Flow

__all__ = [
    "change_preset",
    "create_preset",
    "create_token",
    "delete_preset",
    "preset",
    "presets",
    "revoke_token",
    "tokens",
]


def tokens(cursor: str | None = None) -> Flow[Page[Token]]:
    """Yield all API tokens, newest first."""
    return (yield from page(Page[Token], "/api/tokens", cursor))


def create_token(
    name: str,
    scopes: Sequence[Scope],
    *,
    expires_in_days: int | None = None,
    queued_max: int | None = None,
    running_max: int | None = None,
) -> Flow[ShownToken]:
    """Make an API token. Only this answer has the token itself.

    *queued_max*: how many of its jobs may be unfinished; *running_max*: run at once.
    """
    body: dict[str, object] = {"name": name, "scopes": list(scopes)}
    limits = {
        "expiresInDays": expires_in_days,
        "queuedMax": queued_max,
        "runningMax": running_max,
    }
    body |= {field: value for field, value in limits.items() if value is not None}
    return (yield from post(ShownToken, "/api/tokens", body))


def revoke_token(token_id: str) -> Flow[None]:
    """Revoke an API token and end its sessions."""
    yield from delete(f"/api/tokens/{token_id}")


def presets(cursor: str | None = None) -> Flow[Page[Preset]]:
    """Yield all saved options, newest first."""
    return (yield from page(Page[Preset], "/api/presets", cursor))


def preset(preset_id: str) -> Flow[Preset]:
    """Return one preset."""
    return (yield from get(Preset, f"/api/presets/{preset_id}"))


def create_preset(name: str, engine: Engine, options: Mapping[str, Any]) -> Flow[Preset]:
    """Save options of an engine under a name. Raises Conflict when the name is taken."""
    body = {"name": name, "engine": engine, "options": dict(options)}
    return (yield from post(Preset, "/api/presets", body))


def change_preset(
    preset_id: str, *, name: str | None = None, options: Mapping[str, Any] | None = None
) -> Flow[Preset]:
    """Rename a preset, or replace its options."""
    given = {"name": name, "options": None if options is None else dict(options)}
    body = {field: value for field, value in given.items() if value is not None}
    path = f"/api/presets/{preset_id}"
    return (yield from post(Preset, path, body, method="PATCH", repeatable=True))


def delete_preset(preset_id: str) -> Flow[None]:
    """Remove a preset."""
    yield from delete(f"/api/presets/{preset_id}")
