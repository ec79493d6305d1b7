"""A container's key signs its own reports; the orchestrator's other doors stay shut to it."""

import json
from collections.abc import Callable, Iterator

import pytest

from media_jobs.derivation import derive
from media_jobs.signing import sign, sign_link, sign_request_line
from orchestrator.call import Access
from orchestrator.routes import ROUTER
from tests.orchestrator.test_access import TOKEN
from tests.orchestrator.world import SECRET, SETTINGS, T0, World, document
from tests.platform.loop import run

OWN_KEYS = {"HOST_KEYS": "burner=1, remotion=1, downloader=1"}
STRICT = {**OWN_KEYS, "ROOT_SIGNATURES": "refused"}
EXPIRES_S = T0 // 1000 + 60


def key(label: str) -> str:
    return derive(SECRET, label).hex()


def begun(**env: str) -> World:
    """Return a world whose app and containers hold what *env* says, with a job at its burner."""
    world = World(env={**SETTINGS, **env})
    world.prepare()
    secret = key("app→orchestrator") if env.get("ROOT_SIGNATURES") == "refused" else SECRET
    start = {"jobId": "job_1", "mediaId": "med_1", "engine": "burner-ffmpeg", "generation": 1}
    assert run(world.post("/jobs", world.message("job.start", **start), secret)).status == 200
    run(world.settle())
    return world


@pytest.mark.parametrize("env", [OWN_KEYS, STRICT], ids=["root accepted", "root refused"])
def test_a_container_is_told_and_reports_under_its_own_key(env: dict[str, str]) -> None:
    world = begun(**env)
    burner = key("host/burner/1")
    (start,) = world.peers.to("/render")

    assert start.headers["x-signature"] == sign(start.body or b"", (burner,))
    assert run(world.report("running", secret=burner)).status == 200
    assert world.job().status == "running"


@pytest.mark.parametrize(
    "holder", ["host/remotion/1", "host/downloader/1", "host/burner/2", "root"]
)
def test_a_burners_report_under_another_key_is_refused(holder: str) -> None:
    world = begun(**OWN_KEYS)
    before = world.job()
    reply = run(world.report("running", secret=SECRET if holder == "root" else key(holder)))

    assert (reply.status, document(reply)) == (401, {"error": "unauthorized"})
    assert world.job() == before


def test_a_host_that_holds_the_root_secret_goes_on_beside_one_that_does_not() -> None:
    world = begun(HOST_KEYS="downloader=1")

    assert run(world.report("running", secret=SECRET)).status == 200
    assert run(world.report("running", secret=key("host/downloader/1"))).status == 401


def test_a_stolen_key_is_revoked_alone_under_a_running_job() -> None:
    world = begun(**OWN_KEYS)
    assert run(world.report("running", secret=key("host/burner/1"))).status == 200
    world.env["HOST_KEYS"] = "burner=2, remotion=1, downloader=1"
    world.evict()

    assert run(world.report("uploading", secret=key("host/burner/1"))).status == 401
    assert run(world.report("uploading", secret=key("host/burner/2"))).status == 200


def test_while_a_key_is_renewed_both_are_accepted_and_the_new_one_signs() -> None:
    world = begun(HOST_KEYS="burner=2+1")
    (start,) = world.peers.to("/render")

    assert start.headers["x-signature"] == sign(start.body or b"", (key("host/burner/2"),))
    for generation in (1, 2):
        assert run(world.report("running", secret=key(f"host/burner/{generation}"))).status == 200


# --- holder of X can do Y -------------------------------------------------------------------------

