"""Who has not signed in, and what a first visit costs."""

import gzip
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response, Route, expect

from dev.stack.stack import Stack
from tests.browser.answers import answered_by
from tests.browser.conftest import sign_in

FIRST_LOAD_BYTES_MAX = 60_000


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("mj_wrong", "unknown, expired or revoked"),
        ("", "Paste the token exactly as you received it."),
        ("中文", "Paste the token exactly as you received it."),
    ],
)
def test_a_token_that_opens_nothing_is_refused_in_words(
    visitor: Page, token: str, words: str
) -> None:
    visitor.goto("/")
    field = visitor.get_by_label("Access token")
    field.fill(token)
    visitor.get_by_role("button", name="Sign in").click()

    expect(visitor.get_by_role("alert")).to_contain_text(words)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")


def test_without_an_answer_signing_in_says_so_and_works_the_next_time(
    visitor: Page, stack: Stack
) -> None:
    visitor.goto("/")
    with answered_by(visitor, "**/api/session", Route.abort, "POST"):
        visitor.get_by_label("Access token").fill(stack.admin_token)
        visitor.get_by_role("button", name="Sign in").click()
        expect(visitor.get_by_role("alert")).to_contain_text("does not answer")

    visitor.get_by_role("button", name="Sign in").click()

    expect(visitor.get_by_role("heading", name="Library", level=1)).to_be_visible()


def test_who_signs_out_has_to_sign_in_again(visitor: Page, stack: Stack) -> None:
    sign_in(visitor, stack.admin_token)
    visitor.get_by_role("button", name="Sign out").click()
    expect(visitor.get_by_label("Access token")).to_be_visible()

    visitor.goto("/#/jobs")

    expect(visitor.get_by_label("Access token")).to_be_visible()


def test_a_session_that_has_ended_is_said_to_have_ended(visitor: Page, stack: Stack) -> None:
    sign_in(visitor, stack.admin_token)
    visitor.context.clear_cookies()

    # By address: a request of the library's own may have found the end first, and its links gone.
    visitor.goto("/#/jobs")

    expect(visitor.get_by_role("alert")).to_contain_text("Your session has ended.")


def test_the_first_load_is_small_and_asks_python_for_little(
    visitor: Page,
) -> None:
    answers: list[Response] = []
    visitor.on("response", lambda answer: answers.append(answer))

    visitor.goto("/")
    visitor.get_by_label("Access token").wait_for()

    asked = [answer for answer in answers if urlsplit(answer.url).path.startswith("/api/")]
    files = [answer for answer in answers if answer not in asked]
    assert {urlsplit(answer.url).path for answer in asked} <= {"/api/session", "/api/sign-in"}
    # The assets' own headers: Python's answers are never kept.
    kept = {
        file.headers["cache-control"]
        for file in files
        if urlsplit(file.url).path.startswith("/assets/")
    }
    assert kept == {"public, max-age=31536000, immutable"}
    assert answers[0].headers["cache-control"] == "public, max-age=0, must-revalidate"
    # A script that was fetched ahead is named again when it is imported, out of the cache.
    bodies = {file.url: file.body() for file in files}.values()
    assert sum(len(gzip.compress(body)) for body in bodies) < FIRST_LOAD_BYTES_MAX
    # Nothing stays on its way, read by nobody.
    visitor.wait_for_load_state("networkidle")


def test_the_whole_way_in_and_around_needs_no_mouse(visitor: Page, stack: Stack) -> None:
    keys = visitor.keyboard
    visitor.goto("/")
    expect(visitor.get_by_label("Access token")).to_be_focused()
    keys.insert_text(stack.admin_token)
    keys.press("Enter")
    expect(visitor.get_by_role("heading", name="Library", level=1)).to_be_focused()

    visitor.get_by_role("link", name="Skip to the content").focus()
    keys.press("Enter")
    expect(visitor.get_by_role("main")).to_be_focused()
    visitor.get_by_role("link", name="Settings").focus()
    keys.press("Enter")
    expect(visitor.get_by_role("heading", name="Settings", level=1)).to_be_visible()
    visitor.get_by_role("navigation", name="Settings sections").get_by_role(
        "link", name="Tokens"
    ).press("Enter")
    opener = visitor.get_by_role("button", name="New token")
    opener.press("Enter")
    expect(visitor.get_by_role("dialog")).to_be_visible()
    keys.press("Escape")

    expect(visitor.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_the_reference_of_the_api_is_one_link_away(page: Page) -> None:
    page.goto("/#/library")
    page.get_by_role("link", name="API reference").click()

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="POST /jobs/{jobId}/cancel")).to_be_visible()
