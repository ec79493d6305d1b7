"""People, members, invitations, workspaces: reads, and writes as statements for a batch.

A member is a row of `tokens` that has a person (drizzle/0015).
"""

from dataclasses import asdict, dataclass

from app.rows import TokenRow
from app.store import Row, Statement, Store, Value, insert


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A person."""

    person_id: str
    name: str
    email: str | None
    created_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """A member of the workspace *owner_id*; *token_id* is the member's own id."""

    token_id: str
    owner_id: str
    person_id: str
    name: str
    email: str | None
    scopes: frozenset[str]
    created_ms: int
    last_used_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRow:
    """An invitation to the workspace *owner_id*. *invited_by*: the name of who did."""

    invitation_id: str
    secret_hash: str
    owner_id: str
    role: str
    note: str
    invited_by: str
    created_ms: int
    expires_ms: int
    used_ms: int | None = None
    used_by: str | None = None
    revoked_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceRow:
    """A workspace."""

    workspace_id: str
    name: str


_MEMBER = (
    "SELECT token_id, owner_id, person_id, scopes, created_ms, last_used_ms,"
    " (SELECT name FROM people WHERE people.person_id = tokens.person_id) AS name,"
    " (SELECT email FROM people WHERE people.person_id = tokens.person_id) AS email"
    " FROM tokens WHERE person_id IS NOT NULL AND revoked_ms IS NULL"
)
_INVITATION_ROW = ", ".join(InvitationRow.__slots__)
_ACCOUNT_ROW = ", ".join(TokenRow.__slots__)
_OTHER_MANAGER = (
    " AND (instr(scopes, 'manage') = 0 OR EXISTS (SELECT 1 FROM tokens AS other"
    " WHERE other.owner_id = tokens.owner_id AND other.token_id <> tokens.token_id"
    " AND other.person_id IS NOT NULL AND other.revoked_ms IS NULL"
    " AND instr(other.scopes, 'manage') > 0))"
)


async def select_person(store: Store, person_id: str) -> PersonRow | None:
    """Return a person."""
    columns = ", ".join(PersonRow.__slots__)
    sql = f"SELECT {columns} FROM people WHERE person_id = ?"
    return await store.one(lambda row: PersonRow(**row), sql, person_id)


async def select_members(store: Store, before: str | None, limit: int) -> list[MemberRow]:
    """Return members, newest first, after the cursor *before*."""
    rows = await store.rows(
        f"{_MEMBER} AND token_id < ?{store.and_owned()} ORDER BY token_id DESC LIMIT ?",
        before or "~",
        *store.owned,
        limit,
    )
    return [_member(row) for row in rows]


async def select_member(store: Store, member_id: str) -> MemberRow | None:
    """Return one member."""
    sql = f"{_MEMBER} AND token_id = ?{store.and_owned()}"
    return await store.one(_member, sql, member_id, *store.owned)


async def select_accounts(store: Store, person_id: str) -> list[TokenRow]:
    """Return a person's accounts, one in each of its workspaces."""
    rows = await store.rows(
        f"SELECT {_ACCOUNT_ROW} FROM tokens WHERE person_id = ? AND revoked_ms IS NULL"
        " ORDER BY owner_id",
        person_id,
    )
    return [TokenRow(**{**row, "scopes": frozenset(row["scopes"].split())}) for row in rows]


async def select_workspaces_of(store: Store, person_id: str) -> list[WorkspaceRow]:
    """Return the workspaces that a person is a member of."""
    rows = await store.rows(
        "SELECT owner_id AS workspace_id, coalesce((SELECT name FROM workspaces"
        " WHERE workspace_id = owner_id), owner_id) AS name FROM tokens"
        " WHERE person_id = ? AND revoked_ms IS NULL ORDER BY owner_id",
        person_id,
    )
    return [WorkspaceRow(**row) for row in rows]


async def select_workspace(store: Store, workspace_id: str) -> WorkspaceRow | None:
    """Return one workspace."""
    sql = "SELECT workspace_id, name FROM workspaces WHERE workspace_id = ?"
    return await store.one(lambda row: WorkspaceRow(**row), sql, workspace_id)


async def select_workspaces(store: Store, before: str | None, limit: int) -> list[WorkspaceRow]:
    """Return all workspaces, after the cursor *before*."""
    rows = await store.rows(
        "SELECT workspace_id, name FROM workspaces WHERE workspace_id < ?"
        " ORDER BY workspace_id DESC LIMIT ?",
        before or "~",
        limit,
    )
    return [WorkspaceRow(**row) for row in rows]


