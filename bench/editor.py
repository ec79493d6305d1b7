"""`python -m bench editor`: what a key costs that is pressed in the subtitle editor.

In a real Chromium, without a server: the page's files are those of a tree, and the API's answers
are made here. A key is pressed in the middle of the file, and the next when its picture is drawn;
what the main thread has done is in Chromium's trace, in time of its thread, so that other programs
do not count.
`--against REV` measures that commit in turn.
"""

import json
import mimetypes
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Route, sync_playwright

from bench.against import alternate, checked_out
from dev.chromium import FLAGS, chromium_path
from dev.installation import ROOT
from media_jobs.subtitles.markup import clock

ROUNDS = 5
KEYS = 20
PAGE = "http://localhost:8000"
MAIN_THREAD = "CrRendererMain"
SCRIPTS = frozenset({"v8.callFunction", "RunMicrotasks", "FunctionCall", "v8.run"})
TASKS = frozenset({"ThreadControllerImpl::RunTask"})
SETTLED = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
FILES = {
    "2,000 Chinese cues": ("zh-Hans", 2_000, "这是第{n}条字幕里所说的话，\n分成两行显示。"),
    "3,000 cues": ("en", 3_000, "This is what is said in cue number {n},\nin two lines."),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of one key: of scripts, and of all that the main thread does."""

    script_ms: float
    task_ms: float


def subtitles(count: int, text: str) -> str:
    """Return a file of *count* cues."""
    cues = (
        f"{clock(n * 4_000)} --> {clock(n * 4_000 + 3_800)}\n{text.format(n=n + 1)}"
        for n in range(count)
    )
    return "\n\n".join(("WEBVTT", *cues, ""))


def _answers(language: str, text: str) -> dict[str, object]:
    version = {"inputId": "sub_1", "language": language, "origin": "upload", "createdAt": 1}
    inputs = {"video": {"inputId": "vid_1"}, "subtitles": version}
    read: dict[str, object] = {
        "text": text,
        "kind": "webvtt",
        "cues": None,
        "notices": [],
        "sample": "",
    }
    return {
        "/api/session": {"name": "bench", "scope": "admin", "scopes": ["admin"]},
        "/api/engines": {"items": []},
        "/api/media/med_1": {"mediaId": "med_1", "title": "Bench", "inputs": inputs},
        "/api/media/med_1/inputs": {"items": [version], "nextCursor": None},
        "/api/media/med_1/inputs/sub_1/text": read,
        "/api/subtitles/text": {**read, "encoding": "utf-8", "encodingGuessed": False},
    }


@contextmanager
def editor(browser: Browser, tree: Path, language: str, text: str) -> Iterator[Page]:
    """Open the editor of the page in *tree* on a file of subtitles."""
    public, answers = tree / "public", _answers(language, text)

    def fulfil(route: Route) -> None:
        path = urlsplit(route.request.url).path
        file = public / ("index.html" if path == "/" else path[1:])
        if path in answers:
            route.fulfill(json=answers[path])
        elif path.endswith("/sub_1/content"):
            route.fulfill(body=text, content_type="text/vtt; charset=utf-8")
        elif path.endswith("/vid_1/content"):
            route.fulfill(path=public / "smoke.mp4", content_type="video/mp4")
        elif file.is_file():
            kind = mimetypes.guess_type(file.name)[0]
            route.fulfill(path=file, content_type=kind or "application/octet-stream")
        else:
            route.fulfill(status=404, json={"code": "not_found", "message": "not here"})

    size = {"width": 1440, "height": 900}
    with browser.new_context(base_url=PAGE, locale="en-US", viewport=size) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.route("**/*", fulfil)
        page.goto("/#/media/med_1/subtitles?at=4000000")
        page.locator("textarea:focus").wait_for()
        yield page


def keys(browser: Browser, page: Page) -> Cost:
    """Press keys, each when the one before is drawn; return what one costs."""
    page.evaluate(SETTLED)
    browser.start_tracing(page=page, categories=["toplevel", "v8", "devtools.timeline"])
    for number in range(KEYS):
        page.keyboard.press("abcde"[number % 5])
        page.evaluate(SETTLED)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    threads = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == MAIN_THREAD
    }
    timed = [
        event for event in events if "tdur" in event and (event["pid"], event["tid"]) in threads
    ]
    return Cost(*(_spent_us(timed, names) / 1000 / KEYS for names in (SCRIPTS, TASKS)))


def _spent_us(events: Sequence[Mapping[str, Any]], names: Set[str]) -> int:
    """Return the thread's time in events of *names*; what lies in another of them counts once."""
    spent, until = 0, 0.0
    for event in sorted(events, key=lambda event: (event["ts"], -event["dur"])):
        if event["name"] in names and event["ts"] >= until:
            until = event["ts"] + event["dur"]
            spent += event["tdur"]
    return spent


def main(rounds: int = ROUNDS) -> None:
    """Measure this tree and print a table."""
    print(_measured({"this tree": ROOT}, rounds, lambda _: None))


def compare(revision: str, *, rounds: int, tell: Callable[[str], None]) -> str:
    """Return the table of this tree's figures beside those of *revision*."""
    with checked_out(revision) as tree:
        return _measured({"this tree": ROOT, revision: tree}, rounds, tell)


def _measured(trees: dict[str, Path], rounds: int, tell: Callable[[str], None]) -> str:
    lines = ["| file | tree | scripts, ms a key | main thread, ms a key |", "|---|---|---|---|"]
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        stack.callback(browser.close)
        for name, (language, count, text) in FILES.items():
            costs: dict[str, list[Cost]] = {tree: [] for tree in trees}
            for number in range(rounds):
                tell(f"{name}: round {number + 1} of {rounds}")
                for tree, found in alternate(number, list(costs.items())):
                    with editor(browser, trees[tree], language, subtitles(count, text)) as page:
                        found.append(keys(browser, page))
            for tree, found in costs.items():
                script = statistics.median(cost.script_ms for cost in found)
                task = statistics.median(cost.task_ms for cost in found)
                lines.append(f"| {name} | {tree} | {script:.1f} | {task:.1f} |")
    return "\n".join(lines)
