"""Members of a workspace: how they come in, what they may do, and how they go."""

import hashlib
from typing import Any

import pytest

from app.access.tokens import DAY_MS
from app.people.invitations import Joining, join
from media_jobs.errors import Conflict, NotFound
from tests.app.stage import ADMIN, DOWNLOAD, ORIGIN, Answered, Stage
from tests.platform.loop import run

HERE = "ws_here"


@pytest.fixture
def stage(stage: Stage) -> Stage:
    """A workspace beside the operators'."""
    stage.add_workspace(HERE)
    return stage


def by(stage: Stage, cookie: str, method: str, path: str, body: object = None) -> Answered:
    """Send what the page of a person sends."""
    headers = {"cookie": cookie, "origin": ORIGIN}
    return stage.send(method, path, body, token=None, headers=headers)


def invited(stage: Stage, role: str = "editor", **more: object) -> dict[str, Any]:
    body = {"role": role, "workspaceId": HERE, **more}
    answered = stage.send("POST", "/api/invitations", body)
    assert answered.status == 201, answered.text
    return answered.json


def opened(stage: Stage, secret: str) -> Answered:
    return stage.send("POST", "/api/invitations/open", {"invitation": secret}, token=None)


def joining(secret: str, person: str = "per_1", name: str = "Ada") -> Joining:
    digest = hashlib.sha256(secret.encode()).hexdigest()
    return Joining(secret_hash=digest, person_id=person, name=name, is_new=True)


def test_an_invitation_says_what_it_is_for_and_its_secret_is_not_stored(stage: Stage) -> None:
    made = invited(stage, "viewer", note="Ada of accounting")

    shown = opened(stage, made["invitation"]).json
    listed = stage.send("GET", "/api/invitations").json["items"]

    assert shown == {
        "workspace": HERE,
        "role": "viewer",
        "invitedBy": "a token",
        "expiresAt": stage.now_ms + 7 * DAY_MS,
    }
    assert [item["note"] for item in listed] == ["Ada of accounting"]
    dump = "\n".join(stage.database.sqlite.iterdump())
    assert made["invitation"] not in dump + repr(stage.log) + repr(listed)


def test_an_invitation_makes_one_member(stage: Stage) -> None:
    secret = invited(stage)["invitation"]
    run(join(joining(secret), None, stage.ports))

    with pytest.raises(Conflict) as refused:
        run(join(joining(secret, "per_2", "Bob"), None, stage.ports))

    assert refused.value.code == "invitation_used"
    names = [member["name"] for member in stage.send("GET", "/api/members").json["items"]]
    assert names == ["Ada"]


def test_two_who_accept_one_invitation_at_once_are_one_member(stage: Stage) -> None:
    secret = invited(stage)["invitation"]

    async def both() -> list[object]:
        import asyncio

        return await asyncio.gather(
            *(join(joining(secret, f"per_{n}"), None, stage.ports) for n in (1, 2)),
            return_exceptions=True,
        )

    outcomes = run(both())

    assert [type(outcome) for outcome in outcomes].count(Conflict) == 1
    assert len(stage.send("GET", "/api/members").json["items"]) == 1
    assert len(stage.database.look("SELECT 1 FROM people")) == 1
    assert len(stage.database.look("SELECT 1 FROM sessions")) == 1


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        ("expire", "invitation_expired"),
        ("revoke", "invitation_revoked"),
        ("use", "invitation_used"),
    ],
)
def test_an_invitation_that_is_over_is_refused_and_says_why(
    stage: Stage, spoil: str, code: str
) -> None:
    made = invited(stage, expiresInDays=1)
    secret = made["invitation"]
    if spoil == "expire":
        stage.now_ms += DAY_MS
    elif spoil == "revoke":
        path = f"/api/invitations/{made['invitationId']}"
        assert stage.send("DELETE", path).status == 204
    else:
        run(join(joining(secret, "per_9", "Eve"), None, stage.ports))

    assert (opened(stage, secret).status, opened(stage, secret).json["code"]) == (409, code)
    with pytest.raises(Conflict) as refused:
        run(join(joining(secret), None, stage.ports))
    assert refused.value.code == code


