"""A library as it looks after some weeks of use, for the screenshots.

Media, their files and the newest jobs are real: made through the API by the containers of a running
stack. The weeks before are rows (dev/past_rows.py).
"""

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from engine_kit.ffmpeg import find_ffmpeg

from dev.clip import clip_path
from dev.demo_material import COMMENTS, SUBTITLES
from dev.past_rows import (
    DAY_MS,
    FAILED_TITLE,
    add_deliveries,
    add_failed_job,
    add_past_jobs,
    add_past_media,
)
from dev.stack import Stack

__all__ = ["FILMS", "Showcase", "fill"]

JOB_TIMEOUT_S = 240
ENDED = ("completed", "failed", "canceled")
FILMS: dict[str, list[str]] = {
    "Big Buck Bunny – opening": [],
    "草地上的早晨 · 宣传片": ["-ss", "2.4"],
    "Rabbit wakes up – vertical cut": ["-ss", "3", "-vf", "crop=406:720:420:0"],
    "Interview with the animators about fur, light and the very long nights before the première"
    " (uncut, camera B)": ["-ss", "1.2", "-vf", "crop=960:540:0:120,scale=1280:720"],
    "Butterfly close-up": ["-ss", "0.6", "-vf", "crop=640:360:420:200,scale=1280:720"],
    "Festival loop, two minutes": ["-vf", "scale=960:540"],
}
"""Title to how ffmpeg makes the film of the clip."""
LOOP = "Festival loop, two minutes"
LOOP_ROUNDS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Showcase:
    """What is in the stack: ids by what they are good for."""

    media: dict[str, str]
    burned: str
    comments: str
    failed: str
    running: tuple[str, ...]


class _Api:
    def __init__(self, stack: Stack) -> None:
        self._http = httpx.Client(
            base_url=stack.app_url,
            headers={"authorization": f"Bearer {stack.admin_token}"},
            timeout=60,
            trust_env=False,
        )

    def call(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        """Call the API; raises httpx.HTTPStatusError."""
        answer = self._http.request(method, path, **more).raise_for_status()
        document: dict[str, Any] = answer.json()
        return document

    def add(self, title: str, film: Path) -> str:
        """Create a media with a film and return its id."""
        media_id = str(self.call("POST", "/api/media", json={"title": title})["mediaId"])
        size = film.stat().st_size
        body = {"contentType": "video/mp4", "sizeBytes": size}
        upload = self.call("POST", f"/api/media/{media_id}/uploads", json=body)
        with httpx.Client(timeout=60, trust_env=False) as bucket:
            put = bucket.put(upload["url"], headers=upload["headers"], content=film.read_bytes())
            put.raise_for_status()
        self.call("POST", f"/api/media/{media_id}/uploads/{upload['uploadId']}/complete", json={})
        return media_id

    def submit(self, engine: str, media_id: str, options: dict[str, Any]) -> str:
        """Submit a job and return its id."""
        body = {"engine": engine, "mediaId": media_id, "options": options}
        return str(self.call("POST", "/api/jobs", json=body)["jobId"])

    def ended(self, job_id: str) -> None:
        """Return when the job is completed; raises RuntimeError when it ends otherwise."""
        until = time.monotonic() + JOB_TIMEOUT_S
        while (job := self.call("GET", f"/api/jobs/{job_id}"))["status"] not in ENDED:
            if time.monotonic() > until:
                break
            time.sleep(0.3)
        if job["status"] != "completed":
            raise RuntimeError(f"{job_id} is {job['status']}: {job['error']}")


def fill(stack: Stack, folder: Path) -> Showcase:
    """Fill a new *stack* whose three containers run; films are made in *folder*.

    Raises RuntimeError when a job does not complete.
    """
    api = _Api(stack)
    past = add_past_media(stack)
    media = {title: api.add(title, _film(folder, title)) for title in reversed(FILMS)}
    for title, media_id in media.items():
        if title != "Butterfly close-up":
            api.call("PUT", f"/api/media/{media_id}/subtitles", content=SUBTITLES.encode())
    first, chinese = media["Big Buck Bunny – opening"], media["草地上的早晨 · 宣传片"]
    edited = SUBTITLES.replace("A quiet morning", "An almost quiet morning").encode()
    api.call("PUT", f"/api/media/{first}/subtitles", content=edited)
    api.call("PUT", f"/api/media/{first}/comments", content=COMMENTS.encode())
    api.call("PUT", f"/api/media/{chinese}/comments", content=COMMENTS.encode())
    for age, media_id in enumerate(reversed(media.values())):
        stack.sql(
            "UPDATE media SET created_ms = created_ms - ? WHERE media_id = ?",
            age * 19 * 3_600_000,
            media_id,
        )
    add_past_jobs(stack, 1000, [*media.values(), *past.values()])
    failed = add_failed_job(stack, past[FAILED_TITLE])
    _settings(stack, api)
    burned = api.submit("burner-ffmpeg", first, {"bilingual": True})
    comments = api.submit("renderer-remotion", first, {"height": 480})
    api.ended(burned)
    api.ended(comments)
    slow = {"codec": "hevc", "speed": "slow", "quality": "high"}
    running = [api.submit("burner-ffmpeg", media[LOOP], slow)]
    running.append(api.submit("renderer-remotion", chinese, {"coverSeconds": 15}))
    running.append(api.submit("burner-ffmpeg", chinese, {"preset": "bold", "bilingual": True}))
    return Showcase(
        media=media, burned=burned, comments=comments, failed=failed, running=tuple(running)
    )


def _film(folder: Path, title: str) -> Path:
    film = folder / f"{len(list(folder.iterdir()))}.mp4"
    rounds = ("-stream_loop", str(LOOP_ROUNDS)) if title == LOOP else ()
    command = [find_ffmpeg(), "-nostdin", "-v", "error", *rounds, "-i", str(clip_path())]
    encode = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "26", "-pix_fmt", "yuv420p"]
    command += [*FILMS[title], *encode, "-movflags", "+faststart", str(film)]
    subprocess.run(command, check=True)
    return film


