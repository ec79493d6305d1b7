"""Subscriptions on the page: a feed is subscribed to, its new video starts, and it is paused."""

import re
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dev.fixtures.clip import clip_path
from dev.loopback import Handler, served
from dev.stack.stack import Stack
from tests.browser.api import Api
from tests.browser.axe import AXE, serious
from tests.stack.api_client import eventually

FEED = "<?xml version='1.0'?><rss version='2.0'><channel><title>A feed</title>{}</channel></rss>"
pytestmark = pytest.mark.timeout(180)


class _Folder(Handler, SimpleHTTPRequestHandler):
    """The files of a folder."""


def publish(folder: Path, site: str, *names: str) -> None:
    items = (f"<item><title>{n}</title><link>{site}/{n}.mp4</link></item>" for n in names)
    (folder / "feed.xml").write_text(FEED.format("".join(items)))


def looked(stack: Stack, api: Api, entries: int) -> None:
    """Run the cron until the look has been read, and what it found is started."""

    def is_read() -> bool:
        stack.trigger_cron()
        (found,) = api.call("GET", "/api/subscriptions")["items"]
        seen = sum(found["entries"].values())
        return found["lookJobId"] is None and seen == entries and not found["entries"]["waiting"]

    eventually(is_read, f"{entries} entries were seen")


def test_a_feed_is_subscribed_to_and_its_new_video_starts(
    page: Page, stack: Stack, api: Api, tmp_path: Path
) -> None:
    for name in ("old", "new"):
        (tmp_path / f"{name}.mp4").write_bytes(clip_path().read_bytes())
    with served(partial(_Folder, directory=str(tmp_path))) as site:
        publish(tmp_path, site, "old")
        page.goto("/#/subscriptions")
        page.get_by_text("Nothing is looked at by schedule yet").wait_for()
        page.get_by_role("button", name="New subscription").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="Subscribe").click()
        expect(dialog.get_by_label("Channel, playlist or feed")).to_have_attribute(
            "aria-invalid", "true"
        )
        dialog.get_by_label("Channel, playlist or feed").fill(f"{site}/feed.xml")
        page.evaluate(AXE)
        assert serious(page) == []
        dialog.get_by_role("button", name="Subscribe").click()
        row = page.locator(".job-row")
        expect(row).to_contain_text("looking now")
        looked(stack, api, 1)

        publish(tmp_path, site, "new", "old")
        page.reload()
        expect(row).to_contain_text("A feed")
        page.get_by_role("button", name="Look now: A feed").click()
        expect(row).to_contain_text("looking now")
        looked(stack, api, 2)
        page.reload()
        expect(row).to_contain_text("1 started")
        expect(row.get_by_role("list", name="Last videos")).to_contain_text("new")
        page.evaluate(AXE)
        assert serious(page) == []
        page.get_by_role("button", name="Pause: A feed").click()
        expect(row).to_contain_text("Paused by a person.")
        page.get_by_role("button", name="Resume: A feed").click()
        expect(row).to_contain_text("Active")
        row.get_by_role("link", name="Run").click()
        expect(page).to_have_url(re.compile("#/runs/run_"))

        page.go_back()
        page.get_by_role("button", name="Remove: A feed").click()
        page.get_by_role("dialog").get_by_role("button", name="Remove").click()
        expect(page.get_by_text("Nothing is looked at by schedule yet")).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)
