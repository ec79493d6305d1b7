"""What is measured: for each route its requests, what they need beforehand and what they leave.

Only `run` is counted. Jobs are new in each round and canceled after it, so that no alarm of an
earlier one falls into a later measurement.
"""

import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.calls import BenchCall, KeptConnection, Storage, now_ms, signed_post
from bench.peers import BenchPeers
from media_jobs.signing import SIGNATURE_HEADER, sign, sign_link, sign_request_line

MEDIA = "med_bench"
ENGINE = "burner-ffmpeg"
INPUTS = {
    "video": f"media/{MEDIA}/inputs/one/video",
    "subtitles": f"media/{MEDIA}/inputs/one/subtitles.vtt",
}
OUTPUT = b"\0" * 1024
_floor_jobs = itertools.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One row of the report.

    `prepare(n)` returns what sends *n* requests and waits for what they caused; `clean` takes away
    what is left. *requests*: how many a round has.
    """

    name: str
    requests: int
    prepare: Callable[[int], Callable[[], None]]
    clean: Callable[[], None] = lambda: None


class Deployment:
    """A running stack, seen from outside."""

    def __init__(
        self, orchestrator_url: str, app_url: str, secret: str, token: str, storage: Storage
    ) -> None:
        self.orchestrator = KeptConnection(orchestrator_url)
        self.app = KeptConnection(app_url)
        self.secret = secret
        self.token = token
        self.storage = storage
        self._made = 0
        for key in INPUTS.values():
            storage.put(key, b"input", "application/octet-stream")

    def new_jobs(self, count: int) -> list[str]:
        """Put the manifests of *count* jobs into the bucket; return their ids."""
        ids = []
        for _ in range(count):
            self._made += 1
            job_id = f"job_{now_ms()}_{self._made}"
            manifest = {
                "version": 1,
                "jobId": job_id,
                "mediaId": MEDIA,
                "engine": ENGINE,
                "generation": 1,
                "inputs": {name: {"key": key} for name, key in INPUTS.items()},
                "options": {},
                "createdAt": now_ms(),
            }
            body = json.dumps(manifest).encode()
            self.storage.put(f"manifests/jobs/{job_id}.json", body, "application/json")
            ids.append(job_id)
        return ids

    def start(self, job_id: str) -> BenchCall:
        """Return the app's request for the start of *job_id*."""
        fields = {"jobId": job_id, "mediaId": MEDIA, "engine": ENGINE, "generation": 1}
        return signed_post("/jobs", "job.start", fields, self.secret)

    def cancel(self, job_ids: list[str]) -> None:
        """Cancel the jobs."""
        for job_id in job_ids:
            fields: dict[str, object] = {"jobId": job_id}
            target = f"/jobs/{job_id}/cancel"
            self.orchestrator.send(signed_post(target, "job.cancel", fields, self.secret))

    def send_all(self, calls: list[BenchCall]) -> None:
        """Send *calls* to the orchestrator, one after the other."""
        for call in calls:
            self.orchestrator.send(call)

    def close(self) -> None:
        self.orchestrator.close()
        self.app.close()
        self.storage.close()


class _RunningJob:
    """Scenarios about one job whose container is at work."""

    def __init__(self, deployment: Deployment, peers: BenchPeers) -> None:
        self.deployment = deployment
        self.peers = peers
        self.job_id = ""
        self.render: dict[str, str] = {}

    def open(self) -> None:
        """Start a new job and report that it runs."""
        (self.job_id,) = self.deployment.new_jobs(1)
        self.deployment.orchestrator.send(self.deployment.start(self.job_id))
        self.render = self.peers.render(self.job_id)
        self.peers.wait_told([self.job_id], 1)
        self.deployment.orchestrator.send(self.callback(status="running", progress=0.0))

    def callback(self, **fields: object) -> BenchCall:
        """Return the container's next signed callback."""
        target = urlsplit(self.render["callbackUrl"])
        return signed_post(
            f"{target.path}?{target.query}",
            "container.callback",
            {"jobId": self.job_id, "attempt": 1, **fields},
            self.deployment.secret,
        )

    def callbacks(self, count: int) -> Callable[[], None]:
        self.open()
        calls = [
            self.callback(status="running", phase="encoding", progress=(index + 1) / (count + 1))
            for index in range(count)
        ]
        return lambda: self.deployment.send_all(calls)

    def urls(self, count: int) -> Callable[[], None]:
        self.open()
        target = urlsplit(self.render["urlsUrl"])
        call = BenchCall(method="POST", target=f"{target.path}?{target.query}", headers={})
        return lambda: self.deployment.send_all([call] * count)

    def statuses(self, count: int) -> Callable[[], None]:
        self.open()
        target = f"/jobs/{self.job_id}?ts={now_ms()}"
        signature = sign_request_line("GET", target, (self.deployment.secret,))
        call = BenchCall(method="GET", target=target, headers={SIGNATURE_HEADER: signature})
        return lambda: self.deployment.send_all([call] * count)

    def artifacts(self, count: int) -> Callable[[], None]:
        self.open()
        key = self.render["outputVideoKey"]
        self.deployment.storage.put(key, OUTPUT, "video/mp4")
        outputs = {"video": {"key": key, "sizeBytes": len(OUTPUT)}}
        self.deployment.orchestrator.send(self.callback(status="completed", outputs=outputs))
        self.peers.wait_completed(self.job_id)
        expires_s = now_ms() // 1000 + 3600
        carried = {
            "key": key,
            "size": str(len(OUTPUT)),
            "type": "video/mp4",
            "etag": hashlib.md5(OUTPUT, usedforsecurity=False).hexdigest(),
        }
        path, secrets = f"/artifacts/{self.job_id}/video", (self.deployment.secret,)
        target = sign_link(path, carried, expires_s, secrets)
        call = BenchCall(method="GET", target=target, headers={})
        return lambda: self.deployment.send_all([call] * count)

    def close(self) -> None:
        self.deployment.cancel([self.job_id])


