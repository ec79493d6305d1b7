"""The real burner in a network namespace that nobody can call into, and its link cut for a minute.

Two network namespaces with one link between them. In the burner's, loopback leads over that link to
the stack's two ports and nowhere else, and the burner itself listens on loopback alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dev.installation import ROOT
from dev.stack.stack import Stack
from media_jobs.keyring import Keyring
from tests.media.pictures import ffmpeg
from tests.stack.api_client import VTT, ApiClient, eventually
from tests.stack.forwarder import Forwarder

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        os.geteuid() != 0 or shutil.which("ip") is None,
        reason="a network namespace needs root and iproute2",
    ),
]
NAME = f"nat-{os.getpid()}"
OUTSIDE, INSIDE = f"vo{os.getpid()}", f"vi{os.getpid()}"
NEAR, FAR = "10.213.7.1", "10.213.7.2"
CUT_S = 60.0


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def video(clip: Path) -> bytes:
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=15:d=4"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(clip)),
    )
    return clip.read_bytes()


@dataclass(slots=True)
class Link:
    """The one way out of the namespace. *cut_at*: bytes at whose coming it is cut."""

    cut_at: bytes = b""
    cuts: int = 0
    restored: threading.Event = field(default_factory=threading.Event)

    def seen(self, chunk: bytes) -> bool:
        """Cut the link if that is what it waits for, and lose what has come."""
        if not self.cut_at or self.cut_at not in chunk:
            return False
        self.cut_at = b""
        self.cuts += 1
        ip("link", "set", OUTSIDE, "down")
        threading.Timer(CUT_S, self._restore).start()
        return True

    def _restore(self) -> None:
        ip("link", "set", OUTSIDE, "up")
        self.restored.set()


@pytest.fixture
def nat(tmp_path: Path) -> Iterator[tuple[ApiClient, Link, list[str]]]:
    """A stack whose burner is behind NAT; with what the burner has logged."""
    outward = {"orchestrator": {"CONTAINER_BASE_URL": "outward"}}
    lines: list[str] = []
    with ExitStack() as undo:
        stack = undo.enter_context(
            Stack(state_dir=tmp_path / "stack", containers=(), worker_vars=outward)
        )
        ip("netns", "add", NAME)
        undo.callback(ip, "netns", "del", NAME)
        ip("link", "add", OUTSIDE, "type", "veth", "peer", "name", INSIDE, "netns", NAME)
        ip("addr", "add", f"{NEAR}/30", "dev", OUTSIDE)
        ip("link", "set", OUTSIDE, "up")
        for words in (
            ("addr", "add", f"{FAR}/30", "dev", INSIDE),
            ("link", "set", INSIDE, "up"),
            ("link", "set", "lo", "up"),
        ):
            ip("-n", NAME, *words)
        link = Link()
        ports = [stack.ports["app"], stack.ports["orchestrator"]]
        here = {(NEAR, port): ("127.0.0.1", port) for port in ports}
        undo.enter_context(Forwarder(ways=here, seen=link.seen))
        over = [f"127.0.0.1:{port}={NEAR}:{port}" for port in ports]
        _started(undo, [str(ROOT / "tests/stack/forwarder.py"), *over], {}, [])
        key = Keyring((stack.secret,)).of_host("burner@garage", (1,))
        env = {
            "ORCHESTRATOR_URL": stack.orchestrator_url,
            "HOST_KEY": f"burner@garage:{key[0]}",
            "OWN_NETWORKS": "127.0.0.1/32",
            "WORK_DIR": str(tmp_path / "work"),
            "CAPACITY": "1",
        }
        _started(undo, ["-m", "burner"], env, lines)
        client = ApiClient(stack)
        undo.callback(client.http.close)
        yield client, link, lines


def _started(undo: ExitStack, words: list[str], env: dict[str, str], lines: list[str]) -> None:
    """Start a Python program in the namespace."""
    paths = os.pathsep.join(str(ROOT / folder) for folder in ("", "src", "containers"))
    process = subprocess.Popen(
        ["ip", "netns", "exec", NAME, sys.executable, *words],
        env={**os.environ, **env, "PYTHONPATH": paths, "PYTHONUNBUFFERED": "1"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    reading = threading.Thread(target=lines.extend, args=(process.stdout,), daemon=True)
    reading.start()
    undo.callback(process.stdout.close)
    undo.callback(reading.join, 10)
    undo.callback(process.wait, 20)
    undo.callback(process.terminate)


def begun(client: ApiClient, media_id: str) -> str:
    asked = {"engine": "burner-ffmpeg", "mediaId": media_id, "options": {}}
    # A minute without a report is within what its host may be silent.
    answer = client.api("POST", "/api/jobs", {**asked, "limits": {"heartbeatS": 180}})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["jobId"])


def test_a_burner_behind_nat_does_its_jobs_while_its_link_is_cut_for_a_minute(
    nat: tuple[ApiClient, Link, list[str]], tmp_path: Path
) -> None:
    client, link, lines = nat
    media_id = client.new_media()
    assert client.upload(media_id, video(tmp_path / "clip.mp4")).status_code == 200
    assert client.api("PUT", f"/api/media/{media_id}/subtitles", VTT).status_code == 201

    first = begun(client, media_id)
    assert client.job_in(first, "completed", within_s=120)["attempt"] == 1

    # An upload is tried for less than a minute; then another attempt is.
    for at, attempts in ((b"PUT /", (1, 2)), (b'"status":"completed"', (1,))):
        link.restored.clear()
        link.cut_at = at
        job_id = begun(client, media_id)
        eventually(lambda: not link.cut_at, "its link is cut", within_s=120)
        began = time.monotonic()
        job = client.job_in(job_id, "completed", within_s=300)
        assert link.restored.is_set()
        assert job["attempt"] in attempts, "".join(lines[-40:])
        assert client.ends_told(job_id) == ["completed"]
        print(f"after {at!r} completed {time.monotonic() - began:.0f} s after the cut")

    assert link.cuts == 2
    assert any('"host_disconnected"' in line for line in lines)
    # Connected anew, it takes the next one, and is told to stop it.
    last = begun(client, media_id)
    assert client.job_in(last, "completed", within_s=120)["attempt"] == 1