def _settings(stack: Stack, api: _Api) -> None:
    for name, scopes, days in (
        ("Build server", ["read", "submit"], 365),
        ("Dashboard in the hall", ["read"], 90),
        ("Mira's laptop", ["read", "submit"], None),
    ):
        body = {"name": name, "scopes": scopes, **({"expiresInDays": days} if days else {})}
        made = api.call("POST", "/api/tokens", json=body)
    api.call("POST", "/api/tokens", json={"name": "Old phone", "scopes": ["read"]})
    now_ms = int(time.time() * 1000)
    stack.sql("UPDATE tokens SET revoked_ms = ? WHERE name = 'Old phone'", now_ms - 6 * DAY_MS)
    stack.sql(
        "UPDATE tokens SET last_used_ms = ? WHERE token_id = ?", now_ms - 9_000_000, made["tokenId"]
    )
    for name, options in (
        ("Lecture, two languages", {"preset": "contrast", "bilingual": True}),
        ("Social, big and bold", {"preset": "bold", "style": {"position": "center"}}),
    ):
        body = {"name": name, "engine": "burner-ffmpeg", "options": options}
        api.call("POST", "/api/presets", json=body)
    _webhooks(stack, api, now_ms)


def _webhooks(stack: Stack, api: _Api, now_ms: int) -> None:
    events = ["job.failed", "job.canceled"]
    api.call(
        "POST",
        "/api/webhooks",
        json={"url": "https://old-tool.example.net/in", "events": ["job.canceled"]},
    )
    stack.sql(
        "UPDATE webhooks SET disabled_reason = ?, failing_since_ms = ?",
        "It answered 410 Gone: it wants no more.",
        now_ms - 8 * DAY_MS,
    )
    hook = api.call(
        "POST",
        "/api/webhooks",
        json={
            "url": "https://studio.example.com/hooks/media-jobs",
            "events": events,
            "description": "The studio's board",
        },
    )
    add_deliveries(stack, hook["webhookId"])
