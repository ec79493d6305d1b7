"""Routes of signing in at the OpenID provider."""

from app.oidc.exchange import CALLBACK
from app.oidc.sign_in import (
    COOKIE_LIFE_S,
    JOIN,
    LINK,
    begin,
    come_back,
    cookie_name,
    identity_document,
    unlink,
)
from app.oidc.store import select_identities
from app.people.invitations import Secret, open_invitation
from app.people.roles import person_of
from app.people.sessions import cookie_header, session_cookie
from app.web.call import Call, OpenCall
from app.web.caller import Access
from media_jobs.errors import MediaJobsError, UpstreamError
from media_jobs.http import Reply, json_reply
from media_jobs.routing import Route
from media_jobs.strict import Strict

BODY_BYTES_MAX = 4096


class GoesToProvider(Strict):
    """Who goes to the provider to sign in. *invitation*: to be accepted with it."""

    invitation: Secret | None = None


class GoesToLink(Strict):
    """An empty object."""


async def post_oidc(call: OpenCall, body: GoesToProvider) -> Reply:
    """Begin to sign in at the provider: where the browser is to go. Sets a cookie for the way."""
    intent = ""
    if body.invitation is not None:
        invitation = await open_invitation(body.invitation, call.request, call.ports)
        intent = f"{JOIN}:{invitation.secret_hash}"
    return await _sent(intent, call)


async def get_oidc_callback(call: OpenCall) -> Reply:
    """Come back from the provider: to the page, signed in or with the reason in its address."""
    request = call.request
    ends = {"set-cookie": cookie_header(request, cookie_name(request.origin), "", 0)}
    try:
        begun = await come_back(request, call.ports)
    except MediaJobsError as error:
        key = "provider_unreachable" if isinstance(error, UpstreamError) else error.key
        return _to_page(f"/#/signed-in?problem={key}", ends)
    if begun is None:
        return _to_page("/#/settings/people", ends)
    _, cookie, expires_s = begun
    life_s = expires_s - call.ports.now_ms() // 1000
    return _to_page("/#/signed-in", {"set-cookie": session_cookie(request, cookie, life_s)})


async def list_identities(call: Call) -> Reply:
    """List the person's identities at the provider."""
    rows = await select_identities(call.ports.store, person_of(call.caller))
    return json_reply({"items": [identity_document(row) for row in rows], "nextCursor": None})


async def post_identity(call: Call, body: GoesToLink) -> Reply:
    """Begin to link an identity at the provider: where the browser is to go. Sets a cookie."""
    return await _sent(f"{LINK}:{person_of(call.caller)}", call)


async def delete_identity(call: Call, identity_id: str) -> Reply:
    """Unlink an identity. 409 `last_credential` for all that the person can sign in with."""
    await unlink(identity_id, call.caller, call.ports)
    return Reply(status=204)


async def _sent(intent: str, call: OpenCall) -> Reply:
    request = call.request
    url, kept = await begin(intent, request, call.ports)
    cookie = cookie_header(request, cookie_name(request.origin), kept, COOKIE_LIFE_S)
    return json_reply({"url": url}, 200, {"set-cookie": cookie})


def _to_page(location: str, headers: dict[str, str]) -> Reply:
    return Reply(status=303, headers={"location": location, **headers})


ROUTES: tuple[Route[Access], ...] = (
    Route(
        "POST",
        "/api/sign-in/oidc",
        Access.OPEN,
        post_oidc,
        body_bytes_max=BODY_BYTES_MAX,
        answers={200: "ProviderAddress"},
    ),
    Route("GET", CALLBACK, Access.OPEN, get_oidc_callback, answers={303: None}),
    Route(
        "GET", "/api/identities", Access.PERSON, list_identities, answers={200: "Page[Identity]"}
    ),
    Route(
        "POST",
        "/api/identities",
        Access.PERSON,
        post_identity,
        answers={200: "ProviderAddress"},
    ),
    Route(
        "DELETE",
        "/api/identities/{identity_id}",
        Access.PERSON,
        delete_identity,
        answers={204: None},
    ),
)
