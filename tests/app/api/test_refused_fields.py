"""A field that makes no sense is named in the refusal, and nothing comes of its request."""

import pytest

from tests.app.stage import COMMENTS, DOWNLOAD, Stage

GIB = 1024**3
BURN = {"engine": "burner-ffmpeg", "mediaId": "med_1"}
COMPOSE = {"engine": "renderer-remotion", "mediaId": "med_1"}
TOKEN = {"name": "x", "scopes": ["read"]}
WEBHOOK = {"url": "https://hooks.example.com/in", "events": ["job.failed"]}
ONE_JOB = {"filter": {"ids": ["job_1"]}}


def download(**options: object) -> dict[str, object]:
    """Return a download with these options beside its URL."""
    return {**DOWNLOAD, "options": {"url": "https://video.test/1", **options}}


def preset(engine: str, **options: object) -> dict[str, object]:
    return {"name": "x", "engine": engine, "options": options}


OF_A_FILTER: list[tuple[object, str]] = [
    ({}, "filter"),
    ({"filter": {}}, "filter"),
    ({"filter": {"status": None, "ids": None}}, "filter"),
    ({"filter": {"status": []}}, "filter.status"),
    ({"filter": {"status": ["queued"] * 10}}, "filter.status"),
    ({"filter": {"status": ["done"]}}, "filter.status.0"),
    ({"filter": {"engine": "burner"}}, "filter.engine"),
    ({"filter": {"mediaId": "../x"}}, "filter.mediaId"),
    ({"filter": {"ids": []}}, "filter.ids"),
    ({"filter": {"ids": ["job_1"] * 101}}, "filter.ids"),
    ({"filter": {"ids": ["a/b"]}}, "filter.ids.0"),
    ({"filter": {"jobs": ["job_1"]}}, "filter.jobs"),
    ({**ONE_JOB, "limit": 0}, "limit"),
    ({**ONE_JOB, "limit": 101}, "limit"),
    ({**ONE_JOB, "cursor": "?"}, "cursor"),
]
OF_A_WEBHOOK: list[tuple[dict[str, object], str]] = [
    ({"url": "https://169.254.169.254/latest"}, "url"),
    ({"url": "http://hooks.example.com/"}, "url"),
    ({"url": ""}, "url"),
    ({"url": "https://hooks.example.com/" + "a" * 4000}, "url"),
    ({"events": []}, "events"),
    ({"events": ["job.failed"] * 11}, "events"),
    ({"events": ["job.exploded"]}, "events.0"),
    ({"description": "x" * 201}, "description"),
    ({"secret": "whsec_AAAA"}, "secret"),
]
REFUSED: dict[str, list[tuple[object, str]]] = {
    "POST /api/jobs": [
        ({}, "engine"),
        ({"engine": "burner"}, "engine"),
        ({"engine": None}, "engine"),
        ({**DOWNLOAD, "options": []}, "options"),
        ({**DOWNLOAD, "options": {}}, "options.url"),
        (download(url="ftp://a.test/v"), "options.url"),
        (download(url="https://u:p@a.test/"), "options.url"),
        (download(maxHeight=100), "options.maxHeight"),
        (download(args=[]), "options.args"),
        ({**DOWNLOAD, "surplus": 1}, "surplus"),
        ({**DOWNLOAD, "mediaId": "../x"}, "mediaId"),
        ({"engine": "burner-ffmpeg"}, "mediaId"),
        ({"engine": "renderer-remotion"}, "mediaId"),
        ({**BURN, "options": {"style": {"fontSize": 500}}}, "options.style.fontSize"),
        ({**BURN, "options": {"url": "https://video.test/1"}}, "options.url"),
        ({**COMPOSE, "options": {"fps": 29}}, "options.fps"),
    ],
    "POST /api/jobs/batch": [
        ({}, "jobs"),
        ({"jobs": []}, "jobs"),
        ({"jobs": [DOWNLOAD] * 51}, "jobs"),
        ({"jobs": {"0": DOWNLOAD}}, "jobs"),
        ({"jobs": ["job"]}, "jobs.0"),
        ({"jobs": [DOWNLOAD], "all": True}, "all"),
    ],
    "POST /api/jobs/cancel": OF_A_FILTER,
    "POST /api/jobs/retry": OF_A_FILTER,
    "POST /api/media": [
        ({"title": ""}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"title": 1}, "title"),
        ({"sourceUrl": "javascript:alert(1)"}, "sourceUrl"),
        ({"owner": "me"}, "owner"),
    ],
    "PATCH /api/media/{media_id}": [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": "x", "sourceUrl": "https://a.test"}, "sourceUrl"),
    ],
    "POST /api/media/{media_id}/uploads": [
        ({}, "sizeBytes"),
        ({"sizeBytes": 0}, "sizeBytes"),
        ({"sizeBytes": 100 * GIB + 1}, "sizeBytes"),
        ({"sizeBytes": 5, "contentType": "text/html"}, "contentType"),
        ({"sizeBytes": 5, "contentType": "video/mp4\r\nx: y"}, "contentType"),
    ],
    "PUT /api/media/{media_id}/comments": [
        ({**COMMENTS, "comments": []}, "comments"),
        ({**COMMENTS, "comments": [{"author": "Ann"}]}, "comments"),
        ({"comments": COMMENTS["comments"]}, "video"),
    ],
    "POST /api/media/{media_id}/comments/preview": [
        ({"options": {"template": "round"}}, "options.template"),
        ({"options": {"height": 5}}, "options.height"),
        ({"atS": -1}, "atS"),
        ({"atS": 86_401}, "atS"),
        ({"sourceWidth": 1}, "sourceWidth"),
        ({"sourceHeight": 16_385}, "sourceHeight"),
        ({"sourceWidth": 640}, "sourceHeight"),
        ({"sourceHeight": 640}, "sourceWidth"),
        ({"inputId": "../x"}, "inputId"),
        ({"key": "media/other/inputs/x/comments.json"}, "key"),
    ],
    "POST /api/media/{media_id}/subtitles/preview": [
        ({"options": {"preset": "loud"}}, "options.preset"),
        ({"options": {"style": {"fontSize": 500}}}, "options.style.fontSize"),
        ({"kind": "film"}, "kind"),
        ({"atS": -1}, "atS"),
        ({"untilS": 86_401}, "untilS"),
        ({"subtitles": ""}, "subtitles"),
        ({"subtitles": "x" * 300_001}, "subtitles"),
        ({"subtitles": "WEBVTT", "sourceWidth": 640}, "sourceHeight"),
        ({"inputId": "../x"}, "inputId"),
    ],
    "POST /api/subtitles/preview": [
        ({}, "subtitles"),
        ({"subtitles": "WEBVTT", "kind": "still"}, "kind"),
        ({"subtitles": "WEBVTT", "sourceHeight": 640}, "sourceWidth"),
    ],
    "POST /api/presets": [
        (preset("burner-ffmpeg", style={"fontSize": 500}), "options.style.fontSize"),
        (preset("renderer-remotion", height=5), "options.height"),
        (preset("media-downloader", maxHeight=1), "options.maxHeight"),
        (preset("media-downloader", cookies="secret"), "options.cookies"),
        (preset("media-downloader", proxy="http://u:p@x"), "options.proxy"),
    ],
    "POST /api/tokens": [
        ({**TOKEN, "scopes": []}, "scopes"),
        ({**TOKEN, "scopes": ["root"]}, "scopes.0"),
        ({**TOKEN, "name": ""}, "name"),
        ({**TOKEN, "expiresInDays": 0}, "expiresInDays"),
        ({**TOKEN, "queuedMax": -1}, "queuedMax"),
        ({**TOKEN, "token": "mine"}, "token"),
    ],
    "POST /api/webhooks": [({**WEBHOOK, **change}, field) for change, field in OF_A_WEBHOOK],
    "PATCH /api/webhooks/{webhook_id}": [*OF_A_WEBHOOK],
}
QUERIES: dict[str, list[tuple[str, str]]] = {
    "/api/jobs": [
        *(("status=done", "status"), ("status=", "status"), ("status=failed,", "status")),
        *(("engine=burner", "engine"), ("engine=", "engine")),
        *(("mediaId=../x", "mediaId"), ("mediaId=", "mediaId")),
        *(("ids=", "ids"), ("ids=a,b/c", "ids")),
        ("ids=" + ",".join(f"job_{number}" for number in range(101)), "ids"),
        *(("deadLetters=1", "deadLetters"), ("deadLetters=", "deadLetters")),
        *(("createdAfter=now", "createdAfter"), ("createdBefore=-1", "createdBefore")),
        ("createdBefore=" + "9" * 15, "createdBefore"),
    ],
    "/api/media": [("query=" + "x" * 101, "query")],
    "/api/usage": [(f"days={days}", "days") for days in ("0", "367", "x", "-1", "")],
}


