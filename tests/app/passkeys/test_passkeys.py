"""People who join and sign in with passkeys, and what is refused."""

from typing import Any

import pytest

from app.people.challenges import CHALLENGE_LIFE_S
from media_jobs.base64url import to_base64url
from tests.app.stage import ORIGIN, Answered, Stage
from tests.platform.authenticator import Authenticator

HERE = "ws_here"


@pytest.fixture
def stage(stage: Stage) -> Stage:
    stage.add_workspace(HERE)
    return stage


def device(name: bytes = b"a credential of tests") -> Authenticator:
    return Authenticator(ORIGIN, "jobs.test", credential_id=name)


def post(stage: Stage, path: str, body: object, cookie: str = "") -> Answered:
    headers = {"origin": ORIGIN, **({"cookie": cookie} if cookie else {})}
    return stage.send("POST", path, body, token=None, headers=headers)


def cookie_of(answered: Answered) -> str:
    assert answered.status == 200, answered.text
    return answered.headers["set-cookie"].partition(";")[0]


def invitation(stage: Stage, role: str = "editor", workspace: str = HERE) -> str:
    wanted = {"role": role, "workspaceId": workspace}
    return str(stage.send("POST", "/api/invitations", wanted).json["invitation"])


def join(stage: Stage, device: Authenticator, secret: str, **broken: Any) -> Answered:
    who = {"invitation": secret, "name": "Ada"}
    options = post(stage, "/api/invitations/options", who).json["publicKey"]
    made = device.make(options, **broken)
    body = {**who, "passkeyName": "Laptop", "credential": made}
    return post(stage, "/api/invitations/join", body)


def options(stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = post(stage, "/api/sign-in/options", {}).json["publicKey"]
    return found


def sign_in(stage: Stage, device: Authenticator, **broken: Any) -> Answered:
    return post(stage, "/api/sign-in/passkey", {"credential": device.use(options(stage), **broken)})


def test_who_is_invited_joins_with_a_passkey_and_signs_in_with_it(stage: Stage) -> None:
    mine = device()

    joined = join(stage, mine, invitation(stage))
    again = sign_in(stage, mine)

    assert joined.json["person"]["role"] == "editor"
    assert again.json["name"] == "Ada"
    assert again.json["person"]["personId"] == joined.json["person"]["personId"]
    assert "HttpOnly; SameSite=Lax; Secure" in again.headers["set-cookie"]
    listed = stage.send("GET", "/api/passkeys", token=None, headers={"cookie": cookie_of(again)})
    assert [(key["name"], key["lastUsedAt"]) for key in listed.json["items"]] == [
        ("Laptop", stage.now_ms)
    ]


def test_the_options_ask_for_a_discoverable_credential_of_this_host_and_the_user(
    stage: Stage,
) -> None:
    who = {"invitation": invitation(stage), "name": "Ada"}
    made = post(stage, "/api/invitations/options", who).json["publicKey"]
    asked = options(stage)

    assert made["rp"]["id"] == asked["rpId"] == "jobs.test"
    assert made["authenticatorSelection"]["residentKey"] == "required"
    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert asked["userVerification"] == "required"
    assert made["attestation"] == "none"
    assert {"type": "public-key", "alg": -7} in made["pubKeyCredParams"]
    assert options(stage)["challenge"] != asked["challenge"]


BROKEN: dict[str, dict[str, Any]] = {
    "another ceremony": {"type": "webauthn.create"},
    "another challenge": {"challenge": to_base64url(b"made up")},
    "another origin": {"origin": "https://evil.test"},
    "a frame": {"cross_origin": True},
    "another host": {"rp_id": "evil.test"},
    "nobody present": {"flags": 4},
    "nobody verified": {"flags": 1},
    "backed up, not eligible": {"flags": 1 | 4 | 16},
    "another's key": {"key": device().key},
    "an unknown credential": {"credential_id": b"unknown"},
    "another's handle": {"user_handle": to_base64url(b"per_other")},
    "a counter that stands still": {"count": 5},
    "a counter that goes back": {"count": 4},
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_forged_sign_in_is_refused_and_all_look_alike(stage: Stage, broken: str) -> None:
    mine = device()
    join(stage, mine, invitation(stage))
    assert sign_in(stage, mine, count=5).status == 200

    refused = sign_in(stage, mine, **BROKEN[broken])

    assert (refused.status, refused.json["code"]) == (401, "unauthorized")
    assert refused.json["messageKey"] == "unauthorized.passkey"
    assert "set-cookie" not in refused.headers
    assert stage.log[-2]["event"] == "passkey_refused"
    assert sign_in(stage, mine, count=6).status == 200


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "webauthn.get"},
        {"challenge": to_base64url(b"made up")},
        {"origin": "https://evil.test"},
        {"rp_id": "evil.test"},
        {"flags": 1},
        {"flags": 4},
    ],
)
def test_a_forged_registration_makes_nobody_a_member(stage: Stage, broken: dict[str, Any]) -> None:
    secret = invitation(stage)

    assert join(stage, device(), secret, **broken).status == 409

    assert stage.database.look("SELECT 1 FROM people") == []
    assert join(stage, device(), secret).status == 200


