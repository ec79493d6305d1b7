"""Signing in at a certified OpenID provider, in a browser, and what such a provider refuses."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from dev.stack.stack import Stack
from tests.browser.api import Api
from tests.browser.conftest import TIMEOUT_MS

SIGNED_IN = re.compile("/api/sign-in/oidc/callback")


@pytest.fixture
def ada(browser: Browser, stack: Stack) -> Iterator[Page]:
    """A page of a person who has not signed in, at a name."""
    address = f"http://localhost:{urlsplit(stack.app_url).port}"
    with browser.new_context(base_url=address, locale="en-US") as context:
        context.set_default_timeout(TIMEOUT_MS)
        yield context.new_page()


def invitation(api: Api) -> str:
    return str(api.call("POST", "/api/invitations", {"role": "editor"})["invitation"])


def at_provider(page: Page, name: str) -> None:
    page.get_by_role("button", name="Continue with Example ID").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Log in").click()


def test_a_person_comes_in_by_the_provider_once_invited(ada: Page, api: Api) -> None:
    ada.goto("/#/jobs")
    at_provider(ada, "Ada")
    # Not invited: back where she was, with the reason.
    expect(ada.get_by_role("alert")).to_contain_text("Nobody has invited you here yet.")
    assert urlsplit(ada.url).fragment == "/jobs"

    ada.goto(f"/#/join/{invitation(api)}")
    # The provider knows her by now.
    ada.get_by_role("button", name="Continue with Example ID").click()
    expect(ada.get_by_role("heading", name="Library", level=1)).to_be_visible()
    expect(ada.get_by_title("Ada")).to_be_visible()
    ada.goto("/#/settings/people")
    own = ada.get_by_role("region", name="Your accounts at the provider")
    expect(own.get_by_text("ada@example.org")).to_be_visible()
    own.get_by_role("button", name="Unlink ada@example.org").click()
    expect(own.get_by_role("alert").last).to_contain_text("all that you can sign in with")

    ada.get_by_role("button", name="Sign out").click()
    sent: list[str] = []
    ada.on("request", lambda request: sent.append(request.url))
    ada.get_by_role("button", name="Continue with Example ID").click()
    expect(ada.get_by_title("Ada")).to_be_visible()

    # The same answer once more, in the same browser and in another, opens nothing.
    (answer,) = [url for url in sent if SIGNED_IN.search(url)]
    for page in (ada, ada.context.browser.new_page()):  # type: ignore[union-attr]  # It has one.
        page.context.clear_cookies()
        page.goto(answer)
        expect(page.get_by_label("Access token")).to_be_visible()
        expect(page.get_by_role("alert")).to_contain_text("provider's answer was not accepted")
    page.context.close()


def test_a_token_that_is_wrong_in_one_thing_lets_nobody_in(browser: Browser, stack: Stack) -> None:
    lies = ("nonce", "audience", "issuer", "key")
    for name in (*(f"wrong-{lie}" for lie in lies), "expired", "unsigned"):
        with browser.new_context(base_url=stack.app_url, locale="en-US") as context:
            page = context.new_page()
            page.goto("/")
            at_provider(page, name)

            expect(page.get_by_role("alert")).to_contain_text("answer was not accepted")
            # The provider, at another port of the same number, has cookies of its own.
            assert not {"session", "oidc"} & {one["name"] for one in context.cookies()}
