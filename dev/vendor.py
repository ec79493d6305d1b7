"""The page's library: files of npm packages that are kept in public/vendor/, byte for byte.

`python -m dev.vendor` copies them out of node_modules (what package-lock.json names); a test
compares.
"""

from collections.abc import Iterator
from pathlib import Path

from dev.check.faults import Fault
from dev.installation import ROOT

VENDORED = {"node_modules/htm/preact/standalone.module.js": "public/vendor/htm-preact.js"}
"""Where each file comes from, and where it is kept."""


def vendored_faults(root: Path) -> Iterator[Fault]:
    """Yield the files that differ from their package's."""
    for source, kept in VENDORED.items():
        if (
            not (root / kept).is_file()
            or (root / source).read_bytes() != (root / kept).read_bytes()
        ):
            fix = "run `python -m dev.vendor`."
            yield Fault(where=kept, what=f"differs from {source}.", fix=fix)


def vendor(root: Path) -> None:
    """Copy each file to where it is kept."""
    for source, kept in VENDORED.items():
        (root / kept).write_bytes((root / source).read_bytes())


if __name__ == "__main__":
    vendor(ROOT)
