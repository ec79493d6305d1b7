"""A session that ends while somebody works: they sign in over the page, and go on."""

from playwright.sync_api import Page, expect

from dev.stack.stack import Stack
from tests.browser.api import Api
from tests.browser.conftest import sign_in
from tests.browser.test_editor import START, stored


def sign_in_over(page: Page, token: str) -> None:
    """Sign in, in the dialog that lies over the page."""
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Access token")).to_be_focused()
    dialog.get_by_label("Access token").fill(token)
    dialog.get_by_role("button", name="Sign in", exact=True).click()


def edited_media(api: Api, title: str) -> str:
    media_id = api.add(title)
    api.call("PUT", f"/api/media/{media_id}/subtitles", START.encode())
    return media_id


def test_what_was_edited_is_saved_once_its_person_has_signed_in_again(
    visitor: Page, stack: Stack, api: Api
) -> None:
    media_id = edited_media(api, "Ended session")
    sign_in(visitor, stack.admin_token)
    visitor.goto(f"/#/media/{media_id}/subtitles")
    text = visitor.get_by_label("Text of cue 1")
    text.fill("typed before the end")
    visitor.context.clear_cookies()
    text.press("Control+s")
    expect(visitor.get_by_role("alert")).to_contain_text("Your session has ended.")
    # Not now: the page stays to be read, and whoever saves is asked again.
    visitor.keyboard.press("Escape")
    expect(visitor.get_by_role("status").get_by_text("Your session has ended.")).to_be_visible()
    expect(text).to_have_value("typed before the end")
    text.press("Control+s")

    sign_in_over(visitor, stack.admin_token)

    expect(visitor.get_by_role("dialog")).to_have_count(0)
    expect(visitor.get_by_text("No changes")).to_be_visible()
    assert stored(api, media_id) == START.replace("one two", "typed before the end")


def test_another_person_who_signs_in_gets_a_fresh_page(
    visitor: Page, stack: Stack, api: Api
) -> None:
    other = api.call("POST", "/api/tokens", {"name": "Other", "scopes": ["read", "submit"]})
    media_id = edited_media(api, "Another person")
    sign_in(visitor, stack.admin_token)
    visitor.goto(f"/#/media/{media_id}/subtitles")
    visitor.get_by_label("Text of cue 1").fill("the first one's")
    visitor.context.clear_cookies()
    visitor.keyboard.press("Control+s")

    sign_in_over(visitor, other["token"])

    expect(visitor.get_by_role("heading", name="Library", level=1)).to_be_visible()
    visitor.goto(f"/#/media/{media_id}/subtitles")
    expect(visitor.get_by_label("Text of cue 1")).to_have_value("one two")
    assert stored(api, media_id) == START


def test_who_signs_in_again_in_one_tab_goes_on_in_the_others(visitor: Page, stack: Stack) -> None:
    sign_in(visitor, stack.admin_token)
    other = visitor.context.new_page()
    other.goto("/#/library")
    expect(other.get_by_role("heading", name="Library", level=1)).to_be_visible()
    visitor.context.clear_cookies()
    for tab in (visitor, other):
        # By address: a look of the library's own may have found the end, and no link is to be had.
        tab.goto("/#/jobs")
        expect(tab.get_by_role("dialog")).to_be_visible()

    sign_in_over(visitor, stack.admin_token)

    for tab in (visitor, other):
        expect(tab.get_by_role("dialog")).to_have_count(0)
        expect(tab.get_by_role("heading", name="Jobs", level=1)).to_be_visible()
