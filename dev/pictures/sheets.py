"""`make screenshots ARGS=--sheets=FOLDER`: every view in all sizes, colours and languages.

To be looked at by a person; what axe-core finds in any of them is told.
One sheet for each view and size, of four pictures: English and Chinese, each light and dark.
"""

import io
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, TimeoutError

from dev.fixtures.showcase import Showcase
from dev.installation import ROOT

SIZES = {390: 1300, 1280: 900, 2560: 1400}
"""Width to height, in CSS pixels."""
LANGUAGES = ("en-GB", "zh-CN")
THEMES = ("light", "dark")
SETTLED_MS = 3000
"""How long a view may take for what comes after its first drawing, as previews do."""
SHEET_WIDTH = 1600
GAP = 8
THERE = """() => !document.querySelector(".skeleton") && [...document.images].every((image) =>
  image.complete || image.getBoundingClientRect().top > innerHeight)"""

AXE = ROOT / "node_modules/axe-core/axe.min.js"
WHOLE = ("settings-health",)
"""Views that are taken to their end: their last parts say the most."""
FOR_STRANGERS = ("signin", "join")
"""The views of who has not signed in."""

Signed = Callable[[str, tuple[int, int], bool], Page]


def views(show: Showcase, further: Mapping[str, str]) -> Mapping[str, str]:
    """Return the address of every view by a name for its sheets; *further*: see `add_run`."""
    media = show.media["Big Buck Bunny – opening"]
    return {
        **further,
        "signin": "library",
        "library": "library",
        "trash": "library?trash=1",
        "media": f"media/{media}",
        "editor": f"media/{media}/subtitles",
        "compare": f"media/{media}/compare",
        "video": "new/video",
        "new": "new",
        "recipe": f"new/recipe?media={media}",
        "burn": f"new/burn?media={media}",
        "comments": f"new/comments?media={media}",
        "transcribe": f"new/transcribe?media={media}",
        "translate": f"new/translate?media={media}",
        "download": "new/download",
        "jobs": "jobs",
        "job": f"jobs/{show.burned}",
        "job-failed": f"jobs/{show.failed}",
        "runs": "runs",
        "subscriptions": "subscriptions",
        "status": "status",
        **{f"settings-{name}": f"settings/{name}" for name in SETTINGS},
    }


SETTINGS = ("health", "usage", "people", "tokens", "webhooks", "presets", "translation")


def take_sheets(open_page: Signed, folder: Path, wanted: Mapping[str, str]) -> list[str]:
    """Write the sheets of the *wanted* views, and return what axe finds, a line each.

    *open_page* gives a page of a language and size, of somebody who is signed in or not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found: list[str] = []
    for width, height in SIZES.items():
        pictures: dict[str, list[Image.Image]] = {}
        for language in LANGUAGES:
            for is_signed_in in (True, False):
                page = open_page(language, (width, height), is_signed_in)
                for name, view in wanted.items():
                    if (name in FOR_STRANGERS) is not is_signed_in:
                        taken = _both(page, view, found, is_whole=name in WHOLE)
                        pictures.setdefault(name, []).extend(taken)
                page.context.close()
        for name, views_of in pictures.items():
            path = folder / f"{name}-{width}.png"
            sheet(views_of).save(path)
            print(path, flush=True)
    return found


def _both(page: Page, view: str, findings: list[str], *, is_whole: bool) -> list[Image.Image]:
    """Return pictures of a view in light and in dark colours; *findings* gets what axe finds."""
    page.goto("about:blank")
    page.goto(f"/#/{view}")
    page.locator("h1").wait_for()
    with suppress(TimeoutError):  # Some views never stop to ask.
        page.wait_for_load_state("networkidle", timeout=SETTLED_MS)
    page.wait_for_function(THERE)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    taken = []
    for theme in THEMES:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        taken.append(Image.open(io.BytesIO(page.screenshot(full_page=is_whole))).convert("RGB"))
        where = f"{view}, {page.evaluate('innerWidth')} px, {theme}"
        findings.extend(f"{where}: {line}" for line in _axe(page))
    return taken


def _axe(page: Page) -> list[str]:
    report = json.loads(page.evaluate("async () => JSON.stringify(await axe.run())"))
    return [
        f"{one['impact']} {one['id']}: {node['html'][:120]}"
        for one in report["violations"]
        for node in one["nodes"]
    ]


def sheet(pictures: list[Image.Image]) -> Image.Image:
    """Return four pictures on one: beside each other if they are tall, else two above two."""
    columns = 4 if pictures[0].height > pictures[0].width else 2
    width = (SHEET_WIDTH - GAP * (columns - 1)) // columns
    scaled = [
        picture.resize((width, _height(picture, width)), Image.Resampling.LANCZOS)
        for picture in pictures
    ]
    height = max(picture.height for picture in scaled)
    rows = -(-len(pictures) // columns)
    whole = Image.new("RGB", (SHEET_WIDTH, rows * (height + GAP) - GAP), (128, 128, 128))
    for place, picture in enumerate(scaled):
        at = (place % columns * (width + GAP), place // columns * (height + GAP))
        whole.paste(picture, at)
    return whole


def _height(picture: Image.Image, width: int) -> int:
    return round(picture.height * width / picture.width)
