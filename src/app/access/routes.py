"""Routes of sign-in, tokens and presets."""

from app.access.auth import cookie_name
from app.access.store import select_presets, select_tokens
from app.access.tokens import (
    ChangedPreset,
    NewPreset,
    NewSession,
    NewToken,
    change_preset,
    create_preset,
    create_token,
    end_session,
    find_preset,
    preset_document,
    remove_preset,
    revoke,
    sign_in,
    token_document,
)
from app.web.call import Call, OpenCall
from app.web.caller import Access, Caller
from app.web.query import Paging, paged
from media_jobs.http import Reply, Request, json_reply
from media_jobs.routing import Route

SIGN_IN_BYTES_MAX = 4096


async def post_session(call: OpenCall, body: NewSession) -> Reply:
    """Sign in with a token: sets the session cookie."""
    caller, cookie, expires_s = await sign_in(body, call.request, call.ports)
    life_s = expires_s - call.ports.now_ms() // 1000
    headers = {"set-cookie": _cookie(call.request, cookie, life_s)}
    return json_reply(_session_document(caller, expires_s * 1000), 200, headers)


async def get_session(call: Call) -> Reply:
    """Show the caller."""
    return json_reply(_session_document(call.caller, call.caller.token.expires_ms))


async def delete_session(call: Call) -> Reply:
    """Sign out."""
    await end_session(call.caller, call.ports)
    return Reply(status=204, headers={"set-cookie": _cookie(call.request, "", 0)})


def _session_document(caller: Caller, expires_ms: int | None) -> dict[str, object]:
    return {
        "callerId": caller.caller_id,
        "name": caller.token.name,
        "scopes": sorted(caller.token.scopes),
        "expiresAt": expires_ms,
    }


def _cookie(request: Request, value: str, life_s: int) -> str:
    secure = "; Secure" if request.origin.startswith("https:") else ""
    name = cookie_name(request.origin)
    return f"{name}={value}; Path=/; Max-Age={life_s}; HttpOnly; SameSite=Lax{secure}"


async def list_tokens(call: Call, query: Paging) -> Reply:
    """List all tokens, without their secrets."""
    rows = await select_tokens(call.ports.store, query.cursor, query.limit + 1)
    return paged(rows, query.limit, token_document, lambda row: row.token_id)


async def post_token(call: Call, body: NewToken) -> Reply:
    """Create a token; the `token` itself is only in this response."""
    row, token = await create_token(body, call.ports)
    document = {**token_document(row), "token": token}
    return json_reply(document, 201)


async def delete_token(call: Call, token_id: str) -> Reply:
    """Revoke a token and end its sessions."""
    await revoke(token_id, call.ports)
    return Reply(status=204)


async def list_presets(call: Call, query: Paging) -> Reply:
    """List saved options of engines."""
    rows = await select_presets(call.ports.store, query.cursor, query.limit + 1)
    return paged(rows, query.limit, preset_document, lambda row: row.preset_id)


async def post_preset(call: Call, body: NewPreset) -> Reply:
    """Save options under a name; options invalid for a job are refused."""
    return json_reply(preset_document(await create_preset(body, call.ports)), 201)


async def get_preset(call: Call, preset_id: str) -> Reply:
    """Show one preset."""
    return json_reply(preset_document(await find_preset(preset_id, call.ports)))


async def patch_preset(call: Call, preset_id: str, body: ChangedPreset) -> Reply:
    """Change the name or the options of a preset."""
    changed = await change_preset(preset_id, body, call.ports)
    return json_reply(preset_document(changed))


async def delete_preset(call: Call, preset_id: str) -> Reply:
    """Remove a preset."""
    await remove_preset(preset_id, call.ports)
    return Reply(status=204)


_PRESET = "/api/presets/{preset_id}"
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
    Route("GET", "/api/tokens", Access.ADMIN, list_tokens, answers={200: "Page[Token]"}),
    Route("POST", "/api/tokens", Access.ADMIN, post_token, answers={201: "ShownToken"}),
    Route("DELETE", "/api/tokens/{token_id}", Access.ADMIN, delete_token, answers={204: None}),
    Route("GET", "/api/presets", Access.READ, list_presets, answers={200: "Page[Preset]"}),
    Route("POST", "/api/presets", Access.SUBMIT, post_preset, answers={201: "Preset"}),
    Route("GET", _PRESET, Access.READ, get_preset, answers={200: "Preset"}),
    Route("PATCH", _PRESET, Access.SUBMIT, patch_preset, answers={200: "Preset"}),
    Route("DELETE", _PRESET, Access.SUBMIT, delete_preset, answers={204: None}),
)
