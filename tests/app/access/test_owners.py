"""Whose things are whose: what belongs to another workspace is not there, whoever asks how."""

import asyncio
import json
import re
from typing import Any

import pytest

from app.api.router import ROUTER
from app.live.live import deliver, receive
from app.live.unknown import UnknownJobs
from app.media.store import select_input
from app.status.alerts import watch_dead_letters
from app.store import EVERYONE, Store
from app.translation.lesson_store import Lesson, Taught, teach
from tests.app.live.test_live import UPGRADE, FakeViewers, free
from tests.app.stage import ADMIN, COMMENTS, DOWNLOAD, VTT, Stage
from tests.platform.loop import run
from tests.platform.network import answering

BURN: dict[str, object] = {"engine": "burner-ffmpeg"}
HOOK = {"url": "https://hooks.example.com/", "events": ["job.completed", "job.canceled", "alert.*"]}
TERM = {"to": "fr", "source": "mine", "target": "à moi"}
VIDEO_MADE = {"fromStep": "download", "output": "video"}
RECIPE = {
    "title": {"en": "Mine"},
    "steps": [
        {"step": "download", "engine": "media-downloader", "when": "url"},
        {"step": "look", "review": [VIDEO_MADE]},
        {"step": "hear", "engine": "asr-pipeline", "inputs": {"video": VIDEO_MADE}},
    ],
}
SUBSCRIPTION = {"url": "https://video.test/@mine", "recipe": "recipe-of-mine"}
PRESET = {"name": "mine", "engine": "burner-ffmpeg", "options": {}}

# What a route that names a thing takes as its body, where it is asked for one.
JPEG = b"\xff\xd8\xff\xe0picture"
BODIES: dict[tuple[str, str], object] = {
    ("PATCH", "/api/presets/{preset_id}"): {"name": "theirs"},
    ("PATCH", "/api/media/{media_id}"): {"title": "Theirs"},
    ("PATCH", "/api/media/{media_id}/inputs/{input_id}"): {"language": "en"},
    ("POST", "/api/media/{media_id}/uploads"): {"sizeBytes": 5},
    ("POST", "/api/media/{media_id}/uploads/{upload_id}/parts"): {"partNumbers": [1]},
    ("POST", "/api/media/{media_id}/comments/preview"): {},
    ("POST", "/api/media/{media_id}/subtitles/preview"): {},
    ("PUT", "/api/media/{media_id}/subtitles"): VTT.encode(),
    ("PUT", "/api/media/{media_id}/comments"): COMMENTS,
    ("PUT", "/api/media/{media_id}/thumbnail"): JPEG,
    ("PATCH", "/api/webhooks/{webhook_id}"): {"enabled": False},
    ("PATCH", "/api/glossary/{term_id}"): {"target": "theirs"},
    ("PATCH", "/api/memory/{pair_id}"): {"target": "theirs"},
    ("POST", "/api/recipes/{name}/check"): {"url": "https://video.test/2"},
    ("POST", "/api/recipes/{name}/runs"): {"url": "https://video.test/2"},
    ("POST", "/api/runs/{run_id}/reviews/{review_id}"): {"decision": "approve"},
    ("PATCH", "/api/subscriptions/{subscription_id}"): {"everyS": 900},
    ("PATCH", "/api/members/{member_id}"): {"role": "viewer"},
}
# Whoever saves a recipe under a name has one of its own.
OWN_NAMES = {("PUT", "/api/recipes/{name}")}
NAMING = [
    (route.method, route.pattern)
    for route in ROUTER.routes
    if "{" in route.pattern
    and (route.method, route.pattern) not in OWN_NAMES
    and route.access != "person"  # Of people, not of workspaces: tests/app/passkeys.
]
LISTS = sorted(
    route.pattern
    for route in ROUTER.routes
    if route.method == "GET" and "{" not in route.pattern and route.pattern.startswith("/api/")
)
# Routes whose body is read and not kept.
READS = {"/api/subtitles/text", "/api/subtitles/preview"}
# Routes whose body is what somebody joins or goes on with.
ENTERS = {
    *("/api/invitations/open", "/api/invitations/options", "/api/invitations/join"),
    *("/api/sign-in/passkey", "/api/sign-in/options", "/api/session/workspace"),
    *("/api/passkeys", "/api/passkeys/options", "/api/sign-in/oidc", "/api/identities"),
}
# Routes whose body names things; the others that take a body make something of their own.
BODY_NAMES = {
    *("/api/jobs", "/api/jobs/batch", "/api/jobs/cancel", "/api/jobs/check", "/api/jobs/retry"),
    # tests/app/media/test_library.py has two owners, too.
    *("/api/media/trash", "/api/media/restore", "/api/media/tags"),
}
MAKES = {
    "/api/glossary",
    "/api/glossary/file",
    "/api/session",
    "/api/tokens",
    "/api/invitations",
    "/api/presets",
    "/api/media",
    "/api/subscriptions",
    "/api/uploads",
    "/api/webhooks",
    "/api/workspaces",
}
SIGNED = {"/api/render/cf-callback", "/api/render/progress", "/api/diagnostics"}