HOLDERS: dict[str, tuple[str, set[tuple[str, str]]]] = {
    "the app's own key": (
        "app→orchestrator",
        {
            ("POST", "/jobs"),
            ("GET", "/jobs/{job_id}"),
            ("GET", "/containers"),
            ("POST", "/jobs/{job_id}/cancel"),
            ("POST", "/jobs/{job_id}/log"),
            ("POST", "/jobs/{job_id}/replay"),
            ("POST", "/preview"),
            ("POST", "/preview/burn"),
            ("POST", "/peaks"),
            ("POST", "/diagnostics"),
            ("DELETE", "/artifacts/{job_id}"),
        },
    ),
    "a burner's key": ("host/burner/1", {("POST", "/callbacks/container")}),
    "a downloader's key": ("host/downloader/1", set()),
    "the key of a host that connects": (
        "host/burner@garage/1",
        {("GET", "/hosts/{engine}/{name}")},
    ),
    "the key of another host": ("host/burner@cellar/1", set()),
    "what signs links": (
        "link",
        {
            ("GET", "/artifacts/{job_id}"),
            ("HEAD", "/artifacts/{job_id}"),
            ("GET", "/artifacts/{job_id}/{slot}"),
            ("HEAD", "/artifacts/{job_id}/{slot}"),
            ("GET", "/jobs/{job_id}"),
            ("GET", "/containers"),
        },
    ),
    "what signs uploads": ("upload", {("POST", "/uploads"), ("POST", "/uploads/parts")}),
    "what signs sessions": ("session", set()),
    "what the app verifies": ("orchestrator→app", set()),
    "a key of receipts": ("receipt", set()),
    "the root secret": ("", set()),
}
CLOSED = [row for row in ROUTER.routes if row.access not in (Access.OPEN, Access.PROBE)]


def ways(world: World, method: str, pattern: str, secret: str) -> Iterator[Callable[[], int]]:
    """Yield each way to ask for a route with something that *secret* signs."""
    path = pattern.format(**VALUES)
    query = "&".join(f"{name}={value}" for name, value in TOKEN.items())

    def asked(target: str, body: bytes = b"", signature: str | None = None) -> Callable[[], int]:
        headers = {} if signature is None else {"x-signature": signature}
        return lambda: run(world.ask(method, target, body, headers)).status

    fields = {"jobId": "job_1", "mediaId": "med_1", "part": "orchestrator"}
    for name in TYPES:
        body = json.dumps(world.message(name, **fields)).encode()
        yield asked(path, body, sign(body, (secret,)))
        yield asked(f"{path}?{query}", body, sign(body, (secret,)))
    report = world.message("x", jobId="job_1", status="running")
    del report["type"]
    body = json.dumps(report).encode()
    yield asked(f"{path}?{query}", body, sign(body, (secret,)))
    line = f"{path}?ts={T0}"
    yield asked(line, signature=sign_request_line(method, line, (secret,)))
    line = f"{path}?ts={T0}&nonce={'n' * 16}"
    yield asked(line, signature=sign_request_line(method, line, (secret,)))
    yield asked(sign_link(path, {}, EXPIRES_S, (secret,)))


VALUES = {"job_id": "job_1", "slot": "video", "engine": "burner", "name": "garage"}
TYPES = (
    "job.start",
    "job.cancel",
    "job.replay",
    "job.log",
    "job.event",
    "artifacts.delete",
    "upload.presign",
    "upload.parts",
    "comments.preview",
    "burn.preview",
    "peaks.make",
    "container.render",
    "diagnose",
)


@pytest.mark.parametrize("holder", HOLDERS)
def test_who_holds_a_key_opens_its_own_row_and_nothing_else(holder: str) -> None:
    """Opened is what is answered by anything but 401: also a body with a field too few."""
    world = begun(**STRICT)
    label, expected = HOLDERS[holder]
    secret = key(label) if label else SECRET
    opened = {
        (row.method, row.pattern)
        for row in CLOSED
        if any(way() != 401 for way in ways(world, row.method, row.pattern, secret))
    }

    assert opened == expected


def test_who_holds_a_url_opens_what_it_is_for_and_nothing_else() -> None:
    """The query of an attempt's URL, and of a link to an output, on every route of both jobs."""
    world = begun(**STRICT)
    (start,) = world.started()
    attempt = str(start["urlsUrl"]).partition("?")[2]
    link = sign_link("/artifacts/job_1/video", {}, EXPIRES_S, (key("link"),)).partition("?")[2]

    def opened(query: str, job_id: str) -> set[tuple[str, str]]:
        return {
            (row.method, row.pattern)
            for row in CLOSED
            for path in [row.pattern.format(**VALUES | {"job_id": job_id})]
            if run(world.ask(row.method, f"{path}?{query}", b"{}")).status != 401
        }

    own = {("POST", "/jobs/{job_id}/urls"), ("POST", "/jobs/{job_id}/pieces")}
    assert opened(attempt, "job_1") == own
    slot = "/artifacts/{job_id}/{slot}"
    assert opened(link, "job_1") == {("GET", slot), ("HEAD", slot)}
    assert opened(attempt, "job_2") == opened(link, "job_2") == set()
