"""Who may call what: one table of every route and every kind of caller."""

import hashlib
import re

import pytest

from app.access.auth import token_hash
from app.access.tokens import SESSION_LIFE_S
from app.api.router import ROUTER
from tests.app.stage import DOWNLOAD, SECRET, Stage, signed

# Which scope opens each route. `open` and `signed` ones ask for no token, `any` for any, `operator`
# for an admin of the operators' workspace, `person` for somebody who has signed in without a token.
ROUTES = {
    ("GET", "/healthz"): "open",
    ("POST", "/api/render/cf-callback"): "signed",
    ("POST", "/api/render/progress"): "signed",
    ("POST", "/api/diagnostics"): "signed",
    ("POST", "/api/session"): "open",
    ("GET", "/api/session"): "any",
    ("DELETE", "/api/session"): "any",
    ("POST", "/api/session/workspace"): "person",
    ("GET", "/api/members"): "admin",
    ("GET", "/api/members/{member_id}"): "admin",
    ("PATCH", "/api/members/{member_id}"): "admin",
    ("DELETE", "/api/members/{member_id}"): "admin",
    ("GET", "/api/invitations"): "admin",
    ("POST", "/api/invitations"): "admin",
    ("DELETE", "/api/invitations/{invitation_id}"): "admin",
    ("POST", "/api/invitations/open"): "open",
    ("POST", "/api/invitations/options"): "open",
    ("POST", "/api/invitations/join"): "open",
    ("POST", "/api/sign-in/options"): "open",
    ("POST", "/api/sign-in/passkey"): "open",
    ("GET", "/api/sign-in"): "open",
    ("POST", "/api/sign-in/oidc"): "open",
    ("GET", "/api/sign-in/oidc/callback"): "open",
    ("GET", "/api/identities"): "person",
    ("POST", "/api/identities"): "person",
    ("DELETE", "/api/identities/{identity_id}"): "person",
    ("GET", "/api/passkeys"): "person",
    ("POST", "/api/passkeys/options"): "person",
    ("POST", "/api/passkeys"): "person",
    ("PATCH", "/api/passkeys/{passkey_id}"): "person",
    ("DELETE", "/api/passkeys/{passkey_id}"): "person",
    ("GET", "/api/workspaces"): "operator",
    ("POST", "/api/workspaces"): "operator",
    ("GET", "/api/tokens"): "admin",
    ("POST", "/api/tokens"): "admin",
    ("DELETE", "/api/tokens/{token_id}"): "admin",
    ("GET", "/api/presets"): "read",
    ("POST", "/api/presets"): "submit",
    ("GET", "/api/presets/{preset_id}"): "read",
    ("PATCH", "/api/presets/{preset_id}"): "submit",
    ("DELETE", "/api/presets/{preset_id}"): "submit",
    ("GET", "/api/recipes"): "read",
    ("GET", "/api/recipes/{name}"): "read",
    ("PUT", "/api/recipes/{name}"): "submit",
    ("DELETE", "/api/recipes/{name}"): "submit",
    ("POST", "/api/recipes/{name}/runs"): "submit",
    ("POST", "/api/recipes/{name}/check"): "submit",
    ("GET", "/api/runs"): "read",
    ("GET", "/api/runs/{run_id}"): "read",
    ("POST", "/api/runs/{run_id}/cancel"): "submit",
    ("POST", "/api/runs/{run_id}/retry"): "submit",
    ("POST", "/api/runs/{run_id}/reviews/{review_id}"): "submit",
    ("POST", "/api/subscriptions"): "submit",
    ("GET", "/api/subscriptions"): "read",
    ("GET", "/api/subscriptions/{subscription_id}"): "read",
    ("PATCH", "/api/subscriptions/{subscription_id}"): "submit",
    ("DELETE", "/api/subscriptions/{subscription_id}"): "submit",
    ("POST", "/api/subscriptions/{subscription_id}/look"): "submit",
    ("GET", "/api/subscriptions/{subscription_id}/entries"): "read",
    ("GET", "/api/glossary"): "read",
    ("POST", "/api/glossary"): "submit",
    ("GET", "/api/glossary/file"): "read",
    ("POST", "/api/glossary/file"): "submit",
    ("GET", "/api/glossary/{term_id}"): "read",
    ("PATCH", "/api/glossary/{term_id}"): "submit",
    ("DELETE", "/api/glossary/{term_id}"): "submit",
    ("GET", "/api/memory"): "read",
    ("GET", "/api/memory/{pair_id}"): "read",
    ("PATCH", "/api/memory/{pair_id}"): "submit",
    ("DELETE", "/api/memory/{pair_id}"): "submit",
    ("GET", "/api/usage"): "read",
    ("GET", "/api/health"): "read",
    ("GET", "/api/status"): "read",
    ("POST", "/api/media"): "submit",
    ("GET", "/api/media"): "read",
    ("POST", "/api/media/trash"): "submit",
    ("POST", "/api/media/restore"): "submit",
    ("POST", "/api/media/tags"): "submit",
    ("GET", "/api/tags"): "read",
    ("GET", "/api/media/{media_id}"): "read",
    ("PATCH", "/api/media/{media_id}"): "submit",
    ("DELETE", "/api/media/{media_id}"): "submit",
    ("POST", "/api/uploads"): "submit",
    ("PUT", "/api/media/{media_id}/thumbnail"): "submit",
    ("POST", "/api/media/{media_id}/uploads"): "submit",
    ("GET", "/api/media/{media_id}/uploads/{upload_id}"): "read",
    ("DELETE", "/api/media/{media_id}/uploads/{upload_id}"): "submit",
    ("POST", "/api/media/{media_id}/uploads/{upload_id}/parts"): "submit",
    ("GET", "/api/media/{media_id}/inputs"): "read",
    ("PATCH", "/api/media/{media_id}/inputs/{input_id}"): "submit",
    ("GET", "/api/media/{media_id}/inputs/{input_id}/content"): "read",
    ("HEAD", "/api/media/{media_id}/inputs/{input_id}/content"): "read",
    ("GET", "/api/media/{media_id}/inputs/{input_id}/export"): "read",
    ("GET", "/api/media/{media_id}/inputs/{input_id}/text"): "read",
    ("GET", "/api/media/{media_id}/inputs/{input_id}/peaks"): "read",
    ("POST", "/api/media/{media_id}/inputs/{input_id}/restore"): "submit",
    ("POST", "/api/media/{media_id}/comments/preview"): "submit",
    ("POST", "/api/media/{media_id}/subtitles/preview"): "submit",
    ("POST", "/api/subtitles/preview"): "submit",
    ("POST", "/api/media/{media_id}/uploads/{upload_id}/complete"): "submit",
    ("PUT", "/api/media/{media_id}/subtitles"): "submit",
    ("POST", "/api/subtitles/text"): "submit",
    ("PUT", "/api/media/{media_id}/comments"): "submit",
    ("POST", "/api/jobs"): "submit",
    ("POST", "/api/jobs/batch"): "submit",
    ("POST", "/api/jobs/check"): "submit",
    ("POST", "/api/jobs/cancel"): "submit",
    ("POST", "/api/jobs/retry"): "submit",
    ("GET", "/api/jobs/{job_id}/artifacts/{slot}"): "read",
    ("HEAD", "/api/jobs/{job_id}/artifacts/{slot}"): "read",
    ("DELETE", "/api/jobs/{job_id}/artifacts"): "submit",
    ("GET", "/api/jobs"): "read",
    ("GET", "/api/jobs/{job_id}"): "read",
    ("GET", "/api/jobs/{job_id}/events"): "read",
    ("POST", "/api/jobs/{job_id}/cancel"): "submit",
    ("POST", "/api/jobs/{job_id}/share"): "submit",
    ("POST", "/api/jobs/{job_id}/retry"): "submit",
    ("GET", "/api/jobs/{job_id}/why"): "read",
    ("GET", "/api/jobs/{job_id}/log"): "read",
    ("GET", "/api/jobs/{job_id}/receipt"): "read",
    ("GET", "/.well-known/receipt-keys.json"): "open",
    ("POST", "/api/jobs/{job_id}/replay"): "submit",
    ("GET", "/api/live"): "read",
    ("GET", "/api/orphans"): "operator",
    ("GET", "/api/engines"): "read",
    ("GET", "/api/webhooks"): "admin",
    ("POST", "/api/webhooks"): "admin",
    ("GET", "/api/webhooks/{webhook_id}"): "admin",
    ("PATCH", "/api/webhooks/{webhook_id}"): "admin",
    ("DELETE", "/api/webhooks/{webhook_id}"): "admin",
    ("POST", "/api/webhooks/{webhook_id}/secret"): "admin",
    ("POST", "/api/webhooks/{webhook_id}/test"): "admin",
    ("GET", "/api/webhooks/{webhook_id}/deliveries"): "admin",
    ("GET", "/api/webhooks/{webhook_id}/statistics"): "admin",
    ("POST", "/api/webhooks/{webhook_id}/deliveries/{delivery_id}/replay"): "admin",
    ("GET", "/api/openapi.json"): "read",
}
ENDING = ("DELETE", "/api/session")
"""What ends a session, which is called last."""
GOOD = "https://jobs.test"
BAD = "https://evil.test"
# A caller's credentials: an Authorization header, or a session of a token and the page's origin.
CALLERS: dict[str, str | tuple[str, str | None] | None] = {
    "none": None,
    "garbage": "Bearer no-such-token",
    "not bearer": "Basic token-admin",
    "empty": "Bearer ",
    "far too long": "Bearer " + "x" * 5000,
    "revoked": "Bearer token-revoked",
    "expired": "Bearer token-expired",
    "read": "Bearer token-read",
    "submit": "Bearer token-submit",
    "admin": "Bearer token-admin",
    "guest": "Bearer token-guest",
    "both": "Bearer token-both",
    "read in any case": "bEARER  token-read ",
    "read session": ("token-read", GOOD),
    "submit session": ("token-submit", GOOD),
    "admin session": ("token-admin", GOOD),
    "admin session from another page": ("token-admin", BAD),
    "admin session from nowhere": ("token-admin", None),
    "made-up session": ("", GOOD),
    "revoked session": ("token-admin", GOOD),
    "expired session": ("token-admin", GOOD),
    "ended session": ("token-admin", GOOD),
    "garbage beside an admin session": ("token-admin", GOOD),
    "manager": ("manager", GOOD),
    "editor": ("editor", GOOD),
    "viewer": ("viewer", GOOD),
    "manager of the operators": ("manager", GOOD),
    "manager from another page": ("manager", BAD),
    "removed manager": ("manager", GOOD),
}
SCOPES = {
    "read": {"read"},
    "submit": {"submit"},
    "both": {"read", "submit"},
    "admin": {"read", "submit", "admin", "operator"},
    "guest": {"read", "submit", "admin"},
    "manager": {"read", "submit", "admin", "person"},
    "editor": {"read", "submit", "person"},
    "viewer": {"read", "person"},
}
ROLES = {"manager", "editor", "viewer"}


