"""Live viewers: who is let in, what they are told, and that nobody waits in vain."""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from typing import Any

import pytest

from app.live.live import BURST, PER_SECOND, deliver, deliver_media, receive
from app.live.unknown import UNKNOWN_MAX, UNKNOWN_MS, UnknownJobs
from app.rates import Rates
from app.store import Store
from tests.app.stage import START_MS, Stage
from tests.platform.loop import run

UPGRADE = {"upgrade": "websocket"}
HOUR_MS = 3_600_000


class FakeViewers:
    """The sockets of a hub in memory: what was written to each."""

    def __init__(self) -> None:
        self.watching: dict[str, set[str]] = {}
        self.sent: dict[str, list[dict[str, Any]]] = {}
        self.refused: list[str] = []

    def watch(self, viewer: str, job_ids: list[str]) -> None:
        self.watching.setdefault(viewer, set()).update(job_ids)

    def unwatch(self, viewer: str, job_ids: list[str]) -> None:
        self.watching.get(viewer, set()).difference_update(job_ids)

    def watched(self, viewer: str) -> int:
        return len(self.watching.get(viewer, ()))

    def watchers(self, job_id: str) -> list[str]:
        return [viewer for viewer, jobs in self.watching.items() if job_id in jobs]

    def send(self, viewer: str, *texts: str) -> None:
        self.sent.setdefault(viewer, []).extend(map(json.loads, texts))

    def refuse(self, viewer: str) -> None:
        self.refused.append(viewer)
        self.watching.pop(viewer, None)

    def take(self, viewer: str) -> list[dict[str, Any]]:
        return self.sent.pop(viewer, [])


def free(cost: float) -> None:
    """Take nothing."""


def say(
    stage: Stage,
    viewers: FakeViewers,
    message: object,
    viewer: str = "v1",
    rates: Rates | None = None,
    unknown: UnknownJobs | None = None,
) -> list[str]:
    text = message if isinstance(message, str | bytes) else json.dumps(message)
    kept = rates or Rates(burst=BURST, per_second=PER_SECOND)

    def spend(cost: float) -> None:
        kept.admit("tok_1", stage.now_ms, cost)

    seen = UnknownJobs() if unknown is None else unknown
    log, now_ms = stage.log.append, stage.now_ms
    return run(receive(viewer, text, viewers, stage.store, log, spend, seen, now_ms))


def subscribe(stage: Stage, viewers: FakeViewers, jobs: dict[str, int]) -> list[dict[str, Any]]:
    say(stage, viewers, {"type": "subscribe", "jobs": jobs})
    return viewers.take("v1")


@pytest.fixture
def viewers() -> FakeViewers:
    return FakeViewers()


def test_a_socket_is_opened_for_an_hour_to_a_page_of_this_site(stage: Stage) -> None:
    for origin in ({}, {"origin": "https://jobs.test"}):
        answered = stage.send("GET", "/api/live", headers={**UPGRADE, **origin}, token="token-read")

        assert answered.status == 101
    assert stage.hub.connected == [START_MS + HOUR_MS] * 2


def test_a_socket_is_not_good_for_longer_than_its_token(stage: Stage) -> None:
    stage.add_token("short", "read", expires_ms=START_MS + 5000)

    stage.send("GET", "/api/live", headers=UPGRADE, token="short")

    assert stage.hub.connected == [START_MS + 5000]


def test_a_revoked_token_s_sockets_are_closed_also_those_of_its_sessions(stage: Stage) -> None:
    cookie = stage.sign_in("token-read")
    stage.send("GET", "/api/live", headers=UPGRADE, token="token-read")
    stage.send("GET", "/api/live", headers={**UPGRADE, "cookie": cookie}, token=None)
    token_id = f"tok_{hashlib.sha256(b'token-read').hexdigest()[:26]}"

    revoked = stage.send("DELETE", f"/api/tokens/{token_id}")

    assert revoked.status == 204
    assert [token_id in held for held in stage.hub.held] == [True, True]
    assert stage.hub.closed == [token_id]


