"""The reference of the API, and that answers are what it says."""

import re
from typing import Any

import pytest
from pydantic import BaseModel

from app.contracts import CONTRACTS
from app.routes import ROUTER
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


def test_each_contract_is_of_a_route_that_there_is() -> None:
    assert set(CONTRACTS) <= {(route.method, route.pattern) for route in ROUTER.routes}


def test_operations_have_names_of_their_own_and_say_what_they_do(document: dict[str, Any]) -> None:
    operations = [one for path in document["paths"].values() for one in path.values()]
    names = [operation["operationId"] for operation in operations]

    assert len(names) == len(set(names))
    assert all(operation["summary"] for operation in operations)


def test_a_new_job_has_the_options_of_its_engine(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    burn = schemas["NewJob_burner-ffmpeg"]

    assert burn["properties"]["engine"]["const"] == "burner-ffmpeg"
    assert burn["properties"]["options"] == {"$ref": "#/components/schemas/BurnOptions"}
    assert set(burn["required"]) == {"engine", "mediaId"}


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
        ("POST", "/api/jobs", DOWNLOAD),
        ("GET", "/api/jobs", None),
        ("GET", "/api/jobs/{job_id}", None),
        ("GET", "/api/jobs/{job_id}/events", None),
        ("GET", "/api/jobs/{job_id}/why", None),
    ]
    for method, pattern, body in sent:
        answered = stage.send(method, pattern.format(media_id=media_id, job_id=job_id), body)
        model = CONTRACTS[method, pattern].answers[answered.status]

        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        model.model_validate_json(answered.text)