def headers_of(stage: Stage, caller: str) -> dict[str, str]:
    credentials = CALLERS[caller]
    if credentials is None:
        return {}
    if isinstance(credentials, str):
        return {"authorization": credentials}
    token, origin = credentials
    if token in ROLES:
        workspace = "ws_default" if "operators" in caller else "ws_guest"
        cookie, member_id = stage.member(token, workspace)
        if caller.startswith("removed"):
            stage.member("manager", workspace, "Bea")
            assert stage.send("DELETE", f"/api/members/{member_id}").status == 204
        return {"cookie": cookie, **({"origin": origin} if origin else {})}
    cookie = stage.sign_in(token) if token else "__Host-session=abc.9999999999." + "0" * 64
    headers = {"cookie": cookie, **({"origin": origin} if origin else {})}
    if caller == "revoked session":
        change = "UPDATE tokens SET revoked_ms = 1 WHERE token_hash = ? RETURNING 1"
        stage.database.look(change, token_hash(token))
    elif caller == "expired session":
        stage.now_ms += SESSION_LIFE_S * 1000
    elif caller == "ended session":
        assert stage.send("DELETE", "/api/session", token=None, headers=headers).status == 204
    elif caller.startswith("garbage beside"):
        headers["authorization"] = "Bearer no-such-token"
    return headers


