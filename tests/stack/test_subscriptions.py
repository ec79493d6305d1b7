"""A subscription on a whole stack: the real downloader looks at a feed, and fetches what is new."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from dev.loopback import Handler, served
from dev.stack.stack import Stack
from tests.media.pictures import H264, ffmpeg
from tests.stack.api_client import ApiClient, eventually

FEED = "<?xml version='1.0'?><rss version='2.0'><channel><title>A feed</title>{}</channel></rss>"


class _Folder(Handler, SimpleHTTPRequestHandler):
    """The files of a folder."""


@pytest.fixture
def client(engines: ApiClient) -> ApiClient:
    """The stack of real containers."""
    return engines


def publish(folder: Path, site: str, *names: str) -> None:
    """Have the feed list these videos, the newest first."""
    items = (f"<item><title>{n}</title><link>{site}/{n}.mp4</link></item>" for n in names)
    (folder / "feed.xml").write_text(FEED.format("".join(items)))


@pytest.mark.long
def test_a_new_video_of_a_feed_is_downloaded_once(client: ApiClient, tmp_path: Path) -> None:
    for name in ("old", "new"):
        source = ("-f", "lavfi", "-i", "color=red:s=320x180:r=25:d=1")
        ffmpeg(*source, *H264, str(tmp_path / f"{name}.mp4"))

    stack = client.stack
    assert isinstance(stack, Stack)

    def shown(subscription_id: str) -> dict[str, Any]:
        found: dict[str, Any] = client.api("GET", f"/api/subscriptions/{subscription_id}").json()
        return found

    def looked(subscription_id: str, looks: int) -> dict[str, Any]:
        """Return the subscription once the cron has read a look that has seen so many entries."""

        def probe() -> dict[str, Any] | None:
            stack.trigger_cron()
            found = shown(subscription_id)
            seen = sum(found["entries"].values())
            is_done = seen == looks and not found["entries"]["waiting"]
            return found if found["lookJobId"] is None and is_done else None

        return eventually(probe, f"{looks} entries", state=lambda: shown(subscription_id))

    with served(partial(_Folder, directory=str(tmp_path))) as site:
        publish(tmp_path, site, "old")
        wanted = {"url": f"{site}/feed.xml", "recipe": "download"}
        made = client.api("POST", "/api/subscriptions", wanted)
        assert made.status_code == 201, made.text
        one = made.json()["subscriptionId"]
        first = looked(one, 1)
        assert (first["title"], first["entries"]["known"]) == ("A feed", 1)

        publish(tmp_path, site, "new", "old")
        for _ in range(2):
            assert client.api("POST", f"/api/subscriptions/{one}/look").status_code == 200
            assert looked(one, 2)["entries"]["started"] == 1

        (run,) = client.api("GET", "/api/runs").json()["items"]
        job = client.job_in(run["steps"][0]["jobId"], "completed", within_s=60)
        assert job["options"]["url"] == f"{site}/new.mp4"
        media = client.api("GET", "/api/media").json()["items"]
        assert [list(item["inputs"]) for item in media] == [["video"]]
