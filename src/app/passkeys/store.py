"""Passkeys: reads, and writes as statements for a batch."""

import json
from dataclasses import dataclass
from typing import get_args

from pydantic_core import from_json

from app.store import Row, Statement, Store, Value
from media_jobs.ports import Algorithm, Jwk


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyRow:
    """A person's WebAuthn credential. *credential_id*: base64url."""

    passkey_id: str
    credential_id: str
    person_id: str
    name: str
    algorithm: Algorithm
    public_key: Jwk
    sign_count: int
    transports: tuple[str, ...]
    created_ms: int
    last_used_ms: int | None = None


_ROW = ", ".join(PasskeyRow.__slots__)


async def select_passkeys(store: Store, person_id: str) -> list[PasskeyRow]:
    """Return a person's passkeys, oldest first."""
    rows = await store.rows(
        f"SELECT {_ROW} FROM passkeys WHERE person_id = ? ORDER BY passkey_id", person_id
    )
    return [_passkey(row) for row in rows]


async def select_passkey(store: Store, credential_id: str) -> PasskeyRow | None:
    """Return the passkey of a credential."""
    sql = f"SELECT {_ROW} FROM passkeys WHERE credential_id = ?"
    return await store.one(_passkey, sql, credential_id)


def columns(passkey: PasskeyRow) -> dict[str, Value]:
    """Return a passkey as the table has it."""
    return {
        "passkey_id": passkey.passkey_id,
        "credential_id": passkey.credential_id,
        "person_id": passkey.person_id,
        "name": passkey.name,
        "algorithm": passkey.algorithm,
        "public_key": json.dumps(passkey.public_key),
        "sign_count": passkey.sign_count,
        "transports": " ".join(passkey.transports),
        "created_ms": passkey.created_ms,
    }


def note_passkey_use(passkey_id: str, sign_count: int, now_ms: int) -> Statement:
    """Note that a passkey was used, and its signature counter."""
    return (
        "UPDATE passkeys SET sign_count = ?, last_used_ms = ? WHERE passkey_id = ?",
        (sign_count, now_ms, passkey_id),
    )


def rename_passkey(passkey_id: str, person_id: str, name: str) -> Statement:
    """Give a passkey another name."""
    return (
        "UPDATE passkeys SET name = ? WHERE passkey_id = ? AND person_id = ?",
        (name, passkey_id, person_id),
    )


def delete_passkey(passkey_id: str, person_id: str) -> Statement:
    """Remove a passkey, unless it is all that the person can sign in with."""
    return (
        "DELETE FROM passkeys WHERE passkey_id = ? AND person_id = ? AND ("
        "EXISTS (SELECT 1 FROM passkeys AS other WHERE other.person_id = passkeys.person_id"
        " AND other.passkey_id <> passkeys.passkey_id)"
        " OR EXISTS (SELECT 1 FROM identities WHERE identities.person_id = passkeys.person_id))",
        (passkey_id, person_id),
    )


def _passkey(row: Row) -> PasskeyRow:
    assert row["algorithm"] in get_args(Algorithm)
    return PasskeyRow(
        **{
            **row,
            "public_key": from_json(row["public_key"]),
            "transports": tuple(row["transports"].split()),
        }
    )
