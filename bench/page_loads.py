"""What people wait for who open the page over a slow line, view by view.

    python -m bench page
    python -m bench.page_loads --views Editor Media
    python -m bench.page_loads --sources v0.5.0    # the page of a commit, as its modules lie there

Chromium's own network emulation: 1.6 Mbit/s each way, 300 ms for each request. *First*: nothing is
in the browser's cache, somebody has signed in before; until the largest part was painted (LCP),
until nothing loads any more, and what was asked for until then. *Next*: from the library, once
nothing loads, to the view. Medians of three loads. The local Workers speak HTTP/1.1: six requests
at a time.
"""

import argparse
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright
from vidgen import Client

from dev.chromium import FLAGS, chromium_path
from dev.fixtures.clip import clip_path
from dev.fixtures.demo_material import COMMENTS, SUBTITLES
from dev.fixtures.seed_history import add_failed_job, add_past_jobs, add_past_media
from dev.installation import CONFIGS, ROOT
from dev.stack.stack import Stack

BITS_PER_SECOND = 1_600_000
ROUND_TRIP_MS = 300
JOBS = 300
ROUNDS = 3
TIMEOUT_MS = 90_000
VIEWS = {
    "Library": "library",
    "Trash": "library?trash=1",
    "Add a video": "new/video",
    "Media": "media/{media}",
    "Editor": "media/{media}/subtitles",
    "Side by side": "media/{media}/compare",
    "Transcript": "media/{media}/transcript",
    "New job": "new",
    "Recipe": "new/recipe?media={media}",
    "Burn": "new/burn?media={media}",
    "Transcribe": "new/transcribe?media={media}",
    "Translate": "new/translate?media={media}",
    "Comments": "new/comments?media={media}",
    "Download": "new/download",
    "Jobs": "jobs",
    "Job": "jobs/{failed}",
    "Runs": "runs",
    "Subscriptions": "subscriptions",
    "Health": "settings/health",
    "Usage": "settings/usage",
    "People": "settings/people",
    "Tokens": "settings/tokens",
    "Webhooks": "settings/webhooks",
    "Presets": "settings/presets",
    "Glossary": "settings/translation",
    "Status": "status",
}
START = "library"
SETTLED = """() => {
  const h1 = document.querySelector("main h1");
  return h1 && !h1.dataset.left && !document.querySelector(".skeleton, main [aria-busy=true]")
    && performance.now();
}"""
LARGEST = """() => new Promise((done) =>
  new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
    .observe({ type: "largest-contentful-paint", buffered: true }))"""
GO = """(hash) => {
  document.querySelector("main h1").dataset.left = "yes";
  location.hash = hash;
  return performance.now();
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How a view was loaded; times in seconds."""

    largest_s: float
    settled_s: float
    requests: int
    kilobytes: float
    next_s: float


@contextmanager
def page_of(revision: str | None) -> Iterator[dict[str, Any]]:
    """Yield how a stack serves the page: as it is deployed, or as it lies in a commit."""
    if revision is None:
        yield {}
        return
    with tempfile.TemporaryDirectory() as name:
        archive = subprocess.run(
            ["git", "archive", revision, "public"], cwd=ROOT, capture_output=True, check=True
        )
        subprocess.run(["tar", "x", "-C", name], input=archive.stdout, check=True)
        for linked in ("src", "drizzle", "python_modules", *CONFIGS.values()):
            (Path(name) / linked).symlink_to(ROOT / linked)
        yield {"root": Path(name), "unbuilt_page": True}


def filled(stack: Stack) -> Mapping[str, str]:
    """Fill *stack*; return what stands in the addresses of views."""
    past = add_past_media(stack)
    with Client(stack.app_url, stack.admin_token) as client:
        media_id = client.create_media("Big Buck Bunny").media_id
        client.upload(media_id, clip_path())
        for subtitles in (SUBTITLES, SUBTITLES.replace("quiet", "still")):
            client.add_subtitles(media_id, subtitles)
        client.add_comments(media_id, COMMENTS)
    add_past_jobs(stack, JOBS, [media_id, *past.values()])
    return {"media": media_id, "failed": add_failed_job(stack, media_id)}


