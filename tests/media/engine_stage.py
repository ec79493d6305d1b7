"""A stage for one engine: the real program, and the world it talks to on loopback.

`Surroundings` is that world: it serves files, keeps what is PUT, and collects the callbacks after
checking their signatures. `RunningEngine` is `python -m <engine>` with its port read from its log.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import httpx

from media_jobs.signing import SIGNATURE_HEADER, sign, verify

SECRETS = ("stage-secret-0123456789abcdef",)
ENDED = {"completed", "failed", "canceled"}
WAIT_S = 90.0
IN_MEMORY_BYTES_MAX = 1 << 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One object that was PUT."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(slots=True)
class Surroundings:
    """What the engine sees of the world. *files* are served by name; *redirects* lead elsewhere."""

    files: dict[str, Path] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    stored: dict[str, Stored] = field(default_factory=dict)
    callbacks: list[dict[str, Any]] = field(default_factory=list)  # JSON, as it came.
    stalled: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    origin: str = ""

    def url(self, name: str) -> str:
        """Return the address of a served file, or of an object to PUT."""
        return f"{self.origin}/{name}"

    def end_of(self, job_id: str) -> dict[str, Any]:
        """Wait for the job's last callback and return it."""

        def ended() -> list[dict[str, Any]]:
            return [c for c in self.callbacks if c["jobId"] == job_id and c["status"] in ENDED]

        self._wait(lambda: bool(ended()))
        return ended()[-1]

    def wait_for_request(self, name: str) -> None:
        """Wait until *name* was asked for."""
        self._wait(lambda: name in self.asked)

    def wait_for_status(self, job_id: str, status: str) -> None:
        """Wait until the job has reported *status*."""
        self._wait(
            lambda: any(c["jobId"] == job_id and c["status"] == status for c in self.callbacks)
        )

    def _wait(self, met: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(met, WAIT_S), self.callbacks[-1:]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, world: Surroundings, *given: Any) -> None:
        self.world = world
        super().__init__(*given)

    def do_GET(self) -> None:
        name = self.path.lstrip("/").partition("?")[0]
        with self.world.changed:
            self.world.asked.append(name)
            self.world.changed.notify_all()
        if name in self.world.redirects:
            return self._answer(302, b"", {"location": self.world.redirects[name]})
        if name not in self.world.files:
            return self._answer(404, b"")
        kinds = {
            ".html": "text/html",
            ".m3u8": "application/vnd.apple.mpegurl",
            ".png": "image/png",
            ".vtt": "text/vtt",
            ".xml": "application/rss+xml",
        }
        kind = kinds.get(Path(name).suffix, "video/mp4")
        path = self.world.files[name]
        if (size := path.stat().st_size) > IN_MEMORY_BYTES_MAX:
            return self._stream(path, size, kind)
        body = path.read_bytes()
        if name in self.world.stalled:
            # Half of it and then nothing, until the other side hangs up.
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.rfile.read(1)
            self.close_connection = True
            return None
        return self._answer(200, body, {"content-type": kind})

    do_HEAD = do_GET

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.world.changed:
            self.world.stored[self.path.lstrip("/")] = Stored(body=body, headers=headers)
        self._answer(200, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        verify(body, self.headers.get(SIGNATURE_HEADER), SECRETS)
        with self.world.changed:
            self.world.callbacks.append(json.loads(body))
            self.world.changed.notify_all()
        self._answer(200, b'{"ok":true}')

    def _stream(self, path: Path, size: int, kind: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(size))
        self.end_headers()
        with path.open("rb") as file:
            self.connection.sendfile(file)

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Keep the test's output clean."""


@contextmanager
def surroundings() -> Iterator[Surroundings]:
    """Serve a world on a free port of loopback."""
    world = Surroundings()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, world))
    server.daemon_threads = True
    world.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield world
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def padded(video: Path, target: Path, size_bytes: int) -> Path:
    """Copy an MP4 with a box of nothing behind it that makes it so large.

    Its zeros are never written to a disk: here the file has a hole, and on its way it is bytes like
    all others.
    """
    shutil.copyfile(video, target)
    with target.open("ab") as file:
        box_bytes = size_bytes - file.tell()
        file.write(b"\0\0\0\x01free" + box_bytes.to_bytes(8))
        file.truncate(size_bytes)
    return target


def _peak_bytes(pid: int) -> int:
    """Return the most memory the process has ever held, 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0")
    return int(line.split()[1]) * 1024


class RunningEngine:
    """One engine's program, from its start until the end of the `with` block."""

    def __init__(self, module: str, work_dir: Path, environment: Mapping[str, str]) -> None:
        self.lines: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            env={
                **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
                "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                "JOB_CALLBACK_HMAC_SECRET": ",".join(SECRETS),
                "HOST": "127.0.0.1",
                "PORT": "0",
                "WORK_DIR": str(work_dir),
                **environment,
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(line)
            event = json.loads(line)
            if event["event"] == "ready":
                self.origin = f"http://127.0.0.1:{event['port']}"
                break
        else:
            raise AssertionError(f"{module} ended before it was ready")
        self._reading = threading.Thread(target=self._read_on, daemon=True)
        self._reading.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        assert self._process.wait(15) == 0
        self._reading.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def log_with(self, words: str, within_s: float = 10.0) -> str:
        """Return all that it has logged, once *words* are among it: its lines come by a pipe."""
        deadline = time.monotonic() + within_s
        while words not in (text := "".join(self.lines)):
            assert time.monotonic() < deadline, text
            time.sleep(0.02)
        return text

    def _read_on(self) -> None:
        assert self._process.stdout is not None
        self.lines.extend(self._process.stdout)

    def children(self) -> list[str]:
        """Return the command lines of the programs it has running."""
        listing = subprocess.run(
            ["ps", "-o", "args=", "--ppid", str(self._process.pid)],
            capture_output=True,
            text=True,
            check=False,  # ps exits 1 when there are none.
        )
        return listing.stdout.splitlines()

    def peak_bytes(self) -> int:
        """Return the most memory the program itself has ever held."""
        return _peak_bytes(self._process.pid)

    @contextmanager
    def watched(self) -> Iterator[list[int]]:
        """Collect, until the end of the block, the most that the programs it starts have held."""
        peaks: list[int] = []
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.05):
                peaks.extend(_peak_bytes(pid) for pid in self._child_ids())

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            yield peaks
        finally:
            over.set()
            watching.join()

    def _child_ids(self) -> list[int]:
        listing = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self._process.pid)],
            capture_output=True,
            text=True,
            check=False,  # ps exits 1 when there are none.
        )
        return [int(line) for line in listing.stdout.split()]

    def post(self, path: str, message: Mapping[str, object]) -> httpx.Response:
        """Send a signed message."""
        now_ms = int(time.time() * 1000)
        body = json.dumps({**message, "ts": now_ms, "nonce": f"nonce-{now_ms}"}).encode()
        headers = {SIGNATURE_HEADER: sign(body, SECRETS), "content-type": "application/json"}
        return httpx.post(self.origin + path, content=body, headers=headers, trust_env=False)

    def render(
        self,
        world: Surroundings,
        job_id: str,
        *,
        engine: str,
        options: Mapping[str, object],
        **fields: str,
    ) -> httpx.Response:
        """Order a job whose callbacks go to *world*."""
        message = {
            "type": "container.render",
            "jobId": job_id,
            "mediaId": "med_stage",
            "engine": engine,
            "attempt": 1,
            "callbackUrl": world.url(f"callbacks/container?job={job_id}&attempt=1"),
            "engineOptions": options,
            **fields,
        }
        return self.post("/render", message)
