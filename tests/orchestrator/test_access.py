"""Every route of the orchestrator lets in whom its row names, and nobody else."""

import hmac
import json
from urllib.parse import urlencode

import pytest

from media_jobs.routing import Route
from media_jobs.signing import sign, sign_link, sign_request_line
from orchestrator.call import Access
from orchestrator.routes import ROUTER
from tests.orchestrator.world import SECRET, T0, World, begun, document
from tests.platform.loop import run

UNAUTHORIZED = (401, {"error": "unauthorized"})
EXPIRES_S = T0 // 1000 + 60


def signature_of(token: str, job_id: str = "job_1", attempt: int = 1, secret: str = SECRET) -> str:
    """Return what an attempt's URLs carry beside its token."""
    text = f"attempt {job_id} {attempt} {token}".encode()
    return hmac.new(secret.encode(), text, "sha256").hexdigest()


CURRENT, FORMER = "random-token-00000002", "random-token-00000001"
TOKEN = {"job": "job_1", "attempt": "1", "token": CURRENT, "sig": signature_of(CURRENT)}
FORGED = (
    "",
    "x",
    "0" * 64,
    signature_of(FORMER),
    signature_of(CURRENT, secret="another-secret"),
    signature_of(CURRENT, "job_2"),
    signature_of(CURRENT, attempt=2),
)
OTHER_TOKENS: list[dict[str, str | None]] = [
    *({"token": token} for token in (None, "", "wrong", FORMER, "%FF%FE")),
    {"token": FORMER, "sig": signature_of(FORMER)},
    *({"attempt": number} for number in (None, "2", "x", "-1", "99999", "%D9%A3")),
]
OTHER_JOBS: list[dict[str, str | None]] = [
    {"job": job_id} for job_id in (None, "", "job_2", "..%2Fjob_1", "job_1%00")
]
CLOSED = [row for row in ROUTER.routes if row.access not in (Access.OPEN, Access.PROBE)]
VALUES = {"job_id": "job_1", "slot": "video", "engine": "burner", "name": "garage"}
closed = pytest.mark.parametrize("row", CLOSED, ids=lambda row: f"{row.method} {row.pattern}")

Row = Route[Access]


def path_of(row: Row) -> str:
    """Return a path to the row; of reports with the attempt's token, so that they lack no more."""
    token = f"?{urlencode(TOKEN)}" if row.access is Access.REPORT else ""
    return row.pattern.format(**VALUES) + token


def refused(world: World, row: Row, target: str, body: bytes = b"{}", **sent: str) -> bool:
    headers = {"x-signature": sent["signature"]} if sent else {}
    before = world.job()
    reply = run(world.ask(row.method, target, body, headers))
    assert world.job() == before
    return (reply.status, document(reply)) == UNAUTHORIZED


def test_what_is_open_to_strangers_is_health_and_the_probe() -> None:
    open_rows = {(row.method, row.pattern) for row in ROUTER.routes if row not in CLOSED}

    assert open_rows == {
        ("GET", "/healthz"),
        ("GET", "/debug/presign"),
        ("HEAD", "/debug/presign"),
    }


@closed
def test_a_stranger_is_refused(row: Row) -> None:
    world = begun()

    for query in ("", f"?ts={T0}", "?sig=0"):
        assert refused(world, row, path_of(row) + query)
        assert refused(world, row, path_of(row) + query, signature="0" * 64)


@closed
def test_another_secret_is_refused(row: Row) -> None:
    world, path = begun(), path_of(row)
    other = ("another-secret-0123456789",)
    line = f"{path}?ts={T0}"

    assert refused(world, row, path, signature=sign(b"{}", other))
    assert refused(world, row, line, signature=sign_request_line(row.method, line, other))
    assert refused(world, row, sign_link(path, {}, EXPIRES_S, other))


@closed
def test_a_signature_of_one_kind_opens_no_route_of_another(row: Row) -> None:
    """The body of a message, a request line and a link are signed for routes of their kind."""
    world, path = begun(), path_of(row)
    line = f"{path}?ts={T0}"
    if row.access not in (Access.SIGNED_OR_LINK, Access.LINK):
        assert refused(world, row, sign_link(path, {}, EXPIRES_S, (SECRET,)))
    if row.access is not Access.SIGNED_OR_LINK:
        signature = sign_request_line(row.method, line, (SECRET,))
        assert refused(world, row, line, signature=signature)
    if row.access not in (Access.SIGNED, Access.REPORT):
        assert refused(world, row, path, signature=sign(b"{}", (SECRET,)))