async def select_invitations(store: Store, before: str | None, limit: int) -> list[InvitationRow]:
    """Return invitations, newest first, after the cursor *before*."""
    rows = await store.rows(
        f"SELECT {_INVITATION_ROW} FROM invitations WHERE invitation_id < ?{store.and_owned()}"
        " ORDER BY invitation_id DESC LIMIT ?",
        before or "~",
        *store.owned,
        limit,
    )
    return [InvitationRow(**row) for row in rows]


async def select_invitation(store: Store, secret_hash: str) -> InvitationRow | None:
    """Return the invitation of a link, whatever has become of it."""
    sql = f"SELECT {_INVITATION_ROW} FROM invitations WHERE secret_hash = ?"
    return await store.one(lambda row: InvitationRow(**row), sql, secret_hash)


def insert_workspace(workspace: WorkspaceRow) -> Statement:
    """Add a workspace."""
    return insert("workspaces", asdict(workspace))


def insert_invitation(invitation: InvitationRow) -> Statement:
    """Add an invitation."""
    return insert("invitations", asdict(invitation))


def delete_invitations(owner: str, before_ms: int) -> Statement:
    """Forget a workspace's invitations that ended before *before_ms*."""
    sql = "DELETE FROM invitations WHERE owner_id = ? AND expires_ms < ?"
    return sql, (owner, before_ms)


def revoke_invitation(store: Store, invitation_id: str, now_ms: int) -> Statement:
    """Revoke an invitation that was not used."""
    return (
        "UPDATE invitations SET revoked_ms = ? WHERE invitation_id = ? AND revoked_ms IS NULL"
        f" AND used_ms IS NULL{store.and_owned()}",
        (now_ms, invitation_id, *store.owned),
    )


def use_invitation(secret_hash: str, member_id: str, now_ms: int) -> Statement:
    """Use an invitation, once, to make the member *member_id*."""
    return (
        "UPDATE invitations SET used_ms = ?, used_by = ? WHERE secret_hash = ? AND used_ms IS NULL"
        " AND revoked_ms IS NULL AND expires_ms > ?",
        (now_ms, member_id, secret_hash, now_ms),
    )


def insert_invited(table: str, row: dict[str, Value], member_id: str) -> Statement:
    """Add a row that a member comes with, if an invitation has made that member in this batch."""
    columns, places = ", ".join(row), ", ".join("?" * len(row))
    return (
        f"INSERT INTO {table} ({columns}) SELECT {places} FROM invitations WHERE used_by = ?",
        (*row.values(), member_id),
    )


def change_role(store: Store, member_id: str, scopes: str) -> Statement:
    """Give a member another role; the last manager keeps it."""
    kept = "" if "manage" in scopes else _OTHER_MANAGER
    return (
        "UPDATE tokens SET scopes = ? WHERE token_id = ? AND person_id IS NOT NULL"
        f" AND revoked_ms IS NULL{store.and_owned()}{kept}",
        (scopes, member_id, *store.owned),
    )


def remove_member(store: Store, member_id: str, now_ms: int) -> list[Statement]:
    """Remove a member, but for the last manager, and end the sessions."""
    return [
        (
            "UPDATE tokens SET revoked_ms = ? WHERE token_id = ? AND person_id IS NOT NULL"
            f" AND revoked_ms IS NULL{store.and_owned()}{_OTHER_MANAGER}",
            (now_ms, member_id, *store.owned),
        ),
        (
            "DELETE FROM sessions WHERE token_hash = (SELECT token_hash FROM tokens"
            " WHERE token_id = ? AND revoked_ms = ?)",
            (member_id, now_ms),
        ),
    ]


def insert_used_challenge(challenge_hash: str, expires_ms: int) -> Statement:
    """Note that a challenge was answered; a second time fails the batch."""
    return insert("used_challenges", {"challenge_hash": challenge_hash, "expires_ms": expires_ms})


def delete_expired_challenges(now_ms: int) -> Statement:
    """Forget the challenges that nobody can answer any more."""
    return ("DELETE FROM used_challenges WHERE expires_ms <= ?", (now_ms,))


def end_other_sessions(person_id: str, session_hash: str) -> Statement:
    """End a person's sessions but one."""
    return (
        "DELETE FROM sessions WHERE session_hash <> ? AND token_hash IN"
        " (SELECT token_hash FROM tokens WHERE person_id = ?)",
        (session_hash, person_id),
    )


def _member(row: Row) -> MemberRow:
    return MemberRow(**{**row, "scopes": frozenset(row["scopes"].split())})
