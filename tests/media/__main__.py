"""`python tests/media REV` writes docs/matrix.md, with what was wrong at that commit."""

import sys
from pathlib import Path
from types import ModuleType

# Another distribution installs a top-level package called `tests`; this is ours.
_tests = ModuleType("tests")
_tests.__path__ = [str(Path(__file__).resolve().parents[1])]
sys.modules["tests"] = _tests

from tests.media import kinds, matrix_page  # noqa: E402 - after the line above.


def main() -> None:
    """Burn all kinds of videos on both sides, and write the page."""
    (revision,) = sys.argv[1:]
    page = matrix_page.drawn() + matrix_page.compared(revision, kinds.compared(revision))
    matrix_page.PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
