"""The whole app in one process: its routes over fake ports, called as over HTTP."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.api.router import answer
from app.jobs.artifacts import expire_artifacts
from app.jobs.sweep import sweep
from app.media.removal import sweep_storage
from app.oidc_keys import ProviderMemory
from app.people.invitations import Joining, join
from app.ports import Ports
from app.rates import Rates, strangers
from app.receipt_keys import ReceiptKeys
from app.settings import AppSettings
from app.store import EVERYONE, OPERATORS, Store
from media_jobs.engines import ENGINES
from media_jobs.http import Reply
from media_jobs.keyring import Keyring
from media_jobs.ports import PeerAnswer
from tests.platform.bucket import Objects
from tests.platform.database import Database
from tests.platform.durable import Hub, Senders
from tests.platform.loop import run
from tests.platform.network import PeerCall, Peers, peer_answer, unreachable
from tests.platform.request import request
from tests.platform.verifier import Verifier

ORIGIN = "https://jobs.test"
ADMIN = "token-admin"
SECRET = "stage-secret-0123456789abcdef"
START_MS = 1_790_000_000_000
VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n"
COMMENTS = {"video": {"title": "Clip"}, "comments": [{"author": "Ann", "content": "Nice"}]}
TYPES = {
    "jpg": "image/jpeg",
    "json": "application/json",
    "mp4": "video/mp4",
    "vtt": "text/vtt",
}
DOWNLOAD = {"engine": "media-downloader", "options": {"url": "https://video.test/watch?v=1"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer as its caller sees it."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.text)
        return document


class Stage:
    """The app, a settable clock, predictable entropy, and tokens `read`, `submit` and `admin`."""

    def __init__(self) -> None:
        self.database = Database()
        self.store = Store(self.database, EVERYONE)
        self.objects = Objects()
        self.orchestrator = Peers(_willing)
        self.outside = Peers(unreachable)
        self.hub = Hub()
        self.senders = Senders()
        self.settings = AppSettings(keys=Keyring((SECRET,)), orchestrator_url="https://orch.test")
        self.now_ms = START_MS
        self.log: list[dict[str, object]] = []
        self.bodies_read = 0
        self._drawn = 0
        self.ports = Ports(
            store=self.store,
            objects=self.objects,
            orchestrator=self.orchestrator,
            settings=lambda: self.settings,
            now_ms=lambda: self.now_ms,
            entropy=self._entropy,
            log=self.log.append,
            rates=Rates(),
            strangers=strangers(),
            receipt_keys=ReceiptKeys(),
            hub=self.hub,
            senders=self.senders,
            verifier=Verifier(),
            outside=self.outside,
            oidc=ProviderMemory(),
        )
        for scope in ("read", "submit", "admin"):
            self.add_token(f"token-{scope}", scope)

    def add_token(
        self,
        token: str,
        scopes: str,
        revoked_ms: int | None = None,
        expires_ms: int | None = None,
        owner: str = OPERATORS,
        queued_max: int | None = None,
        running_max: int | None = None,
    ) -> None:
        digest = hashlib.sha256(token.encode()).hexdigest()
        self.database.look(
            "INSERT INTO tokens (token_hash, token_id, name, scopes, created_ms, revoked_ms,"
            " expires_ms, owner_id, queued_max, running_max)"
            " VALUES (?, ?, 'a token', ?, ?, ?, ?, ?, ?, ?) RETURNING token_hash",
            digest,
            f"tok_{digest[:26]}",
            scopes,
            START_MS,
            revoked_ms,
            expires_ms,
            owner,
            queued_max,
            running_max,
        )

    def add_workspace(self, workspace_id: str) -> str:
        """Add a workspace; return an admin token of it."""
        add = "INSERT INTO workspaces (workspace_id, name) VALUES (?, ?) RETURNING workspace_id"
        self.database.look(add, workspace_id, workspace_id)
        token = f"token-{workspace_id}"
        self.add_token(token, "admin", owner=workspace_id)
        return token

    def sign_in(self, token: str) -> str:
        """Return the cookie header of a new session."""
        answered = self.send("POST", "/api/session", {"token": token}, token=None)
        assert answered.status == 200, answered.text
        return answered.headers["set-cookie"].partition(";")[0]

    def member(self, role: str, workspace_id: str, name: str = "Ada") -> tuple[str, str]:
        """Return the cookie header of a new member's session, and the member's id."""
        wanted = {"role": role, "workspaceId": workspace_id}
        secret = self.send("POST", "/api/invitations", wanted).json["invitation"]
        joining = Joining(
            secret_hash=hashlib.sha256(secret.encode()).hexdigest(),
            person_id=f"per_{secret[:26]}",
            name=name,
            is_new=True,
        )
        account, cookie, _ = run(join(joining, None, self.ports))
        return f"__Host-session={cookie}", str(account.token_id)

    async def call(
        self,
        method: str,
        target: str,
        body: object = None,
        *,
        token: str | None = ADMIN,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        """Send a request; *body* is sent as it is when it is bytes, else as JSON."""
        sent = b"" if body is None else body if isinstance(body, bytes) else _json(body)
        given = {name.lower(): value for name, value in (headers or {}).items()}
        if token is not None:
            given.setdefault("authorization", f"Bearer {token}")

        def count() -> None:
            self.bodies_read += 1

        asked = request(method, target, sent, given, origin=ORIGIN, on_read=count)
        ports = self.ports.under(given.get("x-request-id"))
        return _answered(await answer(asked, ports))

    def send(self, method: str, target: str, body: object = None, **more: Any) -> Answered:
        """Send one request and wait for its answer."""
        return run(self.call(method, target, body, **more))

    def sweep(self) -> int:
        """Run the cron's sweep once."""
        return run(sweep(self.ports)).jobs

    def sweep_storage(self) -> None:
        """Run the cron's other sweep once."""
        run(sweep_storage(self.ports))

    def expire_artifacts(self) -> None:
        """Run what the cron does with old outputs once."""
        run(expire_artifacts(self.ports))

    # --- what a test starts from ---------------------------------------------------------------

    def media_with_inputs(self, token: str = ADMIN) -> str:
        """Return a media that has a video, subtitles and comments."""

        def send(method: str, path: str, body: object = None) -> Answered:
            return self.send(method, f"/api/media{path}", body, token=token)

        media_id: str = send("POST", "", {"title": "Clip"}).json["mediaId"]
        upload = send("POST", f"/{media_id}/uploads", {"sizeBytes": 5}).json["uploadId"]
        key = f"media/{media_id}/inputs/{upload}/video"
        self.put(key, body="video")
        assert send("POST", f"/{media_id}/uploads/{upload}/complete").status == 200
        assert send("PUT", f"/{media_id}/subtitles", VTT.encode()).status == 201
        assert send("PUT", f"/{media_id}/comments", COMMENTS).status == 201
        return media_id

    def job(self, document: Mapping[str, object] = DOWNLOAD, token: str = ADMIN) -> str:
        """Return the id of a newly accepted job."""
        answered = self.send("POST", "/api/jobs", document, token=token)
        assert answered.status == 201, answered.text
        job_id: str = answered.json["jobId"]
        return job_id

    def webhook(self, *events: str, token: str = ADMIN) -> dict[str, Any]:
        """Return a new endpoint that hears of *events*, by default of every end but a cancel."""
        wanted = list(events) or ["job.completed", "job.failed"]
        new = {"url": "https://hooks.example.com/in", "events": wanted}
        answered = self.send("POST", "/api/webhooks", new, token=token)
        assert answered.status == 201, answered.text
        return answered.json

    def finished_download(self) -> tuple[str, str]:
        """Return the id of a download that ends now, and the folder of its two outputs."""
        job_id = self.job()
        folder = f"media/{self.row(job_id)['media_id']}/downloads/{job_id}/1-1/"
        outputs = self.outputs(job_id, "video.mp4", "metadata.json", size_bytes=1)
        assert self.tell(self.event(job_id, 1, "completed", outputs=outputs)).status == 200
        return job_id, folder

    def outputs(self, job_id: str, *files: str, size_bytes: int = 5) -> dict[str, object]:
        """Return what an event says of the *files* that a job's first attempt has made, by slot."""
        row = self.row(job_id)
        folder = ENGINES[row["engine"]].folder
        return {
            name.partition(".")[0]: {
                "key": f"media/{row['media_id']}/{folder}/{job_id}/1-1/{name}",
                "sizeBytes": size_bytes,
                "contentType": TYPES[name.rpartition(".")[2]],
                "etag": "e",
            }
            for name in files
        }

    def put(self, *keys: str, body: str = "x", content_type: str = "video/mp4") -> None:
        """Store objects past the app, as a presigned URL or a container does."""
        for key in keys:
            run(self.objects.put_text(key, body, content_type))

    def manifest(self, job_id: str) -> dict[str, Any]:
        """Return what the orchestrator reads of a job."""
        document: dict[str, Any] = json.loads(
            self.objects.stored[f"manifests/jobs/{job_id}.json"].body
        )
        return document

    def row(self, job_id: str) -> dict[str, Any]:
        """Return what the database holds of a job."""
        return self.database.look("SELECT * FROM jobs WHERE job_id = ?", job_id)[0]

    def event(self, job_id: str, seq: int, status: str, **more: object) -> dict[str, object]:
        """Return the orchestrator's event number *seq* of a job."""
        row = self.row(job_id)
        return {
            "type": "job.event",
            "eventId": f"{job_id}.1.{seq}",
            "eventSeq": seq,
            "jobId": job_id,
            "mediaId": row["media_id"],
            "engine": row["engine"],
            "generation": 1,
            "attempt": 1,
            "status": status,
            "progress": 0.5,
            "cause": "reported",
            "atMs": self.now_ms,
            "ts": self.now_ms,
            "nonce": f"nonce-{job_id}-{seq}",
            **more,
        }

    def tell(self, event: Mapping[str, object], secret: str = SECRET) -> Answered:
        """Deliver an event as the orchestrator does."""
        return self.send("POST", "/api/render/cf-callback", **signed(event, secret))

    def _entropy(self, size: int) -> bytes:
        self._drawn += 1
        return hashlib.sha256(str(self._drawn).encode()).digest()[:size]


def _willing(call: PeerCall) -> PeerAnswer:
    """Answer as the orchestrator does that takes everything."""
    if call.path == "/uploads":
        presigned = {
            "url": f"https://bucket.test/{call.message['key']}?X-Amz-Signature=abc",
            "headers": {"content-type": call.message["contentType"]},
            "expiresAt": 1_790_003_600_000,
        }
        return peer_answer(text=json.dumps(presigned))
    return peer_answer(text='{"jobId":"job_1"}')


def signed(message: object, secret: str = SECRET) -> dict[str, Any]:
    """Return body and headers of a signed request without a token."""
    body = message if isinstance(message, bytes) else _json(message)
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"body": body, "headers": {"x-signature": signature}, "token": None}


def _json(document: object) -> bytes:
    return json.dumps(document).encode()


def _answered(reply: Reply) -> Answered:
    body = reply.body
    if isinstance(body, bytes):
        body = body.decode("latin-1")
    assert isinstance(body, str | None)
    return Answered(status=reply.status, headers=dict(reply.headers), text=body or "")
