"""Parts of the page that come late, not at all, or from another release."""

import json
import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Request, Route, WebSocketRoute, expect

from dev.fixtures.demo_material import SUBTITLES
from dev.installation import ROOT
from tests.browser.answers import answered_by
from tests.browser.api import Api


def test_u04_a_view_that_did_not_come_is_asked_for_again_at_the_first_click(page: Page) -> None:
    with answered_by(page, "**/assets/settings-*", Route.abort):
        page.goto("/#/library")
        page.get_by_role("link", name="Settings").click()
        expect(page.get_by_role("alert")).to_contain_text("does not answer")

    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("heading", name="Settings", level=1)).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_u04_views_are_there_before_they_are_needed_also_without_a_network(page: Page) -> None:
    page.goto("/#/library")
    # One view after the other is fetched, this one behind the settings.
    page.wait_for_function(
        """() => performance.getEntriesByType("resource")
             .some((one) => one.name.includes("/assets/status-") && one.responseEnd > 0)"""
    )

    page.context.set_offline(True)
    page.get_by_role("link", name="Settings").click()

    expect(page.get_by_role("heading", name="Settings", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.context.set_offline(False)
    # The browser says so before the process that opens its connections has heard of it.
    page.wait_for_function(
        "() => fetch('/icon.svg', { cache: 'no-store' }).then(() => true, () => false)"
    )
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_page_under_which_a_release_was_deployed_offers_to_be_loaded_again(page: Page) -> None:
    def gone(route: Route) -> None:
        route.fulfill(status=404, body="")

    with answered_by(page, "**/assets/jobs-*", gone):
        page.goto("/#/library")
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Jobs").click()
        expect(page.get_by_role("alert")).to_contain_text("older than the server")

    page.get_by_role("button", name="Reload").click()

    expect(page.get_by_role("heading", name="Jobs", level=1)).to_be_visible()
    expect(page).to_have_url("/#/jobs")


def api_calls(page: Page) -> list[str]:
    """Return a list that is filled with what the page asks of the API."""
    calls: list[str] = []

    def note(one: Request) -> None:
        if one.resource_type == "fetch" and "/api/" in one.url and one.method == "GET":
            calls.append(one.url)

    page.on("request", note)
    return calls


def opened(page: Page, view: str) -> None:
    page.goto("about:blank")
    page.goto(f"/#/{view}", wait_until="commit")


def asked_without_code(page: Page, calls: list[str], view: str, code: str, count: int) -> list[str]:
    """Open *view* while its *code* does not come, until *count* calls were made; return these."""
    held: list[Route] = []
    ahead: list[str] = []
    pattern = f"**/assets/{code}-*.js"

    def hold(route: Route) -> None:
        if ahead:
            route.continue_()
        else:
            held.append(route)

    page.route(pattern, hold)
    with page.expect_request(lambda _: len(calls) == count):
        opened(page, view)
    ahead += calls
    for route in held:
        route.continue_()
    return ahead


def test_what_a_view_asks_for_first_is_asked_for_before_its_code_is_there_and_once(
    page: Page, api: Api, failed_job: str
) -> None:
    # Without a video, of which the page would make a picture.
    media = api.add("Meadow, text alone")
    api.call("PUT", f"/api/media/{media}/subtitles", SUBTITLES.encode())
    views = {
        "media": (f"media/{media}", 5),
        "jobs": ("jobs?state=failed&query=Meadow", 1),
        "job": (f"jobs/{failed_job}", 3),
    }
    calls = api_calls(page)

    for code, (view, count) in views.items():
        calls.clear()
        # The session and the engines are asked for, too.
        ahead = asked_without_code(page, calls, view, code, count + 2)
        expect(page.locator("main h1")).to_be_visible()
        expect(page.locator(".skeleton, main [aria-busy=true]")).to_have_count(0)
        assert [calls.count(one) for one in ahead] == [1] * len(ahead), view

        # Where nobody is known to be signed in, the code itself asks, for the same.
        page.evaluate("localStorage.removeItem('media-jobs-entered')")
        calls.clear()
        opened(page, view)
        while not set(ahead) <= set(calls):
            page.wait_for_event("request")


def test_the_editor_asks_for_the_text_that_the_library_has_named_beside_the_media(
    page: Page, api: Api
) -> None:
    media = api.add("Meadow, from the library")
    api.call("PUT", f"/api/media/{media}/subtitles", SUBTITLES.encode())
    page.goto("/#/library?query=Meadow,%20from")
    expect(page.locator(".tile")).to_have_count(1)
    held: list[Route] = []
    calls = api_calls(page)

    with answered_by(page, f"**/api/media/{media}", held.append):
        with page.expect_request("**/text"):
            page.evaluate("(hash) => { location.hash = hash; }", f"media/{media}/subtitles")
        while not held:
            page.wait_for_timeout(10)  # Lets what the page asks for arrive.
    for route in held:
        route.continue_()

    expect(page.get_by_label("Text of cue 1")).to_be_visible()
    assert len([one for one in calls if one.endswith("/text")]) == 1


HOLD_LOOKS = """
  const { setTimeout, clearTimeout } = globalThis;
  globalThis.looks = new Map();
  globalThis.setTimeout = (run, ms, ...values) => {
    if (ms !== LOOK_MS) return setTimeout(run, ms, ...values);
    const id = setTimeout(() => {}, 0);
    looks.set(id, run);
    return id;
  };
  globalThis.clearTimeout = (id) => {
    looks.delete(id);
    clearTimeout(id);
  };
"""
LOOK = """async () => {
  const due = [...looks.values()];
  looks.clear();
  await Promise.all(due.map((run) => run()));
  // What that has changed is drawn.
  for (let n = 0; n < 2; n += 1) await new Promise((done) => requestAnimationFrame(done));
}"""


def test_a_look_at_a_list_that_is_left_before_it_is_due_changes_nothing_of_the_next(
    page: Page, api: Api
) -> None:
    media = api.add("Lakes, with a text")
    api.call("PUT", f"/api/media/{media}/subtitles", SUBTITLES.encode())
    api.add("Lakes, bare")
    sockets: list[WebSocketRoute] = []

    def listen(socket: WebSocketRoute) -> None:
        def hear(said: str | bytes) -> None:
            if "subscribe-media" in str(said):
                sockets.append(socket)

        socket.on_message(hear)

    page.route_web_socket("**/api/live", listen)
    found = re.search(r"REFRESH_MS = (\d+);", (ROOT / "public/js/hooks.js").read_text())
    assert found is not None
    page.add_init_script(HOLD_LOOKS.replace("LOOK_MS", found[1]))
    page.goto("/#/library?query=Lakes,")
    tiles = page.locator(".tile")
    expect(tiles).to_have_count(2)
    while not sockets:
        page.wait_for_timeout(10)  # Lets what the page says arrive.
    sockets[0].send(json.dumps({"type": "media", "mediaId": media}))
    page.wait_for_function("looks.size > 0")

    page.get_by_label("With", exact=True).select_option("subtitles")
    expect(tiles).to_have_count(1)
    page.evaluate(LOOK)

    assert tiles.count() == 1


TILES = 60
OPENED = """link => {
  const { top } = link.getBoundingClientRect();
  link.click();
  return top;
}"""
"""Where a link stood when it was clicked: what is drawn meanwhile may move it until then."""
STANDS = """([title, top]) => {
  const link = document.querySelector(`main a[title="${title}"]`);
  return link && Math.abs(link.getBoundingClientRect().top - top) <= 1;
}"""
SCROLLED = """(count) => {
  scrollTo(0, document.body.scrollHeight);
  return document.querySelectorAll("main a[title]").length === count;
}"""


def returns(page: Page, title: str) -> None:
    """Open what has this *title* in a long list, and come back to where it was."""
    link = page.locator(f"main a[title='{title}']")
    link.scroll_into_view_if_needed()
    assert page.evaluate("scrollY") > page.evaluate("innerHeight")

    before = link.evaluate(OPENED)
    expect(page.locator(".back")).to_be_visible()
    page.wait_for_function("() => scrollY === 0")
    page.go_back()

    page.wait_for_function(STANDS, arg=[title, before])


def test_u05_back_returns_to_where_one_was_in_the_library(page: Page, api: Api) -> None:
    for number in range(TILES):
        api.add(f"Ridge walk {number}")
    page.goto("/#/library?query=Ridge%20walk")
    page.wait_for_function(SCROLLED, arg=TILES)

    returns(page, "Ridge walk 9")

    page.reload()
    expect(page.locator(".tile")).to_have_count(TILES)
    expect(page.locator("main a[title='Ridge walk 9']")).to_be_in_viewport()


def test_back_returns_to_where_one_was_in_the_jobs(page: Page, failed_job: str) -> None:
    def answer(route: Route) -> None:
        query = parse_qs(urlsplit(route.request.url).query)
        first = int(query.get("cursor", ["0"])[0])
        job = {
            "mediaId": "med_1",
            "engine": "burner-ffmpeg",
            "status": "completed",
            "createdAt": 1,
            "updatedAt": 1,
            "finishedAt": 1,
            "generation": 1,
            "attempt": 1,
            "progress": 1,
            "options": {},
        }
        items = [
            {**job, "jobId": f"job_{n}", "mediaTitle": f"Film {n}"}
            for n in range(first, first + 50)
        ]
        items[40]["jobId"] = failed_job if first else "job_40"
        route.fulfill(json={"items": items, "nextCursor": None if first else "50"})

    page.route("**/api/jobs?**", answer)
    page.goto("/#/jobs")
    page.wait_for_function(SCROLLED, arg=100)

    returns(page, "Film 90")
