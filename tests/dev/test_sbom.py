"""The lists of what is in each image and Worker."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from jsonschema_rs import Draft7Validator, Registry

from dev.sbom import IMAGES, WORKERS, sboms
from media_jobs import __version__
from tests.sources import ROOT

pytestmark = pytest.mark.heavy

NAMES = [f"{name}.cdx.json" for name in (*IMAGES, *WORKERS)]


@cache
def made() -> dict[str, dict[str, Any]]:
    return {name: json.loads(text) for name, text in sboms(ROOT).items()}


@cache
def validator() -> Draft7Validator:
    """The schema that CycloneDX publishes, as its library carries it."""
    folder = files("cyclonedx.schema") / "_res"
    parts = {
        name: json.loads((folder / name).read_text(encoding="utf-8"))
        for name in (f"{part}.SNAPSHOT.schema.json" for part in ("bom-1.6", "spdx", "jsf-0.82"))
    }
    registry = Registry([(f"http://cyclonedx.org/schema/{name}", parts[name]) for name in parts])
    whole = parts["bom-1.6.SNAPSHOT.schema.json"]
    return Draft7Validator(whole, registry=registry, validate_formats=True)


def named(name: str) -> set[str]:
    return {part["purl"] for part in made()[name]["components"]}


def test_there_is_a_list_of_each_image_and_each_worker() -> None:
    assert sorted(made()) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_list_is_what_the_schema_of_cyclonedx_says(name: str) -> None:
    assert [error.message for error in validator().iter_errors(made()[name])] == []


def test_the_schema_refuses_what_is_no_list() -> None:
    broken = {**made()[NAMES[0]], "components": [{"name": "no type"}]}

    assert not validator().is_valid(broken)


def test_an_image_has_its_locked_packages_debians_and_the_one_that_it_is_built_on() -> None:
    downloader, burner = named("downloader.cdx.json"), named("burner.cdx.json")

    assert {purl.partition("@")[0] for purl in downloader} >= {
        "pkg:pypi/yt-dlp",
        "pkg:pypi/httpx",
        "pkg:deb/debian/ffmpeg",
        "pkg:deb/debian/tini",
        "pkg:docker/python",
    }
    assert not any("mutagen" in purl or "uharfbuzz" in purl for purl in downloader)
    assert any("uharfbuzz" in purl for purl in burner)


def test_of_two_versions_of_a_package_an_image_has_the_one_for_its_python() -> None:
    transcriber = named("transcriber.cdx.json")

    assert [purl for purl in transcriber if purl.startswith("pkg:pypi/numpy@")] == [
        "pkg:pypi/numpy@2.5.5"
    ]


def test_a_worker_has_what_goes_up_with_it_and_the_app_the_pages_library() -> None:
    app, orchestrator = named("app.cdx.json"), named("orchestrator.cdx.json")

    assert {purl.partition("@")[0] for purl in app - orchestrator} == {"pkg:npm/htm"}
    assert "pkg:pypi/pydantic-core" in {purl.partition("@")[0] for purl in orchestrator}


def test_each_package_of_a_lock_has_a_licence_and_its_version() -> None:
    for document in made().values():
        assert document["metadata"]["component"]["version"] == __version__
        for part in document["components"]:
            if part["purl"].startswith(("pkg:pypi/", "pkg:npm/")):
                assert part["licenses"], part
                assert part["version"], part


def test_the_same_sources_have_the_same_bytes() -> None:
    assert sboms(ROOT) == sboms(ROOT)
