"""Nothing that was edited is lost: by leaving, reload, a second tab, or somebody else's version."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from dev.stack.stack import Stack
from tests.browser.api import Api
from tests.browser.conftest import TIMEOUT_MS, sign_in
from tests.browser.test_editor import START, stored

RESTORED = "Unsaved changes from"
KEPT = "Unsaved changes · kept in this browser"


@pytest.fixture
def track(api: Api) -> str:
    """A media with two cues."""
    media_id = api.add("Drafts")
    api.call("PUT", f"/api/media/{media_id}/subtitles", START.encode())
    return media_id


def expect_texts(page: Page, *texts: str) -> None:
    """Wait for the texts of the cues, from the first."""
    for number, text in enumerate(texts, start=1):
        expect(page.get_by_label(f"Text of cue {number}")).to_have_value(text)


def open_editor(page: Page, media_id: str) -> None:
    page.goto(f"/#/media/{media_id}/subtitles")
    page.get_by_label("Text of cue 1").wait_for()


def save_on_demand_alone(page: Page) -> None:
    page.get_by_label("Save by itself").uncheck()


def leave_and_return(page: Page) -> None:
    page.get_by_role("link", name="Jobs", exact=True).click()
    page.get_by_role("heading", name="Jobs", level=1).wait_for()
    page.go_back()


def versions(api: Api, media_id: str) -> list[str]:
    items = api.call("GET", f"/api/media/{media_id}/inputs?slot=subtitles")["items"]
    return [item["inputId"] for item in items]


def test_an_edit_is_saved_by_itself_on_leaving_and_the_next_takes_its_place(
    page: Page, api: Api, track: str
) -> None:
    (uploaded,) = versions(api, track)
    open_editor(page, track)
    page.get_by_label("Text of cue 1").fill("first")
    leave_and_return(page)
    expect(page.get_by_label("Text of cue 1")).to_have_value("first")
    expect(page.get_by_text("No changes")).to_be_visible()
    assert stored(api, track) == START.replace("one two", "first")
    (saved,) = set(versions(api, track)) - {uploaded}

    page.get_by_label("Text of cue 2").fill("second")
    leave_and_return(page)

    expect(page.get_by_label("Text of cue 2")).to_have_value("second")
    expect(page.get_by_text("No changes")).to_be_visible()
    assert stored(api, track) == START.replace("one two", "first").replace("three", "second")
    assert len(versions(api, track)) == 2
    assert saved not in versions(api, track)


def test_work_that_rests_is_saved_by_itself(page: Page, api: Api, track: str) -> None:
    page.clock.install()
    open_editor(page, track)
    page.clock.run_for(1000)
    page.get_by_label("Text of cue 1").fill("rests")
    page.clock.run_for(1000)
    expect(page.get_by_text(KEPT)).to_be_visible()

    page.clock.run_for(60_000)

    expect(page.get_by_text("Saved by itself,")).to_be_visible()
    assert stored(api, track) == START.replace("one two", "rests")


SLOW_AND_HASTY = """
  // The database takes its time to open, and gives up what a page that leaves still writes.
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (...given) {
    const answer = { set onsuccess(then) { this.then = then; } };
    const request = open.apply(this, given);
    request.onupgradeneeded = () => answer.onupgradeneeded({ target: request });
    request.onsuccess = () => setTimeout(() => answer.then(), 700);
    return Object.defineProperty(answer, "result", { get: () => request.result });
  };
  const put = IDBObjectStore.prototype.put;
  addEventListener("pagehide", () => {
    IDBObjectStore.prototype.put = function (...given) {
      const request = put.apply(this, given);
      this.transaction.abort();
      return request;
    };
  });
