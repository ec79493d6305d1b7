"""J17: what every version has stored is read by this one, and carried on to its end.

The objects are SQLite files of tests/vectors/state, opened by the shipped storage classes.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from app.live.live import deliver
from media_jobs.engines import ENGINES
from media_jobs.record import Attempt
from orchestrator.dispatch import dispatcher
from tests.orchestrator.dispatch.stage import Stage
from tests.orchestrator.world import T0, World, document
from tests.platform.clock import Clock
from tests.platform.durable import CLASSES, Disk
from tests.platform.loop import run

STATE = Path(__file__).parent / "vectors/state"
MINUTE_MS = 60_000

# Scene -> the status that is stored, and the one in which it ends if all goes well from there.
SCENES = {
    "submitted": ("queued", "completed"),
    "waiting": ("queued", "completed"),
    "starting": ("queued", "completed"),
    "deferred": ("queued", "completed"),
    "fetching_metadata": ("fetching_metadata", "completed"),
    "preparing": ("preparing", "completed"),
    "hearing": ("preparing", "completed"),
    "translating": ("preparing", "completed"),
    "running": ("running", "completed"),
    "shared": ("running", "completed"),
    "unshared": ("canceled", "canceled"),
    "helped_out": ("failed", "failed"),
    "silent": ("running", "completed"),
    "uploading": ("uploading", "completed"),
    "verifying": ("uploading", "completed"),
    "retrying": ("queued", "completed"),
    "given_up": ("queued", "completed"),
    "second_attempt": ("running", "completed"),
    "second_generation": ("preparing", "completed"),
    "completed": ("completed", "completed"),
    "completed_and_told": ("completed", "completed"),
    "dead_letters": ("completed", "completed"),
    "failed": ("failed", "failed"),
    "unheard": ("failed", "failed"),
    "canceled": ("canceled", "canceled"),
}


def fixtures(kind: str) -> list[Any]:
    """Return every version's objects of a class, as parameters of a test."""
    return [
        pytest.param(path, id=f"{path.parts[-3]}-{path.stem}")
        for path in sorted(STATE.glob(f"*/{kind}/*.sql"))
    ]


def opened(path: Path) -> Disk:
    return Disk(path.read_text(encoding="utf-8"))


@dataclass
class Woken:
    """A job's object that wakes up on present code, with everything around it."""

    world: World
    disk: Disk
    job_id: str

    @classmethod
    def at(cls, path: Path) -> "Woken":
        job_id, disk = f"job_{path.stem}", opened(path)
        world = World(clock=Clock(T0 + MINUTE_MS), disks={job_id: disk})
        world.ports(job_id)
        return cls(world, disk, job_id)

    def stored(self) -> dict[str, Any]:
        """Return the document as it is in the storage."""
        assert self.disk.document is not None
        found: dict[str, Any] = json.loads(self.disk.document)
        return found

    async def finish_attempt(self) -> None:
        """Play the container of the latest attempt: upload what is required, and say so."""
        job = self.stored()
        attempt = job["attempts"][-1]
        folder = ENGINES[job["engine"]].folder
        life = f"{job['generation']}-{attempt['number']}"
        prefix = f"media/{job['media_id']}/{folder}/{job['job_id']}/{life}"
        for name in ("video.mp4", "metadata.json", "words.json"):
            self.world.objects.put(f"{prefix}/{name}", b"content")
        reply = await self.report(attempt, "completed", "nonce-of-the-end", outputs={})
        assert document(reply) == {"ok": True}

    async def report(self, attempt: dict[str, Any], status: str, nonce: str, **more: object) -> Any:
        token = Attempt.model_validate(attempt).host_token
        query = f"job={self.job_id}&attempt={attempt['number']}&token={token}"
        body = {"jobId": self.job_id, "status": status, "ts": self.world.clock.now_ms}
        message = {**body, "nonce": nonce, **more}
        return await self.world.post(f"/callbacks/container?{query}", message)

    async def carry_on(self) -> None:
        """Let time pass, and containers do what they are asked for, until the job has ended."""
        for _ in range(50):
            await self.world.settle(self.job_id)
            job = self.stored()
            if job["status"] in ("completed", "failed", "canceled"):
                return
            if job["attempts"][-1]["state"] == "working":
                await self.finish_attempt()
            elif self.disk.alarm_ms is not None:
                self.world.clock.now_ms = max(self.world.clock.now_ms, self.disk.alarm_ms)
        raise AssertionError(f"It does not end: {self.stored()}")

    async def tell_all(self) -> None:
        """Let time pass until nothing is due but to be forgotten."""
        while any(not entry["dead"] for entry in self.stored()["outbox"]):
            assert self.disk.alarm_ms is not None
            self.world.clock.now_ms = max(self.world.clock.now_ms, self.disk.alarm_ms)
            await self.world.settle(self.job_id)


def put_what_was_claimed(woken: Woken) -> None:
    """Put the objects of a completed upload into the bucket; what came in parts is one object."""
    for claim in woken.stored()["attempts"][-1]["claims"].values():
        key = claim["key"]
        woken.world.objects.put(key, b"content".ljust(claim["size_bytes"], b"-"))
        if "part_etags" in claim:
            whole = woken.world.objects.stored[key]
            etag = f"{whole.etag}-{len(claim['part_etags'])}"
            woken.world.objects.stored[key] = replace(whole, etag=etag, content_type="video/mp4")