def test_an_invitation_that_nobody_made_is_refused(stage: Stage) -> None:
    assert opened(stage, "0" * 64).status == 404
    with pytest.raises(NotFound):
        run(join(joining("0" * 64), None, stage.ports))


def test_invitations_that_are_long_over_are_forgotten(stage: Stage) -> None:
    invited(stage, note="old", expiresInDays=1)
    stage.now_ms += 31 * DAY_MS
    invited(stage, note="over", expiresInDays=1)
    stage.now_ms += DAY_MS + 1
    invited(stage, note="new")

    listed = stage.send("GET", "/api/invitations").json["items"]

    assert [item["note"] for item in listed] == ["new", "over"]


def test_a_person_is_in_a_workspace_once(stage: Stage) -> None:
    first, second = invited(stage)["invitation"], invited(stage)["invitation"]
    run(join(joining(first), None, stage.ports))
    again = Joining(
        secret_hash=hashlib.sha256(second.encode()).hexdigest(),
        person_id="per_1",
        name="Ada",
        is_new=False,
    )

    with pytest.raises(Conflict) as refused:
        run(join(again, None, stage.ports))

    assert refused.value.code == "already_member"
    assert opened(stage, second).status == 200


def test_a_session_of_a_person_says_who_in_which_workspace(stage: Stage) -> None:
    cookie, member_id = stage.member("manager", HERE)

    document = by(stage, cookie, "GET", "/api/session").json

    assert document["name"] == "Ada"
    assert document["scopes"] == ["admin", "read", "submit"]
    assert document["isOperator"] is False
    assert document["person"]["role"] == "manager"
    assert document["person"]["memberId"] == member_id
    assert document["person"]["workspaces"] == [{"workspaceId": HERE, "name": HERE}]
    assert stage.send("GET", "/api/session").json["person"] is None
    assert stage.send("GET", "/api/session").json["isOperator"] is True


def test_a_manager_manages_its_workspace_and_no_other(stage: Stage) -> None:
    stage.add_workspace("ws_there")
    cookie, _ = stage.member("manager", HERE)
    _, there = stage.member("editor", "ws_there", "Bob")
    elsewhere = {"role": "viewer", "workspaceId": "ws_there"}

    assert by(stage, cookie, "POST", "/api/invitations", {"role": "viewer"}).status == 201
    assert (
        by(stage, cookie, "POST", "/api/tokens", {"name": "x", "scopes": ["admin"]}).status == 201
    )
    assert by(stage, cookie, "POST", "/api/invitations", elsewhere).status == 404
    assert by(stage, cookie, "DELETE", f"/api/members/{there}").status == 404
    assert by(stage, cookie, "POST", "/api/workspaces", {"name": "x"}).status == 403
    listed = by(stage, cookie, "GET", "/api/members").json["items"]
    assert [member["workspaceId"] for member in listed] == [HERE]


def test_a_manager_of_the_operators_workspace_is_no_operator_and_makes_none(stage: Stage) -> None:
    cookie, _ = stage.member("manager", "ws_default")
    hidden = stage.job(DOWNLOAD, f"token-{HERE}")
    (admin,) = stage.database.look(
        "SELECT token_id FROM tokens WHERE scopes = 'admin' AND owner_id = 'ws_default'"
    )

    def refused(method: str, path: str, body: object = None) -> tuple[int, str]:
        answered = by(stage, cookie, method, path, body)
        return answered.status, answered.json["code"]

    assert refused("GET", f"/api/jobs/{hidden}") == (404, "not_found")
    assert refused("GET", "/api/orphans") == (403, "forbidden")
    new = {"name": "x", "scopes": ["admin"]}
    assert refused("POST", "/api/tokens", new) == (403, "forbidden")
    assert refused("DELETE", f"/api/tokens/{admin['token_id']}") == (403, "forbidden")
    assert by(stage, cookie, "POST", "/api/tokens", {**new, "scopes": ["read"]}).status == 201