def expected(method: str, access: str, caller: str) -> str:
    """Return what becomes of it: in, unauthorized, forbidden or bad_origin."""
    who = caller.split()[0]
    if access == "open":
        return "in"
    if who not in SCOPES:
        return "unauthorized"
    if "from" in caller and method not in ("GET", "HEAD"):
        return "bad_origin"
    return "in" if access == "any" or access in SCOPES[who] else "forbidden"


def test_the_table_above_names_every_route() -> None:
    assert {(route.method, route.pattern): route.access for route in ROUTER.routes} == ROUTES


@pytest.mark.heavy
@pytest.mark.parametrize("caller", CALLERS)
def test_every_route_answers_only_callers_that_may(stage: Stage, caller: str) -> None:
    stage.add_token("token-revoked", "read submit admin", revoked_ms=1)
    stage.add_token("token-expired", "read submit admin", expires_ms=stage.now_ms)
    stage.add_workspace("ws_guest")
    stage.add_token("token-guest", "admin", owner="ws_guest")
    stage.add_token("token-both", "read submit")
    headers = headers_of(stage, caller)

    for method, pattern in sorted(ROUTES, key=ENDING.__eq__):
        stage.now_ms += 1000  # Strangers may try a few a second.
        _check(stage, method, pattern, caller, headers)


