"""A stored file that is opened by its link alone."""

from playwright.sync_api import Page, Route

from dev.fixtures.clip import clip_path
from media_jobs.content import guards


def test_a_film_that_is_opened_alone_plays_in_its_sandbox(page: Page) -> None:
    def film(route: Route) -> None:
        headers = {**guards("video/mp4"), "content-type": "video/mp4"}
        route.fulfill(status=200, headers=headers, path=clip_path())

    page.route("**/film.mp4", film)
    page.goto("/film.mp4")

    page.wait_for_function("document.querySelector('video').readyState === 4")
    assert page.evaluate("document.querySelector('video').videoWidth") == 1280