def test_a_removed_member_is_out_at_once(stage: Stage) -> None:
    stage.member("manager", HERE)
    cookie, member_id = stage.member("editor", HERE, "Bob")
    assert by(stage, cookie, "GET", "/api/jobs").status == 200

    assert stage.send("DELETE", f"/api/members/{member_id}").status == 204

    assert by(stage, cookie, "GET", "/api/jobs").status == 401
    assert member_id in stage.hub.closed
    assert stage.send("GET", f"/api/members/{member_id}").status == 404


def test_another_role_counts_at_once(stage: Stage) -> None:
    cookie, member_id = stage.member("editor", HERE)
    assert by(stage, cookie, "POST", "/api/jobs", DOWNLOAD).status == 201

    changed = stage.send("PATCH", f"/api/members/{member_id}", {"role": "viewer"})

    assert changed.json["role"] == "viewer"
    assert by(stage, cookie, "POST", "/api/jobs", DOWNLOAD).status == 403
    assert by(stage, cookie, "GET", "/api/jobs").status == 200


@pytest.mark.parametrize("method", ["DELETE", "PATCH"])
def test_the_last_manager_stays(stage: Stage, method: str) -> None:
    _, last = stage.member("manager", HERE)
    stage.member("editor", HERE, "Bob")
    stage.member("manager", "ws_default", "Eve")
    body = {"role": "viewer"} if method == "PATCH" else None

    refused = stage.send(method, f"/api/members/{last}", body)
    stage.member("manager", HERE, "Cem")
    allowed = stage.send(method, f"/api/members/{last}", body)

    assert (refused.status, refused.json["code"]) == (409, "last_manager")
    assert allowed.status in (200, 204)


def test_a_person_goes_on_in_another_of_its_workspaces_alone(stage: Stage) -> None:
    stage.add_workspace("ws_there")
    cookie, _ = stage.member("viewer", HERE)
    person = by(stage, cookie, "GET", "/api/session").json["person"]["personId"]
    there = stage.send("POST", "/api/invitations", {"role": "manager", "workspaceId": "ws_there"})
    digest = hashlib.sha256(there.json["invitation"].encode()).hexdigest()
    second = Joining(secret_hash=digest, person_id=person, name="Ada", is_new=False)
    run(join(second, None, stage.ports))
    stranger, _ = stage.member("viewer", "ws_default", "Bob")

    def switched(cookie: str) -> Answered:
        wanted = {"workspaceId": "ws_there"}
        return by(stage, cookie, "POST", "/api/session/workspace", wanted)

    answered = switched(cookie)

    assert answered.json["person"]["role"] == "manager"
    assert by(stage, cookie, "GET", "/api/session").status == 401
    assert switched(stranger).status == 404


def test_members_are_no_tokens(stage: Stage) -> None:
    _, member_id = stage.member("manager", HERE)

    listed = stage.send("GET", "/api/tokens?limit=100", token=ADMIN).json["items"]

    assert member_id not in [token["tokenId"] for token in listed]
    assert stage.send("DELETE", f"/api/tokens/{member_id}").status == 404


def test_a_workspace_is_made_by_an_operator_who_invites_its_manager(stage: Stage) -> None:
    made = stage.send("POST", "/api/workspaces", {"name": "Films"}).json
    assert made["name"] == "Films"
    wanted = {"role": "manager", "workspaceId": made["workspaceId"]}

    secret = stage.send("POST", "/api/invitations", wanted).json["invitation"]

    assert opened(stage, secret).json["workspace"] == "Films"
    assert made in stage.send("GET", "/api/workspaces").json["items"]
    unknown = stage.send("POST", "/api/invitations", {**wanted, "workspaceId": "ws_none"})
    assert unknown.status == 404
