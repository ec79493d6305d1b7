"""docs/conformance.md names tests that exist, and every line of the list of faults."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TABLE = (ROOT / "docs/conformance.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TABLE)))


@pytest.mark.parametrize(("path", "test"), NAMED)
def test_a_test_that_the_table_names_exists(path: str, test: str) -> None:
    source = (ROOT / path).read_text()

    assert re.search(rf"^\s*(async )?def {test}\(", source, re.MULTILINE)


def test_every_fault_of_jobs_doors_and_media_has_its_line() -> None:
    lines = re.findall(r"^\| ([JDM]\d+) \|", TABLE, re.MULTILINE)

    counts = {"J": 20, "D": 10, "M": 13}
    assert lines == [f"{part}{n}" for part, most in counts.items() for n in range(1, most + 1)]