def test_a_token_revoked_between_the_check_and_the_socket_gets_none(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = hashlib.sha256(b"token-read").hexdigest()
    connect = stage.hub.connect

    async def connect_late(until_ms: int, held_by: Sequence[str], owner: str | None) -> object:
        revoke = "UPDATE tokens SET revoked_ms = ? WHERE token_hash = ?"
        await stage.database.batch([(revoke, (START_MS, digest))])
        return await connect(until_ms, held_by, owner)

    monkeypatch.setattr(stage.hub, "connect", connect_late)

    assert stage.send("GET", "/api/live", headers=UPGRADE, token="token-read").status == 401
    assert stage.hub.closed == stage.hub.held[0] == [f"tok_{digest[:26]}"]


def test_signing_out_closes_the_sockets_of_that_session_alone(stage: Stage) -> None:
    origin = {"origin": "https://jobs.test"}
    for _ in range(2):
        cookie = stage.sign_in("token-read")
        stage.send("GET", "/api/live", headers={**UPGRADE, "cookie": cookie}, token=None)

    stage.send("DELETE", "/api/session", headers={"cookie": cookie, **origin}, token=None)

    (closed,) = stage.hub.closed
    assert [closed in held for held in stage.hub.held] == [False, True]


@pytest.mark.parametrize(
    "origin", ["https://evil.test", "https://jobs.test.evil.test", "null", "http://jobs.test"]
)
def test_a_page_of_another_site_gets_no_socket(stage: Stage, origin: str) -> None:
    answered = stage.send("GET", "/api/live", headers={**UPGRADE, "origin": origin})

    assert (answered.status, answered.json["code"]) == (403, "bad_origin")
    assert stage.hub.connected == []


def test_a_plain_request_is_told_to_upgrade(stage: Stage) -> None:
    answered = stage.send("GET", "/api/live")

    assert (answered.status, answered.json["code"]) == (426, "upgrade_required")


def test_every_applied_event_is_pushed_once(stage: Stage) -> None:
    job_id = stage.job()
    error = {"code": "interrupted", "message": "The host went down.", "retryable": True}
    first = stage.event(job_id, 1, "running", phase="burn", progress=0.25)
    stage.tell(first)
    stage.tell(first)
    stage.tell(stage.event(job_id, 2, "queued", error=error, attempt=2))

    assert [change["eventSeq"] for change in stage.hub.published] == [1, 2]
    assert stage.hub.published[0] == {
        "type": "job",
        "jobId": job_id,
        "generation": 1,
        "eventSeq": 1,
        "status": "running",
        "phase": "burn",
        "progress": 0.25,
        "attempt": 1,
        "error": None,
        "at": START_MS,
    }
    assert stage.hub.published[1]["error"] == error


def test_a_subscriber_is_told_at_once_what_it_has_not_seen(
    stage: Stage, viewers: FakeViewers
) -> None:
    job_id = stage.job()
    stage.tell(stage.event(job_id, 3, "running", phase="burn", progress=0.25))

    told = subscribe(stage, viewers, {job_id: 2})

    assert told == stage.hub.published
    assert subscribe(stage, viewers, {job_id: 3}) == []


def test_the_end_of_a_job_is_told_even_to_who_may_have_seen_it(
    stage: Stage, viewers: FakeViewers
) -> None:
    job_id = stage.job()
    stage.tell(stage.event(job_id, 5, "failed"))

    (told,) = subscribe(stage, viewers, {job_id: 5})

    assert (told["status"], told["eventSeq"]) == ("failed", 5)


def test_a_change_during_the_catching_up_is_not_lost(stage: Stage, viewers: FakeViewers) -> None:
    job_id = stage.job()

    async def at_once() -> None:
        text = json.dumps({"type": "subscribe", "jobs": {job_id: 0}})
        catching_up = asyncio.create_task(
            receive(
                "v1", text, viewers, stage.store, stage.log.append, free, UnknownJobs(), START_MS
            )
        )
        await asyncio.sleep(0)
        deliver(json.dumps({"type": "job", "jobId": job_id, "eventSeq": 1}), viewers)
        await catching_up

    run(at_once())

    assert [change["eventSeq"] for change in viewers.take("v1")] == [1]


def test_only_subscribers_of_the_job_are_told(stage: Stage, viewers: FakeViewers) -> None:
    mine, other = stage.job(), stage.job()
    subscribe(stage, viewers, {mine: 0})
    say(stage, viewers, {"type": "subscribe", "jobs": {other: 0}}, viewer="v2")

    told = deliver(json.dumps({"type": "job", "jobId": mine}), viewers)

    assert told == 1
    assert viewers.take("v1") == [{"type": "job", "jobId": mine}]
    assert viewers.take("v2") == []
    say(stage, viewers, {"type": "unsubscribe", "jobs": [mine]})
    assert deliver(json.dumps({"type": "job", "jobId": mine}), viewers) == 0


def test_a_job_that_is_not_there_is_unknown_and_not_watched(
    stage: Stage, viewers: FakeViewers
) -> None:
    job_id = stage.job()

    told = subscribe(stage, viewers, {"job_none": 0, job_id: 0})

    assert told == [{"type": "unknown", "jobId": "job_none"}]
    assert viewers.watching["v1"] == {job_id}


@pytest.mark.parametrize(
    "message",
    [
        *("", "hello", "null", "[" * 5000, "{}", '{"type":"subscribe"}', b"\x00\x01"),
        '{"type":"shout","jobs":{}}',
        '{"type":"subscribe","jobs":{"../x":1}}',
        '{"type":"subscribe","jobs":{"job_1":"1"}}',
        '{"type":"subscribe","jobs":{"job_1":-2}}',
        json.dumps({"type": "subscribe", "jobs": {f"job_{n}": 0 for n in range(201)}}),
        " " * 40_000,
    ],
)
def test_a_message_that_says_nothing_known_is_answered_with_a_problem(
    stage: Stage, viewers: FakeViewers, message: object
) -> None:
    say(stage, viewers, message)

    (told,) = viewers.take("v1")
    assert told["type"] == "problem"
    assert told["code"] in ("bad_message", "message_too_large")
    assert viewers.watching == {}


def test_a_connection_has_at_most_two_hundred_jobs(stage: Stage, viewers: FakeViewers) -> None:
    viewers.watch("v1", [f"job_{n}" for n in range(200)])

    (told,) = subscribe(stage, viewers, {"job_new": 0})

    assert told["code"] == "too_many_jobs"
    assert viewers.watched("v1") == 200


def test_a06_a_reader_who_asks_without_end_is_closed_after_a_bounded_number(
    stage: Stage, viewers: FakeViewers
) -> None:
    rates = Rates(burst=BURST, per_second=PER_SECOND)
    asked = 0
    while not viewers.refused and asked < 1500:
        jobs = {f"job_{asked}_{n}": 0 for n in range(200)}
        say(stage, viewers, {"type": "subscribe", "jobs": jobs}, rates=rates)
        asked += 1

    assert viewers.refused == ["v1"]
    assert asked == 21
    # Another socket of the same token does not help; a rest does.
    say(stage, viewers, {"type": "subscribe", "jobs": {"job_1": 0}}, "v2", rates)
    say(stage, viewers, {"type": "subscribe", "jobs": {"job_1": 0}}, "v2", rates)
    assert "v2" in viewers.refused or viewers.take("v2")
    stage.now_ms += 30_000
    say(stage, viewers, {"type": "subscribe", "jobs": {"job_1": 0}}, "v3", rates)
    assert viewers.take("v3") == [{"type": "unknown", "jobId": "job_1"}]


def test_what_is_no_message_costs_as_much_as_one(stage: Stage, viewers: FakeViewers) -> None:
    rates = Rates(burst=3, per_second=0)

    for _ in range(4):
        say(stage, viewers, "{", rates=rates)

    assert viewers.refused == ["v1"]


def test_a06_ids_that_are_no_jobs_are_looked_up_once_for_all_sockets(
    stage: Stage, viewers: FakeViewers
) -> None:
    job_id = stage.job()
    unknown, looked = UnknownJobs(), list[str]()
    stage.database.sqlite.set_trace_callback(looked.append)
    jobs = {f"job_{n}": 0 for n in range(199)}

    for viewer in ("v1", "v2", "v3"):
        say(stage, viewers, {"type": "subscribe", "jobs": jobs}, viewer, unknown=unknown)
        assert [told["type"] for told in viewers.take(viewer)] == ["unknown"] * 199
    assert len(looked) == 1

    # Beside them, what is there is found; after a while all are looked for again.
    say(stage, viewers, {"type": "subscribe", "jobs": {**jobs, job_id: -1}}, unknown=unknown)
    assert [told["jobId"] for told in viewers.take("v1") if told["type"] == "job"] == [job_id]
    assert len(looked) == 2 and "job_7" not in looked[1]
    stage.now_ms += UNKNOWN_MS + 1
    say(stage, viewers, {"type": "subscribe", "jobs": {"job_7": 0}}, unknown=unknown)
    assert len(looked) == 3


def test_what_one_owner_has_not_is_not_hidden_from_another() -> None:
    unknown = UnknownJobs()
    unknown.add("ws_one", ["job_1"], START_MS)

    assert unknown.among("ws_one", ["job_1", "job_2"], START_MS) == {"job_1"}
    assert unknown.among("ws_two", ["job_1"], START_MS) == set()


def test_the_ids_that_are_remembered_are_bounded_and_the_oldest_go() -> None:
    unknown = UnknownJobs()

    unknown.add(None, (f"job_{n}" for n in range(UNKNOWN_MAX + 5)), START_MS)

    ids = [f"job_{n}" for n in range(UNKNOWN_MAX + 5)]
    assert unknown.among(None, ids, START_MS) == set(ids[5:])


def test_who_watches_the_library_is_told_of_changes_of_its_own_media_alone(
    stage: Stage, viewers: FakeViewers
) -> None:
    mine = stage.add_workspace("ws_mine")
    media_id = str(stage.send("POST", "/api/media", {}, token=mine).json["mediaId"])
    told = {"type": "media", "mediaId": media_id}
    for viewer, owner in (("mine", "ws_mine"), ("theirs", "ws_theirs"), ("operator", None)):
        store = Store(stage.database, owner)
        text = json.dumps({"type": "subscribe-media"})
        seen = UnknownJobs()
        run(receive(viewer, text, viewers, store, stage.log.append, free, seen, stage.now_ms))

    reached = run(deliver_media(media_id, viewers, stage.store))

    assert reached == 2
    assert (viewers.sent["mine"], viewers.sent["operator"]) == ([told], [told])
    assert "theirs" not in viewers.sent


def test_who_watches_the_library_no_more_is_told_nothing(
    stage: Stage, viewers: FakeViewers, media_id: str
) -> None:
    say(stage, viewers, {"type": "subscribe-media"})
    say(stage, viewers, {"type": "unsubscribe-media"})

    assert run(deliver_media(media_id, viewers, stage.store)) == 0
    assert run(deliver_media("med_none", viewers, stage.store)) == 0
