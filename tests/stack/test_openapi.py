"""The running API is what its OpenAPI document says, whatever it is sent.

The media, jobs and tokens used here are this module's own: what other tests have made stays.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings, strategies
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.api.router import ROUTER
from dev.stack.stack import Stack
from media_jobs.status import ENDED, Status
from tests.stack.api_client import ApiClient, eventually
from tests.stack.fake_container import FakeContainers

EXAMPLES = [6, pytest.param(100, marks=pytest.mark.long)]
"""How many requests each route gets: the same ones in every run."""
BULK = ("/api/jobs/cancel", "/api/jobs/retry")
NOWHERE = "http://127.0.0.1:9/"
"""An endpoint that takes nothing: what is sent to it is tried again after this module."""
ROUTES = [(route.method, route.pattern) for route in ROUTER.routes if route.access != "signed"]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
]
CONFIG = Path(__file__).parents[2] / "schemathesis.toml"
"""What no schema can say, for these tests and for who runs the program itself."""
LOOPBACK = {"type": "string", "pattern": "^http://127\\.0\\.0\\.1:9/[!$-;=?-Z_a-z~]{0,9}$"}
"""Addresses of webhooks here: others would be called."""


class Fuzzer:
    """Sends what the document of the running API allows, and what it does not."""

    def __init__(self, client: ApiClient) -> None:
        self.client = client
        scopes = {"name": "openapi", "scopes": ["read", "submit", "admin"]}
        made = client.api("POST", "/api/tokens", scopes).json()
        self.token_id: str = made["tokenId"]
        self.headers = {"authorization": f"Bearer {made['token']}"}
        document = client.api("GET", "/api/openapi.json").json()
        schemas = document["components"]["schemas"]
        schemas["NewWebhook"]["properties"]["url"] = LOOPBACK
        schemas["ChangedWebhook"]["properties"]["url"] = LOOPBACK
        config = SchemathesisConfig.from_path(CONFIG)
        self.schema = schemathesis.openapi.from_dict(document, config=config)
        self.webhooks: list[str] = []
        self.ids = self.new_ids()

    def new_ids(self) -> dict[str, str]:
        """Return the ids of things that exist, by the names of path parameters."""
        client = self.client
        media_id = client.media_with_inputs()
        upload = client.api("POST", f"/api/media/{media_id}/uploads", {"sizeBytes": 5}).json()
        preset = {"name": f"openapi {time.monotonic_ns()}", "engine": "burner-ffmpeg"}
        saved = client.api("POST", "/api/presets", {**preset, "options": {}}).json()
        token = client.api("POST", "/api/tokens", {"name": "spare", "scopes": ["read"]}).json()
        shown = client.api("GET", f"/api/media/{media_id}").json()
        hook = {"url": NOWHERE, "events": ["alert.*"]}
        webhook_id = client.api("POST", "/api/webhooks", hook).json()["webhookId"]
        self.webhooks.append(webhook_id)
        sent = client.api("POST", f"/api/webhooks/{webhook_id}/test").json()
        return {
            "mediaId": media_id,
            "jobId": client.new_job(media_id=media_id),
            "uploadId": upload["uploadId"],
            "inputId": shown["inputs"]["video"]["inputId"],
            "presetId": saved["presetId"],
            "tokenId": token["tokenId"],
            "webhookId": webhook_id,
            "deliveryId": sent["deliveryId"],
            "subscriptionId": client.api(
                "POST", "/api/subscriptions", {"url": NOWHERE, "recipe": "download"}
            ).json()["subscriptionId"],
        }

    def operation(self, method: str, pattern: str) -> APIOperation[Any, Any, Any, Any]:
        """Return what the document has for a route."""
        path = next(
            path
            for path in self.schema
            if re.sub(r"\{\w+\}", "{}", path) == re.sub(r"\{\w+\}", "{}", pattern)
        )
        return self.schema[path][method]

    def send(self, case: Case[Any]) -> None:
        """Send one request, and hold its answer to the document."""
        body: Any = case.body  # Any: JSON.
        if case.path in BULK and isinstance(body, dict) and isinstance(body.get("filter"), dict):
            # Only this module's jobs are to be canceled or started again.
            case.body = {**body, "filter": {**body["filter"], "mediaId": self.ids["mediaId"]}}
        answer = case.call(base_url=self.client.stack.app_url, headers=self.headers)
        assert answer.status_code != 429, "this is faster than a token may be"
        case.validate_response(answer, checks=CHECKS)


@pytest.fixture(scope="module")
def fuzzer(client: ApiClient, fake_containers: FakeContainers) -> Iterator[Fuzzer]:
    began_ms = int(time.time() * 1000)
    fuzzer = Fuzzer(client)
    yield fuzzer
    client.api("DELETE", f"/api/tokens/{fuzzer.token_id}")
    for webhook_id in fuzzer.webhooks:
        client.api("DELETE", f"/api/webhooks/{webhook_id}")
    while made := client.api("GET", "/api/subscriptions").json()["items"]:
        for one in made:
            client.api("DELETE", f"/api/subscriptions/{one['subscriptionId']}")
    unfinished = ",".join(status for status in Status if status not in ENDED)

    def none_left() -> bool:
        """Cancel what is unfinished of the jobs that were made meanwhile."""
        query = f"status={unfinished}&limit=100&createdAfter={began_ms}"
        left: list[dict[str, Any]] = client.api("GET", f"/api/jobs?{query}").json()["items"]
        for job in left:
            client.api("POST", f"/api/jobs/{job['jobId']}/cancel")
        return not left

    eventually(none_left, "no job is left")


@pytest.mark.parametrize("examples", EXAMPLES)
@pytest.mark.parametrize(("method", "pattern"), ROUTES)
def test_the_api_answers_as_its_document_says(
    fuzzer: Fuzzer, method: str, pattern: str, examples: int
) -> None:
    operation = fuzzer.operation(method, pattern)
    # What is deleted is deleted of things that no other operation is tried on.
    ids = fuzzer.new_ids() if method == "DELETE" else fuzzer.ids
    own = {name: ids[name] for name in ids if f"{{{name}}}" in operation.path}
    cases = [
        operation.as_strategy(mode, path_parameters=given_ids)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        for given_ids in ((own, None) if own else (None,))
    ]

    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategies.one_of(cases))
    def answers_well(case: Case[Any]) -> None:
        fuzzer.send(case)

    answers_well()


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_schemathesis_itself_has_no_finding_with_all_of_its_checks(
    tmp_path: Path, fake_containers: FakeContainers
) -> None:
    """Webhooks are left out: what it would have them call are addresses of others."""
    program = Path(sys.executable).with_name("schemathesis")
    urls = fake_containers.urls
    with Stack(state_dir=tmp_path / "stack", containers=(), container_urls=urls) as stack:
        webhooks = ("/api/webhooks", "/api/webhooks/{webhookId}")
        command = [
            *(str(program), "--config-file", str(CONFIG)),
            *("run", f"{stack.app_url}/api/openapi.json"),
            *("--header", f"Authorization: Bearer {stack.admin_token}"),
            *("--checks", "all", "--phases", "examples,coverage,fuzzing,stateful"),
            *("--max-examples", "50", "--seed", "1", "--rate-limit", "40/s", "--no-color"),
            *("--suppress-health-check", "all", "--request-timeout", "60"),
            *(part for path in webhooks for part in ("--exclude-path", path)),
        ]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2000:]
