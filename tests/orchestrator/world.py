"""The orchestrator with fakes around it: its routes, one Durable Object per job, alarms, peers."""

import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from media_jobs.alarm import Alarm
from media_jobs.engines import ENGINES, EngineId
from media_jobs.errors import UpstreamError
from media_jobs.http import Reply
from media_jobs.kept_permits import KeptPermits
from media_jobs.outward import outward_host
from media_jobs.ports import PeerAnswer
from media_jobs.record import JobRecord
from media_jobs.signing import sign, sign_request_line
from orchestrator.call import Context
from orchestrator.jobs import lifecycle
from orchestrator.jobs.turn import Turn
from orchestrator.ports import JobPorts
from orchestrator.probe import Probes
from orchestrator.routes import ROUTER
from orchestrator.settings import OrchestratorSettings, read_settings
from tests.platform.bucket import Objects
from tests.platform.clock import Clock
from tests.platform.durable import CLASSES, OTHER_JOBS, RPC, Disk, Door, JobObjects, Slots
from tests.platform.kv import ArchivedJobs
from tests.platform.loop import run
from tests.platform.network import PeerCall, Peers, peer_answer
from tests.platform.request import request
from tests.platform.signer import Signer

T0 = 1_790_000_000_000
SECRET = "shared-secret"
SETTINGS = {
    "JOB_CALLBACK_HMAC_SECRET": SECRET,
    "APP_BASE_URL": "http://app.example",
    "ORCHESTRATOR_BASE_URL_CONTAINER": "http://orchestrator.example",
    **{one.base_url_setting: f"http://{one.name}.example" for one in ENGINES.values()},
    "S3_ENDPOINT": "http://localhost:8788/cdn-cgi/local/r2/s3",
    "S3_INTERNAL_ENDPOINT": "http://inside:8788/s3",
    "S3_BUCKET_NAME": "vidgen-render",
    "S3_REGION": "auto",
    "S3_STYLE": "path",
    "S3_ACCESS_KEY_ID": "access-key-id",
    "S3_SECRET_ACCESS_KEY": "s3-secret-access-key",
    "PUT_EXPIRES": "3600",
    "JOB_TTL_SECONDS": "86400",
}
VIDEO_IN = "media/med_1/inputs/up_1/video"
SUBTITLES_IN = "media/med_1/inputs/sub_1/subtitles.vtt"


def _willing(call: PeerCall) -> PeerAnswer:
    if call.path == "/health":
        return peer_answer(200, '{"ok":true,"version":"0.3.0","contract":2}')
    return peer_answer(202 if call.path.endswith("/render") else 200)


@lru_cache
def _settings(env: tuple[tuple[str, str], ...]) -> OrchestratorSettings:
    """Read once, as an isolate does it: a test asks for them at each call."""
    return read_settings(dict(env).get)


