"""Parts of the page that come late, not at all, or from another release."""

from playwright.sync_api import Page, Route, expect


def test_u04_a_view_that_did_not_come_is_asked_for_again_at_the_first_click(page: Page) -> None:
    # One handler for both: what is on its way while another one is taken off may be lost.
    offline = [True]
    page.route(
        "**/assets/settings-*", lambda route: route.abort() if offline else route.continue_()
    )
    page.goto("/#/library")
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_role("alert")).to_contain_text("does not answer")

    offline.clear()
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("heading", name="Settings", level=1)).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_u04_views_are_there_before_they_are_needed_also_without_a_network(page: Page) -> None:
    page.goto("/#/library")
    page.wait_for_function(
        """() => performance.getEntriesByType("resource")
             .some((one) => one.name.includes("/assets/settings-") && one.responseEnd > 0)"""
    )

    page.context.set_offline(True)
    page.get_by_role("link", name="Settings").click()

    expect(page.get_by_role("heading", name="Settings", level=1)).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_page_under_which_a_release_was_deployed_offers_to_be_loaded_again(page: Page) -> None:
    def gone(route: Route) -> None:
        route.fulfill(status=404, body="")

    page.route("**/assets/jobs-*", gone)
    page.goto("/#/library")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Jobs").click()
    expect(page.get_by_role("alert")).to_contain_text("older than the server")

    page.unroute("**/assets/jobs-*", gone)
    page.get_by_role("button", name="Reload").click()

    expect(page.get_by_role("heading", name="Jobs", level=1)).to_be_visible()
    expect(page).to_have_url("/#/jobs")
