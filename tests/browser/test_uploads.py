"""Videos are added by themselves: uploads that are seen from every view and go on, and links."""

import hashlib
import os
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from playwright.sync_api import Dialog, Error, Locator, Page, Route, expect

from dev.fixtures.clip import clip_path
from dev.loopback import served
from tests.browser.answers import answered_by
from tests.browser.api import Api
from tests.browser.axe import AXE, serious

MIB = 1024 * 1024
PART = 8 * MIB
SIZE = PART + MIB
"""Of a film in two parts."""
STORAGE = "**/cdn-cgi/local/r2/s3/**"
KEPT = """() => new Promise((resolve) => {
  const opened = indexedDB.open("media-jobs-uploads");
  opened.onsuccess = () => {
    const transaction = opened.result.transaction("files", "readwrite");
    const files = transaction.objectStore("files");
    files.count().onsuccess = (event) => {
      transaction.oncomplete = () => resolve(event.target.result > 0);
      if (%s) files.clear();
      opened.result.close();
    };
  };
})"""
"""Whether the browser has kept a file; `%s`: to forget it."""


PAGE = b"""<!doctype html><title>How wrens sing</title>
<meta property="og:title" content="How wrens sing"><video src="/film.mp4"></video>"""


class Site(BaseHTTPRequestHandler):
    """A page with a title and a film, which comes once a test has said so."""

    may_come = threading.Event()

    def do_GET(self) -> None:
        is_page = self.path.startswith("/watch")
        if not is_page:
            self.may_come.wait(60)
        body = PAGE if is_page else clip_path().read_bytes()
        self.send_response(200)
        self.send_header("content-type", "text/html" if is_page else "video/mp4")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


def film(folder: Path, name: str, size: int, seed: int = 1) -> Path:
    """Make a file that is called a film, of bytes that no two of which are alike."""
    path = folder / name
    path.write_bytes(hashlib.shake_128(bytes([seed])).digest(size))
    return path


def choose(page: Page, *files: Path) -> None:
    page.goto("/#/new/video")
    page.get_by_label("Choose videos").set_input_files(files)


def tray(page: Page) -> Locator:
    return page.get_by_role("region", name="Uploads")


def row(page: Page, name: str) -> Locator:
    return tray(page).get_by_role("listitem").filter(has_text=name)


