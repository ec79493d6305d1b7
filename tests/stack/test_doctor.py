"""Each failure of the deployment manual, provoked in a running stack, is named by the doctor."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from vidgen import Client

from dev.installation import CONFIGS
from dev.loopback import Handler, served
from dev.stack.stack import HOST_KEY, Stack
from media_jobs.engines import ENGINES
from media_jobs.keyring import Keyring
from ops.doctor.diagnose_client import ask
from ops.doctor.findings import Finding
from ops.doctor.remote import Addresses, examine
from ops.doctor.route_probe import PATHS_ASKED
from ops.rotate import not_ready
from ops.secret import OperatorKeys
from ops.smoke import smoke
from tests.stack.api_client import ApiClient
from tests.stack.earlier_containers import EarlierContainers
from tests.stack.receiver import running_receiver

# The tests of a route conflict, by what the domain's other Worker has of it.
TAKEN, SHARED = "taken.films.test", "shared.films.test"
OLD_SITE = {"old-site": (f"{TAKEN}/*", f"{SHARED}/api/*")}
ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = sorted(path.name for path in (ROOT / "drizzle").glob("*.sql"))
OTHER = "b" * 64
KEYLESS = {"setting.orchestrator.S3_ACCESS_KEY_ID"}
KV = '[[kv_namespaces]]\nbinding = "JOBS"\nid = "jobs-local"\n'
BUCKET = '  "r2_buckets": [{ "binding": "RENDER_BUCKET", "bucket_name": "vidgen-render" }],\n'


class _Local(httpx.HTTPTransport):
    """The internet, in which every host is this machine."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(host="127.0.0.1")  # The header keeps the name.
        return super().handle_request(request)


def names(
    stack: Stack, secret: str, containers: dict[str, str] | None = None, domain: str = "127.0.0.1"
) -> dict[str, Finding]:
    urls = stack.container_urls if containers is None else containers
    app = str(httpx.URL(stack.app_url).copy_with(host=domain))
    where = Addresses(app=app, orchestrator=stack.orchestrator_url, containers=urls)
    with httpx.Client(trust_env=False, transport=_Local()) as client:
        return {item.name: item for item in examine(client, where, own_keys(secret), MIGRATIONS)}


def own_keys(secret: str) -> OperatorKeys:
    """Return what the operator of `stack` has, which starts its burner with a key of its own."""
    return OperatorKeys(keys=Keyring((secret,)), host_keys={"burner": HOST_KEY})


@contextmanager
def container(name: str, secret: str, work: Path, port: int = 0) -> Iterator[str]:
    """Run a container of its own, with a secret of its own, on a free port unless one is given."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", port))
        port = found.getsockname()[1]
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT / "containers")))
    env = {**os.environ, "JOB_CALLBACK_HMAC_SECRET": secret, "HOST": "127.0.0.1"}
    env |= {"PORT": str(port), "WORK_DIR": str(work), "PYTHONPATH": path}
    env |= {"DOWNLOADER_ALLOW_LOOPBACK": "1", "OWN_NETWORKS": "127.0.0.0/8"}
    program = subprocess.Popen([sys.executable, "-m", name], env=env, cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and program.poll() is None:
            try:
                if httpx.get(f"{url}/health", trust_env=False).status_code == 200:
                    break
            except httpx.HTTPError:
                time.sleep(0.05)
        yield url
    finally:
        program.terminate()
        program.wait(timeout=15)


class _Earlier(Handler):
    """A container of the earlier system."""

    def do_GET(self) -> None:
        self.answer(*EarlierContainers("H").get(self.path), {"content-type": "application/json"})

    def do_POST(self) -> None:
        self.body()
        self.do_GET()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack whose burner is well, remotion has another secret, and downloader is down.

    Its transcriber speaks the earlier system's contract.
    """
    state = tmp_path_factory.mktemp("stack")
    with (
        served(_Earlier) as earlier,
        container("remotion", OTHER, tmp_path_factory.mktemp("remotion")) as remotion,
    ):
        urls = {"remotion": remotion, "transcriber": earlier}
        with Stack(state_dir=state, containers=("burner",), container_urls=urls) as running:
            yield running


