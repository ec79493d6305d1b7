"""Invitations: links that make one member each. Their secret is stored as a hash alone."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from app.access.auth import admit_stranger, token_hash
from app.access.tokens import DAY_MS, begin_session
from app.people.roles import SCOPES, Role
from app.people.store import (
    InvitationRow,
    delete_invitations,
    insert_invitation,
    insert_invited,
    revoke_invitation,
    select_invitation,
    select_workspace,
    use_invitation,
)
from app.ports import Ports
from app.rows import TokenRow
from app.store import EVERYONE, Statement, Value, insert
from app.web.caller import Caller
from media_jobs.errors import Conflict, NotFound, present
from media_jobs.http import Request
from media_jobs.ids import Id, new_id
from media_jobs.strict import Strict

LIFE_DAYS = 7
KEPT_DAYS = 30
"""How long after its end an invitation is still listed."""
Secret = Annotated[str, Field(pattern=r"^[0-9a-f]{64}\z")]
PersonName = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]


class NewInvitation(Strict):
    """An invitation to be made. *workspaceId*: another than the caller's own, for operators."""

    role: Role
    note: Annotated[str, Field(max_length=100)] = ""
    expires_in_days: Annotated[int, Field(ge=1, le=90)] = LIFE_DAYS
    workspace_id: Id | None = None