"""


def test_an_edit_is_there_after_a_reload_in_a_new_tab_and_until_it_is_discarded(
    page: Page, api: Api, track: str
) -> None:
    tab = page.context.new_page()
    tab.add_init_script(SLOW_AND_HASTY)
    open_editor(tab, track)
    save_on_demand_alone(tab)
    # Nothing is waited for: each is left at once.
    tab.get_by_label("Text of cue 2").fill("not saved")
    tab.reload()
    expect(tab.get_by_text(RESTORED)).to_be_visible()
    expect(tab.get_by_label("Text of cue 2")).to_have_value("not saved")
    tab.get_by_label("Text of cue 1").fill("nor this")
    with tab.expect_event("close"):
        tab.close(run_before_unload=True)

    open_editor(page, track)

    expect(page.get_by_label("Text of cue 1")).to_have_value("nor this")
    expect(page.get_by_label("Text of cue 2")).to_have_value("not saved")
    assert stored(api, track) == START
    page.get_by_role("button", name="Discard them").click()
    expect(page.get_by_text("No changes")).to_be_visible()
    expect_texts(page, "one two", "three")
    page.reload()
    expect_texts(page, "one two", "three")
    expect(page.get_by_text("No changes")).to_be_visible()
    expect(page.get_by_text(RESTORED)).to_have_count(0)


def test_two_tabs_edit_one_list_and_know_of_each_other_s_saves(
    page: Page, api: Api, track: str
) -> None:
    open_editor(page, track)
    save_on_demand_alone(page)
    page.get_by_label("Text of cue 1").fill("first tab")
    other = page.context.new_page()
    open_editor(other, track)
    expect(page.get_by_text("open in another tab")).to_be_visible()
    expect(other.get_by_text("open in another tab")).to_be_visible()
    expect(other.get_by_label("Text of cue 1")).to_have_value("first tab")

    other.get_by_label("Text of cue 2").fill("second tab")
    other.get_by_label("Text of cue 2").press("Control+i")
    other.get_by_label("Text of cue 3").fill("new there")
    page.get_by_label("Start of cue 1").fill("0.1")
    page.get_by_label("Start of cue 1").press("Enter")
    expect(page.get_by_label("Text of cue 3")).to_have_value("new there")
    expect(other.get_by_label("Start of cue 1")).to_have_value("0:00.100")
    expect(page.get_by_label("Text of cue 2")).to_have_value("second tab")
    other.keyboard.press("Control+s")

    for tab in (page, other):
        expect(tab.get_by_text("No changes")).to_be_visible()
    other.close()
    expect(page.get_by_text("open in another tab")).to_have_count(0)
    page.get_by_label("Text of cue 1").fill("alone again")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("No changes")).to_be_visible()
    newest, saved, uploaded = versions(api, track)
    assert stored(api, track) == (
        "WEBVTT\n\n00:00:00.100 --> 00:00:02.300\nalone again\n\n"
        "00:00:02.500 --> 00:00:05.000\nsecond tab\n\n"
        "00:00:05.040 --> 00:00:07.040\nnew there\n"
    )
    items = api.call("GET", f"/api/media/{track}/inputs?slot=subtitles")["items"]
    assert [item["parent"] for item in items] == [saved, uploaded, None]
    assert newest == items[0]["inputId"]


def test_a_version_that_somebody_has_saved_meanwhile_is_merged_by_cue(
    page: Page, api: Api, track: str
) -> None:
    (uploaded,) = versions(api, track)
    open_editor(page, track)
    save_on_demand_alone(page)
    page.get_by_label("Text of cue 1").fill("mine")
    expect(page.get_by_text(KEPT)).to_be_visible()
    page.goto("/#/jobs")
    theirs = START.replace("three", "theirs") + "\n00:00:06.000 --> 00:00:07.000\nnew\n"
    api.call("PUT", f"/api/media/{track}/subtitles?parent={uploaded}", theirs.encode())
    open_editor(page, track)
    expect_texts(page, "mine", "theirs", "new")

    # And while it is being edited: the same cue by both, whose person decides.
    third = theirs.replace("one two", "the third one's")
    newest = versions(api, track)[0]
    api.call("PUT", f"/api/media/{track}/subtitles?parent={newest}", third.encode())
    page.get_by_label("Text of cue 1").press("Control+s")
    conflicts = page.get_by_label("Conflicts")
    expect(conflicts).to_contain_text("mine")
    expect(conflicts).to_contain_text("the third one's")
    expect(conflicts).to_contain_text("1 cue was changed by both.")
    assert stored(api, track) == third
    conflicts.get_by_role("button", name="Keep yours").click()
    page.get_by_label("Text of cue 1").press("Control+s")

    expect(page.get_by_text("No changes")).to_be_visible()
    assert stored(api, track) == theirs.replace("one two", "mine")


FORBIDDEN = """
  const get = () => { throw new DOMException("no", "SecurityError"); };
  for (const name of ["indexedDB", "sessionStorage", "localStorage"]) {
    Object.defineProperty(window, name, { get });
  }