class _NewJobs:
    """Scenarios that start jobs."""

    def __init__(self, deployment: Deployment, peers: BenchPeers) -> None:
        self.deployment = deployment
        self.peers = peers
        self.job_ids: list[str] = []

    def starts(self, count: int) -> Callable[[], None]:
        """The request, and all that follows until the container has been asked."""
        self.job_ids = self.deployment.new_jobs(count)
        calls = [self.deployment.start(job_id) for job_id in self.job_ids]
        self.peers.hold()

        def run() -> None:
            self.deployment.send_all(calls)
            for job_id in self.job_ids:
                self.peers.render(job_id)

        return run

    def answers(self, count: int) -> Callable[[], None]:
        """What follows: the container's 202, and telling the app of `queued` and `preparing`."""
        self.starts(count)()

        def run() -> None:
            self.peers.release()
            self.peers.wait_told(self.job_ids, 2)

        return run

    def creations(self, count: int) -> Callable[[], None]:
        headers = {
            "authorization": f"Bearer {self.deployment.token}",
            "content-type": "application/json",
        }
        options = {"url": "https://example.com/video.mp4"}
        body = json.dumps({"engine": "media-downloader", "options": options}).encode()
        call = BenchCall(method="POST", target="/api/jobs", body=body, headers=headers, status=201)

        def run() -> None:
            answers = [json.loads(self.deployment.app.send(call)) for _ in range(count)]
            self.job_ids = [answer["jobId"] for answer in answers]
            for job_id in self.job_ids:
                self.peers.render(job_id)
            self.peers.wait_told(self.job_ids, 2)

        return run

    def close(self) -> None:
        self.peers.release()
        self.peers.wait_told(self.job_ids, 2)
        self.deployment.cancel(self.job_ids)


def _trivial(connection: KeptConnection) -> Callable[[int], Callable[[], None]]:
    healthz = BenchCall(method="GET", target="/healthz", headers={})
    return lambda count: lambda: [connection.send(healthz) for _ in range(count)].clear()


def scenarios(deployment: Deployment, peers: BenchPeers) -> list[Scenario]:
    """Return the rows of the stack; the first one is what the others are compared with."""
    running, starting = _RunningJob(deployment, peers), _NewJobs(deployment, peers)
    return [
        Scenario(name="GET /healthz", requests=300, prepare=_trivial(deployment.orchestrator)),
        Scenario(
            name="POST /callbacks/container",
            requests=200,
            prepare=running.callbacks,
            clean=running.close,
        ),
        Scenario(name="POST /jobs", requests=60, prepare=starting.starts, clean=starting.close),
        Scenario(
            name="the container's 202, two events to the app",
            requests=60,
            prepare=starting.answers,
            clean=starting.close,
        ),
        Scenario(name="GET /jobs/:id", requests=200, prepare=running.statuses, clean=running.close),
        Scenario(
            name="POST /jobs/:id/urls", requests=150, prepare=running.urls, clean=running.close
        ),
        Scenario(
            name="GET /artifacts/:id", requests=200, prepare=running.artifacts, clean=running.close
        ),
        Scenario(name="app: GET /healthz", requests=300, prepare=_trivial(deployment.app)),
        Scenario(
            name="app: POST /api/jobs",
            requests=40,
            prepare=starting.creations,
            clean=starting.close,
        ),
    ]


def floor_scenarios(connection: KeptConnection, secret: str, peers: BenchPeers) -> list[Scenario]:
    """Return the rows of the JavaScript Worker (floor.mjs)."""
    connection.send(BenchCall(method="POST", target="/setup", headers={}))

    def signed(path: str, job_id: str, **fields: object) -> BenchCall:
        nonce = f"floor-{now_ms()}-{next(_floor_jobs)}"
        body = json.dumps({"job": job_id, "nonce": nonce, **fields}).encode()
        headers = {SIGNATURE_HEADER: sign(body, (secret,))}
        return BenchCall(method="POST", target=path, body=body, headers=headers)

    def callbacks(count: int) -> Callable[[], None]:
        calls = [signed("/callback", "one", progress=index / count) for index in range(count)]
        return lambda: [connection.send(call) for call in calls].clear()

    def starts(count: int) -> Callable[[], None]:
        job_ids = [f"floor_{next(_floor_jobs)}" for _ in range(count)]
        calls = [signed("/jobs", job_id) for job_id in job_ids]
        peers.hold()

        def run() -> None:
            for call in calls:
                connection.send(call)
            for job_id in job_ids:
                peers.render(job_id)

        return run

    return [
        Scenario(name="JavaScript: GET /healthz", requests=1000, prepare=_trivial(connection)),
        Scenario(name="JavaScript: callback", requests=400, prepare=callbacks),
        Scenario(name="JavaScript: job start", requests=100, prepare=starts, clean=peers.release),
    ]
