"""The tests that documents name exist; docs/conformance.md has every fault."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE = (ROOT / "docs/conformance.md").read_text()
OTHERS = [(ROOT / "docs" / name).read_text() for name in ("looks.md", "security.md")]


def test_each_test_that_the_tables_name_exists() -> None:
    named: dict[str, set[str]] = {}
    for path, test in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", "\n".join([TABLE, *OTHERS])):
        named.setdefault(path, set()).add(test)

    for path, tests in named.items():
        source = (ROOT / path).read_text()
        there = set(re.findall(r"^\s*(?:async )?def (\w+)\(", source, re.MULTILINE))

        assert (path, tests - there) == (path, set())


def test_every_fault_of_jobs_doors_and_media_has_its_line() -> None:
    lines = re.findall(r"^\| ([JDM]\d+) \|", TABLE, re.MULTILINE)

    counts = {"J": 20, "D": 10, "M": 13}
    assert lines == [f"{part}{n}" for part, most in counts.items() for n in range(1, most + 1)]
