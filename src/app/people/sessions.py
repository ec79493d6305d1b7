"""The routes of a session: sign-in with a token, who calls, other workspaces, sign-out."""

from typing import Annotated

from pydantic import Field

from app.access.auth import cookie_name
from app.access.tokens import NewSession, end_session, sign_in
from app.people.members import session_document, switch
from app.ports import Ports
from app.rows import TokenRow
from app.web.call import Call, OpenCall
from app.web.caller import Access
from media_jobs.http import Reply, Request, json_reply
from media_jobs.ids import Id
from media_jobs.routing import Route
from media_jobs.strict import Strict

SIGN_IN_BYTES_MAX = 4096


class Switched(Strict):
    """The workspace that a person goes on in."""

    workspace_id: Annotated[Id, Field(description="one of the session's `person.workspaces`")]


async def post_session(call: OpenCall, body: NewSession) -> Reply:
    """Sign in with a token: sets the session cookie."""
    caller, cookie, expires_s = await sign_in(body, call.request, call.ports)
    return await signed_in(call.request, caller.token, cookie, expires_s, call.ports)


async def get_session(call: Call) -> Reply:
    """Show the caller."""
    token = call.caller.token
    return json_reply(await session_document(token, token.expires_ms, call.ports))


async def post_workspace_session(call: Call, body: Switched) -> Reply:
    """Go on in another of the person's workspaces: sets another session cookie."""
    account, cookie, expires_s = await switch(call.caller, body.workspace_id, call.ports)
    return await signed_in(call.request, account, cookie, expires_s, call.ports)


async def delete_session(call: Call) -> Reply:
    """Sign out."""
    await end_session(call.caller, call.ports)
    return Reply(status=204, headers={"set-cookie": session_cookie(call.request, "", 0)})


async def signed_in(
    request: Request, account: TokenRow, cookie: str, expires_s: int, ports: Ports
) -> Reply:
    """Return the answer to a sign-in."""
    life_s = expires_s - ports.now_ms() // 1000
    headers = {"set-cookie": session_cookie(request, cookie, life_s)}
    document = await session_document(account, expires_s * 1000, ports)
    return json_reply(document, 200, headers)


def session_cookie(request: Request, value: str, life_s: int) -> str:
    """Return the header that sets the session cookie."""
    return cookie_header(request, cookie_name(request.origin), value, life_s)


def cookie_header(request: Request, name: str, value: str, life_s: int) -> str:
    """Return the header that sets a cookie that no script sees, over https alone where it is."""
    secure = "; Secure" if request.origin.startswith("https:") else ""
    return f"{name}={value}; Path=/; Max-Age={life_s}; HttpOnly; SameSite=Lax{secure}"


ROUTES: tuple[Route[Access], ...] = (
    Route(
        "POST",
        "/api/session",
        Access.OPEN,
        post_session,
        body_bytes_max=SIGN_IN_BYTES_MAX,
        answers={200: "Session"},
    ),
    Route("GET", "/api/session", Access.ANY, get_session, answers={200: "Session"}),
    Route("DELETE", "/api/session", Access.ANY, delete_session, answers={204: None}),
    Route(
        "POST",
        "/api/session/workspace",
        Access.PERSON,
        post_workspace_session,
        answers={200: "Session"},
    ),
)
