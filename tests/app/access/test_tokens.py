"""Sign-in, tokens and presets."""

from typing import Any

import pytest

from tests.app.stage import ORIGIN, Stage

DAY_MS = 86_400_000


def made(stage: Stage, **body: object) -> dict[str, Any]:
    document = {"name": "ci", "scopes": ["read"], **body}
    answered = stage.send("POST", "/api/tokens", document)
    assert answered.status == 201, answered.text
    found: dict[str, Any] = answered.json
    return found


# --- sessions -----------------------------------------------------------------------------------


def test_a_cookie_is_out_of_reach_of_scripts_and_of_other_sites(stage: Stage) -> None:
    answered = stage.send("POST", "/api/session", {"token": "token-read"}, token=None)

    cookie = answered.headers["set-cookie"]
    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-session=")
    assert set(attributes) == {"Path=/", "Max-Age=1209600", "HttpOnly", "SameSite=Lax", "Secure"}
    assert answered.json["scopes"] == ["read"]


def test_a_session_says_who_calls_the_same_each_time_and_of_each_token_another(
    stage: Stage,
) -> None:
    def caller(token: str) -> str:
        answered = stage.send("POST", "/api/session", {"token": token}, token=None)
        return str(answered.json["callerId"])

    assert caller("token-read") == caller("token-read")
    assert caller("token-read") != caller("token-submit")


def test_signing_out_ends_the_session_even_if_the_cookie_is_kept(stage: Stage) -> None:
    headers = {"cookie": stage.sign_in("token-read"), "origin": ORIGIN}

    out = stage.send("DELETE", "/api/session", token=None, headers=headers)
    after = stage.send("GET", "/api/session", token=None, headers=headers)

    assert out.status == 204 and "Max-Age=0" in out.headers["set-cookie"]
    assert after.status == 401


def test_a_session_ends_by_itself(stage: Stage) -> None:
    headers = {"cookie": stage.sign_in("token-read")}
    stage.now_ms += 14 * DAY_MS - 1
    before = stage.send("GET", "/api/jobs", token=None, headers=headers)
    stage.now_ms += 1

    after = stage.send("GET", "/api/jobs", token=None, headers=headers)

    assert (before.status, after.status) == (200, 401)


def test_a_session_does_not_outlive_its_token(stage: Stage) -> None:
    token = made(stage, expiresInDays=1)
    headers = {"cookie": stage.sign_in(token["token"])}
    stage.now_ms += DAY_MS

    assert stage.send("GET", "/api/session", token=None, headers=headers).status == 401


@pytest.mark.parametrize("change", ["secret", "end", "signature"])
def test_a_cookie_that_was_changed_is_refused(stage: Stage, change: str) -> None:
    name, _, value = stage.sign_in("token-read").partition("=")
    secret, end, signature = value.split(".")
    forged = {
        "secret": f"{'0' * 64}.{end}.{signature}",
        "end": f"{secret}.{int(end) + 1}.{signature}",
        "signature": f"{secret}.{end}.{signature[::-1]}",
    }[change]

    answered = stage.send("GET", "/api/jobs", token=None, headers={"cookie": f"{name}={forged}"})

    assert answered.status == 401


def test_sessions_that_have_ended_are_forgotten_at_the_next_sign_in(stage: Stage) -> None:
    stage.sign_in("token-read")
    stage.now_ms += 15 * DAY_MS
    stage.sign_in("token-read")

    assert stage.database.look("SELECT count(*) AS n FROM sessions") == [{"n": 1}]


# --- tokens -------------------------------------------------------------------------------------


def test_a_token_is_shown_once_and_works(stage: Stage) -> None:
    token = made(stage, name="my program", scopes=["submit"], queuedMax=3)

    listed = stage.send("GET", "/api/tokens").json["items"]

    mine = next(item for item in listed if item["tokenId"] == token["tokenId"])
    assert mine == {name: value for name, value in token.items() if name != "token"}
    assert (mine["name"], mine["scopes"], mine["queuedMax"]) == ("my program", ["submit"], 3)
    assert stage.send("POST", "/api/media", {}, token=token["token"]).status == 201