def found(api: Api, title: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = api.call("GET", f"/api/media?query={title}")["items"]
    return items


def stored(api: Api, title: str) -> bytes:
    """Return the video of the one media of this title."""
    (item,) = found(api, title)
    path = f"/api/media/{item['mediaId']}/inputs/{item['inputs']['video']['inputId']}/content"
    return api.api("GET", path).content


class Gate:
    """The way into the storage: lets so many PUTs through, and holds the others until it opens."""

    def __init__(self, page: Page, let: int = 0) -> None:
        self.let = let
        self._held: list[Route] = []
        page.route(STORAGE, self._take)

    def _take(self, route: Route) -> None:
        if route.request.method != "PUT":
            route.continue_()
        elif self.let > 0:
            self.let -= 1
            route.continue_()
        else:
            self._held.append(route)

    def open(self) -> None:
        """Let all through, but those that the page has given up meanwhile."""
        self.let = 1000
        for route in self._held:
            with suppress(Error):
                route.continue_()
        self._held.clear()


def has_kept(page: Page, *, forget: bool = False) -> None:
    """Wait until the browser has kept a file; and forget it."""
    for _ in range(600):
        if page.evaluate(KEPT % str(forget).lower()):
            return
        page.wait_for_timeout(50)
    raise AssertionError("The file is not kept.")


def under_way(page: Page, name: str) -> None:
    """Wait until a part of the file is there, and the rest is not."""
    bar = row(page, name).get_by_role("progressbar")
    page.wait_for_function("(bar) => Number(bar.ariaValueNow) >= 5", arg=bar.element_handle())


def test_two_files_come_at_once_and_are_seen_from_every_view(
    page: Page, api: Api, tmp_path: Path
) -> None:
    films = [tmp_path / f"Larks and bees {n}.mp4" for n in (1, 2)]
    for path in films:
        path.write_bytes(clip_path().read_bytes())
    other = page.context.new_page()
    other.goto("/#/library?query=Larks and bees")
    expect(other.get_by_text("Nothing found")).to_be_visible()

    gate = Gate(page)
    choose(page, *films)
    for path in films:
        expect(row(page, path.name)).to_contain_text("of 1.1 MB")
    page.get_by_role("link", name="Jobs", exact=True).click()
    page.get_by_role("heading", name="Jobs", level=1).wait_for()
    expect(tray(page).get_by_role("progressbar")).to_have_count(2)
    gate.open()
    for path in films:
        expect(row(page, path.name)).to_contain_text("In the library")

    # Nothing has led the page away; the other tab has them by itself, with pictures and lengths.
    assert page.url.endswith("#/jobs")
    expect(other.locator(".tile img")).to_have_count(2)
    for path in films:
        expect(other.locator(".tile", has_text=path.stem)).to_contain_text("0:05")
    expect(other.locator(".tile video")).to_have_count(0)
    for item in found(api, "Larks and bees"):
        assert item["durationS"] > 1
        assert item["inputs"]["thumbnail"]["sizeBytes"] < 40_000
    tray(page).get_by_role("link", name="Open Larks and bees 1.mp4").click()
    expect(page.get_by_role("heading", name="Larks and bees 1", level=1)).to_be_visible()
    tray(page).get_by_role("button", name="Clear the list").click()
    expect(tray(page)).to_have_count(0)


def test_an_upload_pauses_goes_on_and_is_canceled(page: Page, api: Api, tmp_path: Path) -> None:
    path = film(tmp_path, "Pausing heron.mp4", SIZE)
    gate = Gate(page, let=1)
    choose(page, path)
    under_way(page, path.name)
    tray(page).get_by_role("button", name=f"Pause {path.name}").click()
    expect(row(page, path.name)).to_contain_text("Paused")
    tray(page).get_by_role("button", name=f"Go on with {path.name}").click()
    expect(row(page, path.name)).not_to_contain_text("Paused")
    gate.open()
    expect(row(page, path.name)).to_contain_text("In the library")
    assert stored(api, "Pausing heron") == path.read_bytes()

    unwanted = film(tmp_path, "Canceled heron.mp4", MIB)
    gate = Gate(page)
    with page.expect_request(STORAGE):
        choose(page, unwanted)
    with page.expect_response(
        lambda answer: "/uploads/" in answer.url and answer.request.method == "DELETE"
    ) as gone:
        tray(page).get_by_role("button", name=f"Cancel {unwanted.name}").click()
    gate.open()
    expect(row(page, unwanted.name)).to_have_count(0)
    media_path = gone.value.url.partition("/uploads/")[0].partition("/api/")[2]
    assert api.api("GET", f"/api/{media_path}").status_code == 404


def test_an_upload_goes_on_after_a_reload_which_asks_first(
    page: Page, api: Api, tmp_path: Path
) -> None:
    path = film(tmp_path, "Reloaded otter.mp4", SIZE)
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    gate = Gate(page, let=1)
    choose(page, path)
    page.get_by_role("heading", name="Add a video").click()
    under_way(page, path.name)
    has_kept(page)
    page.reload()
    expect(row(page, path.name)).to_be_visible()
    gate.open()
    expect(row(page, path.name)).to_contain_text("In the library")

    assert asked == ["beforeunload"]
    assert stored(api, "Reloaded otter") == path.read_bytes()
    page.reload()
    page.get_by_role("heading", name="Add a video").wait_for()
    assert asked == ["beforeunload"]


def test_a_file_that_the_browser_has_not_kept_is_given_again_and_must_be_the_same(
    page: Page, api: Api, tmp_path: Path
) -> None:
    path = film(tmp_path, "Given again.mp4", SIZE)
    changed = film(tmp_path / "..", "Given again.mp4", SIZE, seed=2)
    another = film(tmp_path, "Another.mp4", MIB)
    times = (path.stat().st_atime_ns, path.stat().st_mtime_ns)
    os.utime(changed, ns=times)
    page.on("dialog", lambda dialog: dialog.accept())
    gate = Gate(page, let=1)
    choose(page, path)
    under_way(page, path.name)
    tray(page).get_by_role("button", name=f"Pause {path.name}").click()
    gate.open()
    has_kept(page, forget=True)
    page.reload()
    again = tray(page).get_by_label(f"Choose {path.name} again")

    again.set_input_files(another)
    expect(row(page, path.name)).to_contain_text("That is another file")
    again.set_input_files(changed)
    expect(row(page, path.name)).to_contain_text("has changed since")
    again.set_input_files(path)

    expect(row(page, path.name)).to_contain_text("In the library")
    assert stored(api, "Given again") == path.read_bytes()


def test_a_refused_upload_leaves_nothing_behind(page: Page, api: Api, tmp_path: Path) -> None:
    path = film(tmp_path, "Refused stork.mp4", PART + 1)
    notes = tmp_path / "notes.txt"
    notes.write_text("no film")
    begun: list[str] = []
    page.on(
        "response",
        lambda answer: begun.append(answer.url) if answer.url.endswith("/parts") else None,
    )

    def refuse(route: Route) -> None:
        route.fulfill(status=403, headers={"access-control-allow-origin": "*"})

    with answered_by(page, STORAGE, refuse, "PUT"):
        choose(page, path, notes)
        expect(row(page, notes.name)).to_contain_text("This is no video.")
        expect(row(page, path.name)).to_contain_text("refused the upload (status 403)")
    page.evaluate(AXE)
    assert serious(page) == []

    media_path = begun[0].partition("/uploads/")[0].partition("/api/")[2]
    assert api.api("GET", f"/api/{media_path}").status_code == 404
    tray(page).get_by_role("button", name=f"Try {path.name} again").click()
    expect(row(page, path.name)).to_contain_text("In the library")
    assert stored(api, "Refused stork") == path.read_bytes()


def test_files_are_dropped_anywhere(page: Page, api: Api) -> None:
    page.goto("/#/jobs")
    page.get_by_role("heading", name="Jobs", level=1).wait_for()
    held = page.evaluate_handle(
        """() => {
          const held = new DataTransfer();
          held.items.add(new File(["film"], "Dropped wren.mp4", { type: "video/mp4" }));
          return held;
        }"""
    )
    # Until the tray has come, nothing takes what is dropped.
    page.wait_for_function(
        """(held) => !document.body.dispatchEvent(new DragEvent("dragover",
          { bubbles: true, cancelable: true, dataTransfer: held }))""",
        arg=held,
    )

    expect(page.get_by_text("Drop videos to add them")).to_be_visible()
    page.locator("main").dispatch_event("drop", {"dataTransfer": held})

    expect(row(page, "Dropped wren.mp4")).to_contain_text("In the library")
    assert stored(api, "Dropped wren") == b"film"
    assert page.url.endswith("#/jobs")


def test_links_are_added_a_line_each_and_the_bad_one_is_told(page: Page, api: Api) -> None:
    with served(Site) as site:
        links_of(page, api, site)


def links_of(page: Page, api: Api, site: str) -> None:
    page.goto("/#/new/video")
    field = page.get_by_label("Links, one a line")
    field.fill(f"{site}/watch?v=abc123\nno link\n\nhttp://ann:pass@127.0.0.1/x\n")
    page.get_by_role("button", name="Add", exact=True).click()

    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Line 1: “no link” is no link.")
    expect(alert).to_contain_text("Line 2:")
    expect(field).to_have_value("no link\nhttp://ann:pass@127.0.0.1/x")
    added = page.get_by_role("list", name="Added").get_by_role("listitem")
    expect(added).to_have_count(1)

    # The page of the media is open while the download ends.
    added.get_by_role("link", name="Open").click()
    expect(page.get_by_text("The video is being fetched")).to_be_visible()
    Site.may_come.set()
    expect(page.locator("video")).to_be_visible(timeout=90_000)
    expect(page.get_by_role("heading", name="How wrens sing", level=1)).to_be_visible()
    (item,) = found(api, "How wrens")
    assert item["durationS"] > 1
    assert "thumbnail" in item["inputs"]
    video = f"/api/media/{item['mediaId']}/inputs/{item['inputs']['video']['inputId']}/content"
    name = api.api("GET", f"{video}?disposition=attachment").headers["content-disposition"]
    assert 'filename="How wrens sing.mp4"' in name
