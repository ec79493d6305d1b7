"""The reference of the API, and that answers are what it says."""

import re
from typing import Any

import pytest
from pydantic import BaseModel

from app.api.openapi import answer_of
from app.api.router import ROUTER
from media_jobs.subtitles.kinds import SUBTITLE_KINDS
from tests.app.stage import COMMENTS, DOWNLOAD, VTT, Stage


@pytest.fixture
def document(stage: Stage) -> dict[str, Any]:
    answered = stage.send("GET", "/api/openapi.json", token="token-read")
    assert answered.status == 200
    return answered.json


def _strings(node: object, name: str) -> list[str]:
    if isinstance(node, dict):
        own = [value for key, value in node.items() if key == name and isinstance(value, str)]
        return own + [found for value in node.values() for found in _strings(value, name)]
    if isinstance(node, list):
        return [found for value in node for found in _strings(value, name)]
    return []


def test_it_names_every_route_but_those_of_the_orchestrator(document: dict[str, Any]) -> None:
    named = {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path))
        for path, operations in document["paths"].items()
        for method in operations
    }

    assert document["openapi"] == "3.1.0"
    assert named == {
        (route.method, re.sub(r"\{\w+\}", "{}", route.pattern))
        for route in ROUTER.routes
        if route.access != "signed"
    }


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    refs = _strings(document, "$ref")

    assert refs
    assert {ref.removeprefix("#/components/schemas/") for ref in refs} <= set(schemas)


def test_patterns_are_written_as_other_languages_read_them(document: dict[str, Any]) -> None:
    patterns = _strings(document, "pattern")

    assert patterns
    assert not [pattern for pattern in patterns if r"\z" in pattern]


def test_descriptions_name_fields_as_they_are_sent(document: dict[str, Any]) -> None:
    descriptions = _strings(document, "description")

    assert [text for text in descriptions if re.search(r"\*\w+\*", text)] == []
    assert "`startS`" in document["components"]["schemas"]["HintText"]["description"]


