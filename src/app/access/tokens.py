"""Sign-in, tokens and presets."""

import json
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from app.access.auth import token_caller, token_hash
from app.access.store import (
    PresetRow,
    delete_expired_sessions,
    delete_preset,
    delete_session,
    insert_preset,
    insert_session,
    insert_token,
    revoke_token,
    select_has_admin,
    select_is_unrevoked,
    select_preset,
    update_preset,
)
from app.ports import Ports
from app.rows import TokenRow
from app.store import OPERATORS, Statement
from app.web.caller import Caller
from media_jobs.engines import ENGINES, EngineId
from media_jobs.errors import AccessDenied, Conflict, InvalidInput, NotFound, field_fault, present
from media_jobs.http import Request
from media_jobs.ids import new_id
from media_jobs.keyring import Purpose
from media_jobs.limits import RunningMax
from media_jobs.signing import sign_session
from media_jobs.strict import Strict
from media_jobs.tokens import ENTROPY_BYTES, TOKEN_LENGTH_MAX, new_token
from media_jobs.validation import field_errors

SESSION_LIFE_S = 14 * 86_400
DAY_MS = 86_400_000


class NewSession(Strict):
    """What a person signs in with."""

    token: Annotated[str, Field(min_length=1, max_length=TOKEN_LENGTH_MAX)]


class NewToken(Strict):
    """A token to be made."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    scopes: Annotated[list[Literal["read", "submit", "admin"]], Field(min_length=1, max_length=3)]
    expires_in_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    queued_max: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    running_max: RunningMax | None = None


class NewPreset(Strict):
    """Options to be saved under a name."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    engine: EngineId
    options: dict[str, Any]  # Any: the engine's own options; its model checks them.


class ChangedPreset(Strict):
    """What is to change of a preset."""

    name: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    options: dict[str, Any] | None = None  # Any: as above.


# --- sessions -----------------------------------------------------------------------------------


async def sign_in(body: NewSession, request: Request, ports: Ports) -> tuple[Caller, str, int]:
    """Return the token's owner, the new session's cookie value, and its expiry (Unix, s).

    Raises Unauthenticated, RateLimited: a session is stored for two weeks, so the rate limit
    applies to sign-ins as to everything else.
    """
    caller = await token_caller(body.token, request, ports)
    cookie, expires_s = await begin_session(caller.token, ports)
    return caller, cookie, expires_s


async def begin_session(account: TokenRow, ports: Ports, *others: Statement) -> tuple[str, int]:
    """Return a new session's cookie value and its expiry (Unix, s); raises RateLimited, Conflict.

    *others*: what is stored in the same batch, before it.
    """
    now_ms = ports.now_ms()
    ports.rates.admit(account.token_hash, now_ms)
    expires_ms = now_ms + SESSION_LIFE_S * 1000
    if account.expires_ms is not None:
        expires_ms = min(expires_ms, account.expires_ms)
    session = ports.entropy(32).hex()
    changed = await ports.store.batch(
        [
            *others,
            delete_expired_sessions(now_ms),
            insert_session(token_hash(session), account.token_hash, now_ms, expires_ms),
        ]
    )
    if changed[-1] == 0:
        raise Conflict("already_exists")
    expires_s = expires_ms // 1000
    keys = ports.settings().keys.signing(Purpose.SESSION)
    return sign_session(session, expires_s, keys), expires_s


async def end_session(caller: Caller, ports: Ports) -> None:
    """Sign a person out; a bearer token has no session to end."""
    if caller.session is not None:
        session = token_hash(caller.session)
        await ports.store.batch([delete_session(session)])
        ports.hub.close(session)


# --- tokens -------------------------------------------------------------------------------------


async def create_token(body: NewToken, ports: Ports) -> tuple[TokenRow, str]:
    """Return a new token's row, and the token itself, which is not stored.

    It belongs to the workspace of its creator. Raises AccessDenied where it would be an operator's.
    """
    if "admin" in body.scopes and ports.store.owner == OPERATORS:
        raise AccessDenied("forbidden.operator_token")
    now_ms = ports.now_ms()
    token = new_token(ports.entropy(ENTROPY_BYTES))
    days = body.expires_in_days
    row = TokenRow(
        token_hash=token_hash(token),
        token_id=new_id("tok", now_ms, ports.entropy(10)),
        owner_id=ports.store.home,
        name=body.name,
        scopes=frozenset(body.scopes),
        queued_max=body.queued_max,
        running_max=body.running_max,
        created_ms=now_ms,
        expires_ms=None if days is None else now_ms + days * DAY_MS,
    )
    await ports.store.batch([insert_token(row)])
    ports.log({"event": "token_created", "tokenId": row.token_id})
    return row, token


