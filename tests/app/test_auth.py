"""Who may call what: one table of every route and every kind of caller."""

import hashlib

import pytest

from app.auth import token_hash
from app.routes import ROUTER
from tests.app.stage import Stage

# Which scope opens each route. `open` and `signed` ones ask for no token.
ROUTES = {
    ("GET", "/healthz"): "open",
    ("POST", "/api/render/cf-callback"): "signed",
    ("POST", "/api/media"): "submit",
    ("GET", "/api/media"): "read",
    ("GET", "/api/media/{media_id}"): "read",
    ("POST", "/api/media/{media_id}/uploads"): "submit",
    ("POST", "/api/media/{media_id}/uploads/{upload_id}/complete"): "submit",
    ("PUT", "/api/media/{media_id}/subtitles"): "submit",
    ("PUT", "/api/media/{media_id}/comments"): "submit",
    ("POST", "/api/jobs"): "submit",
    ("GET", "/api/jobs"): "read",
    ("GET", "/api/jobs/{job_id}"): "read",
    ("GET", "/api/jobs/{job_id}/events"): "read",
    ("POST", "/api/jobs/{job_id}/cancel"): "submit",
    ("POST", "/api/jobs/{job_id}/retry"): "submit",
    ("GET", "/api/jobs/{job_id}/why"): "read",
    ("POST", "/api/jobs/{job_id}/replay"): "submit",
}
CALLERS = {
    "none": None,
    "garbage": "Bearer no-such-token",
    "not bearer": "Basic token-admin",
    "empty": "Bearer ",
    "far too long": "Bearer " + "x" * 5000,
    "revoked": "Bearer token-revoked",
    "read": "Bearer token-read",
    "submit": "Bearer token-submit",
    "admin": "Bearer token-admin",
}
PASSES = {"open": set(CALLERS), "read": {"read", "admin"}, "submit": {"submit", "admin"}}


def test_the_table_below_names_every_route() -> None:
    assert {(route.method, route.pattern): route.access for route in ROUTER.routes} == ROUTES


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize(("method", "pattern"), ROUTES)
def test_every_route_answers_only_callers_that_may(
    stage: Stage, method: str, pattern: str, caller: str
) -> None:
    stage.add_token("token-revoked", "read submit admin", revoked_ms=1)
    credentials = CALLERS[caller]
    headers = {} if credentials is None else {"authorization": credentials}
    target = pattern.format(media_id="med_1", upload_id="upl_1", job_id="job_1")

    answered = stage.send(method, target, b"{", token=None, headers=headers)

    access = ROUTES[method, pattern]
    if access == "signed":
        assert (answered.status, answered.json) == (401, {"error": "unauthorized"})
    elif caller in PASSES[access]:
        assert answered.status in (200, 400, 404)
    else:
        known = caller in ("read", "submit")
        assert answered.status == (403 if known else 401)
        assert answered.json["code"] == ("forbidden" if known else "unauthorized")
        assert stage.bodies_read == 0


def test_a_refusal_says_how_to_authenticate(stage: Stage) -> None:
    answered = stage.send("GET", "/api/jobs", token=None)

    assert answered.headers["www-authenticate"] == "Bearer"
    assert answered.headers["content-type"] == "application/problem+json"


def test_the_scheme_may_be_written_in_any_case(stage: Stage) -> None:
    headers = {"authorization": "bEARER  token-read "}

    assert stage.send("GET", "/api/jobs", token=None, headers=headers).status == 200


def test_a_token_may_have_several_scopes(stage: Stage) -> None:
    stage.add_token("both", "read submit")

    assert stage.send("GET", "/api/jobs", token="both").status == 200
    assert stage.send("POST", "/api/media", {}, token="both").status == 201


def test_the_hash_is_stored_and_the_token_is_not(stage: Stage) -> None:
    token = "mj_secret-token"
    stage.add_token(token, "submit")
    document = {"engine": "media-downloader", "options": {"url": "https://video.test/1"}}
    stage.send("POST", "/api/jobs", document, token=token, headers={"idempotency-key": "k"})

    dump = "\n".join(stage.database.sqlite.iterdump())

    assert token not in dump
    assert hashlib.sha256(token.encode()).hexdigest() in dump
    assert token not in repr(stage.log)


def test_the_stored_hash_is_sha_256_in_hex() -> None:
    # printf abc | sha256sum
    assert token_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