MINE, THEIRS = "token-ws_mine", "token-ws_theirs"


@pytest.fixture
def stage(stage: Stage) -> Stage:
    """Two workspaces beside the operators', each with an admin token."""
    assert [stage.add_workspace("ws_mine"), stage.add_workspace("ws_theirs")] == [MINE, THEIRS]
    return stage


def made(stage: Stage, method: str, path: str, body: object = None) -> dict[str, Any]:
    """Return what *mine* has made."""
    answered = stage.send(method, path, body, token=MINE)
    assert answered.status in (200, 201, 202), answered.text
    return answered.json


def things(stage: Stage) -> dict[str, str]:
    """Make one of everything; return ids by the names of the routes' parameters."""
    media_id = stage.media_with_inputs(MINE)
    upload = {"sizeBytes": 5, "multipart": True}
    webhook_id = made(stage, "POST", "/api/webhooks", HOOK)["webhookId"]
    inputs = made(stage, "GET", f"/api/media/{media_id}")["inputs"]
    token = {"name": "mine", "scopes": ["read"]}
    return {
        "media_id": media_id,
        "upload_id": made(stage, "POST", f"/api/media/{media_id}/uploads", upload)["uploadId"],
        "input_id": inputs["comments-data"]["inputId"],
        "job_id": stage.job({**BURN, "mediaId": media_id}, MINE),
        "preset_id": made(stage, "POST", "/api/presets", PRESET)["presetId"],
        "term_id": made(stage, "POST", "/api/glossary", TERM)["termId"],
        "pair_id": pair(stage, inputs["subtitles"]["inputId"]),
        "webhook_id": webhook_id,
        "delivery_id": made(stage, "POST", f"/api/webhooks/{webhook_id}/test")["deliveryId"],
        "token_id": made(stage, "POST", "/api/tokens", token)["tokenId"],
        "member_id": stage.member("editor", "ws_mine")[1],
        "invitation_id": made(stage, "POST", "/api/invitations", {"role": "viewer"})[
            "invitationId"
        ],
    }


def things_and_a_run(stage: Stage) -> dict[str, str]:
    """Make a recipe, a run and a subscription, too, which have jobs of their own."""
    made(stage, "PUT", "/api/recipes/recipe-of-mine", RECIPE)
    new_run = {"url": "https://video.test/1"}
    started = made(stage, "POST", "/api/recipes/recipe-of-mine/runs", new_run)
    return {
        **things(stage),
        "name": "recipe-of-mine",
        "run_id": started["runId"],
        "review_id": started["steps"][1]["reviewId"],
        "subscription_id": made(stage, "POST", "/api/subscriptions", SUBSCRIPTION)[
            "subscriptionId"
        ],
    }