class Invited(Strict):
    """The secret of an invitation's link."""

    invitation: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Who accepts an invitation. *is_new*: the person is added with it."""

    secret_hash: str
    person_id: str
    name: str
    email: str | None = None
    is_new: bool


async def invite(body: NewInvitation, caller: Caller, ports: Ports) -> tuple[InvitationRow, str]:
    """Return a new invitation and its secret, which is not stored; raises NotFound."""
    owner = body.workspace_id or ports.store.home
    if owner != ports.store.home:
        if ports.store.owner is not EVERYONE:
            raise NotFound("not_found.workspace", workspace=owner)
        present(await select_workspace(ports.store, owner), "not_found.workspace", workspace=owner)
    now_ms, secret = ports.now_ms(), ports.entropy(32).hex()
    row = InvitationRow(
        invitation_id=new_id("ivt", now_ms, ports.entropy(10)),
        secret_hash=token_hash(secret),
        owner_id=owner,
        role=body.role,
        note=body.note,
        invited_by=caller.token.name,
        created_ms=now_ms,
        expires_ms=now_ms + body.expires_in_days * DAY_MS,
    )
    long_over = delete_invitations(owner, now_ms - KEPT_DAYS * DAY_MS)
    await ports.store.batch([long_over, insert_invitation(row)])
    ports.log({"event": "invitation_made", "invitationId": row.invitation_id, "role": row.role})
    return row, secret


async def revoke(invitation_id: str, ports: Ports) -> None:
    """Revoke an invitation; raises NotFound for one that is not open any more."""
    revoking = revoke_invitation(ports.store, invitation_id, ports.now_ms())
    if await ports.store.batch([revoking]) == [0]:
        raise NotFound("not_found.invitation", invitation=invitation_id)
    ports.log({"event": "invitation_revoked", "invitationId": invitation_id})


async def open_invitation(secret: str, request: Request, ports: Ports) -> InvitationRow:
    """Return the invitation of a link; raises RateLimited, NotFound, Conflict."""
    admit_stranger(request, ports)
    return await usable_invitation(token_hash(secret), ports)


async def usable_invitation(secret_hash: str, ports: Ports) -> InvitationRow:
    """Return an invitation that can be accepted now.

    Raises NotFound for one that is unknown, Conflict (`invitation_used`, `invitation_revoked`,
    `invitation_expired`).
    """
    row = present(await select_invitation(ports.store, secret_hash), "not_found.invitation_link")
    if row.used_ms is not None:
        raise Conflict("invitation_used")
    if row.revoked_ms is not None:
        raise Conflict("invitation_revoked")
    if row.expires_ms <= ports.now_ms():
        raise Conflict("invitation_expired")
    return row


async def join(
    joining: Joining,
    credential: tuple[str, dict[str, Value]] | None,
    ports: Ports,
    *more: Statement,
) -> tuple[TokenRow, str, int]:
    """Make a member by an invitation; return its account, and cookie and expiry of a session.

    *credential*: the table and the row of what the person signs in with from now on. *more*: what
    is stored in the same batch. Raises as `usable_invitation`, and Conflict (`already_member`).
    """
    invitation = await usable_invitation(joining.secret_hash, ports)
    account = _account(joining, invitation.owner_id, Role(invitation.role), ports)
    member_id = str(account.token_id)
    statements = [
        use_invitation(joining.secret_hash, member_id, ports.now_ms()),
        *(
            insert_invited(table, row, member_id)
            for table, row in _rows(joining, account, credential)
        ),
    ]
    try:
        cookie, expires_s = await begin_session(account, ports, *statements, *more)
    except Conflict:
        await usable_invitation(joining.secret_hash, ports)
        raise Conflict("already_member") from None
    _note_join(account, ports)
    return account, cookie, expires_s


async def join_freely(
    joining: Joining,
    workspace_id: str,
    role: Role,
    credential: tuple[str, dict[str, Value]],
    ports: Ports,
) -> tuple[TokenRow, str, int]:
    """Make a new person a member without an invitation; return as `join`.

    For who is let in by the operator's settings. Raises Conflict where the credential is known.
    """
    account = _account(joining, workspace_id, role, ports)
    rows = _rows(joining, account, credential)
    cookie, expires_s = await begin_session(
        account, ports, *(insert(table, row) for table, row in rows)
    )
    _note_join(account, ports)
    return account, cookie, expires_s


def _account(joining: Joining, workspace_id: str, role: Role, ports: Ports) -> TokenRow:
    now_ms = ports.now_ms()
    return TokenRow(
        token_hash=token_hash(ports.entropy(32).hex()),
        token_id=new_id("mem", now_ms, ports.entropy(10)),
        owner_id=workspace_id,
        name=joining.name,
        scopes=SCOPES[role],
        queued_max=None,
        running_max=None,
        created_ms=now_ms,
        expires_ms=None,
        person_id=joining.person_id,
    )


def _rows(
    joining: Joining, account: TokenRow, credential: tuple[str, dict[str, Value]] | None
) -> list[tuple[str, dict[str, Value]]]:
    """Return what is stored of a new member, by table."""
    person: dict[str, Value] = {
        "person_id": joining.person_id,
        "name": joining.name,
        "email": joining.email,
        "created_ms": account.created_ms,
    }
    return [
        *([("people", person)] if joining.is_new else []),
        ("tokens", _columns(account)),
        *([] if credential is None else [credential]),
    ]


def _note_join(account: TokenRow, ports: Ports) -> None:
    ports.log(
        {"event": "member_joined", "memberId": account.token_id, "personId": account.person_id}
    )


def _columns(account: TokenRow) -> dict[str, Value]:
    return {
        "token_hash": account.token_hash,
        "token_id": account.token_id,
        "owner_id": account.owner_id,
        "name": account.name,
        "scopes": " ".join(sorted(account.scopes)),
        "created_ms": account.created_ms,
        "person_id": account.person_id,
    }


def invitation_document(row: InvitationRow) -> dict[str, object]:
    """Return what the API shows of an invitation."""
    return {
        "invitationId": row.invitation_id,
        "workspaceId": row.owner_id,
        "role": row.role,
        "note": row.note,
        "invitedBy": row.invited_by,
        "createdAt": row.created_ms,
        "expiresAt": row.expires_ms,
        "usedAt": row.used_ms,
        "usedBy": row.used_by,
        "revokedAt": row.revoked_ms,
    }
