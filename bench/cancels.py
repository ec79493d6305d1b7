"""`python -m bench cancels`: how long until a cancellation has ended the work, with three hosts.

Three burners with a slot each burn a film each. From the call of the API until the ffmpeg of the
job's own host is gone; those of the two other hosts must be there still. Each round begins anew.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from engine_kit.ffmpeg import find_ffmpeg

from dev.installation import ROOT
from dev.stack.overlay import CONTAINERS
from dev.stack.ports import HeldPorts
from dev.stack.stack import Stack

HOSTS = 3
FILM_S = 600
"""Longer than a round takes."""
POLL_S = 0.005
TIMEOUT_S = 60.0
VTT = b"WEBVTT\n\n00:00.000 --> 09:59.000\nA line\n"


@dataclass(frozen=True, slots=True)
class Host:
    """A burner: its process and its folder."""

    pid: int
    folder: Path

    def has(self, job_id: str) -> bool:
        """Whether it works on a job."""
        return any(job_id in str(path) for path in self.folder.rglob("*"))

    def is_burning(self) -> bool:
        """Whether an ffmpeg of it runs."""
        return any(name.startswith("ffmpeg") for name in _descendants(self.pid))


def _descendants(pid: int) -> list[str]:
    """Return the names of the living processes that *pid* has started, and these in turn."""
    parents: dict[int, list[tuple[int, str]]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        name = text[text.index("(") + 1 : text.rindex(")")]
        state, parent = text.rpartition(")")[2].split()[:2]
        if state != "Z":
            parents.setdefault(int(parent), []).append((int(stat.parent.name), name))
    found, left = [], [pid]
    while left:
        for child, name in parents.get(left.pop(), ()):
            found.append(name)
            left.append(child)
    return found


def main(rounds: int) -> None:
    """Measure and print."""
    with ExitStack() as exit_stack:
        folder = Path(exit_stack.enter_context(tempfile.TemporaryDirectory()))
        held = HeldPorts()
        exit_stack.callback(held.release)
        ports = list(held.choose({f"burner-{n}": 8100 + n for n in range(HOSTS)}).values())
        urls = ",".join(f"http://127.0.0.1:{port}" for port in ports)
        stack = exit_stack.enter_context(
            Stack(
                state_dir=folder / "stack",
                containers=(),
                container_urls={one.name: urls for one in CONTAINERS},
            )
        )
        burners = [
            exit_stack.enter_context(_burner(port, folder / f"host-{port}", stack.secret))
            for port in ports
        ]
        http = exit_stack.enter_context(httpx.Client(trust_env=False, timeout=30.0))
        http.headers["authorization"] = f"Bearer {stack.admin_token}"
        http.base_url = httpx.URL(stack.app_url)
        media_id = _media(http, _film(folder))
        spent_s = [
            spent for _ in range(max(1, rounds)) for spent in _round(http, media_id, burners)
        ]
    middle, most = statistics.median(spent_s), max(spent_s)
    print(f"{len(spent_s)} cancellations: {middle:.2f} s (median), {most:.2f} s (most)")


def _round(http: httpx.Client, media_id: str, burners: list[Host]) -> Iterator[float]:
    """Begin a job on each host, and cancel one after the other."""
    asked = {"engine": "burner-ffmpeg", "mediaId": media_id, "options": {}}
    job_ids = []
    for _ in burners:
        answer = http.post("/api/jobs", json=asked)
        answer.raise_for_status()
        job_ids.append(answer.json()["jobId"])
    # Before, a burner looks at its inputs with an ffmpeg that soon ends.
    _until(lambda: all(_is_running(http, job_id) for job_id in job_ids), "all jobs run")
    _until(lambda: all(host.is_burning() for host in burners), "all hosts burn")
    left = list(burners)
    for job_id in job_ids:
        (own,) = (host for host in left if host.has(job_id))
        began = time.monotonic()
        http.post(f"/api/jobs/{job_id}/cancel").raise_for_status()
        _until(lambda own=own: not own.is_burning(), "its work has ended")  # type: ignore[misc]
        yield time.monotonic() - began
        left.remove(own)
        if not all(host.is_burning() for host in left):
            raise AssertionError("The work of another host has ended, too.")


def _is_running(http: httpx.Client, job_id: str) -> bool:
    found = http.get(f"/api/jobs/{job_id}").json()
    return bool(found["status"] == "running" and found["progress"] > 0)


def _until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {TIMEOUT_S:.0f} s not yet: {what}")
        time.sleep(POLL_S)


@contextmanager
def _burner(port: int, folder: Path, secret: str) -> Iterator[Host]:
    """Run a burner with one slot."""
    folder.mkdir()
    env = {
        **os.environ,
        "JOB_CALLBACK_HMAC_SECRET": secret,
        "HOST": "127.0.0.1",
        "OWN_NETWORKS": "127.0.0.1/32",
        "PORT": str(port),
        "WORK_DIR": str(folder),
        "CAPACITY": "1",
        "PYTHONPATH": os.pathsep.join(str(ROOT / name) for name in ("src", "containers")),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "burner"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL
    )
    try:
        _until(lambda: _answers(port), "the burner answers")
        yield Host(process.pid, folder)
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _film(folder: Path) -> bytes:
    """Return ten seconds of a test picture, again and again."""
    part, made = folder / "part.mp4", folder / "film.mp4"
    ffmpeg = (find_ffmpeg(os.environ), "-v", "error")
    source = ("-f", "lavfi", "-i", "testsrc2=s=1280x720:r=25:d=10")
    encoder = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "40")
    subprocess.run([*ffmpeg, *source, *encoder, str(part)], check=True)
    again = ("-stream_loop", str(FILM_S // 10 - 1), "-i", str(part), "-c", "copy", str(made))
    subprocess.run([*ffmpeg, *again], check=True)
    return made.read_bytes()


def _media(http: httpx.Client, film: bytes) -> str:
    media_id: str = http.post("/api/media", json={"title": "A film"}).json()["mediaId"]
    upload = http.post(f"/api/media/{media_id}/uploads", json={"sizeBytes": len(film)}).json()
    httpx.put(
        upload["url"], content=film, headers=upload["headers"], trust_env=False, timeout=60.0
    ).raise_for_status()
    completed = f"/api/media/{media_id}/uploads/{upload['uploadId']}/complete"
    http.post(completed).raise_for_status()
    http.put(f"/api/media/{media_id}/subtitles", content=VTT).raise_for_status()
    return media_id
