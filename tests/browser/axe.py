"""What axe finds on a page."""

import json
from pathlib import Path

from playwright.sync_api import Page

AXE = Path("node_modules/axe-core/axe.min.js").read_text()
"""To be evaluated in the page first: its policy would refuse a script from outside."""


def serious(page: Page) -> list[tuple[str, list[str]]]:
    """Return what axe finds serious or critical, with where."""
    found = json.loads(page.evaluate("async () => JSON.stringify(await axe.run())"))
    return [
        (one["id"], [node["html"][:120] for node in one["nodes"]])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
