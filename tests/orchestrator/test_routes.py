"""The doors of the Worker: who gets in, and what strangers learn."""

from typing import Any

import pytest

from media_jobs.ports import PeerAnswer
from media_jobs.signing import sign, sign_link, sign_request_line
from tests.orchestrator.world import SECRET, T0, World, begun, document
from tests.platform.loop import run
from tests.platform.network import CUT, PeerCall, peer_answer

CALLBACK = "/callbacks/container?job=job_1&attempt=1&token=random-token-00000002"
SIGNED_ROUTES = {
    "start": ("POST", "/jobs"),
    "cancel": ("POST", "/jobs/job_1/cancel"),
    "callback": ("POST", CALLBACK),
    "delete": ("DELETE", "/artifacts/job_1"),
    "upload": ("POST", "/uploads"),
    "parts": ("POST", "/uploads/parts"),
    "preview": ("POST", "/preview"),
    "burn preview": ("POST", "/preview/burn"),
    "peaks": ("POST", "/peaks"),
}
COMMENTS_IN = "media/med_1/inputs/com_1/comments.json"
UNAUTHORIZED = (401, {"error": "unauthorized"})


def body_for(route: str, world: World) -> dict[str, object]:
    """Return a body that the route takes when it is signed."""
    world.objects.put(COMMENTS_IN, b'{"video":{"title":"Clip"},"comments":[]}')
    video = "media/med_1/inputs/up_1/video"
    world.objects.put(video, b"a film")
    bodies: dict[str, dict[str, object]] = {
        "start": {"type": "job.start", "jobId": "job_1", "engine": "burner-ffmpeg"},
        "cancel": {"type": "job.cancel", "jobId": "job_1"},
        "callback": {"type": "container.callback", "jobId": "job_1", "status": "running"},
        "delete": {"type": "artifacts.delete", "jobId": "job_1"},
        "upload": {"type": "upload.presign", "key": video, "contentType": "video/mp4"},
        "parts": {"type": "upload.parts", "key": video, "uploadId": "r2-1", "partNumbers": [1]},
        "preview": {"type": "comments.preview", "key": COMMENTS_IN, "options": {}, "atS": 1.5},
        "burn preview": {
            "type": "burn.preview",
            "kind": "layer",
            "subtitles": "WEBVTT",
            "options": {},
            "atS": 1.5,
        },
        "peaks": {"type": "peaks.make", "inputId": "up_1", "key": video},
    }
    media = {} if route == "cancel" else {"mediaId": "med_1"}
    return {**world.message("", **media), **bodies[route]}


@pytest.mark.parametrize("route", SIGNED_ROUTES)
def test_each_signed_route_takes_what_is_signed(route: str) -> None:
    world = begun()
    method, target = SIGNED_ROUTES[route]

    reply = run(world.post(target, body_for(route, world), method=method))

    assert reply.status == 200, reply.body


@pytest.mark.parametrize("target", ["/jobs/job_2/cancel", "/artifacts/job_2"])
def test_d2_a_message_about_one_job_opens_no_other_job(target: str) -> None:
    world = begun()
    route, method = ("cancel", "POST") if target.endswith("cancel") else ("delete", "DELETE")

    reply = run(world.post(target, body_for(route, world), method=method))

    assert (reply.status, document(reply)) == UNAUTHORIZED


@pytest.mark.parametrize("route", SIGNED_ROUTES)
def test_six_kilobytes_of_brackets_are_400_on_every_route_that_reads_a_body(route: str) -> None:
    world = begun()
    method, target = SIGNED_ROUTES[route]
    for body in (b"[" * 6000, b'{"a":' * 1000, b"\xff\xfe", b""):
        reply = run(world.ask(method, target, body, {"x-signature": sign(body, (SECRET,))}))
        assert (reply.status, document(reply)["error"]) == (400, "bad_request")
        unsigned = run(world.ask(method, target, body))
        assert (unsigned.status, document(unsigned)) == UNAUTHORIZED


@pytest.mark.parametrize("route", SIGNED_ROUTES)
def test_d3_a_body_over_its_limit_is_413_before_it_is_looked_at(route: str) -> None:
    method, target = SIGNED_ROUTES[route]
    limit = 1024 * 1024 if route == "burn preview" else 256 * 1024

    reply = run(World().ask(method, target, b"x" * (limit + 1)))

    assert (reply.status, document(reply)["error"]) == (413, "body_too_large")


# --- callbacks -----------------------------------------------------------------------------------


