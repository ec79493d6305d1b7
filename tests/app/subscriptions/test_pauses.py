"""Subscriptions that pause, are changed, refused or removed; whose they are."""

import json

import pytest

from tests.app.stage import Stage
from tests.app.subscriptions.looks import (
    DAY_MS,
    HOUR_MS,
    NEW,
    answer,
    change,
    cron,
    listing,
    look,
    seen,
    started,
    subscribed,
)
from tests.platform.network import answering


def test_five_failures_in_a_row_pause_it_and_tell_its_webhooks(stage: Stage) -> None:
    stage.webhook("subscription.paused")
    one = subscribed(stage)
    gaps = []
    for _ in range(4):
        look(stage, one, "download_network")
        shown = seen(stage, one)
        gaps.append(shown["nextLookAt"] - shown["lastLookAt"])
    assert (shown["state"], shown["failures"], shown["error"]["code"]) == (
        *("active", 4),
        "download_network",
    )
    for gap, hours in zip(gaps, (6, 12, 24, 24), strict=True):
        assert 0.75 * hours * HOUR_MS <= gap <= hours * HOUR_MS

    look(stage, one, "download_network")

    shown = seen(stage, one)
    assert (shown["state"], shown["pausedReason"]) == ("paused", "failures")
    assert (shown["error"]["code"], shown["nextLookAt"]) == ("download_network", None)
    (told,) = stage.database.look("SELECT type, body FROM webhook_messages")
    data = json.loads(told["body"])["data"]
    assert (told["type"], data["subscriptionId"]) == ("subscription.paused", one)
    assert (data["reason"], data["error"]["code"]) == ("failures", "download_network")
    assert stage.database.look("SELECT count(*) AS n FROM webhook_deliveries") == [{"n": 1}]
    jobs = len(stage.database.look("SELECT job_id FROM jobs"))
    cron(stage, 10 * DAY_MS)
    assert len(stage.database.look("SELECT job_id FROM jobs")) == jobs

    assert change(stage, one, state="active").status == 200
    look(stage, one, listing("a"))
    assert (seen(stage, one)["state"], seen(stage, one)["failures"]) == ("active", 0)


def test_a_look_that_works_again_clears_the_failures(stage: Stage) -> None:
    one = subscribed(stage)
    for _ in range(4):
        look(stage, one, "download_network")
    look(stage, one, listing("a"))
    look(stage, one, "download_network")

    assert (seen(stage, one)["state"], seen(stage, one)["failures"]) == ("active", 1)


def test_what_is_no_list_counts_as_a_failure(stage: Stage) -> None:
    one = subscribed(stage)

    look(stage, one, {"kind": "video", "id": "v", "extractor": "Youtube"})

    assert (seen(stage, one)["failures"], seen(stage, one)["error"]["code"]) == (
        1,
        "list_unreadable",
    )


def test_a_canceled_look_is_none_and_the_next_comes_by_schedule(stage: Stage) -> None:
    one = subscribed(stage)
    job_id = seen(stage, one)["lookJobId"]
    stage.tell(stage.event(job_id, 1, "canceled"))
    cron(stage)

    shown = seen(stage, one)
    assert (shown["failures"], shown["lookJobId"]) == (0, None)
    assert shown["nextLookAt"] > stage.now_ms + 5 * HOUR_MS


@pytest.mark.parametrize("ends", ["revoked_ms", "expires_ms"])
def test_it_pauses_when_the_token_that_made_it_ends_and_goes_on_for_who_resumes_it(
    stage: Stage, ends: str
) -> None:
    stage.webhook("subscription.paused")
    one = subscribed(stage)
    look(stage, one, listing("a"))
    sql = f"UPDATE tokens SET {ends} = ? WHERE scopes = 'submit' RETURNING 1 AS one"  # noqa: S608
    stage.database.look(sql, stage.now_ms)
    cron(stage, 6 * HOUR_MS)

    shown = seen(stage, one)
    assert (shown["state"], shown["pausedReason"], shown["lookJobId"]) == ("paused", "token", None)
    assert len(stage.database.look("SELECT 1 AS one FROM webhook_messages")) == 1
    assert change(stage, one, state="active").status == 200
    answer(stage, one, listing("b", "a"))
    cron(stage)
    assert started(stage) == ["b"]
    tokens = "SELECT DISTINCT t.scopes FROM jobs AS j JOIN tokens AS t USING (token_hash)"
    newest = stage.database.look(f"{tokens} ORDER BY j.job_id DESC LIMIT 1")
    assert newest == [{"scopes": "admin"}]