@pytest.mark.parametrize("route", REFUSED)
def test_a_field_that_makes_no_sense_is_named_and_nothing_comes_of_it(
    stage: Stage, route: str
) -> None:
    stage.job()
    ids = {
        "media_id": stage.media_with_inputs(),
        "webhook_id": stage.webhook()["webhookId"],
    }
    method, path = route.format(**ids).split(" ")

    for body, field in REFUSED[route]:
        _refuse(stage, method, path, body, field)


@pytest.mark.parametrize("path", QUERIES)
def test_a_value_of_a_query_that_makes_no_sense_is_named(stage: Stage, path: str) -> None:
    stage.job()

    for query, field in QUERIES[path]:
        _refuse(stage, "GET", f"{path}?{query}", None, field)


def _refuse(stage: Stage, method: str, target: str, body: object, field: str) -> None:
    changes, objects = stage.database.sqlite.total_changes, dict(stage.objects.stored)
    asked = len(stage.orchestrator.calls)

    answered = stage.send(method, target, body)

    case = f"{method} {target[:200]} {str(body)[:200]}"
    assert (answered.status, answered.json["code"]) == (400, "bad_request"), case
    assert [fault["field"] for fault in answered.json["errors"]] == [field], case
    assert len(answered.json["errors"][0]["reason"]) > 5, case
    assert stage.database.sqlite.total_changes == changes, case
    assert stage.objects.stored == objects, case
    assert len(stage.orchestrator.calls) == asked, case