def pair(stage: Stage, input_id: str) -> str:
    """Return the id of a pair that an edit has taught its owner's memory."""
    taught = Taught(
        first_id="pair_1",
        at_ms=1,
        job_id="job_1",
        from_language="en",
        to_language="fr",
        token_id=None,
        lessons=[Lesson(key="a", source="a", target="b")],
    )
    run(stage.database.batch(teach(taught, input_id)))
    (found,) = stage.database.look("SELECT pair_id FROM memory_pairs")
    return str(found["pair_id"])


def stored(stage: Stage) -> str:
    """Return everything that is stored, but when a token was used."""
    lines = (line for line in stage.database.sqlite.iterdump() if '"tokens"' not in line)
    revoked = stage.database.look("SELECT token_id, revoked_ms FROM tokens ORDER BY token_id")
    return "\n".join([*lines, str(revoked)])


def _asked(problem: dict[str, Any]) -> str:
    """Return the id that a refusal names."""
    (asked,) = problem["messageValues"].values()
    return str(asked)


@pytest.mark.heavy
@pytest.mark.parametrize(("method", "pattern"), NAMING)
def test_what_another_workspace_has_is_not_there(stage: Stage, method: str, pattern: str) -> None:
    named = {**things_and_a_run(stage), "slot": "video"}
    target = re.sub(r"{(\w+)}", lambda name: named[name[1]], pattern)
    unknown = re.sub(r"{(\w+)}", lambda name: f"{name[1]}_x", pattern)
    body = BODIES.get((method, pattern))
    before, objects = stored(stage), dict(stage.objects.stored)
    stage.orchestrator.calls.clear()

    theirs = stage.send(method, target, body, token=THEIRS)
    nothing = stage.send(method, unknown, body, token=THEIRS)

    assert (theirs.status, nothing.status) == (404, 404), theirs.text
    # The same but for the id that was asked for.
    assert theirs.text.replace(_asked(theirs.json), "…") == nothing.text.replace(
        _asked(nothing.json), "…"
    )
    assert stored(stage) == before
    assert stage.objects.stored == objects
    assert stage.orchestrator.calls == []
    mine = stage.send(method, target, body, token=MINE)
    # Of a job that has no output yet the output is what is missing, not the job.
    assert mine.status != 404 or mine.json["messageKey"] != theirs.json["messageKey"]


@pytest.mark.parametrize("pattern", LISTS)
def test_no_list_shows_what_another_workspace_has(stage: Stage, pattern: str) -> None:
    named = things_and_a_run(stage)

    shown = stage.send("GET", pattern, token=THEIRS, headers=UPGRADE).text

    assert [name for name, value in named.items() if value in shown] == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/media", "media_id"),
        ("/api/jobs", "job_id"),
        ("/api/presets", "preset_id"),
        ("/api/glossary", "term_id"),
        ("/api/memory", "pair_id"),
        ("/api/runs", "run_id"),
        ("/api/subscriptions", "subscription_id"),
        ("/api/webhooks", "webhook_id"),
        ("/api/members", "member_id"),
        ("/api/invitations", "invitation_id"),
        ("/api/tokens", "token_id"),
    ],
)
def test_an_operator_sees_every_workspace_and_an_owner_its_own(
    stage: Stage, path: str, name: str
) -> None:
    named = things_and_a_run(stage)

    for token in (ADMIN, MINE):
        assert named[name] in stage.send("GET", path, token=token).text
    if name != "token_id":
        for query in ("?limit=1", "?limit=100"):
            assert stage.send("GET", path + query, token=THEIRS).json["items"] == []


@pytest.mark.parametrize("query", ["ids={job_id}", "mediaId={media_id}", "status=queued"])
def test_no_filter_finds_a_job_of_another_workspace(stage: Stage, query: str) -> None:
    target = f"/api/jobs?{query.format(**things(stage))}"

    assert stage.send("GET", target, token=THEIRS).json["items"] == []
    assert len(stage.send("GET", target, token=MINE).json["items"]) == 1