def clone_without(lines: str, config: str, root: Path) -> Path:
    """Make *root* a clone whose *config* lacks *lines*, and return it."""
    for name in ("src", "public", "drizzle", "python_modules", *CONFIGS.values()):
        if name != config:
            (root / name).symlink_to(ROOT / name)
    whole = (ROOT / config).read_text()
    assert lines in whole
    (root / config).write_text(whole.replace(lines, "", 1))
    return root


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack whose app has another secret and whose orchestrator has no KV namespace, with
    callbacks blocked and a wrong endpoint."""
    state = tmp_path_factory.mktemp("broken")
    root = clone_without(KV, "wrangler.toml", tmp_path_factory.mktemp("kvless"))
    with running_receiver(403) as firewall:
        blocked = firewall.url.removesuffix("/hook")
        other = {"ORCHESTRATOR_BASE_URL_CONTAINER": blocked, "S3_ENDPOINT": "http://127.0.0.1:9"}
        variables = {"app": {"JOB_CALLBACK_HMAC_SECRET": OTHER}, "orchestrator": other}
        with Stack(
            state_dir=state, containers=("burner",), worker_vars=variables, root=root
        ) as running:
            yield running


STARTED = {"burner", "remotion", "transcriber"}
BROKEN = {
    "secret_container.remotion",
    "earlier_contract.transcriber",
    *(f"container_down.{one.name}" for one in ENGINES.values() if one.name not in STARTED),
}
"""What there is to find in `stack`, and nothing else."""


def test_a_container_with_another_secret_is_named(stack: Stack) -> None:
    found = names(stack, stack.secret)

    assert set(found) == BROKEN
    assert "up -d remotion" in found["secret_container.remotion"].fix


def test_a_container_that_is_down_is_named(stack: Stack) -> None:
    found = names(stack, stack.secret)

    assert set(found) == BROKEN
    assert "up -d downloader" in found["container_down.downloader"].fix


def test_a_container_of_the_earlier_system_is_named_with_what_it_cannot_do(stack: Stack) -> None:
    found = names(stack, stack.secret)["earlier_contract.transcriber"]

    assert found.severity == "warning"
    assert "options_unsupported" in found.why
    assert "containers.transcriber" in found.fix


def test_a_migration_that_is_not_applied_is_named(stack: Stack) -> None:
    last = MIGRATIONS[-1]
    stack.sql("DELETE FROM d1_migrations WHERE name = ?", last)
    try:
        found = names(stack, stack.secret)
    finally:
        stack.sql("INSERT INTO d1_migrations (name) VALUES (?)", last)

    assert last in found["migration"].what
    assert found["migration"].fix == "npm run db:d1:migrate:remote"


def test_a_secret_that_no_part_has_is_the_one_that_is_wrong(stack: Stack) -> None:
    assert set(names(stack, "c" * 64)) == {"secret_here"}


def test_an_answer_proves_the_secret_and_shows_none(stack: Stack) -> None:
    with httpx.Client(trust_env=False) as client:
        both = [(stack.secret, OTHER)]
        own = own_keys(stack.secret).tries("container", "burner")
        answers = [
            ask(client, "app", stack.app_url, both, deep=True),
            ask(client, "orchestrator", stack.orchestrator_url, both, deep=True),
            ask(client, "container", stack.container_urls["burner"], own),
        ]

    assert [answer.own for answer in answers] == [True, True, True]
    shown = json.dumps([str(answer.diagnosis) for answer in answers])
    secrets = (stack.secret, stack.secrets.s3_secret_access_key, "X-Amz-Signature")
    assert [secret for secret in secrets if secret in shown] == []


def test_a_rotation_waits_for_each_part_that_has_not_taken_the_step(stack: Stack) -> None:
    where = Addresses(
        app=stack.app_url, orchestrator=stack.orchestrator_url, containers=stack.container_urls
    )
    with httpx.Client(trust_env=False) as client:
        known = not_ready(client, where, own_keys(stack.secret), signing=True)
        unknown = not_ready(client, where, own_keys("c" * 64), signing=False)

    assert known == ["remotion"]
    assert set(unknown) == {"app", "orchestrator", "burner", "remotion"}


def test_a_smoke_of_a_sound_system_ends_well_and_leaves_no_media(
    stack: Stack, tmp_path: Path
) -> None:
    port = httpx.URL(stack.container_urls["downloader"]).port
    assert port is not None
    with (
        container("downloader", stack.secret, tmp_path, port),
        Client(stack.app_url, stack.admin_token) as client,
    ):
        tried = list(smoke(client, stack.orchestrator_url))
        left = list(client.list_media())

    assert [(item.name, item.ok) for item in tried] == [
        ("home", True),
        ("presign GET", True),
        ("presign HEAD", True),
        ("job", True),
    ], tried
    assert "completed" in tried[-1].seen
    assert 0 < tried[-1].seconds < 60
    assert left == []


def test_a_smoke_of_a_broken_system_says_which_checks_fail_and_goes_on(broken: Stack) -> None:
    with Client(broken.app_url, "a" * 48) as client:
        tried = list(smoke(client, broken.orchestrator_url))

    assert [item.name for item in tried if item.ok] == ["home"]
    seen = {item.name: item.seen for item in tried}
    assert "presign_failed" in seen["presign GET"]
    assert "HTTP 500" in seen["presign HEAD"]


def test_the_app_with_another_secret_is_named(broken: Stack) -> None:
    assert "secret_app" in names(broken, broken.secret)


def test_callbacks_that_a_firewall_stops_are_named(broken: Stack) -> None:
    found = names(broken, broken.secret)["callback_blocked.burner"]

    assert "HTTP 403" in found.what
    assert "/callbacks/container" in found.fix


def test_a_wrong_endpoint_is_named_with_the_step_that_failed(broken: Stack) -> None:
    found = names(broken, broken.secret)["s3_endpoint"]

    assert "http://127.0.0.1:9" in found.what
    assert "PUT" in found.what


def test_a_missing_kv_namespace_is_named_and_the_orchestrator_takes_jobs_without_it(
    broken: Stack,
) -> None:
    client = ApiClient(broken)
    job = {"jobId": "job_kvless", "mediaId": "med_1", "engine": "media-downloader"}

    with closing(client.http):
        client.put_manifest("job_kvless", "med_1")
        taken = client.post_signed(f"{broken.orchestrator_url}/jobs", {"type": "job.start", **job})
        there = client.status_there("job_kvless")
        forgotten = client.get_signed("/jobs/job_forgotten")
    found = names(broken, broken.secret)["kv"]

    assert (taken.json(), there["status"]) == ({"jobId": "job_kvless"}, "queued")
    assert (forgotten.status_code, forgotten.json()["details"]) == (500, {"setting": "JOBS"})
    assert "JOBS is not bound" in found.what
    steps = (
        'binding = "JOBS"',
        "kv namespace create JOBS",
        "account.toml",
        "make ops ARGS=configure",
    )
    places = [found.fix.index(step) for step in (*steps, "npm run cf:deploy")]
    assert places == sorted(places)


def test_the_orchestrator_with_another_secret_is_named(broken: Stack, tmp_path: Path) -> None:
    with container("remotion", OTHER, tmp_path) as remotion:
        found = set(names(broken, OTHER, {"remotion": remotion}))
        assert found == {"secret_orchestrator", "root_secret.remotion"}


@pytest.fixture(scope="module")
def keyless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack without S3 keys whose app has no bucket, beside another Worker with two domains."""
    variables = {"orchestrator": {"S3_ACCESS_KEY_ID": ""}}
    state = tmp_path_factory.mktemp("keyless")
    root = clone_without(BUCKET, "wrangler.root.jsonc", tmp_path_factory.mktemp("bucketless"))
    with Stack(
        state_dir=state,
        containers=(),
        worker_vars=variables,
        other_workers=OLD_SITE,
        root=root,
    ) as running:
        yield running