def _check(stage: Stage, method: str, pattern: str, caller: str, headers: dict[str, str]) -> None:
    stage.bodies_read = 0
    target = re.sub(r"{(\w+)}", r"\1_1", pattern)

    answered = stage.send(method, target, b"{", token=None, headers=headers)

    access, route = ROUTES[method, pattern], f"{method} {pattern}"
    if access == "signed":
        assert (answered.status, answered.json) == (401, {"error": "unauthorized"}), route
        return
    outcome = expected(method, access, caller)
    if access == "open" and headers.get("origin") == BAD and method == "POST":
        outcome = "bad_origin"
    if outcome == "in":
        assert answered.status in (200, 204, 303, 400, 404, 426), route
        return
    assert answered.status == (401 if outcome == "unauthorized" else 403), route
    assert answered.json["code"] == outcome, route
    assert answered.headers["content-type"] == "application/problem+json", route
    asks_for_a_token = answered.headers.get("www-authenticate") == "Bearer"
    assert asks_for_a_token == (outcome == "unauthorized"), route
    assert stage.bodies_read == 0, route


@pytest.mark.parametrize("pattern", [path for (_, path), who in ROUTES.items() if who == "signed"])
def test_a_signed_route_takes_its_own_message_alone(stage: Stage, pattern: str) -> None:
    event = stage.event(stage.job(), 1, "running")
    question = {"type": "diagnose", "part": "app", "ts": stage.now_ms, "nonce": "nonce-12345678"}
    of_progress = {**event, "type": "job.progress"}
    other = question if "callback" in pattern else event
    by_path = {"/api/render/cf-callback": event, "/api/render/progress": of_progress}
    own = by_path.get(pattern, question)
    unauthorized = (401, {"error": "unauthorized"})

    def told(message: dict[str, object], secret: str = SECRET) -> tuple[int, object]:
        answered = stage.send("POST", pattern, **signed(message, secret))
        return answered.status, answered.json

    assert told(own, "another-secret-0123456789") == unauthorized
    assert told(other) == unauthorized
    assert told({**own, "ts": stage.now_ms - 300_001}) == unauthorized
    if own is question:
        assert told({**own, "part": "orchestrator"}) == unauthorized
    assert told(own)[0] == 200


def test_hashes_are_stored_and_neither_the_token_nor_the_secret_of_its_session(
    stage: Stage,
) -> None:
    token = "mj_secret-token"
    stage.add_token(token, "submit")
    secret = stage.sign_in(token).partition("=")[2].partition(".")[0]
    stage.send("POST", "/api/jobs", DOWNLOAD, token=token, headers={"idempotency-key": "k"})

    dump = "\n".join(stage.database.sqlite.iterdump())

    assert len(secret) == 64
    assert hashlib.sha256(token.encode()).hexdigest() in dump
    assert token not in dump + repr(stage.log)
    assert secret not in dump + repr(stage.log)
