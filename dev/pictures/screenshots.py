"""`python -m dev.pictures.screenshots`: the pictures of docs/page.md, from a stack of real data."""

import argparse
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from engine_kit.fonts import font_folders
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from vidgen.errors import VidgenError

from dev.chromium import FLAGS, BrowserMissing, chromium_path
from dev.fixtures.showcase import Showcase, fill
from dev.fixtures.showcase_runs import add_run, idle_hosts
from dev.installation import ROOT, NotInstalled
from dev.pictures.sheets import THERE, take_sheets, views
from dev.stack.errors import StackError
from dev.stack.stack import Stack

PICTURES = ROOT / "docs/screenshots"
DESKTOP = (1280, 800)
PHONE = (390, 844)
QUALITY = 72
COLOURS = 256
FLAT = 0.94
"""Of all pixels: how many have one of the picture's commonest colours if it is flat."""
TIMEOUT_MS = 30_000
SHEETS = "instead, write sheets of every view in all sizes, colours and languages into FOLDER"

Act = Callable[[Page], None]
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: where, in which colours, language and size; *before* is done to
    the new page, *act* to the view before it is taken."""

    view: str
    size: tuple[int, int] = DESKTOP
    theme: str = "light"
    language: str = "en"
    before: Act | None = None
    act: Act | None = None
    signed_in: bool = True


def _video_shown(page: Page) -> None:
    """Wait until the browser has decoded a picture of every video in sight."""
    page.evaluate(
        """() => Promise.all([...document.querySelectorAll("video")].map((video) =>
            video.readyState >= 4 || new Promise((done) => {
              video.addEventListener("canplaythrough", done, { once: true });
              video.addEventListener("error", done, { once: true });
            })))"""
    )


def _at(seconds: float) -> Act:
    """Move the view's video to a place."""

    def act(page: Page) -> None:
        _video_shown(page)
        page.locator("video").first.evaluate(
            """async (video, at) => {
                 video.muted = true;
                 await video.play(); // The controls show that they load until something was played.
                 video.pause();
                 video.muted = false;
                 await new Promise((done) => {
                   video.addEventListener("seeked", done, { once: true });
                   video.currentTime = at;
                 });
               }""",
            seconds,
        )
        _video_shown(page)

    return act


def _styled(page: Page) -> None:
    _at(1.2)(page)
    page.get_by_test_id("layer").wait_for()


def _edited(page: Page) -> None:
    _at(1.2)(page)
    page.locator(".cue-timeline[data-waveform=ready]").wait_for()
    page.locator(".cue textarea").first.focus()


def _still(page: Page) -> None:
    page.locator(".stage img").wait_for()
    page.get_by_role("button", name="2", exact=False).first.wait_for()


def _typed(page: Page) -> None:
    page.locator("input[type=url]").fill("https://videos.example.com/watch/opening-night")


def _chosen(page: Page) -> None:
    for box in page.locator(".job-select input").all()[3:6]:
        box.check()


def _log_open(page: Page) -> None:
    page.get_by_role("button", name="Deliveries").first.click()
    page.get_by_text("webhook.test", exact=True).wait_for()
    page.locator(".charts .chart-line").wait_for(state="attached")
    page.wait_for_function(THERE)


def _refuse(page: Page) -> None:
    page.route("**/api/jobs?**", lambda route: route.abort())


def _never_answer(page: Page) -> None:
    # In the page: a route that is left open outlives its page as a pending task.
    page.add_init_script(
        "const ask = fetch; window.fetch = (url, ...more) =>"
        " String(url).includes('/api/jobs?') ? new Promise(() => {}) : ask(url, ...more);"
    )


def _find_nothing(page: Page) -> None:
    nothing = '{"items": [], "nextCursor": null}'
    page.route("**/api/media?**", lambda route: route.fulfill(body=nothing))


