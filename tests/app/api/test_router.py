"""What all routes share: problem documents, limits, paging."""

import re
from typing import Any

import pytest

from app.api.router import ROUTER
from app.settings import AppSettings
from media_jobs.errors import SettingError
from tests.app.stage import DOWNLOAD, ORIGIN, Stage

JSON_BYTES_MAX = 262_144
TEXT_BYTES_MAX = 4_194_304
NESTED = b"[" * 6000


def test_an_unknown_path_is_not_found(stage: Stage) -> None:
    answered = stage.send("GET", "/api/nothing")

    assert answered.status == 404
    assert answered.headers["content-type"] == "application/problem+json"
    assert answered.json == {
        "type": "about:blank",
        "title": "Not found",
        "status": 404,
        "code": "not_found",
        "detail": "Nothing exists at this address.",
        "messageKey": "not_found",
        "messageValues": {},
    }


def test_another_method_is_told_which_ones_there_are(stage: Stage) -> None:
    answered = stage.send("DELETE", "/api/jobs")

    assert answered.status == 405
    assert answered.headers["allow"] == "GET, POST"
    assert answered.json == {
        "type": "about:blank",
        "title": "Method not allowed",
        "status": 405,
        "code": "method_not_allowed",
        "detail": "This path accepts only GET, POST.",
        "messageKey": "method_not_allowed",
        "messageValues": {"allowed": "GET, POST"},
    }


BODY_BYTES_MAX = {
    ("POST", "/api/session"): 4096,
    ("POST", "/api/invitations/open"): 4096,
    ("POST", "/api/invitations/options"): 65_536,
    ("POST", "/api/invitations/join"): 65_536,
    ("POST", "/api/render/cf-callback"): 1_048_576,
    ("POST", "/api/sign-in/options"): 65_536,
    ("POST", "/api/sign-in/oidc"): 4096,
    ("POST", "/api/sign-in/passkey"): 65_536,
    ("POST", "/api/diagnostics"): 16_384,
    ("POST", "/api/jobs/batch"): 1_048_576,
    ("POST", "/api/media/{media_id}/uploads/{upload_id}/complete"): 2_097_152,
    ("PUT", "/api/media/{media_id}/subtitles"): TEXT_BYTES_MAX,
    ("PUT", "/api/media/{media_id}/comments"): TEXT_BYTES_MAX,
    ("POST", "/api/subtitles/text"): TEXT_BYTES_MAX,
    ("POST", "/api/glossary/file"): TEXT_BYTES_MAX,
    ("POST", "/api/subtitles/preview"): 1_048_576,
    ("POST", "/api/media/{media_id}/subtitles/preview"): 1_048_576,
}
"""Of every other route that reads a body it is JSON_BYTES_MAX."""
NEEDED = {"/api/glossary/file": "?to=fr"}
"""What a query must have, which is looked at before the body."""
READING = [(route.method, route.pattern) for route in ROUTER.routes if route.body is not None]
OF_PEOPLE = {route.pattern for route in ROUTER.routes if route.access == "person"}


