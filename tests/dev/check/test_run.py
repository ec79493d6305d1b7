"""The report and the exit status of `python -m dev.check`."""

import io
from collections.abc import Iterator
from pathlib import Path

from dev.check.docs import document_faults
from dev.check.faults import CheckError, Fault
from dev.check.run import CHECKS, run_checks

WRONG = Fault(where="file.py:1", what="is\nwrong.", fix="put it right.")


def clean(root: Path) -> Iterator[Fault]:
    yield from ()


def faulty(root: Path) -> Iterator[Fault]:
    yield WRONG
    raise CheckError(WRONG)


def unreadable(root: Path) -> Iterator[Fault]:
    (root / "absent.json").read_text()
    yield WRONG


def test_each_check_has_a_heading_and_each_finding_one_line(tmp_path: Path) -> None:
    out = io.StringIO()

    count = run_checks(tmp_path, [("first", clean), ("second", faulty)], out)

    assert count == 2
    lines = out.getvalue().splitlines()
    assert lines[0].split()[:3] == ["check:", "first", "ok"]
    assert lines[1].split()[:4] == ["check:", "second", "2", "wrong"]
    assert lines[2:] == 2 * ["  file.py:1: is wrong. Fix: put it right."]


def test_a_file_that_a_check_needs_and_that_is_missing_is_a_finding(tmp_path: Path) -> None:
    out = io.StringIO()

    assert run_checks(tmp_path, [("docs", unreadable)], out) == 1
    assert "absent.json: No such file or directory." in out.getvalue()


def test_every_check_has_its_own_heading() -> None:
    assert len({title for title, _ in CHECKS}) == len(CHECKS) == 11


def test_a_generated_document_that_is_missing_or_out_of_date_is_named(tmp_path: Path) -> None:
    (tmp_path / "old.md").write_text("old")
    (tmp_path / "right.md").write_text("new")
    generated = {name: lambda: "new" for name in ("old.md", "right.md", "absent.md")}

    assert [finding.line() for finding in document_faults(tmp_path, generated)] == [
        "old.md: is out of date. Fix: run `python -m dev.docs`.",
        "absent.md: is missing. Fix: run `python -m dev.docs`.",
    ]
