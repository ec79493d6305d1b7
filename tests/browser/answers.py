"""Other answers than the server's, for a while."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route


@contextmanager
def answered_by(
    page: Page, pattern: str, answer: Callable[[Route], object], method: str = ""
) -> Iterator[None]:
    """Have *answer* take the page's requests to *pattern* meanwhile, those with *method* if given.

    The route stays, and lets all through then: a request that is on its way while its route is
    taken off may be lost.
    """
    over: list[bool] = []

    def take(route: Route) -> None:
        if over or method not in ("", route.request.method):
            route.continue_()
        else:
            answer(route)

    page.route(pattern, take)
    yield
    over.append(True)
