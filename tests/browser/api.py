"""What a test prepares, through the app's API."""

import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from engine_kit.ffmpeg import find_ffmpeg

from dev.fixtures.clip import clip_path
from dev.stack.stack import Stack

WAIT_S = 60.0
ENDED = ("completed", "failed", "canceled")
LOOPS = 30
SLOW = {"speed": "slow", "quality": "high"}


class Api:
    """A program with the admin token."""

    def __init__(self, stack: Stack) -> None:
        self._http = httpx.Client(
            base_url=stack.app_url,
            headers={"authorization": f"Bearer {stack.admin_token}"},
            timeout=60,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: object, trace: TracebackType | None) -> None:
        self._http.close()

    def call(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        """Call the API and return the answer's JSON."""
        answer = self._http.request(method, path, **more)
        assert answer.status_code < 400, answer.text
        document: dict[str, Any] = answer.json() if answer.content else {}
        return document

    def text(self, path: str) -> str:
        """Return the body of an answer as text."""
        answer = self._http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def add(self, title: str, film: Path | None = None) -> str:
        """Create a media, with a film if there is one; return its id."""
        media_id = str(self.call("POST", "/api/media", json={"title": title})["mediaId"])
        if film is None:
            return media_id
        body = {"contentType": "video/mp4", "sizeBytes": film.stat().st_size}
        upload = self.call("POST", f"/api/media/{media_id}/uploads", json=body)
        put = httpx.put(
            upload["url"],
            headers=upload["headers"],
            content=film.read_bytes(),
            timeout=60,
            trust_env=False,
        )
        assert put.status_code == 200, put.text
        done = f"/api/media/{media_id}/uploads/{upload['uploadId']}/complete"
        self.call("POST", done, json={})
        return media_id

    def burn(self, media_id: str, **options: object) -> str:
        """Submit a burn and return its id."""
        body = {"engine": "burner-ffmpeg", "mediaId": media_id, "options": options}
        return str(self.call("POST", "/api/jobs", json=body)["jobId"])

    def slow_burn(self, media_id: str) -> str:
        """Submit a burn that takes longer than a test looks at it."""
        return self.burn(media_id, **SLOW)

    def status(self, job_id: str) -> str:
        """Return how a job stands."""
        return str(self.call("GET", f"/api/jobs/{job_id}")["status"])

    def until(self, job_id: str, *statuses: str) -> str:
        """Wait until a job has one of *statuses*, and return it."""
        deadline = time.monotonic() + WAIT_S
        while (status := self.status(job_id)) not in statuses:
            assert time.monotonic() < deadline, f"{job_id} is still {status}"
            time.sleep(0.1)
        return status

    def cancel(self, *job_ids: str) -> None:
        """End jobs that a test has begun."""
        for job_id in job_ids:
            self.call("POST", f"/api/jobs/{job_id}/cancel")


def looped(folder: Path) -> Path:
    """Make the clip into a film that is many times as long, and return it."""
    film = folder / "looped.mp4"
    command = [find_ffmpeg(), "-nostdin", "-v", "error", "-stream_loop", str(LOOPS)]
    subprocess.run([*command, "-i", str(clip_path()), "-c", "copy", str(film)], check=True)
    return film
