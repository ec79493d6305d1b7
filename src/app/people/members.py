"""Members of a workspace, and the workspaces that a person is in."""

from app.access.auth import token_hash
from app.access.store import delete_session
from app.access.tokens import begin_session
from app.people.roles import SCOPES, Role, person_of, role_of, shown_scopes
from app.people.store import (
    MemberRow,
    WorkspaceRow,
    change_role,
    insert_workspace,
    remove_member,
    select_accounts,
    select_member,
    select_person,
    select_workspaces_of,
)
from app.ports import Ports
from app.rows import TokenRow
from app.web.caller import Access, Caller
from media_jobs.errors import AccessDenied, Conflict, NotFound, present
from media_jobs.ids import new_id


async def find_member(member_id: str, ports: Ports) -> MemberRow:
    """Return a member; raises NotFound."""
    return present(
        await select_member(ports.store, member_id), "not_found.member", member=member_id
    )


async def give_role(member_id: str, role: Role, ports: Ports) -> MemberRow:
    """Give a member another role; raises NotFound, Conflict (`last_manager`)."""
    await find_member(member_id, ports)
    scopes = " ".join(sorted(SCOPES[role]))
    if await ports.store.batch([change_role(ports.store, member_id, scopes)]) == [0]:
        raise Conflict("last_manager")
    ports.log({"event": "member_changed", "memberId": member_id, "role": role})
    return await find_member(member_id, ports)


async def remove(member_id: str, ports: Ports) -> None:
    """Remove a member, whose sessions end; raises NotFound, Conflict (`last_manager`)."""
    await find_member(member_id, ports)
    changed, _ = await ports.store.batch(remove_member(ports.store, member_id, ports.now_ms()))
    if changed == 0:
        raise Conflict("last_manager")
    ports.log({"event": "member_removed", "memberId": member_id})
    ports.hub.close(member_id)


async def account_of(person_id: str, workspace_id: str | None, ports: Ports) -> TokenRow:
    """Return a person's account in a workspace, or by default in the one it has been in last.

    Raises NotFound, AccessDenied (`no_workspace`) for one that is in none.
    """
    accounts = await select_accounts(ports.store, person_id)
    if not accounts:
        raise AccessDenied("no_workspace")
    if workspace_id is None:
        return max(accounts, key=lambda account: account.last_used_ms or 0)
    for account in accounts:
        if account.owner_id == workspace_id:
            return account
    raise NotFound("not_found.workspace", workspace=workspace_id)


async def switch(caller: Caller, workspace_id: str, ports: Ports) -> tuple[TokenRow, str, int]:
    """Return the person's account in another of its workspaces, and cookie and expiry of a session
    there, which takes the place of the caller's; raises NotFound.
    """
    account = await account_of(person_of(caller), workspace_id, ports)
    former = token_hash(caller.session or "")
    cookie, expires_s = await begin_session(account, ports, delete_session(former))
    ports.hub.close(former)
    return account, cookie, expires_s


async def create_workspace(name: str, ports: Ports) -> WorkspaceRow:
    """Add a workspace, which has no members yet."""
    workspace_id = new_id("ws", ports.now_ms(), ports.entropy(10))
    workspace = WorkspaceRow(workspace_id=workspace_id, name=name)
    await ports.store.batch([insert_workspace(workspace)])
    ports.log({"event": "workspace_made", "workspaceId": workspace_id})
    return workspace


async def session_document(
    account: TokenRow, expires_ms: int | None, ports: Ports
) -> dict[str, object]:
    """Return what the API shows of who calls: of a person, role and workspaces too."""
    caller = Caller(account)
    document: dict[str, object] = {
        "callerId": caller.caller_id,
        "name": account.name,
        "scopes": shown_scopes(account.scopes),
        "expiresAt": expires_ms,
        "isOperator": caller.may(Access.OPERATOR),
        "person": None,
    }
    if account.person_id is not None:
        person = await select_person(ports.store, account.person_id)
        workspaces = await select_workspaces_of(ports.store, account.person_id)
        document["person"] = {
            "personId": account.person_id,
            "memberId": account.token_id,
            "email": None if person is None else person.email,
            "role": role_of(account.scopes),
            "workspaceId": account.owner_id,
            "workspaces": [workspace_document(row) for row in workspaces],
        }
    return document


def workspace_document(row: WorkspaceRow) -> dict[str, object]:
    """Return what the API shows of a workspace."""
    return {"workspaceId": row.workspace_id, "name": row.name}


def member_document(row: MemberRow) -> dict[str, object]:
    """Return what the API shows of a member."""
    return {
        "memberId": row.token_id,
        "workspaceId": row.owner_id,
        "personId": row.person_id,
        "name": row.name,
        "email": row.email,
        "role": role_of(row.scopes),
        "joinedAt": row.created_ms,
        "lastUsedAt": row.last_used_ms,
    }
