"""People: invited by a link, in with a passkey of Chromium's virtual authenticator, and out."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from dev.stack.stack import Stack
from tests.browser.axe import AXE, serious
from tests.browser.conftest import TIMEOUT_MS, sign_in


def by_name(stack: Stack) -> str:
    """Return the app's address by a name: no passkey is made for a number."""
    return f"http://localhost:{urlsplit(stack.app_url).port}"


def with_authenticator(browser: Browser, stack: Stack) -> Page:
    """Return a new person's page, whose device has an unlocked authenticator."""
    context = browser.new_context(base_url=by_name(stack), locale="en-US", reduced_motion="reduce")
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


@pytest.fixture
def operator(browser: Browser, stack: Stack) -> Iterator[Page]:
    """The operator's page, at the same name."""
    with browser.new_context(base_url=by_name(stack), locale="en-US") as context:
        context.set_default_timeout(TIMEOUT_MS)
        page = context.new_page()
        sign_in(page, stack.admin_token)
        yield page


@pytest.fixture
def ada(browser: Browser, stack: Stack) -> Iterator[Page]:
    page = with_authenticator(browser, stack)
    yield page
    page.context.close()


def accessible(page: Page) -> None:
    """Fail for what axe finds serious."""
    page.evaluate(AXE)
    assert serious(page) == []


def invited(operator: Page, workspace: str, role: str) -> str:
    """Return the link of an invitation that is made on the page."""
    operator.get_by_role("button", name="Invite").click()
    dialog = operator.get_by_role("dialog")
    dialog.get_by_label("Workspace").select_option(label=workspace)
    dialog.get_by_label("Role").select_option(label=role)
    dialog.get_by_label("For whom").fill(f"{workspace}'s {role}")
    dialog.get_by_role("button", name="Make the link").click()
    link = dialog.get_by_label("Link of the invitation").input_value()
    dialog.get_by_role("button", name="Done").click()
    return link


def test_an_operator_invites_a_manager_who_joins_with_a_passkey_and_manages(
    operator: Page, ada: Page
) -> None:
    operator.goto("/#/settings/people")
    operator.get_by_role("button", name="New workspace").click()
    operator.get_by_role("dialog").get_by_label("Name").fill("Ada's films")
    operator.get_by_role("button", name="Make it").click()
    expect(operator.get_by_role("dialog")).to_have_count(0)
    link = invited(operator, "Ada's films", "manager")

    ada.goto(link)
    expect(ada.get_by_text("invites you to Ada's films, as manager.")).to_be_visible()
    accessible(ada)
    ada.get_by_label("Your name").fill("Ada L.")
    ada.get_by_role("button", name="Join with a new passkey").click()
    expect(ada.get_by_role("heading", name="Library", level=1)).to_be_visible()
    expect(ada.get_by_title("Ada L.")).to_be_visible()

    ada.get_by_role("button", name="Sign out").click()
    ada.get_by_role("button", name="Use a passkey").click()
    expect(ada.get_by_role("heading", name="Library", level=1)).to_be_visible()

    ada.goto("/#/settings/people")
    members = ada.get_by_role("region", name="Members")
    expect(members.get_by_text("Ada L.")).to_be_visible()
    expect(ada.get_by_role("region", name="Workspaces")).to_have_count(0)
    accessible(ada)
    # The last manager stays.
    members.get_by_label("Role of Ada L.").select_option(label="viewer")
    expect(members.get_by_role("alert")).to_contain_text("This is the last manager")
    passkeys = ada.get_by_role("region", name="Your passkeys")
    passkeys.get_by_role("button", name="Rename").click()
    ada.get_by_role("dialog").get_by_label("Name").fill("Her laptop")
    ada.get_by_role("button", name="Save").click()
    expect(passkeys.get_by_text("Her laptop")).to_be_visible()
    passkeys.get_by_role("button", name="Remove Her laptop").click()
    ada.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(ada.get_by_role("dialog").get_by_role("alert")).to_contain_text("all that you can sign")

    # The link made one member, and says so to the next who opens it.
    ada.goto("/#/library")
    ada.goto(link)
    expect(ada.get_by_role("alert")).to_contain_text("This invitation was used already.")


def test_a_member_is_in_two_workspaces_and_is_out_of_one_at_once_when_removed(
    operator: Page, ada: Page
) -> None:
    operator.goto("/#/settings/people")
    for name in ("Harbour", "Lighthouse"):
        operator.get_by_role("button", name="New workspace").click()
        operator.get_by_role("dialog").get_by_label("Name").fill(name)
        operator.get_by_role("button", name="Make it").click()
        expect(operator.get_by_role("dialog")).to_have_count(0)
    first, second = (
        invited(operator, "Harbour", "editor"),
        invited(operator, "Lighthouse", "viewer"),
    )
    ada.goto(first)
    ada.get_by_label("Your name").fill("Grace")
    ada.get_by_role("button", name="Join with a new passkey").click()
    expect(ada.get_by_role("heading", name="Library", level=1)).to_be_visible()

    ada.goto(second)
    ada.get_by_role("button", name="Use a passkey").click()
    workspace = ada.get_by_label("Workspace")
    expect(workspace.locator("option:checked")).to_have_text("Lighthouse")
    workspace.select_option(label="Harbour")
    expect(workspace.locator("option:checked")).to_have_text("Harbour")

    operator.reload()
    row = operator.get_by_role("listitem").filter(has_text="Grace").filter(has_text="Harbour")
    row.get_by_role("button", name="Remove Grace").click()
    operator.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)

    ada.goto("/#/jobs")
    ada.get_by_role("dialog").get_by_role("button", name="Use a passkey").click()
    # What is left is the other workspace.
    expect(ada.get_by_role("dialog")).to_have_count(0)
    ada.reload()
    expect(ada.get_by_title("Grace")).to_be_visible()
    expect(ada.get_by_label("Workspace")).to_have_count(0)