def test_the_tokens_limit_counts_and_what_it_holds_back_starts_later(stage: Stage) -> None:
    stage.add_token("token-two", "submit", queued_max=2)
    one = subscribed(stage, token="token-two")
    look(stage, one, listing("a"))
    look(stage, one, listing(*"edcb", "a"))
    assert started(stage) == ["b", "c"]
    cron(stage, 10 * 60_000)
    assert started(stage) == ["b", "c"]
    assert seen(stage, one)["state"] == "active"

    job = stage.database.look("SELECT job_id FROM run_steps LIMIT 1")[0]["job_id"]
    stage.tell(stage.event(job, 1, "failed"))
    cron(stage, 10 * 60_000)
    assert started(stage) == ["b", "c", "d"]


def test_a_recipe_that_is_gone_pauses_it_with_the_reason(stage: Stage) -> None:
    steps = [{"step": "download", "engine": "media-downloader", "when": "url"}]
    recipe = {"title": {"en": "Mine"}, "steps": steps}
    assert stage.send("PUT", "/api/recipes/mine", recipe).status == 200
    one = subscribed(stage, recipe="mine")
    look(stage, one, listing("a"))
    stage.send("DELETE", "/api/recipes/mine")
    cron(stage, 6 * HOUR_MS)

    shown = seen(stage, one)
    assert (shown["pausedReason"], shown["error"]["code"]) == ("recipe", "not_found")
    refused = change(stage, one, recipe="none")
    assert (refused.status, refused.json["messageKey"]) == (404, "not_found.recipe")
    assert change(stage, one, recipe="download", state="active").json["state"] == "active"


def test_a_recipe_that_comes_to_need_what_no_link_has_pauses_it_with_the_reason(
    stage: Stage,
) -> None:
    download = {"step": "download", "engine": "media-downloader", "when": "url"}
    video = {"video": {"fromStep": "download", "output": "video"}}
    burn = {"step": "burn", "engine": "burner-ffmpeg", "inputs": video}
    recipe = {"title": {"en": "Mine"}, "steps": [download]}
    stage.send("PUT", "/api/recipes/mine", recipe)
    one = subscribed(stage, recipe="mine")
    look(stage, one, listing("a"))
    changed = stage.send("PUT", "/api/recipes/mine", {**recipe, "steps": [download, burn]})
    assert changed.status == 200, changed.text

    look(stage, one, listing("b", "a"))

    shown = seen(stage, one)
    assert (shown["pausedReason"], shown["error"]["code"]) == ("recipe", "missing_inputs")
    assert shown["entries"]["waiting"] == 1


def test_a_person_pauses_and_resumes_it_and_changes_its_interval(stage: Stage) -> None:
    one = subscribed(stage)
    look(stage, one, listing("a"))

    assert change(stage, one, state="paused").json["pausedReason"] == "person"
    cron(stage, DAY_MS)
    assert seen(stage, one)["lookJobId"] is None
    refused = stage.send("POST", f"/api/subscriptions/{one}/look")
    assert (refused.status, refused.json["code"]) == (409, "subscription_paused")
    assert change(stage, one, state="active").json["lookJobId"] is not None
    answer(stage, one, listing("a"))
    cron(stage)
    shown = change(stage, one, everyS=900).json
    assert shown["nextLookAt"] <= stage.now_ms + 900_000


def test_neither_library_nor_records_fill_with_looks(stage: Stage) -> None:
    one = subscribed(stage)
    for _ in range(5):
        look(stage, one, listing("a"))

    assert stage.send("GET", "/api/media").json["items"] == []
    assert len(stage.database.look("SELECT job_id FROM jobs")) == 1
    assert len(stage.database.look("SELECT media_id FROM media")) == 1
    assert len([key for key in stage.objects.stored if key.endswith("metadata.json")]) == 1
    assert len([key for key in stage.objects.stored if key.startswith("manifests/")]) == 1