def test_a_callback_that_contradicts_its_url_is_401_and_one_with_a_wrong_field_names_it() -> None:
    world = begun()
    message = body_for("callback", world)

    for change in ({"jobId": "job_2"}, {"attempt": 2}):
        refused = run(world.post(CALLBACK, {**message, **change}))
        assert (refused.status, document(refused)) == UNAUTHORIZED
    wrong = run(world.post(CALLBACK, {**message, "progress": 2}))
    assert wrong.status == 400
    assert [fault["field"] for fault in document(wrong)["details"]["errors"]] == ["progress"]


# --- status -------------------------------------------------------------------------------------


def test_the_status_is_for_who_signs_the_request_line_or_holds_a_link_to_it() -> None:
    world = begun()
    link = sign_link("/jobs/job_1", {}, T0 // 1000 + 60, (SECRET,))

    status = run(world.status())

    assert status.items() >= {"jobId": "job_1", "status": "preparing", "attempt": 1}.items()
    assert document(run(world.ask("GET", link))) == status
    world.clock.now_ms += 60_000
    assert run(world.ask("GET", link)).status == 401


def test_a_job_that_nobody_knows_is_404_to_who_may_ask() -> None:
    assert run(World().get("/jobs/job_9")).status == 404


# --- the presign probe and the rest -------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_probe_makes_a_real_put_get_and_delete_and_shows_no_url(method: str) -> None:
    world = World()
    world.peers.then(".txt", peer_answer(200), peer_answer(200, "presigned"), peer_answer(204))

    reply = run(world.ask(method, "/debug/presign?key=debug/test.txt"))

    found = {"ok": True, "bucket": "vidgen-render", "key": "debug/test.txt", "ageS": 0}
    assert document(reply) == found
    assert [call.method for call in world.peers.calls] == ["PUT", "GET", "DELETE"]
    assert all(
        call.path.startswith("/cdn-cgi/local/r2/s3/vidgen-render/debug/presign-")
        for call in world.peers.calls
    )


@pytest.mark.parametrize(
    ("answers", "step", "why"),
    [
        ([peer_answer(403, "SignatureDoesNotMatch access-key-id")], "PUT", "HTTP 403"),
        ([peer_answer(200), peer_answer(200, "other")], "GET", "other bytes came back"),
        ([peer_answer(200), peer_answer(200, "presigned"), peer_answer(500)], "DELETE", "HTTP 500"),
        ([CUT], "PUT", "peer.example did not answer: TimeoutError"),
    ],
)
def test_the_probe_names_the_step_that_fails_and_no_secret(
    answers: list[PeerAnswer], step: str, why: str
) -> None:
    world = World()
    world.peers.then(".txt", *answers)

    reply = run(world.ask("GET", "/debug/presign?key=debug/test.txt"))

    assert reply.status == 500
    assert document(reply) == {"error": "presign_failed", "step": step, "why": why, "ageS": 0}


def _probe(world: World, key: str = "debug/test.txt") -> tuple[int, dict[str, Any]]:
    reply = run(world.ask("GET", f"/debug/presign?key={key}"))
    return reply.status, document(reply)


def _will_work(world: World, times: int = 1) -> None:
    for _ in range(times):
        world.peers.then(".txt", peer_answer(200), peer_answer(200, "presigned"), peer_answer(204))


def test_strangers_have_the_bucket_asked_once_a_minute_whatever_they_ask() -> None:
    world = World()
    _will_work(world, 2)

    first = _probe(world)
    world.clock.now_ms += 59_999
    later = [_probe(world, f"debug/{number}") for number in range(100)]
    calls_within_a_minute = len(world.peers.calls)
    world.clock.now_ms += 1
    after = _probe(world)

    assert first[1]["ageS"] == after[1]["ageS"] == 0
    assert {status for status, _ in later} == {200}
    assert [found["ageS"] for _, found in later] == [59] * 100
    assert [found["key"] for _, found in later] == [f"debug/{number}" for number in range(100)]
    assert (calls_within_a_minute, len(world.peers.calls)) == (3, 6)


def test_what_failed_is_told_for_a_minute_unless_somebody_signs() -> None:
    world = World()
    world.peers.then(".txt", peer_answer(403))
    _will_work(world)
    target = f"/debug/presign?key=debug/x&ts={T0}"

    failed = [_probe(world)[0], _probe(world)[0]]
    signature = sign_request_line("GET", target, (SECRET,))
    signed = run(world.ask("GET", target, headers={"x-signature": signature})).status

    assert failed == [500, 500]
    assert (signed, _probe(world)[0]) == (200, 200)
    assert len(world.peers.calls) == 4


def test_while_one_stranger_s_probe_is_on_its_way_the_others_start_none() -> None:
    world = World()
    during: list[tuple[int, dict[str, Any]]] = []

    async def meanwhile(_call: PeerCall) -> None:
        reply = await world.ask("GET", "/debug/presign?key=debug/y")
        during.append((reply.status, document(reply)))

    world.peers.during[".txt"] = meanwhile
    _will_work(world)
    first = _probe(world)[0]
    _will_work(world)
    world.clock.now_ms += 60_000
    second = _probe(world)[0]

    assert (first, second) == (200, 200)
    assert [status for status, _ in during] == [429] * 3 + [200] * 3
    assert len(world.peers.calls) == 6


def test_a_probe_that_dies_on_its_way_does_not_free_the_next() -> None:
    world = World()

    async def dies(_call: PeerCall) -> None:
        raise KeyboardInterrupt

    world.peers.during[".txt"] = dies
    with pytest.raises(KeyboardInterrupt):
        _probe(world)
    reply = run(world.ask("GET", "/debug/presign?key=debug/x"))
    world.peers.during.clear()
    world.clock.now_ms += 60_000
    _will_work(world)

    assert (reply.status, reply.headers["retry-after"]) == (429, "60")
    assert _probe(world)[0] == 200


@pytest.mark.parametrize(
    "key", ["", "media/med_1/inputs/v", "debugger/x", "debug/../media/x", "/debug/x", "debug/"]
)
def test_d1_a_stranger_may_probe_only_under_debug(key: str) -> None:
    world = World()

    reply = run(world.ask("GET", f"/debug/presign?key={key}"))

    assert (reply.status, document(reply)["error"]) == (403, "forbidden")
    assert world.peers.calls == []


def test_a_signed_probe_gets_a_url_of_any_key_and_one_with_a_wrong_signature_is_401() -> None:
    world = World()
    world.peers.then(".txt", peer_answer(200), peer_answer(200, "presigned"), peer_answer(204))
    target = f"/debug/presign?key=media/med_1/inputs/v&ts={T0}"
    right = sign_request_line("GET", target, (SECRET,))

    shown = run(world.ask("GET", target, headers={"x-signature": right}))
    refused = run(world.ask("GET", target, headers={"x-signature": "0" * 64}))

    assert "/media/med_1/inputs/v?X-Amz-" in document(shown)["url"]
    assert (refused.status, document(refused)) == UNAUTHORIZED


def test_health_says_the_version_and_needs_no_setting() -> None:
    reply = run(World(env={}).ask("GET", "/healthz"))

    assert reply.status == 200
    assert document(reply).keys() == {"ok", "version"}


@pytest.mark.parametrize("route", [*SIGNED_ROUTES, "urls", "status", "artifact", "probe"])
def test_a_missing_setting_closes_every_door_and_is_named_without_its_value(route: str) -> None:
    world = World()
    del world.env["S3_SECRET_ACCESS_KEY"]
    method, target = {
        **SIGNED_ROUTES,
        "urls": ("POST", "/jobs/job_1/urls?attempt=1&token=t"),
        "status": ("GET", "/jobs/job_1"),
        "artifact": ("GET", "/artifacts/job_1"),
        "probe": ("GET", "/debug/presign?key=debug/x"),
    }[route]

    reply = run(world.ask(method, target, b"{}"))

    assert reply.status == 500
    assert document(reply) == {
        "error": "setting_missing",
        "message": "The setting S3_SECRET_ACCESS_KEY is missing or empty.",
        "messageKey": "setting_missing",
        "messageValues": {"setting": "S3_SECRET_ACCESS_KEY", "problem": "setting.missing"},
        "details": {"setting": "S3_SECRET_ACCESS_KEY"},
    }


def test_during_a_rotation_old_and_new_secrets_open_the_doors() -> None:
    world = World()
    world.env["JOB_CALLBACK_HMAC_SECRET"] = f"new-secret, {SECRET}"
    run(world.begin())

    for secret in (SECRET, "new-secret"):
        reply = run(world.post(CALLBACK, body_for("callback", world), secret=secret))
        assert reply.status == 200
    (call,) = world.peers.to("/render")
    assert call.headers["x-signature"] == sign(call.body or b"", ("new-secret",))