def history(job: dict[str, Any]) -> list[tuple[object, ...]]:
    """Return what may never change of attempts that have ended."""
    names = ("number", "token", "state", "started_ms", "ended_ms", "verdict", "error")
    return [tuple(attempt.get(name) for name in names) for attempt in job["attempts"]]


def test_there_are_fixtures_of_the_first_shape_and_each_scene_is_known() -> None:
    known = [path.values[0].stem for path in fixtures("RenderJobDO")]

    assert (STATE / "0.0.0/RenderJobDO/running.sql").exists()
    assert set(known) == set(SCENES)


@pytest.mark.parametrize("path", fixtures("RenderJobDO"))
def test_j17_a_stored_job_is_carried_on_to_its_end(path: Path) -> None:
    now, end = SCENES[path.stem]
    woken = Woken.at(path)
    before = woken.stored()
    put_what_was_claimed(woken)

    async def live() -> dict[str, Any]:
        shown = await woken.world.status(woken.job_id)
        await woken.carry_on()
        await woken.tell_all()
        return shown

    shown = run(live())
    after = woken.stored()

    assert (before["status"], shown["status"], after["status"]) == (now, now, end)
    assert history(after)[: len(before["attempts"]) - 1] == history(before)[:-1]
    told = [(int(str(event["eventSeq"])), event["status"]) for event in woken.world.told()]
    numbers = [number for number, _ in told]
    assert numbers == sorted(set(numbers))
    if any(
        entry["effect"]["kind"] == "tell_app" and not entry["dead"] for entry in before["outbox"]
    ):
        assert told[-1][1] == end
    if before["status"] == end:
        assert woken.world.started() == []


@pytest.mark.parametrize("path", fixtures("RenderJobDO"))
def test_j17_a_stored_job_can_be_canceled_and_is_forgotten_after_its_time(path: Path) -> None:
    now, end = SCENES[path.stem]
    woken = Woken.at(path)
    before = woken.stored()
    expected = end if now == end else "canceled"

    async def live() -> dict[str, Any]:
        canceled = document(await woken.world.cancel(woken.job_id))
        await woken.world.settle(woken.job_id)
        await woken.tell_all()
        await woken.world.replay(woken.job_id)
        woken.world.clock.now_ms += 2 * 86_400_000
        await woken.world.settle(woken.job_id)
        return canceled

    canceled = run(live())

    assert canceled == {"ok": True, "status": expected}
    if "helps" not in before:
        assert json.loads(woken.world.archived.stored[woken.job_id])["status"] == expected
    assert woken.disk.sqlite.execute("SELECT name FROM sqlite_master").fetchall() == []
    assert woken.world.alive[woken.job_id].store.load() is None


@pytest.mark.parametrize(
    "path", [path for path in fixtures("RenderJobDO") if path.values[0].stem == "dead_letters"]
)
def test_j17_stored_dead_letters_are_told_in_order_when_they_are_asked_for(path: Path) -> None:
    woken = Woken.at(path)

    async def live() -> None:
        await woken.world.settle(woken.job_id)
        assert woken.world.told() == []
        await woken.world.replay(woken.job_id)
        await woken.world.settle(woken.job_id)

    run(live())

    numbers = [int(str(event["eventSeq"])) for event in woken.world.told()]
    assert numbers == sorted(numbers)
    assert woken.world.told()[-1]["status"] == "completed"
    assert woken.stored()["outbox"] == []


@pytest.mark.parametrize(
    "path", [path for path in fixtures("RenderJobDO") if path.values[0].stem == "running"]
)
def test_j17_a_stored_nonce_is_not_applied_again(path: Path) -> None:
    woken = Woken.at(path)
    before = woken.stored()

    reply = run(woken.report(before["attempts"][-1], "failed", "nonce-0001"))

    assert document(reply) == {"ok": True}
    assert woken.stored() == before


# --- the other objects ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", fixtures("DispatcherDO"))
def test_j17_a_stored_queue_goes_on(path: Path) -> None:
    everybody = {"job_given_up", "job_running", "job_submitted", "job_waiting"}
    queue = Stage(now_ms=T0 + MINUTE_MS, disk=opened(path), needed=everybody)
    dispatcher.rearm(queue.ports)
    before = queue.holders()

    if path.stem == "busy":
        assert dispatcher.where("job_submitted", queue.ports) is not None
        queue.release("job_given_up")
    assert queue.disk.alarm_ms is not None
    queue.wait(max(0, queue.disk.alarm_ms - queue.now_ms))

    expected = {
        "busy": ({"job_given_up", "job_running"}, {"job_running", "job_submitted"}),
        "silent": (set(), {"job_waiting"}),
    }
    assert (before, queue.holders()) == expected[path.stem]


@pytest.mark.parametrize("path", fixtures("LiveDO"))
def test_j17_stored_viewers_whose_sockets_are_gone_are_dropped(path: Path) -> None:
    """A deploy closes all sockets; what they had subscribed to must not stay."""
    objects = opened(path)

    told = deliver('{"jobId": "job_running"}', CLASSES.hub(objects))

    assert told == 2
    assert objects.sqlite.execute("SELECT job_id, viewer FROM watch").fetchall() == []


@pytest.mark.parametrize("path", fixtures("WebhookDO"))
def test_j17_a_stored_sender_knows_whose_deliveries_it_sends(path: Path) -> None:
    objects = opened(path)
    CLASSES.timer(objects).set(T0)

    assert (CLASSES.sender(objects).name(), objects.alarm_ms) == ("whk_1", T0)