@pytest.mark.parametrize("looking", [False, True])
def test_removing_it_takes_all_of_it_and_leaves_its_runs(stage: Stage, looking: bool) -> None:
    one = subscribed(stage, startWith=1)
    look(stage, one, listing("a"))
    if looking:
        stage.send("POST", f"/api/subscriptions/{one}/look")
        job_id = seen(stage, one)["lookJobId"]

    assert stage.send("DELETE", f"/api/subscriptions/{one}").status == 204

    assert stage.send("GET", f"/api/subscriptions/{one}").status == 404
    assert stage.send("GET", "/api/subscriptions").json["items"] == []
    if looking:
        stage.tell(stage.event(job_id, 1, "canceled"))
        cron(stage)
    for table in ("subscriptions", "subscription_entries", "subscription_runs"):
        sql = f"SELECT * FROM {table}"  # noqa: S608 - the names above.
        assert stage.database.look(sql) == [], table
    assert len(stage.send("GET", "/api/runs").json["items"]) == 1
    assert len(stage.send("GET", "/api/media").json["items"]) == 1


def test_one_that_cannot_be_attended_to_holds_up_no_other_and_is_tried_again(
    stage: Stage,
) -> None:
    bad, good = subscribed(stage), subscribed(stage)
    answer(stage, bad, listing("a"))
    answer(stage, good, listing("a"))
    whole, folder = stage.objects.text, seen(stage, bad)["lookJobId"]

    async def out_of_reach(key: str, size_bytes_max: int) -> str | None:
        if folder in key:
            raise OSError("The bucket does not answer.")
        return await whole(key, size_bytes_max)

    stage.objects.text = out_of_reach  # type: ignore[method-assign]
    cron(stage)
    assert [seen(stage, one)["entries"]["known"] for one in (bad, good)] == [0, 1]

    stage.objects.text = whole  # type: ignore[method-assign]
    cron(stage, 5 * 60_000)
    assert seen(stage, bad)["entries"]["known"] == 1


def test_a_look_that_the_orchestrator_did_not_take_begins_by_the_sweeper(stage: Stage) -> None:
    stage.orchestrator.script = answering(503)
    one = subscribed(stage)
    stage.orchestrator.script = answering(200)
    stage.now_ms += HOUR_MS
    stage.sweep()

    look(stage, one, listing("a"))
    assert seen(stage, one)["entries"]["known"] == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"url": "ftp://x"}, "url"),
        ({"everyS": 899}, "everyS"),
        ({"perDayMax": 0}, "perDayMax"),
        ({"startWith": "old"}, "startWith"),
        ({"startWith": 0}, "startWith"),
        ({"parameters": {"to": "zh"}}, "parameters.to"),
        ({"options": {"download": {"maxHeight": 1}}}, "options.download.maxHeight"),
        ({"options": {"download": {"cookies": "a=b"}}}, "options.download.cookies"),
        ({"options": {"burn": {}}}, "options.burn"),
    ],
)
def test_a_subscription_that_makes_no_sense_names_the_field(
    stage: Stage, more: dict[str, object], field: str
) -> None:
    answered = stage.send("POST", "/api/subscriptions", {**NEW, **more})

    assert answered.status == 400, answered.text
    assert answered.json["errors"][0]["field"] == field
    assert stage.database.look("SELECT * FROM subscriptions") == []
    assert stage.objects.stored == {}


def test_a_workspace_has_so_many_subscriptions_and_no_more(stage: Stage) -> None:
    for _ in range(100):
        subscribed(stage)
        stage.now_ms += 1000

    refused = stage.send("POST", "/api/subscriptions", NEW)
    assert (refused.status, refused.json["code"]) == (429, "too_many_subscriptions")


def test_the_runs_of_a_workspace_are_its_own(stage: Stage) -> None:
    mine, theirs = stage.add_workspace("ws_1"), stage.add_workspace("ws_2")
    one = subscribed(stage, token=mine, startWith=1)
    look(stage, one, listing("a"))

    assert len(stage.send("GET", "/api/runs", token=mine).json["items"]) == 1
    assert stage.send("GET", "/api/runs", token=theirs).json["items"] == []
    owners = stage.database.look("SELECT DISTINCT owner_id FROM media")
    assert owners == [{"owner_id": "ws_1"}]
    assert stage.send("GET", f"/api/subscriptions/{one}", token=theirs).status == 404
