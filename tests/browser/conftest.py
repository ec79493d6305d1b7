"""One stack and one Chromium for all browser tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from dev.chromium import FLAGS, chromium_path
from dev.stack import Stack

TIMEOUT_MS = 20_000
expect.set_options(timeout=TIMEOUT_MS)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole stack with its three containers; downloads from loopback are allowed."""
    state = tmp_path_factory.mktemp("browser-stack")
    with Stack(state_dir=state, env={"DOWNLOADER_ALLOW_LOOPBACK": "1"}) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium; without one the tests fail and say how to get it.

    Of the module, not of the session: Playwright keeps an event loop running as long as it lives,
    and tests of other folders start their own.
    """
    path = chromium_path()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, stack: Stack) -> Iterator[Page]:
    """A page of a signed-in person; an error in a script fails the test."""
    context = browser.new_context(base_url=stack.app_url, locale="en-US", accept_downloads=True)
    context.set_default_timeout(TIMEOUT_MS)
    one = context.new_page()
    errors: list[str] = []
    one.on("pageerror", lambda error: errors.append(str(error)))
    sign_in(one, stack.admin_token)
    yield one
    context.close()
    assert errors == []


def sign_in(page: Page, token: str) -> None:
    """Sign in as a person does."""
    page.goto("/")
    page.get_by_label("Access token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Library", level=1).wait_for()