def test_every_route_that_takes_a_body_is_one_of_these() -> None:
    posts = {r.pattern for r in ROUTER.routes if r.method == "POST" and "{" not in r.pattern}

    assert posts == BODY_NAMES | MAKES | READS | SIGNED | ENTERS


def test_a_job_reads_no_media_and_no_version_of_another_workspace(stage: Stage) -> None:
    named, own = things(stage), stage.media_with_inputs(THEIRS)
    of_media = {**BURN, "mediaId": named["media_id"]}
    version = {"comments-data": named["input_id"]}
    of_version = {"engine": "renderer-remotion", "mediaId": own, "inputs": version}

    both = {"jobs": [of_media, of_version]}
    batch = stage.send("POST", "/api/jobs/batch", both, token=THEIRS).json["items"]

    assert [item["status"] for item in batch] == [404, 409]
    assert stage.send("POST", "/api/jobs", of_media, token=THEIRS).status == 404
    assert stage.send("POST", "/api/jobs", of_version, token=THEIRS).status == 409
    assert stage.send("POST", "/api/jobs/check", of_media, token=THEIRS).status == 404
    assert stage.send("POST", "/api/jobs/check", of_version, token=THEIRS).status == 409


@pytest.mark.parametrize("action", ["cancel", "retry"])
def test_no_bulk_order_meets_a_job_of_another_workspace(stage: Stage, action: str) -> None:
    named = things_and_a_run(stage)
    stage.tell(stage.event(named["job_id"], 1, "failed" if action == "retry" else "running"))
    for wanted in ({"ids": [named["job_id"]]}, {"mediaId": named["media_id"]}):
        order = {"filter": wanted}

        assert stage.send("POST", f"/api/jobs/{action}", order, token=THEIRS).json["matched"] == 0

    assert stage.send("POST", f"/api/jobs/{action}", order, token=MINE).json["matched"] == 1


def test_what_is_added_to_a_thing_belongs_to_its_owner_whoever_adds_it(stage: Stage) -> None:
    media_id = things(stage)["media_id"]

    stage.send("PUT", f"/api/media/{media_id}/subtitles", VTT.encode(), token=ADMIN)
    stage.send("POST", f"/api/media/{media_id}/uploads", {"sizeBytes": 7}, token=ADMIN)
    job_id = stage.job({**BURN, "mediaId": media_id}, ADMIN)

    owners = stage.database.look("SELECT DISTINCT owner_id FROM inputs")
    assert [row["owner_id"] for row in owners] == ["ws_mine"]
    assert stage.row(job_id)["owner_id"] == "ws_mine"


def test_a_finished_download_gives_its_owner_what_it_brought(stage: Stage) -> None:
    job_id = stage.job(DOWNLOAD, MINE)
    media_id = stage.row(job_id)["media_id"]
    key = f"media/{media_id}/downloads/{job_id}/1-1/video.mp4"
    video = {"key": key, "sizeBytes": 5, "contentType": "video/mp4", "etag": "e"}
    stage.tell(stage.event(job_id, 1, "completed", outputs={"video": video}))

    assert "video" in made(stage, "GET", f"/api/media/{media_id}")["inputs"]
    assert stage.database.look("SELECT owner_id FROM inputs") == [{"owner_id": "ws_mine"}]
    assert stage.send("GET", f"/api/media/{media_id}", token=THEIRS).status == 404


def test_what_an_operator_makes_belongs_to_the_workspace_of_operators(stage: Stage) -> None:
    stage.send("POST", "/api/tokens", {"name": "x", "scopes": ["admin"]}, token=ADMIN)
    stage.send("POST", "/api/presets", PRESET, token=ADMIN)
    stage.job(DOWNLOAD, ADMIN)

    owners = stage.database.look(
        "SELECT m.owner_id AS media, j.owner_id AS job, p.owner_id AS preset"
        " FROM media AS m, jobs AS j, presets AS p"
    )
    assert owners == [dict.fromkeys(("media", "job", "preset"), "ws_default")]


