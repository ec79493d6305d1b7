"""The hosts of a system that is deployed to a fake account, behind a proxy of this machine.

Each host answers as what is deployed there would: the app where the account has its route, with
the secret and the rows that the account has; the containers with their keys in the clone's
`containers/.env`. Programs reach it by HTTPS_PROXY, and trust its certificate by SSL_CERT_FILE.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import ssl
import time
from typing import Any

from trustme import CA

from dev.loopback import Handler
from media_jobs import __version__
from media_jobs.diagnosis import Check, Diagnosis, Part, open_question, proof
from media_jobs.engines import ENGINES
from media_jobs.errors import SignatureError
from media_jobs.request_id import REQUEST_ID_HEADER
from media_jobs.signing import SIGNATURE_HEADER, parse_secrets
from ops.doctor.route_probe import PAGES
from ops.project import Project
from ops.secret import SECRET
from tests.ops.fake_wrangler import FakeWrangler, Listening

APP, ORCHESTRATOR = "vid-genius-start", "media-orchestrator"
SERVICES = tuple(engine.name for engine in ENGINES.values())
JOB = {"jobId": "job_1", "mediaId": "med_1", "engine": "media-downloader", "status": "completed"}
JOB_TIMES = {"createdAt": 0, "updatedAt": 0}
VIDEO = {"url": "https://v", "downloadUrl": "https://v", "expiresAt": 0, "sizeBytes": 1}


class FakeInternet(Listening):
    """What is deployed from the clone of *project*; without *presign* its S3 keys do not work."""

    def __init__(self, project: Project, wrangler: FakeWrangler) -> None:
        self.project, self.wrangler, self.presign = project, wrangler, True
        authority = CA()
        self.certificate = project.root / "internet.pem"
        authority.cert_pem.write_to_path(str(self.certificate))
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("*.films.test").configure_cert(self.tls)
        super().__init__(type("Proxy", (_Proxy,), {"internet": self}))

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """Return rows of the account's D1."""
        connection = sqlite3.connect(f"{self.wrangler.file}.d1")
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def secrets(self, part: Part, host: str) -> tuple[str, ...]:
        """Return the secrets that a part has now; a container has what compose gives to it."""
        if part == "container":
            text = (self.project.root / "containers/.env").read_text()
            given = dict(line.partition("=")[::2] for line in text.splitlines())
            return parse_secrets(given.get(f"{SECRET}_{host.upper()}") or given[SECRET])
        worker = APP if part == "app" else ORCHESTRATOR
        return parse_secrets(self.wrangler.state["secrets"].get(worker, {}).get(SECRET))

    def checks(self, part: Part) -> list[Check]:
        """Return what a part finds that is asked for everything."""
        if part == "app":
            names = [row[0] for row in self.rows("SELECT name FROM d1_migrations ORDER BY id")]
            return [Check(name="database", ok=True, facts={"migrations": names})]
        found = [Check(name=name, ok=True) for name in ("presign", "kv", "app")]
        facts: dict[str, object] = {"version": __version__, "tried": []}
        return [*found, *(Check(name=f"container.{n}", ok=True, facts=facts) for n in SERVICES)]


class _Proxy(Handler):
    internet: FakeInternet

    def do_CONNECT(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        site = type("Site", (_Site,), {"internet": self.internet})
        try:
            with self.internet.tls.wrap_socket(self.connection, server_side=True) as tunnel:
                site(tunnel, self.client_address, self.server)
        except OSError:
            return  # A host that the certificate is not for: the caller hangs up.


class _Site(Handler):
    internet: FakeInternet
    _request_id: str | None = None

    def _handle(self) -> None:
        body = self.body()
        name = self.headers["host"].partition(".")[0]
        workers = self.internet.wrangler.state["workers"]
        if name in SERVICES:
            self._diagnosis("container", body)
        elif name == "orchestrator" and ORCHESTRATOR in workers:
            self._orchestrator(body)
        elif name == "video":
            owner = self.internet.wrangler.routes.get(f"{self.headers['host']}/*")
            if owner == APP:
                self._app(body)
            else:
                self._answer(200 if owner else 522, b"<p>another page", "text/html")
        else:
            self._answer(404)

    do_GET = do_HEAD = do_POST = do_DELETE = _handle

    def _orchestrator(self, body: bytes) -> None:
        if self.path.startswith("/debug/presign?key="):
            self._answer(200 if self.internet.presign else 500)
        else:
            self._diagnosis("orchestrator", body)

    def _app(self, body: bytes) -> None:
        self._request_id = self.headers[REQUEST_ID_HEADER]
        if self.path in PAGES:
            page = (self.internet.project.root / "public" / PAGES[self.path][0]).read_bytes()
            self._answer(200, page, "text/html; charset=utf-8")
        elif self.path == "/healthz":
            self._json({"ok": True, "version": __version__})
        elif self.path == "/api/diagnostics":
            self._diagnosis("app", body)
        elif not self._known():
            self._answer(401)
        elif self.command == "DELETE":
            self._answer(204)
        else:
            video = {**VIDEO, "contentType": "video/mp4"}
            self._json({**JOB, **JOB_TIMES, "artifacts": {"video": video}})

    def _known(self) -> bool:
        token = (self.headers["authorization"] or "").removeprefix("Bearer ")
        digest = hashlib.sha256(token.encode()).hexdigest()
        return bool(self.internet.rows("SELECT token_id FROM tokens WHERE token_hash = ?", digest))

    def _diagnosis(self, part: Part, body: bytes) -> None:
        host, now_ms = self.headers["host"].partition(".")[0], int(time.time() * 1000)
        secrets = self.internet.secrets(part, host)
        try:
            question = open_question(part, body, self.headers[SIGNATURE_HEADER], secrets, now_ms)
        except SignatureError:
            self._answer(401)
            return
        checks = self.internet.checks(part) if question.deep and part != "container" else []
        answer = Diagnosis(
            part=part,
            version=__version__,
            now_ms=now_ms,
            secrets=len(secrets),
            proof=proof(part, question.nonce, secrets),
            facts={"endpoint": "/cdn-cgi/local/", "bucket": "vidgen-render"},
            checks=checks,
        )
        self._answer(200, answer.to_json(), "application/json")

    def _json(self, document: object) -> None:
        self._answer(200, json.dumps(document).encode(), "application/json")

    def _answer(self, status: int, body: bytes = b"", kind: str = "text/plain") -> None:
        told = {REQUEST_ID_HEADER: self._request_id} if self._request_id else {}
        self.answer(status, body, {"content-type": kind, **told})
