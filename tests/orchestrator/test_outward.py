"""Hosts that connect outward: who is let in, and who may report what."""

import json
from dataclasses import dataclass, field

import pytest

from media_jobs.derivation import derive
from media_jobs.http import Reply
from media_jobs.signing import sign, sign_request_line
from tests.orchestrator.world import SECRET, SETTINGS, T0, World, document
from tests.platform.loop import run

GARAGE = derive(SECRET, "host/burner@garage/1").hex()
UNAUTHORIZED = (401, {"error": "unauthorized"})
MINUTES_MS = 60_000


def ask(world: World, key: str = GARAGE, target: str = "", upgrade: str = "websocket") -> Reply:
    """Shake hands as the host with *key*."""
    target = target or f"/hosts/burner/garage?ts={T0}&nonce=nonce-0123456789"
    headers = {"x-signature": sign_request_line("GET", target, (key,)), "upgrade": upgrade}
    return run(world.ask("GET", target, headers=headers))


def test_a_host_that_holds_the_key_of_its_name_is_let_in() -> None:
    world = World()

    assert ask(world).status == 101
    assert world.door.came == [("burner-ffmpeg", "garage")]


@pytest.mark.parametrize(
    "label",
    ["host/burner@cellar/1", "host/remotion@garage/1", "host/burner/1", "host/burner@garage/2"],
)
def test_another_key_lets_nobody_in(label: str) -> None:
    world = World()
    reply = ask(world, derive(SECRET, label).hex())

    assert (reply.status, document(reply)) == UNAUTHORIZED
    assert world.door.came == []


@pytest.mark.parametrize(
    "target",
    [
        f"/hosts/burner/cellar?ts={T0}&nonce=nonce-0123456789",
        f"/hosts/remotion/garage?ts={T0}&nonce=nonce-0123456789",
        f"/hosts/burner-ffmpeg/garage?ts={T0}&nonce=nonce-0123456789",
        "/hosts/burner/garage?nonce=nonce-0123456789",
        f"/hosts/burner/garage?ts={T0}",
        f"/hosts/burner/garage?ts={T0}&nonce=short",
        f"/hosts/burner/Garage?ts={T0}&nonce=nonce-0123456789",
    ],
)
def test_a_handshake_of_another_name_or_without_its_parts_is_refused(target: str) -> None:
    world = World()
    reply = ask(world, target=target)

    assert (reply.status, document(reply)) == UNAUTHORIZED
    assert world.door.came == []


@pytest.mark.parametrize("off_ms", [-5 * MINUTES_MS - 1, 5 * MINUTES_MS + 1])
def test_who_holds_the_key_is_told_that_its_clock_is_wrong(off_ms: int) -> None:
    world = World()
    reply = ask(world, target=f"/hosts/burner/garage?ts={T0 + off_ms}&nonce=nonce-0123456789")

    assert (reply.status, document(reply)["messageKey"]) == (401, "handshake_refused.age")


def test_a_handshake_that_was_used_is_refused_and_says_so() -> None:
    world = World()
    ask(world)
    reply = ask(world)

    assert (reply.status, document(reply)["messageKey"]) == (401, "handshake_refused.replayed")


@pytest.mark.parametrize("setting", ["burner@garage=2", "burner@garage=4+3"])
def test_a_key_that_was_revoked_is_refused_and_says_so(setting: str) -> None:
    world = World(env={**SETTINGS, "HOST_KEYS": setting})
    reply = ask(world)

    assert (reply.status, document(reply)["messageKey"]) == (401, "handshake_refused.revoked")
    other = ask(world, derive(SECRET, "host/burner@cellar/1").hex())
    assert (other.status, document(other)) == UNAUTHORIZED


def test_a_renewed_key_lets_in_beside_the_former() -> None:
    world = World(env={**SETTINGS, "HOST_KEYS": "burner@garage=2+1"})

    assert ask(world).status == 101
    target = f"/hosts/burner/garage?ts={T0}&nonce=another-0123456789"
    assert ask(world, derive(SECRET, "host/burner@garage/2").hex(), target).status == 101


def test_what_is_no_websocket_is_told_to_be_one() -> None:
    reply = ask(World(), upgrade="")

    assert (reply.status, document(reply)["error"]) == (426, "upgrade_required")


# --- its jobs -------------------------------------------------------------------------------------


@dataclass
class Garage:
    """A world whose job is on the host `garage`, which has no URL."""

    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        self.world.env["CONTAINER_BASE_URL"] = "outward"
        self.world.slots.hosts = ["socket:garage"]
        self.world.prepare()
        assert run(self.world.submit()).status == 200
        run(self.world.settle())

    def report(self, key: str, **changes: str) -> int:
        (start,) = self.world.started()
        target = str(start["callbackUrl"]).removeprefix("http://orchestrator.example")
        for old, new in changes.items():
            target = target.replace(old, new)
        said = {"jobId": "job_1", "status": "running", "ts": T0, "nonce": self.world.token()}
        body = json.dumps(said).encode()
        return run(self.world.ask("POST", target, body, {"x-signature": sign(body, (key,))})).status


def test_a_host_is_called_through_its_socket_and_under_its_own_key() -> None:
    garage = Garage()
    (start,) = garage.world.peers.to("/render")

    assert start.url == "socket://garage.burner-ffmpeg/render"
    assert start.headers["x-signature"] == sign(start.body or b"", (GARAGE,))
    assert garage.report(GARAGE) == 200
    assert garage.world.job().status == "running"


def test_nobody_else_reports_for_it() -> None:
    garage = Garage()
    before = garage.world.job()
    cellar = derive(SECRET, "host/burner@cellar/1").hex()

    assert garage.report(SECRET) == 401
    assert garage.report(cellar) == 401
    assert garage.report(cellar, garage="cellar") == 401
    assert garage.report(SECRET, **{"&host=burner%40garage": ""}) == 401
    assert garage.world.job() == before


def test_it_reports_for_no_job_of_a_host_with_a_url() -> None:
    world = World()
    world.prepare()
    run(world.submit())
    run(world.settle())
    (start,) = world.started()
    target = str(start["callbackUrl"]).removeprefix("http://orchestrator.example")
    said = {"jobId": "job_1", "status": "running", "ts": T0, "nonce": "n" * 16}
    body = json.dumps(said).encode()
    headers = {"x-signature": sign(body, (GARAGE,))}

    reply = run(world.ask("POST", f"{target}&host=burner%40garage", body, headers))

    assert (reply.status, document(reply)) == UNAUTHORIZED
    assert world.job().status == "preparing"


def test_a_key_that_is_revoked_reports_nothing_more_of_a_running_job() -> None:
    garage = Garage()
    assert garage.report(GARAGE) == 200
    garage.world.env["HOST_KEYS"] = "burner@garage=2"
    garage.world.evict()

    assert garage.report(GARAGE) == 401
    assert garage.report(derive(SECRET, "host/burner@garage/2").hex()) == 200


def test_an_engine_none_of_whose_hosts_is_connected_is_shown_as_down() -> None:
    world = World(env={**SETTINGS, "CONTAINER_BASE_URL": "outward"})
    shown = document(run(world.get("/containers")))["containers"]
    (burner,) = (one for one in shown if one["engine"] == "burner-ffmpeg")

    assert (burner["ok"], burner["host"], burner["messageKey"]) == (False, None, "down.no_host")
    assert (burner["queued"], burner["latencyMs"]) == (3, 0)
    assert all(one["ok"] for one in shown if one is not burner)