def shots(show: Showcase) -> Mapping[str, Shot]:
    """Return every picture by its name."""
    media = show.media["Big Buck Bunny – opening"]
    editor, job = f"media/{media}/subtitles", f"jobs/{show.burned}"
    burn, comments = f"new/burn?media={media}", f"new/comments?media={media}"
    return {
        "signin": Shot(view="library", signed_in=False),
        "library": Shot(view="library"),
        "library-dark": Shot(view="library", theme="dark"),
        "library-phone": Shot(view="library", size=PHONE, theme="dark", language="zh"),
        "library-empty": Shot(view="library", before=_find_nothing),
        "media": Shot(view=f"media/{media}", act=_at(1.2)),
        "media-phone": Shot(view=f"media/{media}", size=PHONE, act=_at(1.2)),
        "editor": Shot(view=editor, act=_edited),
        "editor-phone": Shot(view=editor, size=PHONE, theme="dark", act=_edited),
        "burn": Shot(view=burn, act=_styled),
        "burn-zh": Shot(view=burn, theme="dark", language="zh", act=_styled),
        "burn-phone": Shot(view=burn, size=PHONE, act=_styled),
        "comments": Shot(view=comments, act=_still),
        "comments-phone": Shot(view=comments, size=PHONE, theme="dark", act=_still),
        "download": Shot(view="new/download", act=_typed),
        "jobs": Shot(view="jobs"),
        "jobs-chosen": Shot(view="jobs", theme="dark", act=_chosen),
        "jobs-phone": Shot(view="jobs", size=PHONE),
        "jobs-loading": Shot(view="jobs", before=_never_answer),
        "jobs-error": Shot(view="jobs", before=_refuse),
        "job": Shot(view=job, act=_at(1.2)),
        "job-running": Shot(view=f"jobs/{show.running[0]}", theme="dark"),
        "job-failed": Shot(view=f"jobs/{show.failed}"),
        "job-phone": Shot(view=job, size=PHONE, theme="dark", language="zh", act=_at(1.2)),
        "status": Shot(view="status"),
        "status-phone": Shot(view="status", size=PHONE, theme="dark"),
        "health": Shot(view="settings/health"),
        "usage": Shot(view="settings/usage"),
        "tokens": Shot(view="settings/tokens"),
        "tokens-phone": Shot(view="settings/tokens", size=PHONE, theme="dark"),
        "webhooks": Shot(view="settings/webhooks", act=_log_open),
        "presets": Shot(view="settings/presets"),
    }


@contextmanager
def font_environment() -> Iterator[dict[str, str]]:
    """Yield an environment in which a browser has the same letters on every machine: Noto's."""
    # Of the system come only letters of one width, for codes and logs.
    folders = (*font_folders(), Path("/usr/share/fonts"))
    places = "".join(f"<dir>{folder}</dir>" for folder in folders)
    families = "<string>Noto Sans</string><string>Noto Sans CJK SC</string>"
    default = (
        '<match target="pattern"><test qual="all" name="family" compare="not_eq">'
        "<string>monospace</string></test>"
        f'<edit name="family" mode="append" binding="strong">{families}</edit></match>'
    )
    mono = (
        "<alias><family>monospace</family>"
        "<prefer><family>DejaVu Sans Mono</family></prefer></alias>"
    )
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "fonts.conf"
        config.write_text(
            f"<?xml version='1.0'?><fontconfig>{places}<cachedir>{folder}</cachedir>{default}{mono}"
            "</fontconfig>"
        )
        yield {"FONTCONFIG_FILE": str(config)}


def open_page(
    browser: Browser, url: str, token: str | None, locale: str, size: tuple[int, int]
) -> Page:
    """Return a page of who is signed in with *token*."""
    width, height = size
    context = browser.new_context(
        base_url=url,
        locale=locale,
        timezone_id="Europe/Paris",
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
        is_mobile=width == PHONE[0],
    )
    context.set_default_timeout(TIMEOUT_MS)
    if token is not None:
        body, origin = {"token": token}, {"origin": url}
        context.request.post("/api/session", data=body, headers=origin, fail_on_status_code=True)
    return context.new_page()