async def revoke(token_id: str, ports: Ports) -> None:
    """Revoke a token.

    Raises NotFound for one that is unknown or was revoked before, Conflict (`last_admin`) for the
    last admin token of the caller's own workspace, AccessDenied for an operator's by who is none.
    """
    now_ms, home = ports.now_ms(), ports.store.home
    if ports.store.owner == OPERATORS and await select_has_admin(ports.store, token_id):
        raise AccessDenied("forbidden.operator_token")
    revoking = revoke_token(ports.store, token_id, now_ms, keep_admin_of=home)
    if await ports.store.batch([revoking]) == [0]:
        if await select_is_unrevoked(ports.store, token_id):
            raise Conflict("last_admin")
        raise NotFound("not_found.token", token=token_id)
    ports.log({"event": "token_revoked", "tokenId": token_id})
    ports.hub.close(token_id)


def token_document(token: TokenRow) -> dict[str, object]:
    """Return what the API shows of a token."""
    return {
        "tokenId": token.token_id,
        "name": token.name,
        "scopes": sorted(token.scopes),
        "queuedMax": token.queued_max,
        "runningMax": token.running_max,
        "createdAt": token.created_ms,
        "expiresAt": token.expires_ms,
        "revokedAt": token.revoked_ms,
        "lastUsedAt": token.last_used_ms,
    }


# --- presets ------------------------------------------------------------------------------------


def _checked(engine_id: str, options: dict[str, Any]) -> str:
    """Return *options* as JSON if the engine's model takes them; raises InvalidInput.

    A preset need not have the URL that each job has.
    """
    engine = ENGINES[engine_id]
    secret = sorted(engine.secret_options & options.keys())
    if secret:
        faults = [field_fault(f"options.{name}", "field.not_saved", {}) for name in secret]
        raise InvalidInput("bad_request.preset_secrets", details={"errors": faults})
    stand_in = {engine.media_from: "https://example.com/"} if engine.media_from else {}
    try:
        engine.options().model_validate({**stand_in, **options})
    except ValidationError as error:
        faults = [{**f, "field": f"options.{f['field']}"} for f in field_errors(error)]
        raise InvalidInput("bad_request.options", details={"errors": faults}) from None
    return json.dumps(options)


async def create_preset(body: NewPreset, ports: Ports) -> PresetRow:
    """Save options; raises InvalidInput, Conflict (`preset_exists`)."""
    now_ms = ports.now_ms()
    row = PresetRow(
        preset_id=new_id("pre", now_ms, ports.entropy(10)),
        name=body.name,
        engine=body.engine,
        options=body.options,
        created_ms=now_ms,
        updated_ms=now_ms,
    )
    try:
        await ports.store.batch(
            [insert_preset(ports.store, row, _checked(body.engine, body.options))]
        )
    except Conflict:
        raise _exists(body.name) from None
    return await find_preset(row.preset_id, ports)


async def find_preset(preset_id: str, ports: Ports) -> PresetRow:
    """Return a preset; raises NotFound."""
    return present(
        await select_preset(ports.store, preset_id), "not_found.preset", preset=preset_id
    )


async def change_preset(preset_id: str, body: ChangedPreset, ports: Ports) -> PresetRow:
    """Rename a preset or replace its options; raises NotFound, InvalidInput, Conflict."""
    found = await find_preset(preset_id, ports)
    options = found.options if body.options is None else body.options
    checked = _checked(found.engine, options)
    name = body.name or found.name
    try:
        await ports.store.batch([update_preset(preset_id, name, checked, ports.now_ms())])
    except Conflict:
        raise _exists(name) from None
    return await find_preset(preset_id, ports)


async def remove_preset(preset_id: str, ports: Ports) -> None:
    """Remove a preset; raises NotFound."""
    if await ports.store.batch([delete_preset(ports.store, preset_id)]) == [0]:
        raise NotFound("not_found.preset", preset=preset_id)


def _exists(name: str) -> Conflict:
    return Conflict("preset_exists", name=name)


def preset_document(preset: PresetRow) -> dict[str, object]:
    """Return what the API shows of a preset."""
    return {
        "presetId": preset.preset_id,
        "name": preset.name,
        "engine": preset.engine,
        "options": preset.options,
        "createdAt": preset.created_ms,
        "updatedAt": preset.updated_ms,
    }