def test_a_token_that_an_owner_makes_is_no_operators(stage: Stage) -> None:
    new = {"name": "mine", "scopes": ["admin"]}
    token = made(stage, "POST", "/api/tokens", new)["token"]
    hidden = stage.job(DOWNLOAD, ADMIN)

    assert stage.send("GET", f"/api/jobs/{hidden}", token=token).status == 404
    assert stage.send("GET", "/api/orphans", token=token).status == 403
    assert stage.send("GET", "/api/orphans", token=ADMIN).status == 200


def test_a_token_of_operators_that_is_no_admin_sees_its_own_workspace(stage: Stage) -> None:
    named = things_and_a_run(stage)
    own = stage.job(DOWNLOAD, ADMIN)

    assert stage.send("GET", f"/api/jobs/{named['job_id']}", token="token-read").status == 404
    assert stage.send("GET", f"/api/jobs/{own}", token="token-read").status == 200


def test_a_retry_runs_on_the_account_of_who_asks_and_the_job_stays_its_owners(
    stage: Stage,
) -> None:
    job_id = things(stage)["job_id"]
    before = stage.row(job_id)
    stage.tell(stage.event(job_id, 1, "failed"))

    assert stage.send("POST", f"/api/jobs/{job_id}/retry", token=ADMIN).status == 200

    after = stage.row(job_id)
    assert after["owner_id"] == before["owner_id"] == "ws_mine"
    hashes = stage.database.look(
        "SELECT token_hash FROM tokens WHERE owner_id = 'ws_default' AND scopes = 'admin'"
    )
    assert [after["token_hash"]] == [row["token_hash"] for row in hashes]
    manifest = stage.manifest(job_id)
    assert manifest["caller"] == after["token_hash"][:16]


def test_two_workspaces_may_give_a_preset_the_same_name(stage: Stage) -> None:
    assert stage.send("POST", "/api/presets", PRESET, token=MINE).status == 201
    assert stage.send("POST", "/api/presets", PRESET, token=THEIRS).status == 201
    assert stage.send("POST", "/api/presets", PRESET, token=THEIRS).status == 409


def test_a_workspace_has_fifty_webhooks_whatever_others_have(stage: Stage) -> None:
    for _ in range(50):
        assert stage.send("POST", "/api/webhooks", HOOK, token=MINE).status == 201
        stage.now_ms += 1000

    refused = stage.send("POST", "/api/webhooks", HOOK, token=MINE)
    assert (refused.status, refused.json["code"]) == (409, "too_many_webhooks")
    assert stage.send("POST", "/api/webhooks", HOOK, token=THEIRS).status == 201


def _told(stage: Stage, token: str, webhook_id: str) -> list[str]:
    path = f"/api/webhooks/{webhook_id}/deliveries"
    return sorted(item["type"] for item in stage.send("GET", path, token=token).json["items"])


def test_an_endpoint_hears_of_its_owners_jobs_alone(stage: Stage) -> None:
    hooks = {
        token: stage.send("POST", "/api/webhooks", HOOK, token=token).json["webhookId"]
        for token in (MINE, THEIRS, ADMIN)
    }
    ended, canceled = stage.job(DOWNLOAD, MINE), stage.job(DOWNLOAD, MINE)
    stage.tell(stage.event(ended, 1, "completed"))
    stage.orchestrator.script = answering(404, {"error": "not_found"})
    assert stage.send("POST", f"/api/jobs/{canceled}/cancel", token=MINE).status == 200

    told = {token: _told(stage, token, webhook_id) for token, webhook_id in hooks.items()}
    assert told == {MINE: ["job.canceled", "job.completed"], THEIRS: [], ADMIN: []}