def test_an_answer_counts_once(stage: Stage) -> None:
    mine = device()
    join(stage, mine, invitation(stage))
    body = {"credential": mine.use(options(stage), count=0)}
    stage.database.look("UPDATE passkeys SET sign_count = 0 RETURNING 1")

    assert post(stage, "/api/sign-in/passkey", body).status == 200
    assert post(stage, "/api/sign-in/passkey", body).status == 401


def test_a_challenge_is_for_its_purpose_its_person_and_ten_minutes(stage: Stage) -> None:
    mine, other = device(), device(b"another")
    cookie = cookie_of(join(stage, mine, invitation(stage)))
    theirs = cookie_of(join(stage, other, invitation(stage)))
    adding = post(stage, "/api/passkeys/options", {}, cookie).json["publicKey"]
    third = device(b"third")

    asked = options(stage)
    for_adding = mine.use({"challenge": adding["challenge"]})
    made = {"name": "Phone", "credential": third.make(adding)}

    assert post(stage, "/api/sign-in/passkey", {"credential": for_adding}).status == 401
    assert post(stage, "/api/passkeys", made, theirs).status == 409
    stage.now_ms += CHALLENGE_LIFE_S * 1000
    assert post(stage, "/api/sign-in/passkey", {"credential": mine.use(asked)}).status == 401
    assert post(stage, "/api/passkeys", made, cookie).status == 409


def test_a_credential_made_for_one_invitation_accepts_no_other(stage: Stage) -> None:
    first, second = invitation(stage, "viewer"), invitation(stage, "manager")
    who = {"invitation": first, "name": "Ada"}
    asked = post(stage, "/api/invitations/options", who).json["publicKey"]
    body = {"invitation": second, "name": "Ada", "passkeyName": "x"}

    answered = post(stage, "/api/invitations/join", {**body, "credential": device().make(asked)})

    assert answered.status == 409


def test_somebody_who_is_known_joins_another_workspace_by_signing_in(stage: Stage) -> None:
    stage.add_workspace("ws_there")
    mine = device()
    join(stage, mine, invitation(stage))
    secret = invitation(stage, "manager", "ws_there")

    def accept() -> Answered:
        body = {"credential": mine.use(options(stage)), "invitation": secret}
        return post(stage, "/api/sign-in/passkey", body)

    accepted = accept()

    assert accepted.json["person"]["workspaceId"] == "ws_there"
    assert len(accepted.json["person"]["workspaces"]) == 2
    assert (accept().status, accept().json["code"]) == (409, "invitation_used")


def test_who_is_in_no_workspace_any_more_does_not_sign_in(stage: Stage) -> None:
    mine = device()
    member = join(stage, mine, invitation(stage)).json["person"]["memberId"]
    assert stage.send("DELETE", f"/api/members/{member}").status == 204

    refused = sign_in(stage, mine)

    assert (refused.status, refused.json["code"]) == (403, "no_workspace")


def test_passkeys_are_added_named_and_removed_but_for_the_last(stage: Stage) -> None:
    mine = device()
    first = cookie_of(join(stage, mine, invitation(stage)))
    cookie = cookie_of(sign_in(stage, mine))
    headers = {"cookie": cookie, "origin": ORIGIN}
    (own,) = stage.send("GET", "/api/passkeys", token=None, headers=headers).json["items"]

    def remove(passkey_id: str) -> int:
        path = f"/api/passkeys/{passkey_id}"
        return stage.send("DELETE", path, token=None, headers=headers).status

    assert remove(own["passkeyId"]) == 409
    asked = post(stage, "/api/passkeys/options", {}, cookie).json["publicKey"]
    assert [known["id"] for known in asked["excludeCredentials"]] == [
        to_base64url(mine.credential_id)
    ]
    made = {"name": "Phone", "credential": device(b"phone").make(asked)}
    added = post(stage, "/api/passkeys", made, cookie)
    assert added.status == 201
    path = f"/api/passkeys/{added.json['passkeyId']}"
    renamed = stage.send("PATCH", path, {"name": "Tablet"}, token=None, headers=headers)
    assert renamed.json["name"] == "Tablet"
    assert remove(own["passkeyId"]) == 204
    assert sign_in(stage, mine).status == 401
    # The sessions that the lost device may have stay open no longer.
    gone = stage.send("GET", "/api/session", token=None, headers={"cookie": first})
    assert gone.status == 401
    assert stage.send("GET", "/api/session", token=None, headers=headers).status == 200


def test_nobody_touches_another_s_passkeys(stage: Stage) -> None:
    mine, other = device(), device(b"another")
    join(stage, mine, invitation(stage))
    (own,) = stage.database.look("SELECT passkey_id FROM passkeys")
    headers = {"cookie": cookie_of(join(stage, other, invitation(stage))), "origin": ORIGIN}
    path = f"/api/passkeys/{own['passkey_id']}"

    assert stage.send("DELETE", path, token=None, headers=headers).status == 404
    renamed = stage.send("PATCH", path, {"name": "x"}, token=None, headers=headers)
    assert renamed.status == 404
    assert sign_in(stage, mine).status == 200
