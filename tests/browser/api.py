"""What a test prepares, through the app's API."""

import subprocess
from pathlib import Path
from typing import Any

from engine_kit.ffmpeg import find_ffmpeg

from dev.fixtures.clip import clip_path
from tests.stack.api_client import ApiClient

LOOPS = 30
SPEECH = Path(__file__).parents[1] / "vectors/speech"
SLOW = {"speed": "slow", "quality": "high"}


class Api(ApiClient):
    """Calls that go well, as another program with the admin token makes them."""

    def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Call the API and return the answer's JSON."""
        answer = self.api(method, path, body)
        assert answer.status_code < 400, answer.text
        document: dict[str, Any] = answer.json() if answer.content else {}
        return document

    def add(self, title: str, film: Path | None = None) -> str:
        """Create a media, with a film if there is one; return its id."""
        media_id = str(self.call("POST", "/api/media", {"title": title})["mediaId"])
        if film is not None:
            assert self.upload(media_id, film.read_bytes()).status_code == 200
        return media_id

    def burn(self, media_id: str, **options: object) -> str:
        """Submit a burn and return its id."""
        body = {"engine": "burner-ffmpeg", "mediaId": media_id, "options": options}
        return str(self.call("POST", "/api/jobs", body)["jobId"])

    def slow_burn(self, media_id: str) -> str:
        """Submit a burn that takes longer than a test looks at it."""
        return self.burn(media_id, **SLOW)


def looped(folder: Path) -> Path:
    """Make the clip into a film that is many times as long, and return it."""
    film = folder / "looped.mp4"
    command = [find_ffmpeg(), "-nostdin", "-v", "error", "-stream_loop", str(LOOPS)]
    subprocess.run([*command, "-i", str(clip_path()), "-c", "copy", str(film)], check=True)
    return film


def spoken(folder: Path) -> Path:
    """Make a film of half a second of silence and a sentence, and return it."""
    film = folder / "Ashford.mp4"
    sound = ["-i", str(SPEECH / "0880.flac"), "-af", "adelay=500"]
    picture = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=10"]
    encode = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    command = [find_ffmpeg(), "-nostdin", "-v", "error", *picture, *sound, "-shortest", *encode]
    subprocess.run([*command, str(film)], check=True)
    return film