def signed_in(browser: Browser, stack: Stack) -> StorageState:
    """Return what a browser keeps of a person who has signed in, but for its cache."""
    with browser.new_context(base_url=stack.app_url, locale="en-US") as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_label("Access token").fill(stack.admin_token)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Library", level=1).wait_for()
        return context.storage_state()


def slow_page(context: BrowserContext) -> tuple[Page, dict[str, float]]:
    """Return a page on a slow line, and what it counts of its requests."""
    page = context.new_page()
    wire = context.new_cdp_session(page)
    counted = {"requests": 0.0, "bytes": 0.0}

    def finished(event: Mapping[str, Any]) -> None:
        counted["requests"] += event["encodedDataLength"] > 0
        counted["bytes"] += event["encodedDataLength"]

    wire.on("Network.loadingFinished", finished)
    wire.send("Network.enable")
    speed = BITS_PER_SECOND / 8
    wire.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": ROUND_TRIP_MS,
            "downloadThroughput": speed,
            "uploadThroughput": speed,
        },
    )
    return page, counted


def median_load(browser: Browser, stack: Stack, session: StorageState, view: str) -> Load:
    """Return the medians of several loads of *view*."""
    loads = [load(browser, stack, session, view) for _ in range(ROUNDS)]
    return Load(
        largest_s=median(one.largest_s for one in loads),
        settled_s=median(one.settled_s for one in loads),
        requests=round(median(one.requests for one in loads)),
        kilobytes=median(one.kilobytes for one in loads),
        next_s=median(one.next_s for one in loads),
    )


def load(browser: Browser, stack: Stack, session: StorageState, view: str) -> Load:
    """Open *view* first of all, then as the next one after the library."""

    def context() -> BrowserContext:
        made = browser.new_context(
            base_url=stack.app_url, locale="en-US", storage_state=session, viewport=None
        )
        made.set_default_timeout(TIMEOUT_MS)
        return made

    with context() as first:
        page, counted = slow_page(first)
        page.goto(f"/#/{view}", wait_until="commit")
        settled = float(page.wait_for_function(SETTLED).json_value())
        requests, sent = counted["requests"], counted["bytes"]
        largest = float(page.evaluate(LARGEST))
    with context() as second:
        page, _ = slow_page(second)
        # From a view of another kind, whose heading goes.
        page.goto(f"/#/{'status' if view.startswith(START) else START}")
        page.wait_for_function(SETTLED)
        page.wait_for_load_state("networkidle")
        began = float(page.evaluate(GO, f"#/{view}"))
        ended = float(page.wait_for_function(SETTLED).json_value())
    return Load(
        largest_s=largest / 1000,
        settled_s=settled / 1000,
        requests=round(requests),
        kilobytes=sent / 1000,
        next_s=(ended - began) / 1000,
    )


def main(rounds: int) -> None:
    """Print a table of all views; *rounds* is not used."""
    del rounds
    tell_loads(None, VIEWS)


def tell_loads(revision: str | None, names: Iterable[str]) -> None:
    """Print a table of views of the page, or of that of a commit."""
    with ExitStack() as held:
        state = Path(held.enter_context(tempfile.TemporaryDirectory())) / "state"
        served = held.enter_context(page_of(revision))
        stack = held.enter_context(Stack(state_dir=state, containers=("burner",), **served))
        places = filled(stack)
        playwright = held.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        held.callback(browser.close)
        session = signed_in(browser, stack)
        print("| view | LCP, s | all there, s | requests | kB | as the next view, s |")
        print("|---|---:|---:|---:|---:|---:|", flush=True)
        for name in names:
            one = median_load(browser, stack, session, VIEWS[name].format_map(places))
            figures = f"{one.largest_s:.2f} | {one.settled_s:.2f} | {one.requests} "
            print(
                f"| {name} | {figures}| {one.kilobytes:.0f} | {one.next_s:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.page_loads", description=__doc__)
    parser.add_argument("--sources", metavar="REV", help="a commit whose page is measured")
    parser.add_argument("--views", nargs="+", choices=VIEWS, default=VIEWS, metavar="VIEW")
    asked = parser.parse_args()
    tell_loads(asked.sources, asked.views)
