"""Identities at the provider: reads, and writes as statements for a batch."""

from dataclasses import asdict, dataclass

from app.store import Row, Statement, Store, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRow:
    """A person at a provider."""

    identity_id: str
    issuer: str
    subject: str
    person_id: str
    email: str | None
    created_ms: int
    last_used_ms: int | None = None


_ROW = ", ".join(IdentityRow.__slots__)


async def select_identity(store: Store, issuer: str, subject: str) -> IdentityRow | None:
    """Return whose identity this is."""
    sql = f"SELECT {_ROW} FROM identities WHERE issuer = ? AND subject = ?"
    return await store.one(_identity, sql, issuer, subject)


async def select_identities(store: Store, person_id: str) -> list[IdentityRow]:
    """Return a person's identities, oldest first."""
    sql = f"SELECT {_ROW} FROM identities WHERE person_id = ? ORDER BY identity_id"
    return [_identity(row) for row in await store.rows(sql, person_id)]


def columns(identity: IdentityRow) -> dict[str, Value]:
    """Return an identity as the table has it."""
    return asdict(identity)


def note_identity_use(identity_id: str, now_ms: int) -> Statement:
    """Note that an identity was used."""
    return ("UPDATE identities SET last_used_ms = ? WHERE identity_id = ?", (now_ms, identity_id))


def delete_identity(identity_id: str, person_id: str) -> Statement:
    """Remove an identity, unless it is all that the person can sign in with."""
    return (
        "DELETE FROM identities WHERE identity_id = ? AND person_id = ? AND ("
        "EXISTS (SELECT 1 FROM identities AS other WHERE other.person_id = identities.person_id"
        " AND other.identity_id <> identities.identity_id)"
        " OR EXISTS (SELECT 1 FROM passkeys WHERE passkeys.person_id = identities.person_id))",
        (identity_id, person_id),
    )


def _identity(row: Row) -> IdentityRow:
    return IdentityRow(**row)