@pytest.mark.parametrize(("method", "pattern"), READING)
def test_a_body_over_its_limit_is_refused_before_it_is_read(
    stage: Stage, method: str, pattern: str
) -> None:
    limit = BODY_BYTES_MAX.get((method, pattern), JSON_BYTES_MAX)
    path = re.sub(r"{(\w+)}", r"\1_1", pattern) + NEEDED.get(pattern, "")
    who: dict[str, Any] = {}
    if pattern in OF_PEOPLE:
        cookie, _ = stage.member("viewer", "ws_default")
        who = {"token": None, "headers": {"cookie": cookie, "origin": ORIGIN}}
    stage.bodies_read = 0

    over = stage.send(method, path, b" " * (limit + 1), **who)
    read_of_over = stage.bodies_read
    within = stage.send(method, path, b"\0" * limit, **who)

    assert (over.status, over.json["code"], read_of_over) == (413, "body_too_large", 0)
    assert within.status != 413
    assert stage.bodies_read == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/jobs"),
        ("POST", "/api/media"),
        ("POST", "/api/media/{media_id}/uploads"),
        ("PUT", "/api/media/{media_id}/subtitles"),
        ("PUT", "/api/media/{media_id}/comments"),
        ("POST", "/api/subtitles/text"),
        ("POST", "/api/glossary"),
        ("PUT", "/api/recipes/mine"),
        ("POST", "/api/recipes/download/runs"),
        ("POST", "/api/subscriptions"),
    ],
)
@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b"null", b"\xff\xfe", NESTED])
def test_a_body_that_is_not_what_was_asked_for_is_a_bad_request(
    stage: Stage, method: str, path: str, body: bytes
) -> None:
    media_id = stage.send("POST", "/api/media", {}).json["mediaId"]

    answered = stage.send(method, path.format(media_id=media_id), body)

    assert answered.status == 400
    assert answered.json["code"] == "bad_request"
    assert answered.json["errors"][0]["field"] == "body"


SUBSCRIPTION = {"url": "https://video.test/@channel", "recipe": "download"}
LISTS = (
    *("/api/jobs", "/api/media", "/api/tokens", "/api/presets", "/api/webhooks"),
    *("/api/members", "/api/invitations", "/api/workspaces"),
    *("/api/glossary", "/api/memory", "/api/runs"),
    *("/api/subscriptions", "/api/subscriptions/{subscription_id}/entries"),
    *("/api/jobs/{job_id}/events", "/api/media/{media_id}/inputs"),
    "/api/webhooks/{webhook_id}/deliveries",
)
UNPAGED = {"/api/orphans"}
"""Its pages are bounded by what is looked at; its cursors are not ids."""
NO_CURSORS = ("", "../x", "a'b", "%00", "x" * 80)
CURSORS = {
    **dict.fromkeys(LISTS, NO_CURSORS),
    "/api/jobs/{job_id}/events": (*NO_CURSORS, "x", "-1", "1.5", "9" * 13),
    "/api/media/{media_id}/inputs": (*NO_CURSORS, "5", "5.", "5.../x"),
    "/api/orphans": ("elsewhere", "media%3A%00", "%3A", "media%3A" + "x" * 1025),
}
"""Cursors that no answer gave."""


def listed(stage: Stage, path: str) -> str:
    """Return the path of a list of something that exists."""
    job_id = stage.job()
    return path.format(
        job_id=job_id,
        media_id=stage.row(job_id)["media_id"],
        webhook_id=stage.webhook()["webhookId"],
        subscription_id=stage.send("POST", "/api/subscriptions", SUBSCRIPTION).json[
            "subscriptionId"
        ],
    )


def test_the_lists_above_are_all_that_there_are() -> None:
    paged = {
        route.pattern
        for route in ROUTER.routes
        if route.query is not None and "cursor" in route.query.model_fields
    }

    assert paged == {*LISTS, *UNPAGED}


@pytest.mark.parametrize("path", CURSORS)
def test_a_cursor_that_no_answer_gave_is_refused(stage: Stage, path: str) -> None:
    target = listed(stage, path)

    for cursor in CURSORS[path]:
        answered = stage.send("GET", f"{target}?cursor={cursor}")

        assert answered.status == 400, cursor
        assert answered.json["errors"][0]["field"] == "cursor", cursor


@pytest.mark.parametrize("path", LISTS)
def test_a_page_has_1_to_100_items(stage: Stage, path: str) -> None:
    target = listed(stage, path)

    for limit in ("0", "-1", "101", "", "x", "1.5", "²", "000001999999999"):
        answered = stage.send("GET", f"{target}?limit={limit}")

        assert (answered.status, answered.json["code"]) == (400, "bad_request"), limit
        (fault,) = answered.json["errors"]
        reason = "must be a whole number from 1 to 100"
        assert (fault["field"], fault["reason"]) == ("limit", reason), limit


