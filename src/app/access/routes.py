"""Routes of sign-in, tokens and presets."""

from app.access.auth import check_origin, cookie_name
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
from app.web.call import JSON_BYTES_MAX, Call, Row, page, page_cursor, page_limit
from app.web.caller import ANY, Caller
from media_jobs.routing import Reply, Request, json_reply
from media_jobs.wire import read

SIGN_IN_BYTES_MAX = 4096


async def post_session(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/session: sign in with a token."""
    if request.header("origin") is not None:
        check_origin(request)
    body = read(NewSession, await request.read(SIGN_IN_BYTES_MAX))
    caller, cookie, expires_s = await sign_in(body, call.ports)
    life_s = expires_s - call.ports.now_ms() // 1000
    headers = {"set-cookie": _cookie(request, cookie, life_s)}
    return json_reply(_session_document(caller, expires_s * 1000), 200, headers)


async def get_session(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/session: who calls."""
    assert call.caller is not None
    return json_reply(_session_document(call.caller, call.caller.expires_ms))


async def delete_session(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """DELETE /api/session: sign out."""
    assert call.caller is not None
    await end_session(call.caller, call.ports)
    return Reply(status=204, headers={"set-cookie": _cookie(request, "", 0)})


def _session_document(caller: Caller, expires_ms: int | None) -> dict[str, object]:
    return {"name": caller.name, "scopes": sorted(caller.scopes), "expiresAt": expires_ms}


def _cookie(request: Request, value: str, life_s: int) -> str:
    secure = "; Secure" if request.origin.startswith("https:") else ""
    name = cookie_name(request.origin)
    return f"{name}={value}; Path=/; Max-Age={life_s}; HttpOnly; SameSite=Lax{secure}"


async def list_tokens(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/tokens: all tokens, without the tokens themselves."""
    params = request.params()
    limit = page_limit(params)
    rows = await select_tokens(call.ports.store, page_cursor(params), limit + 1)
    items = [token_document(row) for row in rows[:limit]]
    return page(items, rows[limit - 1].token_id if len(rows) > limit else None)


async def post_token(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/tokens: the answer is the only one that shows the token."""
    body = read(NewToken, await request.read(JSON_BYTES_MAX))
    row, token = await create_token(body, call.ports)
    document = {**token_document(row), "token": token}
    return json_reply(document, 201)


async def delete_token(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """DELETE /api/tokens/:id: revoke a token and end its sessions."""
    await revoke(values["token_id"], call.ports)
    return Reply(status=204)


async def list_presets(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/presets: saved options."""
    params = request.params()
    limit = page_limit(params)
    rows = await select_presets(call.ports.store, page_cursor(params), limit + 1)
    items = [preset_document(row) for row in rows[:limit]]
    return page(items, rows[limit - 1].preset_id if len(rows) > limit else None)


async def post_preset(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/presets: save options under a name."""
    body = read(NewPreset, await request.read(JSON_BYTES_MAX))
    return json_reply(preset_document(await create_preset(body, call.ports)), 201)


async def get_preset(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/presets/:id: one preset."""
    return json_reply(preset_document(await find_preset(values["preset_id"], call.ports)))


async def patch_preset(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """PATCH /api/presets/:id: another name or other options."""
    body = read(ChangedPreset, await request.read(JSON_BYTES_MAX))
    changed = await change_preset(values["preset_id"], body, call.ports)
    return json_reply(preset_document(changed))


async def delete_preset(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """DELETE /api/presets/:id: remove a preset."""
    await remove_preset(values["preset_id"], call.ports)
    return Reply(status=204)


ROWS: tuple[Row, ...] = (
    ("POST", "/api/session", "open", post_session),
    ("GET", "/api/session", ANY, get_session),
    ("DELETE", "/api/session", ANY, delete_session),
    ("GET", "/api/tokens", "admin", list_tokens),
    ("POST", "/api/tokens", "admin", post_token),
    ("DELETE", "/api/tokens/{token_id}", "admin", delete_token),
    ("GET", "/api/presets", "read", list_presets),
    ("POST", "/api/presets", "submit", post_preset),
    ("GET", "/api/presets/{preset_id}", "read", get_preset),
    ("PATCH", "/api/presets/{preset_id}", "submit", patch_preset),
    ("DELETE", "/api/presets/{preset_id}", "submit", delete_preset),
)
