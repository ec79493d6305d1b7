"""Routes of tokens and presets."""

from app.access.store import select_presets, select_tokens
from app.access.tokens import (
    ChangedPreset,
    NewPreset,
    NewToken,
    change_preset,
    create_preset,
    create_token,
    find_preset,
    preset_document,
    remove_preset,
    revoke,
    token_document,
)
from app.web.call import Call
from app.web.caller import Access
from app.web.query import Paging, paged
from media_jobs.http import Reply, json_reply
from media_jobs.routing import Route


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
    Route("GET", "/api/tokens", Access.ADMIN, list_tokens, answers={200: "Page[Token]"}),
    Route("POST", "/api/tokens", Access.ADMIN, post_token, answers={201: "ShownToken"}),
    Route("DELETE", "/api/tokens/{token_id}", Access.ADMIN, delete_token, answers={204: None}),
    Route("GET", "/api/presets", Access.READ, list_presets, answers={200: "Page[Preset]"}),
    Route("POST", "/api/presets", Access.SUBMIT, post_preset, answers={201: "Preset"}),
    Route("GET", _PRESET, Access.READ, get_preset, answers={200: "Preset"}),
    Route("PATCH", _PRESET, Access.SUBMIT, patch_preset, answers={200: "Preset"}),
    Route("DELETE", _PRESET, Access.SUBMIT, delete_preset, answers={204: None}),
)