def test_every_way_to_sign_in_is_named(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    read = document["paths"]["/api/jobs"]["get"]

    assert schemes["token"] == {"type": "http", "scheme": "bearer"}
    assert schemes["session"]["in"] == "cookie"
    assert schemes["session"]["name"] == "__Host-session"
    assert read["security"] == [{"token": []}, {"session": []}]
    assert "security" not in document["paths"]["/api/session"]["post"]


def test_subtitles_are_taken_in_each_format_and_without_one(document: dict[str, Any]) -> None:
    body = document["paths"]["/api/media/{mediaId}/subtitles"]["put"]["requestBody"]

    kinds = {kind.content_type for kind in SUBTITLE_KINDS}
    assert set(body["content"]) == {*kinds, "text/plain", "application/octet-stream"}


def test_lists_say_how_many_items_a_page_may_have(document: dict[str, Any]) -> None:
    lists = [
        {parameter["name"]: parameter["schema"] for parameter in path["get"]["parameters"]}
        for name, path in document["paths"].items()
        if name in ("/api/jobs", "/api/media", "/api/presets", "/api/tokens")
    ]

    assert len(lists) == 4
    assert all(found["limit"]["maximum"] == 100 for found in lists)


def test_everything_that_a_body_may_hold_has_a_bound(document: dict[str, Any]) -> None:
    schemas, unbounded = document["components"]["schemas"], set()
    bounds = {
        "string": ("maxLength", "enum", "const", "pattern"),
        "array": ("maxItems",),
        "integer": ("maximum", "enum"),
        "number": ("maximum", "enum"),
    }

    def look(schema: dict[str, Any], path: tuple[str, ...]) -> None:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            if name not in path:
                look(schemas[name], (*path, name))
            return
        kind = schema.get("type")
        if kind in bounds and not schema.keys() & set(bounds[kind]):
            unbounded.add(".".join(path))
        for name, item in schema.get("properties", {}).items():
            look(item, (*path, name))
        for item in [*schema.get("anyOf", ()), *schema.get("oneOf", ()), schema.get("items")]:
            if item:
                look(item, path)

    bodies = [
        operation["requestBody"]["content"]["application/json"]["schema"]
        for path in document["paths"].values()
        for operation in path.values()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    ]
    for body in bodies:
        look(body, ())

    assert len(bodies) > 10
    # Of these any number is taken that a body of 4 MiB holds.
    assert unbounded == {"CommentsDocument.comments"}


def test_operations_have_names_of_their_own_and_say_what_they_do(document: dict[str, Any]) -> None:
    operations = [one for path in document["paths"].values() for one in path.values()]
    names = [operation["operationId"] for operation in operations]

    assert len(names) == len(set(names))
    assert [one["summary"] for one in operations if "/" in one["summary"]] == []


def test_a_new_job_has_the_options_of_its_engine(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    burn = schemas["NewJob_burner-ffmpeg"]

    assert burn["properties"]["engine"]["const"] == "burner-ffmpeg"
    assert burn["properties"]["options"] == {"$ref": "#/components/schemas/BurnOptions"}
    assert set(burn["required"]) == {"engine", "mediaId"}
    inputs = burn["properties"]["inputs"]["properties"]
    assert set(inputs) == {"video", "subtitles", "subtitles-secondary"}
    assert set(schemas["NewJob_media-downloader"]["required"]) == {"engine", "options"}


def answered_as(method: str, pattern: str, status: int) -> type[BaseModel]:
    """Return the model that the route names for this status."""
    row = next(row for row in ROUTER.routes if (row.method, row.pattern) == (method, pattern))
    model = answer_of(row.answers[status])
    assert isinstance(model, type)
    return model


def test_answers_are_what_the_reference_says(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    job_id = stage.job({"engine": "burner-ffmpeg", "mediaId": media_id})
    assert stage.tell(stage.event(job_id, 1, "running")).status == 200
    sent: list[tuple[str, str, object]] = [
        ("GET", "/healthz", None),
        ("POST", "/api/media", {}),
        ("GET", "/api/media", None),
        ("GET", "/api/media/{media_id}", None),
        ("POST", "/api/media/{media_id}/uploads", {"sizeBytes": 5}),
        ("PUT", "/api/media/{media_id}/subtitles", VTT.encode()),
        ("PUT", "/api/media/{media_id}/comments", COMMENTS),
        ("POST", "/api/subtitles/text", VTT.encode()),
        ("POST", "/api/jobs", DOWNLOAD),
        ("POST", "/api/jobs/check", DOWNLOAD),
        ("GET", "/api/engines", None),
        ("GET", "/api/jobs", None),
        ("GET", "/api/jobs/{job_id}", None),
        ("GET", "/api/jobs/{job_id}/events", None),
        ("GET", "/api/jobs/{job_id}/why", None),
        ("POST", "/api/jobs/batch", {"jobs": [DOWNLOAD, {"engine": "none"}]}),
        ("POST", "/api/jobs/cancel", {"filter": {"ids": [job_id]}}),
        ("POST", "/api/jobs/retry", {"filter": {"engine": "media-downloader"}}),
        ("PATCH", "/api/media/{media_id}", {"title": "Another"}),
        ("GET", "/api/media/{media_id}/inputs", None),
        ("POST", "/api/media/{media_id}/inputs/{input_id}/restore", None),
        ("POST", "/api/media/{media_id}/uploads", {"sizeBytes": 5, "multipart": True}),
        ("GET", "/api/media/{media_id}/uploads/{upload_id}", None),
        ("POST", "/api/session", {"token": "token-read"}),
        ("GET", "/api/session", None),
        ("POST", "/api/tokens", {"name": "CI", "scopes": ["read"]}),
        ("GET", "/api/tokens", None),
        ("POST", "/api/presets", {"name": "Large", "engine": "burner-ffmpeg", "options": {}}),
        ("GET", "/api/presets", None),
        ("GET", "/api/usage", None),
        ("GET", "/api/health", None),
        ("POST", "/api/webhooks", {"url": "https://a.example.com/", "events": ["job.failed"]}),
        ("GET", "/api/webhooks", None),
        ("GET", "/api/webhooks/{webhook_id}", None),
        ("PATCH", "/api/webhooks/{webhook_id}", {"description": "ours"}),
        ("POST", "/api/webhooks/{webhook_id}/secret", None),
        ("POST", "/api/webhooks/{webhook_id}/test", None),
        ("GET", "/api/webhooks/{webhook_id}/deliveries", None),
        ("POST", "/api/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", None),
    ]
    video_id = stage.send("GET", f"/api/media/{media_id}").json["inputs"]["video"]["inputId"]
    ids = {"media_id": media_id, "job_id": job_id, "input_id": video_id, "upload_id": video_id}
    ids["webhook_id"] = stage.webhook()["webhookId"]
    path = f"/api/webhooks/{ids['webhook_id']}/test"
    ids["delivery_id"] = stage.send("POST", path).json["deliveryId"]
    for method, pattern, body in sent:
        answered = stage.send(method, pattern.format(**ids), body)

        answered_as(method, pattern, answered.status).model_validate_json(answered.text)