def test_two_tokens_of_one_name_differ(stage: Stage) -> None:
    assert made(stage)["token"] != made(stage)["token"]


def test_a_revoked_token_stays_in_the_list_and_cannot_be_revoked_twice(stage: Stage) -> None:
    token = made(stage)
    path = f"/api/tokens/{token['tokenId']}"

    first, second = stage.send("DELETE", path), stage.send("DELETE", path)

    assert (first.status, second.status) == (204, 404)
    listed = {t["tokenId"]: t for t in stage.send("GET", "/api/tokens").json["items"]}
    assert listed[token["tokenId"]]["revokedAt"] == stage.now_ms
    assert stage.send("GET", "/api/jobs", token=token["token"]).status == 401


def test_a13_the_last_admin_token_of_a_workspace_is_not_revoked(stage: Stage) -> None:
    """Nobody could sign in any more. A reader's, and an expired one, are no way in."""
    (admin,) = (t for t in stage.send("GET", "/api/tokens").json["items"] if "admin" in t["scopes"])
    path = f"/api/tokens/{admin['tokenId']}"
    made(stage, scopes=["admin"], expiresInDays=1)
    stage.now_ms += 86_400_001

    refused = stage.send("DELETE", path)

    assert (refused.status, refused.json["code"]) == (409, "last_admin")
    other = made(stage, scopes=["admin"])
    assert stage.send("DELETE", path).status == 204
    assert stage.send("GET", "/api/jobs", token=other["token"]).status == 200


def test_an_operator_revokes_the_last_admin_of_a_workspace(stage: Stage) -> None:
    theirs = stage.add_workspace("ws_theirs")
    (token,) = stage.send("GET", "/api/tokens", token=theirs).json["items"]

    assert stage.send("DELETE", f"/api/tokens/{token['tokenId']}", token=theirs).status == 409
    assert stage.send("DELETE", f"/api/tokens/{token['tokenId']}").status == 204


@pytest.mark.parametrize("most", [10_001, 10**9])
def test_a07_a_token_s_limit_is_one_that_a_job_may_have(stage: Stage, most: int) -> None:
    refused = stage.send(
        "POST", "/api/tokens", {"name": "x", "scopes": ["submit"], "runningMax": most}
    )
    token = made(stage, scopes=["submit"], runningMax=10_000)["token"]

    assert refused.status == 400
    assert refused.json["errors"][0]["field"] == "runningMax"
    assert stage.manifest(stage.job(token=token))["runningMax"] == 10_000


def test_a_token_of_before_with_a_larger_limit_submits_jobs(stage: Stage) -> None:
    stage.add_token("token-old", "submit", running_max=1_000_000)

    assert stage.manifest(stage.job(token="token-old"))["runningMax"] == 10_000


@pytest.mark.parametrize("order", [[0, 1], [1, 0]], ids=["bad first", "good first"])
def test_a15_of_two_session_cookies_the_one_that_is_a_session_counts(
    stage: Stage, order: list[int]
) -> None:
    good = stage.sign_in("token-read")
    bad = good.partition("=")[0] + "=abc.9999999999." + "0" * 64
    cookies = [bad, good]

    answered = stage.send(
        "GET", "/api/jobs", token=None, headers={"cookie": "; ".join(cookies[n] for n in order)}
    )

    assert answered.status == 200


def test_the_last_use_is_noted_to_the_hour_and_not_at_every_request(stage: Stage) -> None:
    token = made(stage)
    first_ms = stage.now_ms
    for _ in range(3):
        stage.send("GET", "/api/jobs", token=token["token"])
        stage.now_ms += 1_000_000

    def last_used() -> object:
        items = stage.send("GET", "/api/tokens").json["items"]
        return next(t["lastUsedAt"] for t in items if t["tokenId"] == token["tokenId"])

    assert last_used() == first_ms
    stage.now_ms += 3_600_000
    stage.send("GET", "/api/jobs", token=token["token"])
    assert last_used() == stage.now_ms