def test_alerts_are_for_operators_and_their_endpoints(stage: Stage) -> None:
    hooks = {
        token: stage.send("POST", "/api/webhooks", HOOK, token=token).json["webhookId"]
        for token in (MINE, ADMIN)
    }
    for _ in range(3):
        run(watch_dead_letters(5, stage.ports))
        stage.now_ms += 300_000

    alerts = {t: stage.send("GET", "/api/status", token=t).json["alerts"] for t in hooks}
    told = {token: _told(stage, token, webhook_id) for token, webhook_id in hooks.items()}
    assert told == {MINE: [], ADMIN: ["alert.dead_letters"]}
    assert (alerts[MINE], [alert["kind"] for alert in alerts[ADMIN]]) == ([], ["dead_letters"])


def test_a_version_is_not_found_though_its_media_is_named(stage: Stage) -> None:
    named = things_and_a_run(stage)

    found = {
        owner: run(select_input(Store(stage.database, owner), named["media_id"], named["input_id"]))
        for owner in ("ws_mine", "ws_theirs", EVERYONE)
    }

    assert [owner for owner, item in found.items() if item is None] == ["ws_theirs"]


def test_numbers_count_the_owners_jobs_alone(stage: Stage) -> None:
    job_id = things(stage)["job_id"]
    note = "UPDATE jobs SET dead_letters = 2 WHERE job_id = ? RETURNING job_id"
    stage.database.look(note, job_id)

    for token, count in ((MINE, 1), (THEIRS, 0), (ADMIN, 1)):
        usage = stage.send("GET", "/api/usage", token=token).json
        status = stage.send("GET", "/api/status", token=token).json
        assert usage["totals"]["submitted"] == count
        assert sum(status["jobs"]["unfinished"].values()) == count
        assert status["jobs"]["deadLetters"] == {"jobs": count, "events": 2 * count}
        waiting = status["jobs"]["oldestWaiting"]
        assert (waiting and waiting["jobId"]) == (job_id if count else None)


def _say(stage: Stage, viewers: FakeViewers, owner: str | None, jobs: list[str]) -> None:
    text = json.dumps({"type": "subscribe", "jobs": dict.fromkeys(jobs, -1)})
    store = Store(stage.database, owner)
    run(receive("v1", text, viewers, store, stage.log.append, free, UnknownJobs(), 0))


@pytest.mark.parametrize(
    ("owner", "kind"), [("ws_mine", "job"), ("ws_theirs", "unknown"), (EVERYONE, "job")]
)
def test_a_viewer_is_told_of_its_owners_jobs_alone(
    stage: Stage, owner: str | None, kind: str
) -> None:
    job_id, viewers = things(stage)["job_id"], FakeViewers()

    _say(stage, viewers, owner, [job_id])

    assert [message["type"] for message in viewers.take("v1")] == [kind]
    assert deliver(json.dumps({"jobId": job_id}), viewers) == (kind == "job")


def test_a_change_during_the_look_up_reaches_nobody_of_another_workspace(stage: Stage) -> None:
    job_id, viewers = things(stage)["job_id"], FakeViewers()

    async def both() -> None:
        text = json.dumps({"type": "subscribe", "jobs": {job_id: -1}})
        store = Store(stage.database, "ws_theirs")
        looking = asyncio.create_task(
            receive("v1", text, viewers, store, stage.log.append, free, UnknownJobs(), 0)
        )
        while not looking.done():
            assert deliver(json.dumps({"jobId": job_id}), viewers) == 0
            await asyncio.sleep(0)

    run(both())


def test_a_socket_is_opened_with_what_its_caller_sees(stage: Stage) -> None:
    for token in (MINE, ADMIN, "token-read"):
        assert stage.send("GET", "/api/live", headers=UPGRADE, token=token).status == 101

    assert stage.hub.owners == ["ws_mine", None, "ws_default"]
