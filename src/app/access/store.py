"""Tokens, sessions and presets: reads, and writes as statements for a batch."""

from dataclasses import asdict, dataclass
from typing import Any

from pydantic_core import from_json

from app.rows import TokenRow
from app.store import OPERATORS, Row, Statement, Store, insert


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetRow:
    """Saved options of an engine."""

    preset_id: str
    name: str
    engine: str
    options: dict[str, Any]  # Any: the engine's own options, validated when they came in.
    created_ms: int
    updated_ms: int


_TOKEN_ROW = ", ".join(TokenRow.__slots__)
_PRESET_ROW = ", ".join(PresetRow.__slots__)


async def select_token(store: Store, token_hash: str, now_ms: int) -> TokenRow | None:
    """Return a token that was neither revoked nor has expired, or None."""
    return await store.one(
        _token,
        f"SELECT {_TOKEN_ROW} FROM tokens WHERE token_hash = ? AND revoked_ms IS NULL"
        " AND (expires_ms IS NULL OR expires_ms > ?)",
        token_hash,
        now_ms,
    )


async def select_session_token(store: Store, session_hash: str, now_ms: int) -> TokenRow | None:
    """Return the token of a session, both of which are good, or None."""
    return await store.one(
        _token,
        f"SELECT {_TOKEN_ROW} FROM tokens WHERE token_hash ="
        " (SELECT token_hash FROM sessions WHERE session_hash = ? AND expires_ms > ?)"
        " AND revoked_ms IS NULL AND (expires_ms IS NULL OR expires_ms > ?)",
        session_hash,
        now_ms,
        now_ms,
    )


async def select_tokens(store: Store, before: str | None, limit: int) -> list[TokenRow]:
    """Return tokens, newest first, after the cursor *before*; no people."""
    rows = await store.rows(
        f"SELECT {_TOKEN_ROW} FROM tokens WHERE token_id < ? AND person_id IS NULL"
        f"{store.and_owned()} ORDER BY token_id DESC LIMIT ?",
        before or "~",
        *store.owned,
        limit,
    )
    return [_token(row) for row in rows]


async def select_is_unrevoked(store: Store, token_id: str) -> bool:
    """Whether there is such a token that is not revoked."""
    sql = "SELECT 1 FROM tokens WHERE token_id = ? AND revoked_ms IS NULL AND person_id IS NULL"
    return bool(await store.rows(f"{sql}{store.and_owned()}", token_id, *store.owned))


async def select_has_admin(store: Store, token_id: str) -> bool:
    """Whether there is such a token with the scope `admin`."""
    sql = "SELECT 1 FROM tokens WHERE token_id = ? AND instr(scopes, 'admin') > 0"
    return bool(await store.rows(f"{sql}{store.and_owned()}", token_id, *store.owned))


async def select_preset(store: Store, preset_id: str) -> PresetRow | None:
    """Return one preset."""
    sql = f"SELECT {_PRESET_ROW} FROM presets WHERE preset_id = ?{store.and_owned()}"
    return await store.one(_preset, sql, preset_id, *store.owned)


async def select_presets(store: Store, before: str | None, limit: int) -> list[PresetRow]:
    """Return presets, newest first, after the cursor *before*."""
    rows = await store.rows(
        f"SELECT {_PRESET_ROW} FROM presets WHERE preset_id < ?{store.and_owned()}"
        " ORDER BY preset_id DESC LIMIT ?",
        before or "~",
        *store.owned,
        limit,
    )
    return [_preset(row) for row in rows]


def insert_token(token: TokenRow) -> Statement:
    """Add a token."""
    return insert("tokens", {**asdict(token), "scopes": " ".join(sorted(token.scopes))})


def revoke_token(store: Store, token_id: str, now_ms: int, *, keep_admin_of: str) -> Statement:
    """Revoke a token, once; its sessions end with it.

    Not the last admin token of the workspace *keep_admin_of*: nobody could administer it any more.
    A manager could, but for the operators' workspace.
    """
    return (
        "UPDATE tokens SET revoked_ms = ? WHERE token_id = ? AND revoked_ms IS NULL"
        f" AND person_id IS NULL{store.and_owned()}"
        " AND (owner_id <> ? OR instr(scopes, 'admin') = 0 OR EXISTS ("
        "SELECT 1 FROM tokens AS other WHERE other.owner_id = tokens.owner_id"
        " AND other.token_id <> tokens.token_id AND (instr(other.scopes, 'admin') > 0"
        " OR (instr(other.scopes, 'manage') > 0 AND other.owner_id <> ?))"
        " AND other.revoked_ms IS NULL"
        " AND (other.expires_ms IS NULL OR other.expires_ms > ?)))",
        (now_ms, token_id, *store.owned, keep_admin_of, OPERATORS, now_ms),
    )


def note_use(token_hash: str, now_ms: int) -> Statement:
    """Note that a token was used."""
    return ("UPDATE tokens SET last_used_ms = ? WHERE token_hash = ?", (now_ms, token_hash))


def insert_session(session_hash: str, token_hash: str, now_ms: int, expires_ms: int) -> Statement:
    """Add a session, if there is its token."""
    return (
        "INSERT INTO sessions (session_hash, token_hash, created_ms, expires_ms)"
        " SELECT ?, token_hash, ?, ? FROM tokens WHERE token_hash = ?",
        (session_hash, now_ms, expires_ms, token_hash),
    )


def delete_session(session_hash: str) -> Statement:
    """End a session."""
    return ("DELETE FROM sessions WHERE session_hash = ?", (session_hash,))


def delete_expired_sessions(now_ms: int) -> Statement:
    """Forget the sessions that have ended."""
    return ("DELETE FROM sessions WHERE expires_ms <= ?", (now_ms,))


def insert_preset(store: Store, preset: PresetRow, options_json: str) -> Statement:
    """Add a preset; a second one of its owner, engine and name fails the batch."""
    row = {**asdict(preset), "options": options_json, "owner_id": store.home}
    return insert("presets", row)


def update_preset(preset_id: str, name: str, options_json: str, now_ms: int) -> Statement:
    """Change a preset."""
    return (
        "UPDATE presets SET name = ?, options = ?, updated_ms = ? WHERE preset_id = ?",
        (name, options_json, now_ms, preset_id),
    )


def delete_preset(store: Store, preset_id: str) -> Statement:
    """Remove a preset."""
    return (
        f"DELETE FROM presets WHERE preset_id = ?{store.and_owned()}",
        (preset_id, *store.owned),
    )


def _token(row: Row) -> TokenRow:
    return TokenRow(**{**row, "scopes": frozenset(row["scopes"].split())})


def _preset(row: Row) -> PresetRow:
    return PresetRow(**{**row, "options": from_json(row["options"])})