@closed
def test_what_opens_another_route_is_refused(row: Row) -> None:
    """A message of another type, a line of another path, a link to another path, no token."""
    world, path = begun(), path_of(row)
    message = world.message("job.event", jobId="job_1", mediaId="med_1")
    body = json.dumps(message).encode()
    line = "/somewhere?ts=1"

    assert refused(world, row, path, body, signature=sign(body, (SECRET,)))
    assert refused(world, row, path, signature=sign_request_line(row.method, line, (SECRET,)))
    link = sign_link("/somewhere", {}, EXPIRES_S, (SECRET,)).partition("?")[2]
    assert refused(world, row, f"{path}?{link}")


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        ("/jobs/job_1/urls", OTHER_TOKENS),
        ("/callbacks/container", [*OTHER_TOKENS, *OTHER_JOBS]),
    ],
)
def test_d1_an_attempts_routes_want_its_token(
    path: str, changes: list[dict[str, str | None]]
) -> None:
    world = begun()
    row = next(row for row in ROUTER.routes if row.pattern.format(**VALUES) == path)
    body = json.dumps({"jobId": "job_1", "status": "running", "ts": T0, "nonce": "n" * 8}).encode()
    signature = sign(body, (SECRET,))

    def target(change: dict[str, str | None]) -> str:
        given = {**TOKEN, **change}.items()
        return f"{path}?" + "&".join(
            f"{name}={value}" for name, value in given if value is not None
        )

    for change in changes:
        assert refused(world, row, target(change), body, signature=signature), change
    assert run(world.ask("POST", target({}), body, {"x-signature": signature})).status == 200


@pytest.mark.parametrize(
    "token", ["x", CURRENT, "a" * 22, *(f"{CURRENT}&sig={signature}" for signature in FORGED)]
)
@pytest.mark.parametrize("job_id", ["job_1", "job_of_nobody"])
def test_a11_a_stranger_s_request_for_urls_wakes_no_object(token: str, job_id: str) -> None:
    world = begun()
    before = world.woken

    reply = run(world.ask("POST", f"/jobs/{job_id}/urls?attempt=1&token={token}", b"{}"))

    assert (reply.status, document(reply)) == UNAUTHORIZED
    assert world.woken == before


class _Untouched:
    """What fails the test when anything is asked of it."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"{name} was asked for")


@pytest.mark.parametrize("row", ROUTER.routes, ids=lambda row: f"{row.method} {row.pattern}")
def test_no_route_asks_anything_of_anybody_for_a_stranger(row: Row) -> None:
    """No object is woken, and neither the bucket, KV nor a container is asked: whatever a check
    needs, it has. The one exception, the probe, has a bound of its own.
    """
    world = begun()
    before = world.woken
    world.objects = world.peers = world.archived = _Untouched()  # type: ignore[assignment]
    path = row.pattern.format(**VALUES) + "?key=media/med_1/inputs/v"
    queries = ["", f"&ts={T0}", f"&exp={EXPIRES_S}&sig={'0' * 64}"]
    queries += [f"&{urlencode(TOKEN | {'sig': signature})}" for signature in FORGED]
    bodies = [b"", b"{}", json.dumps(world.message("job.start", jobId="job_1")).encode()]

    for query in queries:
        for body in bodies:
            for headers in ({}, {"x-signature": "0" * 64}):
                reply = run(world.ask(row.method, path + query, body, headers))
                assert reply.status in ((200,) if row.access is Access.OPEN else (401, 403))

    assert world.woken == before


def test_a_report_of_an_attempt_from_before_tokens_were_signed_counts() -> None:
    """It carries a signature of its own."""
    world = begun()
    body = json.dumps({"jobId": "job_1", "status": "running", "ts": T0, "nonce": "n" * 8}).encode()
    target = f"/callbacks/container?job=job_1&attempt=1&token={CURRENT}"

    reply = run(world.ask("POST", target, body, {"x-signature": sign(body, (SECRET,))}))

    assert (reply.status, world.job().status) == (200, "running")