def _paged(stage: Stage, target: str, name: str) -> list[list[Any]]:
    """Follow the cursors to the end; return *name* of each item, page by page."""
    pages, cursor = [], ""
    while True:
        page = stage.send("GET", f"{target}&cursor={cursor}" if cursor else target).json
        pages.append([item[name] for item in page["items"]])
        if page["nextCursor"] is None:
            return pages
        cursor = page["nextCursor"]


def test_jobs_are_paged_newest_first_without_gaps_or_repeats(stage: Stage) -> None:
    made = []
    for _ in range(7):
        stage.now_ms += 1000
        made.append(stage.job())

    pages = _paged(stage, "/api/jobs?limit=3", "jobId")

    assert pages == [made[6:3:-1], made[3:0:-1], [made[0]]]
    assert _paged(stage, "/api/jobs?limit=7", "jobId") == [made[::-1]]


def test_a_job_that_comes_while_one_pages_moves_nothing(stage: Stage) -> None:
    made = []
    for _ in range(4):
        stage.now_ms += 1000
        made.append(stage.job())
    first = stage.send("GET", "/api/jobs?limit=2").json
    stage.now_ms += 1000
    stage.job()

    second = stage.send("GET", f"/api/jobs?limit=2&cursor={first['nextCursor']}").json

    assert [item["jobId"] for item in second["items"]] == [made[1], made[0]]
    assert second["nextCursor"] is None


def test_without_a_limit_a_page_has_50_items(stage: Stage) -> None:
    for _ in range(51):
        stage.now_ms += 1
        stage.send("POST", "/api/media", {})

    page = stage.send("GET", "/api/media").json

    assert len(page["items"]) == 50
    assert page["nextCursor"] == page["items"][-1]["mediaId"]


def test_jobs_are_filtered_by_media_and_by_status(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    stage.now_ms += 1
    burn = stage.job({"engine": "burner-ffmpeg", "mediaId": media_id})
    stage.now_ms += 1
    comments = stage.job({"engine": "renderer-remotion", "mediaId": media_id})
    stage.now_ms += 1
    other = stage.job(DOWNLOAD)
    stage.tell(stage.event(burn, 1, "running"))
    stage.tell(stage.event(other, 1, "running"))

    def found(query: str) -> list[str]:
        return [item["jobId"] for item in stage.send("GET", f"/api/jobs?{query}").json["items"]]

    assert found(f"mediaId={media_id}") == [comments, burn]
    assert found("status=running") == [other, burn]
    assert found(f"status=running&mediaId={media_id}") == [burn]
    assert found("status=completed") == []


def test_versions_are_paged_newest_first(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    versions = stage.send("GET", f"/api/media/{media_id}/inputs").json["items"]

    pages = _paged(stage, f"/api/media/{media_id}/inputs?limit=2", "inputId")

    ids = [version["inputId"] for version in versions]
    assert len(ids) == 3
    assert pages == [ids[:2], ids[2:]]


def test_events_are_paged_oldest_first(stage: Stage) -> None:
    job_id = stage.job()
    for seq in range(1, 6):
        assert stage.tell(stage.event(job_id, seq, "running")).status == 200

    pages = _paged(stage, f"/api/jobs/{job_id}/events?limit=2", "eventSeq")

    assert pages == [[1, 2], [3, 4], [5]]


def test_a_missing_setting_is_named_and_nothing_is_accepted(stage: Stage) -> None:
    def missing() -> AppSettings:
        raise SettingError("JOB_CALLBACK_HMAC_SECRET", "setting.missing")

    object.__setattr__(stage.ports, "settings", missing)

    answered = stage.send("POST", "/api/jobs", DOWNLOAD)

    assert answered.status == 500
    assert answered.json["code"] == "setting_missing"
    assert answered.json["setting"] == "JOB_CALLBACK_HMAC_SECRET"
    assert stage.database.look("SELECT * FROM jobs") == []
    assert stage.objects.stored == {}