# --- presets ------------------------------------------------------------------------------------

BOLD = {"name": "Bold", "engine": "burner-ffmpeg", "options": {"preset": "bold"}}


# A download's needs no URL.
HD = {"name": "HD", "engine": "media-downloader", "options": {"maxHeight": 720}}


@pytest.mark.parametrize("given", [BOLD, HD])
def test_a_preset_is_kept_as_it_was_given(stage: Stage, given: dict[str, object]) -> None:
    created = stage.send("POST", "/api/presets", given)

    listed = stage.send("GET", "/api/presets").json["items"]
    one = stage.send("GET", f"/api/presets/{created.json['presetId']}").json

    assert created.status == 201
    assert listed == [one] == [created.json]
    assert {name: one[name] for name in given} == given


def test_a_preset_is_renamed_changed_and_removed(stage: Stage) -> None:
    path = f"/api/presets/{stage.send('POST', '/api/presets', BOLD).json['presetId']}"
    stage.now_ms += 5

    renamed = stage.send("PATCH", path, {"name": "Loud"}).json
    changed = stage.send("PATCH", path, {"options": {"bilingual": True}}).json
    removed = stage.send("DELETE", path)

    assert (renamed["name"], renamed["options"]) == ("Loud", {"preset": "bold"})
    assert (changed["name"], changed["options"]) == ("Loud", {"bilingual": True})
    assert changed["updatedAt"] == stage.now_ms
    assert removed.status == 204
    assert stage.send("GET", path).status == 404
    assert stage.send("DELETE", path).status == 404


def test_two_presets_of_an_engine_have_two_names(stage: Stage) -> None:
    stage.send("POST", "/api/presets", BOLD)

    again = stage.send("POST", "/api/presets", BOLD)
    elsewhere = stage.send(
        "POST", "/api/presets", {**BOLD, "engine": "renderer-remotion", "options": {}}
    )

    assert (again.status, again.json["code"]) == (409, "preset_exists")
    assert elsewhere.status == 201


# --- usage --------------------------------------------------------------------------------------


def test_usage_counts_jobs_and_bytes_by_day_and_engine(stage: Stage) -> None:
    first, second = stage.job(), stage.job()
    outputs = stage.outputs(first, "video.mp4", "thumbnail.jpg", size_bytes=700)
    stage.now_ms += 5_000
    done = stage.event(first, 1, "completed", outputs=outputs)
    assert stage.tell(done).text == '{"ok":true}'
    stage.tell(stage.event(second, 1, "failed"))

    found = stage.send("GET", "/api/usage?days=1").json

    counts = {"submitted": 2, "completed": 1, "failed": 1, "canceled": 0}
    sums = {"outputBytes": 1400, "runSeconds": 10}
    assert found["totals"] == {**counts, **sums}
    assert found["days"] == [{"day": found["to"], "engine": "media-downloader", **counts, **sums}]


def test_usage_ends_with_today_and_begins_so_many_days_before(stage: Stage) -> None:
    stage.now_ms = 1_795_460_000_000  # 2026-11-23T18:53:20Z
    found = stage.send("GET", "/api/usage?days=30").json

    assert (found["from"], found["to"], found["days"]) == ("2026-10-25", "2026-11-23", [])


def test_jobs_of_before_the_span_are_not_counted(stage: Stage) -> None:
    stage.job()
    stage.now_ms += DAY_MS

    assert stage.send("GET", "/api/usage?days=1").json["totals"]["submitted"] == 0
    assert stage.send("GET", "/api/usage?days=2").json["totals"]["submitted"] == 1


def test_an_expired_token_cannot_sign_in(stage: Stage) -> None:
    stage.add_token("old", "read", expires_ms=stage.now_ms)

    assert stage.send("POST", "/api/session", {"token": "old"}, token=None).status == 401
