"""`make screenshots ARGS=--sheets=FOLDER`: every view in all sizes, colours and languages.

To be looked at by a person.
One sheet for each view and size, of four pictures: English and Chinese, each light and dark.
"""

import io
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, TimeoutError

from dev.fixtures.showcase import Showcase

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

Signed = Callable[..., Page]


def views(show: Showcase) -> Mapping[str, str]:
    """Return the address of every view by a name for its sheets."""
    media = show.media["Big Buck Bunny – opening"]
    return {
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


def take_sheets(open_page: Signed, folder: Path, wanted: Mapping[str, str]) -> None:
    """Write the sheets of the *wanted* views; *open_page* gives a page of who is signed in."""
    folder.mkdir(parents=True, exist_ok=True)
    for width, height in SIZES.items():
        pictures: dict[str, list[Image.Image]] = {}
        for language in LANGUAGES:
            page = open_page(language, (width, height))
            for name, view in wanted.items():
                pictures.setdefault(name, []).extend(_both(page, view))
            page.context.close()
        for name, found in pictures.items():
            path = folder / f"{name}-{width}.png"
            sheet(found).save(path)
            print(path, flush=True)


def _both(page: Page, view: str) -> list[Image.Image]:
    """Return pictures of a view in light and in dark colours."""
    page.goto("about:blank")
    page.goto(f"/#/{view}")
    page.locator("main h1").wait_for()
    with suppress(TimeoutError):  # Some views never stop to ask.
        page.wait_for_load_state("networkidle", timeout=SETTLED_MS)
    page.wait_for_function(THERE)
    found = []
    for theme in THEMES:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        found.append(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
    return found


def sheet(pictures: list[Image.Image]) -> Image.Image:
    """Return four pictures on one: beside each other if they are tall, else two above two."""
    columns = 4 if pictures[0].height > pictures[0].width else 2
    width = (SHEET_WIDTH - GAP * (columns - 1)) // columns
    height = round(pictures[0].height * width / pictures[0].width)
    rows = -(-len(pictures) // columns)
    whole = Image.new("RGB", (SHEET_WIDTH, rows * (height + GAP) - GAP), (128, 128, 128))
    for place, picture in enumerate(pictures):
        at = (place % columns * (width + GAP), place // columns * (height + GAP))
        whole.paste(picture.resize((width, height), Image.Resampling.LANCZOS), at)
    return whole