def test_a_domain_that_another_worker_has_is_a_route_conflict(keyless: Stack) -> None:
    found = names(keyless, keyless.secret, {}, domain=TAKEN)

    assert found.keys() - KEYLESS == {"route_conflict"}
    assert f"{TAKEN}/*" in found["route_conflict"].what
    assert found["route_conflict"].fix.startswith("make ops ARGS=cutover; ")


def test_a_narrower_route_of_another_worker_is_named_with_the_paths_that_it_takes(
    keyless: Stack,
) -> None:
    found = names(keyless, keyless.secret, {}, domain=SHARED)

    assert found.keys() - KEYLESS == {"route_conflict.narrower"}
    said = found["route_conflict.narrower"]
    api = ", ".join(path for path in PATHS_ASKED if path.startswith("/api/"))
    assert said.what.endswith(f" answers {api}.")
    assert "Workers Routes" in said.fix


def test_a_binding_that_the_app_lacks_is_named_and_what_needs_it_alone_fails(
    keyless: Stack,
) -> None:
    found = names(keyless, keyless.secret, {})["setting.app.RENDER_BUCKET"]

    assert found.fix == "correct RENDER_BUCKET in wrangler.root.jsonc; npm run deploy:root"
    client = ApiClient(keyless)
    with closing(client.http):
        assert client.api("GET", "/api/jobs").status_code == 200


def test_missing_s3_keys_are_named(keyless: Stack) -> None:
    found = names(keyless, keyless.secret, {})

    assert found.keys() - {"setting.app.RENDER_BUCKET"} == KEYLESS
    fix = "npx wrangler secret put S3_ACCESS_KEY_ID --config wrangler.toml --env production"
    assert found["setting.orchestrator.S3_ACCESS_KEY_ID"].fix == fix
