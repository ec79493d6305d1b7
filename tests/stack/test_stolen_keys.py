"""What one container holds is stolen: nothing but its own reports can be signed with it.

The stack is as `ops init` sets a new system up: each container has a key of its own, and the root
secret signs nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dev.stack.stack import Stack
from media_jobs.derivation import derive
from tests.stack.api_client import ApiClient
from tests.stack.fake_container import FakeContainers

STRICT = {"ROOT_SIGNATURES": "refused"}
KEYS = {"HOST_KEYS": "burner=1, remotion=1, downloader=1"}


@pytest.fixture(scope="module")
def containers() -> Iterator[FakeContainers]:
    with FakeContainers() as containers:
        yield containers


@pytest.fixture(scope="module")
def strict(
    tmp_path_factory: pytest.TempPathFactory, containers: FakeContainers
) -> Iterator[ApiClient]:
    own = {"app": STRICT, "orchestrator": {**STRICT, **KEYS}}
    state = tmp_path_factory.mktemp("strict")
    urls = containers.urls
    with Stack(state_dir=state, containers=(), container_urls=urls, worker_vars=own) as stack:
        containers.secret = derive(stack.secret, "host/downloader/1").hex()
        client = ApiClient(stack)
        yield client
        client.http.close()


def test_a_whole_job_runs_without_a_signature_of_the_root_secret(
    strict: ApiClient, containers: FakeContainers
) -> None:
    render = containers.render(strict.new_job())
    assert render.signed
    assert render.post(render.message("running")).json() == {"ok": True}
    body = render.message("completed", outputs=render.outputs())
    assert render.post(body).json() == {"ok": True}
    link = strict.job_in(render.job_id, "completed")["artifacts"]["video"]["url"]

    assert strict.http.get(link).content == b"the video"
    assert strict.upload(strict.new_media(), b"a film").status_code == 200
    assert containers.refused == []


def test_a_stolen_containers_key_opens_no_other_door(
    strict: ApiClient, containers: FakeContainers
) -> None:
    """The attack: presign an upload, forge an event that makes it a page, delete, start, look."""
    stolen, stack = containers.secret, strict.stack
    render = containers.render(strict.new_job())
    job = {"jobId": render.job_id, "mediaId": render.payload["mediaId"]}
    page = {"key": "media/x/y.html", "sizeBytes": 1, "contentType": "text/html", "etag": "e"}
    event = {"type": "job.event", **job, "eventSeq": 9, "generation": 1, "status": "completed"}
    tried = {
        ("POST", "/uploads"): {"type": "upload.presign", "mediaId": "m", "key": page["key"]},
        ("POST", "/jobs"): {"type": "job.start", **job, "engine": "media-downloader"},
        ("DELETE", f"/artifacts/{render.job_id}"): {"type": "artifacts.delete", **job},
        ("POST", f"/jobs/{render.job_id}/cancel"): {"type": "job.cancel", **job},
        ("POST", "/diagnostics"): {"type": "diagnose", "part": "orchestrator"},
    }
    answers = [
        strict.post_signed(stack.orchestrator_url + path, message, stolen, method)
        for (method, path), message in tried.items()
    ]
    forged = {**event, "outputs": {"video": page}}
    answers.append(strict.post_signed(f"{stack.app_url}/api/render/cf-callback", forged, stolen))
    root = strict.post_signed(f"{stack.orchestrator_url}/jobs", tried["POST", "/jobs"])

    assert {answer.status_code for answer in [*answers, root]} == {401}
    assert strict.job(render.job_id)["status"] != "completed"
    assert render.post(render.message("running")).json() == {"ok": True}
    burner = derive(stack.secret, "host/burner/1").hex()
    assert render.post(render.message("running"), secret=burner).status_code == 401
