"""How a run of everything is divided between processes, and what tests have to tell at its end."""

import gc
import os
import signal
from collections.abc import Generator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from dev.scratch import scratch_folder

TESTS = Path(__file__).parent
LONG = ("sim", "stack", "browser", "media")
"""These folders come first, the one that computes before those that wait: what is short fills the
gap at the end.
"""

SECOND_BROWSER = "test_o"
"""Where the second half of the page's tests begins, by the names of their files: two processes take
them, each with a stack and a browser of its own, as one would be at it for longest of all.
"""

TOLD = "told"
"""A property of a test (`record_property`) that is printed in the end, whichever process ran it."""

# How long an example takes, or to think it up, says how busy the machine is: a loaded one would
# fail tests that are right. What must be quick has a test that measures its own processor time.
# The same code meets the same examples, so that a green run stays green. `make long` draws new
# ones; what they find becomes a test of its own.
settings.register_profile(
    "tests", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.register_profile("long", settings.get_profile("tests"), derandomize=False)
# For `make unit`; `make test` has a hundred.
settings.register_profile("unit", settings.get_profile("tests"), max_examples=15)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "tests"))


# What tests write is thrown away: the folder of pytest's `tmp_path`.
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(scratch_folder()))


def pytest_configure() -> None:
    """Take Ctrl-C again: a shell has what it runs in the background ignore it, and so would all
    that tests start and interrupt.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(
    report: pytest.TestReport | pytest.CollectReport, config: pytest.Config
) -> tuple[str, str, str] | None:
    """Count what has passed without a dot at `verbosity_test_cases=-2`: short tests cost less."""
    silent = config.get_verbosity(pytest.Config.VERBOSITY_TEST_CASES) < -1
    return ("passed" if report.when == "call" else "", "", "") if silent and report.passed else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Spare the collector what lives to the end: thousands of tests and every module."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep in one process what shares a stack, a browser or a count (pytest-xdist's groups)."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=lambda item: (*LONG, _folder(item.path)).index(_folder(item.path)))


@cache
def _folder(path: Path) -> str:
    return path.relative_to(TESTS).parts[0]


def _group(item: pytest.Item) -> str:
    folder = _folder(item.path)
    fixtures = getattr(item, "fixturenames", ())
    if folder == "stack" and "engines" in fixtures:
        return f"{folder} engines"
    if folder == "stack" and "stack" in fixtures:
        # The folder's own stack, unless the module starts another.
        return item.path.stem if hasattr(getattr(item, "module", None), "stack") else folder
    if folder == "browser":
        return f"{folder} {1 + (item.path.stem >= SECOND_BROWSER)}"
    return item.path.stem if folder in ("stack", "media") else folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests have told."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "call":
                for name, value in report.user_properties:
                    if name == TOLD:
                        terminalreporter.write_line(str(value))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse a run whose groups pytest-xdist has dropped, as 3.8 does with pytest 9.2 (its issue
    1386).
    """
    if getattr(session.config.option, "loadgroup", False):
        for item in session.items:
            if not item.nodeid.endswith(f"@{_group(item)}"):
                raise pytest.UsageError(f"pytest-xdist has lost the group of {item.nodeid}.")