@dataclass
class World:
    """Everything a test needs; times are those of *clock*.

    *connected*: how hosts of every engine stand that connect outward, by name.
    """

    env: dict[str, str] = field(default_factory=lambda: dict(SETTINGS))
    clock: Clock = field(default_factory=lambda: Clock(T0))
    objects: Objects = field(default_factory=Objects)
    peers: Peers = field(default_factory=lambda: Peers(_willing))
    slots: Slots = field(default_factory=Slots)
    door: Door = field(default_factory=Door)
    archived: ArchivedJobs = field(default_factory=ArchivedJobs)
    disks: dict[str, Disk] = field(default_factory=dict)
    logs: list[dict[str, object]] = field(default_factory=list)
    alive: dict[str, JobPorts] = field(default_factory=dict)
    behind: list[Callable[[], Coroutine[Any, Any, None]]] = field(default_factory=list)
    permits: KeptPermits = field(default_factory=KeptPermits)
    tokens: int = 0
    woken: int = 0
    probes: Probes = field(default_factory=Probes)
    connected: dict[str, str] = field(default_factory=dict)

    def settings(self) -> OrchestratorSettings:
        return _settings(tuple(self.env.items()))

    def token(self) -> str:
        self.tokens += 1
        return f"random-token-{self.tokens:08d}"

    def ports(self, job_id: str = "job_1") -> JobPorts:
        """Return the ports of a living Durable Object, which wakes up if it slept."""
        if job_id not in self.alive:
            disk = self.disks.setdefault(job_id, Disk())
            self.alive[job_id] = JobPorts(
                store=CLASSES.job(disk),
                alarm=Alarm(CLASSES.timer(disk), self.clock),
                turn=Turn(self.clock),
                permits=self.permits,
                later=self.behind.append,
                objects=self.objects,
                peers=self.peers,
                slots=self.slots,
                others=OTHER_JOBS.OtherJobStubs(JobObjects(self.wake)),
                archived=self.archived,
                signer=Signer(),
                settings=self.settings(),
                now_ms=self.clock,
                token=self.token,
                log=self.logs.append,
            )
            lifecycle.rearm(self.alive[job_id])
        return self.alive[job_id]

    def wake(self, job_id: str) -> JobPorts:
        """Return the ports of a Durable Object that the Worker calls."""
        self.woken += 1
        return self.ports(job_id)

    def evict(self) -> None:
        """Forget what the Durable Objects had in memory, and what they were about to do."""
        self.alive.clear()
        self.behind.clear()

    async def waiting(self, engine: EngineId) -> int:
        """Return how many jobs wait; of the downloader's dispatcher that is not known."""
        if engine == "media-downloader":
            raise UpstreamError("upstream_failed", part="The object", why="it sleeps")
        return 3

    async def hosts(self, engine: EngineId) -> dict[str, dict[str, object]]:
        """Return what a dispatcher knows of its hosts; the downloader's is silent, as above."""
        await self.waiting(engine)
        known = self.settings().hosts[engine]
        said = {"version": "0.7.0", "region": 'eu "west"', "costWeight": 2.5}
        has = {"models": ["base"], "gpus": ["NVIDIA L4", "NVIDIA T4"]}
        connected = {outward_host(name): state for name, state in self.connected.items()}
        return {
            host: {"slots": 4, "inUse": 1, "state": state, **said, **has}
            for host, state in (dict.fromkeys(known, "ok") | connected).items()
        }

    def job(self, job_id: str = "job_1") -> JobRecord:
        job = self.ports(job_id).store.load()
        assert job is not None
        return job

    # --- requests -------------------------------------------------------------------------------

    async def ask(
        self, method: str, target: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Reply:
        """Send one request to the Worker."""
        context = Context(
            settings=self.settings,
            job=lambda job_id: RPC.JobStub(JobObjects(self.wake), job_id),
            unpack=RPC.unpack,
            objects=self.objects,
            peers=self.peers,
            door=self.door,
            archived=self.archived,
            waiting=self.waiting,
            hosts=self.hosts,
            now_ms=self.clock,
            token=self.token,
            probes=self.probes,
            log=self.logs.append,
        )
        return await ROUTER.answer(request(method, target, body, headers or {}), context)

    async def post(
        self,
        target: str,
        document: object,
        secret: str = SECRET,
        method: str = "POST",
        request_id: str = "",
    ) -> Reply:
        """Send one signed JSON request."""
        body = json.dumps(document).encode()
        headers = {"x-signature": sign(body, (secret,)), "x-request-id": request_id}
        return await self.ask(method, target, body, headers)

    def message(self, type_: str, **fields: object) -> dict[str, object]:
        return {"type": type_, "ts": self.clock.now_ms, "nonce": self.token(), **fields}

    async def get(self, path: str) -> Reply:
        """Send one signed request that has no body."""
        target = f"{path}?ts={self.clock.now_ms}"
        headers = {"x-signature": sign_request_line("GET", target, (SECRET,))}
        return await self.ask("GET", target, headers=headers)

    # --- the app's side -------------------------------------------------------------------------

    def prepare(
        self,
        job_id: str = "job_1",
        engine: EngineId = "burner-ffmpeg",
        **changes: object,
    ) -> None:
        """Put a job's manifest and its inputs into the bucket."""
        self.objects.put(VIDEO_IN, b"a video")
        self.objects.put(SUBTITLES_IN, b"WEBVTT")
        keys = {"video": VIDEO_IN, "subtitles": SUBTITLES_IN}
        inputs = {s.name: {"key": keys[s.name]} for s in ENGINES[engine].inputs if s.name in keys}
        manifest = {
            "jobId": job_id,
            "mediaId": "med_1",
            "engine": engine,
            "inputs": inputs,
            "options": {},
            "createdAt": T0,
            **changes,
        }
        self.objects.put(f"manifests/jobs/{job_id}.json", json.dumps(manifest).encode())

    def rewrite_manifest(self, **changes: object) -> None:
        manifest = json.loads(self.objects.stored["manifests/jobs/job_1.json"].body)
        text = json.dumps({**manifest, **changes})
        self.objects.put("manifests/jobs/job_1.json", text.encode())

    async def submit(
        self, job_id: str = "job_1", engine: EngineId = "burner-ffmpeg", **changes: object
    ) -> Reply:
        """Ask for the job as the app does."""
        start = {"jobId": job_id, "mediaId": "med_1", "engine": engine, "generation": 1}
        return await self.post("/jobs", self.message("job.start", **{**start, **changes}))

    async def cancel(self, job_id: str = "job_1") -> Reply:
        return await self.post(
            f"/jobs/{job_id}/cancel", self.message("job.cancel", jobId=job_id, reason="user")
        )

    async def status(self, job_id: str = "job_1") -> dict[str, Any]:
        """Return the job's status as the app is shown it."""
        reply = await self.get(f"/jobs/{job_id}")
        assert reply.status == 200, reply.body
        return document(reply)

    async def replay(self, job_id: str = "job_1") -> dict[str, Any]:
        """Ask for the events that were given up."""
        message = self.message("job.replay", jobId=job_id)
        return document(await self.post(f"/jobs/{job_id}/replay", message))

    def told(self) -> list[dict[str, object]]:
        """Return the events that the app was sent, in order, deliveries that failed included."""
        return [event for sent in self.deliveries() for event in sent]

    def deliveries(self) -> list[list[dict[str, object]]]:
        """Return the events of each request that the app was sent."""
        sent = [json.loads(c.body or b"") for c in self.peers.to("/api/render/cf-callback")]
        return [body if isinstance(body, list) else [body] for body in sent]

    # --- the container's side -------------------------------------------------------------------

    def started(self) -> list[dict[str, object]]:
        """Return the start calls that containers got."""
        return [call.message for call in self.peers.to("/render")]

    async def report(
        self,
        status: str,
        attempt: int = 1,
        body: bytes | None = None,
        secret: str = SECRET,
        **fields: object,
    ) -> Reply:
        """Report as a container does that sends only what the earlier system's sent."""
        start = next(s for s in self.started() if s["attempt"] == attempt)
        target = str(start["callbackUrl"]).removeprefix("http://orchestrator.example")
        document = {"jobId": start["jobId"], "status": status, "ts": self.clock.now_ms}
        document |= {"nonce": self.token(), **fields}
        body = body if body is not None else json.dumps(document).encode()
        return await self.ask("POST", target, body, {"x-signature": sign(body, (secret,))})

    def upload(self, slot: str = "video", attempt: int = 1, body: bytes = b"rendered") -> None:
        """Put what a container has made where it was told to."""
        start = next(s for s in self.started() if s["attempt"] == attempt)
        field_name = f"output{slot[0].upper()}{slot[1:]}Key"
        self.objects.put(str(start[field_name]), body)

    async def complete(self, **prepared: Any) -> None:  # Any: handed on to `begin`.
        """Begin a job whose container uploads a video and is done."""
        await self.begin(**prepared)
        self.upload()
        await self.report("completed")
        await self.settle()

    def waits_only_to_forget(self, job_id: str = "job_1") -> bool:
        """Whether nothing is left to do for the job until its object forgets it."""
        finished_ms = self.job(job_id).finished_ms
        assert finished_ms is not None
        return self.disks[job_id].alarm_ms == finished_ms + int(self.env["JOB_TTL_SECONDS"]) * 1000

    # --- time -----------------------------------------------------------------------------------

    async def settle(self, job_id: str = "job_1") -> None:
        """Let what follows from the answers be done, and the alarm ring for what is due now."""
        for _ in range(200):
            while self.behind:
                await self.behind.pop(0)()
            disk = self.disks[job_id]
            if disk.alarm_ms is None or disk.alarm_ms > self.clock.now_ms:
                return
            disk.alarm_ms = None
            await lifecycle.tick(self.ports(job_id))
        raise AssertionError("The alarm rings without end.")

    async def wait(self, wait_ms: int, job_id: str = "job_1") -> None:
        """Let time pass, with the alarm at each moment it is set for."""
        end_ms = self.clock.now_ms + wait_ms
        for _ in range(10_000):
            await self.settle(job_id)
            alarm_ms = self.disks[job_id].alarm_ms
            if alarm_ms is None or alarm_ms > end_ms:
                break
            self.clock.now_ms = max(self.clock.now_ms, alarm_ms)
        self.clock.now_ms = end_ms

    async def begin(self, **prepared: Any) -> None:  # Any: handed on to `prepare`.
        """Prepare, submit and start a job, whose container has answered."""
        self.prepare(**prepared)
        reply = await self.submit(engine=prepared.get("engine", "burner-ffmpeg"))
        assert reply.status == 200, reply.body
        await self.settle()


def begun() -> World:
    world = World()
    run(world.begin())
    return world


def finished() -> World:
    world = World()
    run(world.complete())
    return world


def document(reply: Reply) -> dict[str, Any]:  # Any: a test looks into it.
    """Return the JSON object that a reply carries."""
    parsed = json.loads(str(reply.body))
    assert isinstance(parsed, dict)
    return parsed