"""


def test_where_storage_is_forbidden_the_page_works_and_asks_before_it_closes(
    page: Page, api: Api, track: str
) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.add_init_script(FORBIDDEN)
    open_editor(page, track)
    save_on_demand_alone(page)
    # A browser asks only those who have touched the page: a click is a person's, `fill` is not.
    page.get_by_label("Text of cue 1").click()
    page.keyboard.type("changed ")
    expect(page.get_by_text("This browser keeps nothing for this page")).to_be_visible()
    page.close(run_before_unload=True)
    expect(page.get_by_text("Unsaved changes")).to_be_visible()
    assert asked == ["beforeunload"]

    page.keyboard.press("Control+s")

    expect(page.get_by_text("No changes")).to_be_visible()
    assert "changed" in stored(api, track)


@pytest.fixture
def guest(browser: Browser, stack: Stack) -> Iterator[Page]:
    """A page of a person who has not signed in, in a browser of its own."""
    with browser.new_context(base_url=stack.app_url, locale="en-US") as context:
        context.set_default_timeout(TIMEOUT_MS)
        yield context.new_page()


def test_another_person_on_the_same_browser_neither_sees_nor_overwrites_a_draft(
    guest: Page, stack: Stack, api: Api, track: str
) -> None:
    other = api.call("POST", "/api/tokens", {"name": "Second", "scopes": ["read", "submit"]})
    sign_in(guest, stack.admin_token)
    open_editor(guest, track)
    save_on_demand_alone(guest)
    guest.get_by_label("Text of cue 1").fill("the first one's")
    expect(guest.get_by_text(KEPT)).to_be_visible()
    guest.get_by_role("button", name="Sign out").click()
    guest.get_by_role("button", name="Keep and sign out").click()
    expect(guest.get_by_label("Access token")).to_be_visible()

    sign_in(guest, other["token"])
    open_editor(guest, track)
    expect_texts(guest, "one two")
    guest.get_by_label("Text of cue 1").fill("the second one's")
    guest.get_by_role("button", name="Sign out").click()
    guest.get_by_role("button", name="Discard and sign out").click()
    expect(guest.get_by_label("Access token")).to_be_visible()
    sign_in(guest, stack.admin_token)
    open_editor(guest, track)

    expect(guest.get_by_label("Text of cue 1")).to_have_value("the first one's")
    assert stored(api, track) == START


def test_forms_keep_what_was_typed_until_they_are_sent_or_cleared(page: Page) -> None:
    page.goto("/#/new/download")
    page.get_by_label("Address of the video").fill("https://media.example/watch")
    page.get_by_role("radio", name="Comments").check()
    page.get_by_label("Max. comments").fill("7")
    page.get_by_label("Max. comments").press("Tab")
    page.get_by_text("Access to the site").click()
    page.get_by_label("Cookies").fill("a secret")
    page.get_by_role("link", name="Burn subtitles").click()
    page.go_back()
    expect(page.get_by_label("Address of the video")).to_have_value("https://media.example/watch")
    expect(page.get_by_label("Cookies")).to_have_value("a secret")
    page.reload()
    expect(page.get_by_label("Address of the video")).to_have_value("https://media.example/watch")
    expect(page.get_by_label("Max. comments")).to_have_value("7")
    # A secret is in no storage.
    expect(page.get_by_label("Cookies")).to_have_value("")
    page.get_by_role("button", name="Clear the form").click()
    expect(page.get_by_label("Address of the video")).to_have_value("")

    page.goto("/#/settings/webhooks")
    page.get_by_role("button", name="New webhook").click()
    page.get_by_label("Address", exact=True).fill("https://media.example/hook")
    page.go_back()
    expect(page.get_by_label("Address of the video")).to_be_visible()
    page.go_forward()
    page.get_by_role("button", name="New webhook").click()
    expect(page.get_by_label("Address", exact=True)).to_have_value("https://media.example/hook")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="New webhook").click()
    expect(page.get_by_label("Address", exact=True)).to_have_value("")