def take(browser: Browser, url: str, token: str, shot: Shot) -> Image.Image:
    """Return the picture of *shot*."""
    locale = "zh-CN" if shot.language == "zh" else "en-GB"
    page = open_page(browser, url, token if shot.signed_in else None, locale, shot.size)
    page.emulate_media(color_scheme="dark" if shot.theme == "dark" else "light")
    if shot.before is not None:
        shot.before(page)
    page.goto(f"/#/{shot.view}")
    page.locator("h1").wait_for()
    if shot.before is not _never_answer:
        page.wait_for_function(THERE)
    if shot.act is not None:
        shot.act(page)
    _video_shown(page)
    picture = page.screenshot()
    page.unroute_all(behavior="ignoreErrors")
    page.context.close()
    return Image.open(io.BytesIO(picture)).convert("RGB")


def save(picture: Image.Image, name: str) -> Path:
    """Save *picture*: with a palette where it is flat, as JPEG where most of it is a photograph."""
    counted = picture.getcolors(picture.width * picture.height) or []
    commonest = sorted(counted, key=lambda pair: pair[0], reverse=True)[:COLOURS]
    flat = sum(count for count, _ in commonest) >= FLAT * picture.width * picture.height
    for former in PICTURES.glob(f"{name}.*"):
        former.unlink()
    if not flat:
        path = PICTURES / f"{name}.jpg"
        picture.save(path, quality=QUALITY, optimize=True, progressive=True)
        return path
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for _, colour in commonest for value in cast(Colour, colour)])
    path = PICTURES / f"{name}.png"
    picture.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)
    return path


def _sheets(browser: Browser, stack: Stack, folder: Path, chosen: Mapping[str, str]) -> int:
    """Write sheets, and what axe finds; returns the exit code."""

    def opened(language: str, size: tuple[int, int], is_signed_in: bool) -> Page:
        token = stack.admin_token if is_signed_in else None
        return open_page(browser, stack.app_url, token, language, size)

    found = take_sheets(opened, folder, chosen)
    print("\n".join(found) or "axe finds nothing.")
    return 1 if found else 0


def main() -> int:
    """Make every picture, or those that are named; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", help="pictures to make; all without one")
    parser.add_argument("--sheets", type=Path, metavar="FOLDER", help=SHEETS)
    arguments = parser.parse_args()
    wanted = arguments.names
    PICTURES.mkdir(exist_ok=True)
    try:
        with tempfile.TemporaryDirectory() as name, ExitStack() as held:
            films = Path(name) / "films"
            films.mkdir()
            hosts = held.enter_context(idle_hosts()) if arguments.sheets else []
            stack = held.enter_context(
                Stack(
                    state_dir=Path(name) / "state",
                    env={"DOWNLOADER_ALLOW_LOOPBACK": "1"},
                    further_hosts={"remotion": hosts},
                )
            )
            fonts = held.enter_context(font_environment())
            show = fill(stack, films)
            playwright = held.enter_context(sync_playwright())
            browser = playwright.chromium.launch(
                executable_path=chromium_path(),
                args=[*FLAGS, "--force-color-profile=srgb"],
                env={**os.environ, **fonts},
            )
            held.callback(browser.close)
            if arguments.sheets:
                every = views(show, add_run(stack, films))
                chosen = {k: v for k, v in every.items() if not wanted or k in wanted}
                return _sheets(browser, stack, arguments.sheets, chosen)
            for name, shot in shots(show).items():
                if not wanted or name in wanted:
                    path = save(take(browser, stack.app_url, stack.admin_token, shot), name)
                    size = path.stat().st_size / 1000
                    print(f"{path.relative_to(ROOT)}  {size:.0f} kB", flush=True)
    except (StackError, NotInstalled, BrowserMissing, VidgenError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
