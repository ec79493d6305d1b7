"""What is nobody's business appears in no log line, whatever happens."""

from __future__ import annotations

import json

import httpx

from dev.stack.stack import Stack
from tests.stack.api_client import ApiClient, eventually
from tests.stack.fake_container import FakeContainers


def test_no_log_line_has_a_secret_a_token_or_a_presigned_query(
    client: ApiClient, containers: FakeContainers, own_stack: Stack
) -> None:
    media_id = client.new_media()
    containers.rules[media_id] = lambda render: 400
    options = {
        "url": "https://video.test/1",
        "proxy": "http://u:proxy-word@p.test",
        "cookies": "c=cookie-word",
    }
    document = {"engine": "media-downloader", "mediaId": media_id, "options": options}
    refused = client.api("POST", "/api/jobs", document)
    client.job_in(refused.json()["jobId"], "failed")
    render = containers.render(client.new_job())
    attempt_token = httpx.URL(render.payload["callbackUrl"]).params["token"]
    render.report("failed", error=f"PUT {render.payload['outputVideoPutUrl']} was refused")
    render.post(b"{", secret="a wrong one")
    render.report("running", progress=7)
    render.finish()
    client.job_in(render.job_id, "queued")
    client.api("POST", f"/api/jobs/{render.job_id}/cancel")
    done = containers.render(client.new_job())
    done.finish()
    link = client.job_in(done.job_id, "completed")["artifacts"]["video"]["url"]
    client.http.get(link.replace("exp=", "exp=1"))
    client.http.get(f"{own_stack.orchestrator_url}/debug/presign?key=debug/x")
    client.api("GET", "/api/jobs", headers={"authorization": "Bearer unknown-token-word"})

    log = "\n".join(own_stack.log_lines())

    secrets = own_stack.secrets
    for word in (
        secrets.callback_secret,
        secrets.s3_access_key_id,
        secrets.s3_secret_access_key,
        secrets.admin_token,
        attempt_token,
        httpx.URL(link).params["sig"],
        "X-Amz-Signature",
        "unknown-token-word",
        "proxy-word",
        "cookie-word",
    ):
        assert word not in log
    assert render.job_id in log


def test_every_line_of_a_worker_is_one_json_object_with_an_event(
    client: ApiClient, containers: FakeContainers, own_stack: Stack
) -> None:
    # Other tests of this stack provoke what the host itself tells, in lines of its own.
    begun = {part: len(own_stack.log_lines(part)) for part in ("app", "orchestrator")}
    render = containers.render(client.new_job())
    render.finish()
    client.job_in(render.job_id, "completed")

    for part, start in begun.items():

        def told(part: str = part, start: int = start) -> list[str]:
            return own_stack.log_lines(part)[start:]

        for line in eventually(told, f"{part} says something"):
            assert "event" in json.loads(line), line
