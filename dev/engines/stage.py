"""A stage for one engine: the real program, and the world it talks to on loopback.

`Surroundings` is that world: it serves files, takes what is PUT, and collects the callbacks after
checking their signatures. `RunningEngine` is `python -m <engine>` with its port read from its log.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Self

import httpx

from dev.engines.usage import held_bytes, peak_bytes, working
from dev.loopback import Handler, served
from media_jobs.signing import SIGNATURE_HEADER, sign, verify

SECRETS = ("stage-secret-0123456789abcdef",)
ENDED = {"completed", "failed", "canceled"}
KINDS = {
    ".html": "text/html",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".png": "image/png",
    ".vtt": "text/vtt",
    ".xml": "application/rss+xml",
}
CHUNK_BYTES = 1 << 20
_LOOK_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One object that was PUT."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(slots=True)
class Surroundings:
    """What the engine sees of the world. *files* are served by name; *redirects* lead elsewhere.

    *keeps*: whether what is PUT is kept. *fenced*: jobs whose callbacks are answered 410.
    *ended_at*: when a job's last callback came, in Unix time.
    """

    files: dict[str, Path] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    stored: dict[str, Stored] = field(default_factory=dict)
    callbacks: list[dict[str, Any]] = field(default_factory=list)  # JSON, as it came.
    ended_at: dict[str, float] = field(default_factory=dict)
    stalled: set[str] = field(default_factory=set)
    fenced: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    keeps: bool = True
    wait_s: float = 90.0
    origin: str = ""

    def url(self, name: str) -> str:
        """Return the address of a served file, or of an object to PUT."""
        return f"{self.origin}/{name}"

    def end_of(self, job_id: str) -> dict[str, Any]:
        """Wait for the job's last callback and return it."""
        self._wait(lambda: job_id in self.ended_at)
        return next(c for c in self.callbacks if c["jobId"] == job_id and c["status"] in ENDED)

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
            assert self.changed.wait_for(met, self.wait_s), self.callbacks[-1:]


class _Handler(Handler):
    def __init__(self, world: Surroundings, *given: Any) -> None:
        self.world = world
        super().__init__(*given)

    def do_GET(self) -> None:
        name = self.path.lstrip("/").partition("?")[0]
        with self.world.changed:
            self.world.asked.append(name)
            self.world.changed.notify_all()
        if name in self.world.redirects:
            return self.answer(302, headers={"location": self.world.redirects[name]})
        if name not in self.world.files:
            return self.answer(404)
        path = self.world.files[name]
        size = path.stat().st_size
        kind = KINDS.get(Path(name).suffix, "video/mp4")
        self.begin(200, size, {"content-type": kind})
        if self.command == "HEAD":
            return None
        with path.open("rb") as file:
            if name not in self.world.stalled:
                self.connection.sendfile(file)
                return None
            # Half of it and then nothing, until the other side hangs up.
            self.connection.sendfile(file, count=size // 2)
            self.rfile.read(1)
            self.close_connection = True
        return None

    do_HEAD = do_GET

    def do_PUT(self) -> None:
        if self.world.keeps:
            headers = {name.lower(): value for name, value in self.headers.items()}
            with self.world.changed:
                name = self.path.lstrip("/")
                self.world.stored[name] = Stored(body=self.body(), headers=headers)
        else:
            left = int(self.headers["content-length"])
            while left > 0:
                left -= len(self.rfile.read(min(left, CHUNK_BYTES)))
        self.answer(200)

    def do_POST(self) -> None:
        now_s = time.time()
        body = self.body()
        verify(body, self.headers.get(SIGNATURE_HEADER), SECRETS)
        callback = json.loads(body)
        with self.world.changed:
            self.world.callbacks.append(callback)
            if callback["status"] in ENDED:
                self.world.ended_at[callback["jobId"]] = now_s
            self.world.changed.notify_all()
        self.answer(410 if callback["jobId"] in self.world.fenced else 200)


@contextmanager
def surroundings(
    files: Mapping[str, Path] | None = None, *, keeps: bool = True, wait_s: float = 90.0
) -> Iterator[Surroundings]:
    """Serve a world on a free port of loopback."""
    world = Surroundings(files=dict(files or {}), keeps=keeps, wait_s=wait_s)
    with served(partial(_Handler, world)) as world.origin:
        yield world


def padded(video: Path, target: Path, size_bytes: int) -> Path:
    """Copy an MP4 with a box of nothing behind it that makes it so large.

    Its zeros are never written to a disk: here the file has a hole, and on its way it is bytes like
    all others.
    """
    shutil.copyfile(video, target)
    with target.open("ab") as file:
        box_bytes = size_bytes - file.tell()
        # Four bytes hold less than 4 GiB; a 1 says that the next eight hold the size.
        file.write(b"\0\0\0\x01free" + box_bytes.to_bytes(8))
        file.truncate(size_bytes)
    return target


class RunningEngine:
    """One engine's program, from its start until the end of the `with` block."""

    def __init__(
        self,
        module: str,
        work_dir: Path,
        environment: Mapping[str, str],
        launcher: Sequence[str] = (),
    ) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [*launcher, sys.executable, "-m", module],
            env={
                **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
                "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                "JOB_CALLBACK_HMAC_SECRET": ",".join(SECRETS),
                "HOST": "127.0.0.1",
                "OWN_NETWORKS": "127.0.0.0/8",
                "PORT": "0",
                "WORK_DIR": str(work_dir),
                **environment,
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
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
        self.process.terminate()
        assert self.process.wait(15) == 0
        self.close()

    def close(self) -> None:
        """Read the log of the program, which has ended, to its end."""
        self._reading.join()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def log_with(self, words: str, within_s: float = 10.0) -> str:
        """Return all that it has logged, once *words* are among it: its lines come by a pipe."""
        deadline = time.monotonic() + within_s
        while words not in (text := "".join(self.lines)):
            assert time.monotonic() < deadline, text
            time.sleep(_LOOK_S)
        return text

    def _read_on(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(self.process.stdout)

    def children(self) -> list[str]:
        """Return the names of the programs that it has at work."""
        return working(self.process.pid)

    def peak_bytes(self) -> int:
        """Return the most memory the program itself has ever held."""
        return peak_bytes(self.process.pid)

    @contextmanager
    def watched(self) -> Iterator[dict[str, int]]:
        """Note the most bytes that programs which it starts hold at once, by their names."""
        most: dict[str, int] = {}
        over = threading.Event()

        def watch() -> None:
            while not over.wait(_LOOK_S):
                for program, size_bytes in held_bytes(self.process.pid).items():
                    most[program] = max(most.get(program, 0), size_bytes)

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            yield most
        finally:
            over.set()
            watching.join()

    def post(self, path: str, message: Mapping[str, object]) -> httpx.Response:
        """Send a signed message."""
        now_ms = int(time.time() * 1000)
        body = json.dumps({**message, "ts": now_ms, "nonce": f"nonce-{now_ms}"}).encode()
        headers = {SIGNATURE_HEADER: sign(body, SECRETS), "content-type": "application/json"}
        url = self.origin + path
        return httpx.post(url, content=body, headers=headers, trust_env=False, timeout=60)

    def cancel(self, job_id: str) -> httpx.Response:
        """Order the end of a job."""
        message = {"type": "container.cancel", "jobId": job_id, "attempt": 1}
        return self.post(f"/jobs/{job_id}/cancel", message)

    def render(
        self,
        world: Surroundings,
        job_id: str,
        *,
        engine: str,
        options: Mapping[str, object],
        **fields: object,
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
