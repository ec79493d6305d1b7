"""Another engine is a declaration and a package: these tests add both, and touch nothing else."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.stack.stack import Stack
from media_jobs.engines import ENGINES
from tests.stack.api_client import ApiClient

ENGINE = Path(__file__).with_name("engine")


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiClient]:
    """A stack of its own, in which the tests' engine is declared and served."""
    state = tmp_path_factory.mktemp("added")
    with Stack(state_dir=state, overlay=ENGINE, containers=("tone",)) as stack:
        client = ApiClient(stack)
        yield client
        client.http.close()


def test_a_job_of_an_engine_that_was_added_is_done(added: ApiClient) -> None:
    wanted = {
        "engine": "tone-maker",
        "mediaId": added.new_media(),
        "options": {"seconds": 0.5, "hertz": 220},
    }

    answer = added.api("POST", "/api/jobs", wanted)

    assert answer.status_code == 201, answer.text
    job = added.job_in(answer.json()["jobId"], "completed")
    artifact = added.http.get(job["artifacts"]["tone"]["url"])
    assert artifact.headers["content-type"] == "audio/wav"
    with wave.open(io.BytesIO(artifact.content)) as tone:
        assert tone.getnframes() / tone.getframerate() == 0.5


def test_what_the_engine_declares_is_what_the_api_says_of_it(added: ApiClient) -> None:
    wrong = {"engine": "tone-maker", "mediaId": added.new_media(), "options": {"hertz": 5}}
    refused = added.api("POST", "/api/jobs", wrong)

    reference = added.api("GET", "/api/openapi.json").json()
    health = added.api("GET", "/api/health").json()

    assert refused.json()["errors"][0]["field"] == "options.hertz"
    mapping = reference["components"]["schemas"]["NewJob"]["discriminator"]["mapping"]
    assert "tone-maker" in mapping
    assert "ToneOptions" in reference["components"]["schemas"]
    up = {one["engine"]: one["ok"] for one in health["containers"]}
    assert up == {**dict.fromkeys(ENGINES, False), "tone-maker": True}
