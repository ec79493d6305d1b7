"""Real burners, or another engine's hosts, each a program of its own, and what burners burn."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from dev.installation import ROOT
from dev.stack.ports import HOST, HeldPorts
from dev.stack.stack import Stack
from tests.media.pictures import ffmpeg
from tests.stack.api_client import ApiClient, eventually

_ON_CORE = """import os, sys
os.sched_setaffinity(0, {int(sys.argv[1])})
os.execv(sys.argv[2], sys.argv[2:])"""


class Burners:
    """So many hosts of an engine, numbered from 0; none runs until it is started."""

    def __init__(self, folder: Path, count: int, engine: str = "burner") -> None:
        self._engine = engine
        self._held = HeldPorts()
        chosen = self._held.choose({str(number): 0 for number in range(count)})
        self.urls = [f"http://{HOST}:{port}" for port in chosen.values()]
        self._folder = folder
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    def start(
        self, number: int, secret: str, env: Mapping[str, str], core: int | None = None
    ) -> None:
        """Start a host, on one *core* alone if one is named, and wait until it answers."""
        work = self._folder / str(number)
        work.mkdir(exist_ok=True)
        environment = {
            **os.environ,
            "JOB_CALLBACK_HMAC_SECRET": secret,
            "HOST": HOST,
            "OWN_NETWORKS": f"{HOST}/32",
            "PORT": self.urls[number].rpartition(":")[2],
            "WORK_DIR": str(work),
            "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("src", "containers")),
            "PYTHONUNBUFFERED": "1",
            **env,
        }
        with self._log(number).open("ab") as log:
            argv = [sys.executable, "-m", self._engine]
            if core is not None:
                argv = [sys.executable, "-c", _ON_CORE, str(core), *argv]
            self._running[number] = subprocess.Popen(
                argv, env=environment, cwd=ROOT, stdout=log, stderr=log
            )
        eventually(lambda: self._answers(number), f"{self._engine} {number} answers")

    def _answers(self, number: int) -> bool:
        assert self._running[number].poll() is None, self._log(number).read_text()
        try:
            answer = httpx.get(f"{self.urls[number]}/health", trust_env=False, timeout=5)
        except httpx.TransportError:
            return False
        return answer.status_code == 200

    def _log(self, number: int) -> Path:
        return self._folder / f"{number}.log"

    def said(self, number: int, event: str) -> list[dict[str, Any]]:
        """Return the records of *event* that a host has logged."""
        lines = self._log(number).read_text(encoding="utf-8").splitlines()
        records = [json.loads(line) for line in lines if line.startswith("{")]
        return [record for record in records if record.get("event") == event]

    def stop(self, number: int, how: signal.Signals = signal.SIGTERM) -> float:
        """End a host; return the CPU seconds that it and its tools have taken."""
        program = self._running.pop(number)
        program.send_signal(how)
        _, status, usage = os.wait4(program.pid, 0)
        program.returncode = os.waitstatus_to_exitcode(status)
        return usage.ru_utime + usage.ru_stime

    def close(self) -> None:
        """End all that run."""
        for number in list(self._running):
            self.stop(number)
        self._held.release()


@contextmanager
def burners(folder: Path, count: int, engine: str = "burner") -> Iterator[Burners]:
    """Give hosts that end with the block."""
    given = Burners(folder, count, engine)
    try:
        yield given
    finally:
        given.close()


@contextmanager
def stack_of(fleet: Burners, folder: Path) -> Iterator[Stack]:
    """Give a stack whose burner's hosts are those of *fleet*."""
    urls = {"burner": ",".join(fleet.urls)}
    with Stack(state_dir=folder / "stack", containers=(), container_urls=urls) as running:
        yield running


@contextmanager
def client_of(stack: Stack) -> Iterator[ApiClient]:
    """Give a client that is closed with the block."""
    made = ApiClient(stack)
    try:
        yield made
    finally:
        made.http.close()


def drawn_film(path: Path, seconds: int, size: str, select: str, *encoder: str) -> Path:
    """Make a film of 30 frames a second with sound, of which *select* keeps a part: its rate
    varies. It is encoded with B-frames.
    """
    ffmpeg(
        *("-f", "lavfi", "-i", f"testsrc2=s={size}:r=30:d={seconds}"),
        *("-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}", "-c:a", "aac"),
        *("-vf", f"select='{select}'", "-fps_mode", "vfr", "-enc_time_base", "1/90000"),
        *("-c:v", "libx264", *encoder, "-bf", "3", "-pix_fmt", "yuv420p", str(path)),
    )
    return path


def uploaded(client: ApiClient, film: Path, cues: int) -> str:
    """Return a media of *film* with so many cues, each from half a second to the next."""
    media_id = client.new_media()
    assert client.upload(media_id, film.read_bytes()).status_code == 200
    text = "".join(
        f"{n // 60:02}:{n % 60:02}.500 --> {(n + 1) // 60:02}:{(n + 1) % 60:02}.500\nFrom {n}\n\n"
        for n in range(cues)
    )
    answer = client.api("PUT", f"/api/media/{media_id}/subtitles", f"WEBVTT\n\n{text}".encode())
    assert answer.status_code == 201, answer.text
    return media_id


def submitted(client: ApiClient, media_id: str) -> str:
    """Order a burn of a media; return the job's id."""
    wanted = {"engine": "burner-ffmpeg", "mediaId": media_id, "options": {}}
    answer = client.api("POST", "/api/jobs", wanted)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["jobId"])


def fetched(client: ApiClient, job: dict[str, Any], path: Path) -> Path:
    """Write the video of a job that has ended to *path*."""
    path.write_bytes(client.http.get(job["artifacts"]["video"]["url"]).content)
    return path
