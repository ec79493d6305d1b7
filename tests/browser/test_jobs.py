"""Jobs: a thousand in a list, many at once, one followed live, one that failed."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from app.jobs.links import LINK_LIFE_S
from dev.fixtures.seed_history import add_past_jobs
from dev.stack.stack import Stack
from tests.browser.api import Api
from tests.ops.earlier.earlier_system import IMPORTED_JOB, imported_job

PAST = 1000


def row(page: Page, job_id: str) -> Locator:
    """Return the line of a job in the list."""
    return page.locator(".job-row", has=page.locator(f'a[href="#/jobs/{job_id}"]'))


@pytest.fixture
def waiting(api: Api, slow_media: str) -> Iterator[list[str]]:
    """A burn that runs for long, and two behind it in the queue; oldest first."""
    jobs = [api.slow_burn(slow_media) for _ in range(3)]
    api.job_in(jobs[0], "running")
    yield jobs
    for job_id in jobs:
        api.call("POST", f"/api/jobs/{job_id}/cancel")


def test_a_thousand_jobs_are_listed_once_each_in_as_many_calls_as_pages(
    page: Page, stack: Stack, api: Api
) -> None:
    media_ids = [api.add(f"Reel {n}") for n in range(3)]
    past = add_past_jobs(stack, PAST, media_ids)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/#/jobs?engine=burner-ffmpeg")
    rows = page.locator(".job-row")
    expect(page.get_by_role("button", name="Show more")).to_be_visible()

    # The last page takes the button away, at any moment.
    page.wait_for_function(
        """() => {
          scrollTo(0, document.body.scrollHeight);
          return !document.querySelector("main .more");
        }"""
    )

    links = page.locator(".job-title").evaluate_all("all => all.map((a) => a.hash.split('/')[2])")
    burns = [
        job["job_id"]
        for job in stack.sql(
            "SELECT job_id FROM jobs WHERE engine = 'burner-ffmpeg' ORDER BY job_id DESC"
        )
    ]
    assert len(burns) > PAST / 2
    assert set(links) & set(past) == set(burns) & set(past)
    assert links == burns
    cursors = [url.split("cursor=")[1] for url in asked if "cursor=" in url]
    assert len(cursors) == len(set(cursors)) == (len(burns) - 1) // 50
    # What is out of sight costs no layout, and the list still answers.
    expect(rows.last).to_have_css("content-visibility", "auto")
    page.get_by_label("Select all shown").check()
    expect(page.get_by_text(f"{len(burns)} selected")).to_be_visible()
    page.get_by_role("button", name="Clear", exact=True).click()
    page.get_by_label("Failed", exact=True).press("Space")
    expect(page.locator(".job-row:not([data-status=failed])")).to_have_count(0)


def test_many_jobs_are_canceled_and_started_again_at_once(
    page: Page, api: Api, waiting: list[str]
) -> None:
    page.goto("/#/jobs")
    for job_id in waiting:
        row(page, job_id).get_by_role("checkbox").check()
    bulk = page.get_by_role("region", name="Selected jobs")
    expect(bulk.get_by_role("button", name="Retry")).to_be_disabled()
    bulk.get_by_role("button", name="Cancel").click()

    expect(page.get_by_text("3 done, 0 refused")).to_be_visible()
    for job_id in waiting:
        expect(row(page, job_id)).to_have_attribute("data-status", "canceled")
        row(page, job_id).get_by_role("checkbox").check()
    bulk.get_by_role("button", name="Retry").click()

    expect(page.get_by_text("3 done, 0 refused")).to_be_visible()
    for job_id in waiting:
        expect(row(page, job_id)).not_to_have_attribute("data-status", "canceled")
        assert api.call("GET", f"/api/jobs/{job_id}")["generation"] == 2


def test_a_running_job_is_followed_without_being_asked_for_and_canceled(
    page: Page, waiting: list[str]
) -> None:
    running, behind, _ = waiting
    asked: list[str] = []
    told: list[object] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: socket.on("framereceived", lambda got: told.append(got)))
    page.goto(f"/#/jobs/{running}")
    bar = page.get_by_role("progressbar", name="Progress")
    expect(page.get_by_text("Burning", exact=True)).to_be_visible()

    def make_progress() -> None:
        before = bar.get_attribute("aria-valuenow")
        expect(bar).not_to_have_attribute("aria-valuenow", before or "none")

    # A socket that takes more than a second to open leaves the page asking until it does.
    while not told:
        make_progress()
    asked.clear()
    for _ in range(2):
        make_progress()
    assert not [url for url in asked if url.endswith(f"/api/jobs/{running}")]

    page.get_by_role("button", name="Cancel").click()

    expect(page.get_by_text("Canceled", exact=True)).to_be_visible()
    expect(page.get_by_text("Somebody canceled the job.", exact=True).first).to_be_attached()
    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    page.goto(f"/#/jobs/{behind}")
    expect(page.get_by_text("The container is working.")).to_be_visible()


def test_a_job_that_waits_says_its_place(page: Page, waiting: list[str]) -> None:
    page.goto(f"/#/jobs/{waiting[2]}")

    expect(page.get_by_text("No. 2 in the queue")).to_be_visible()


def test_a_failed_job_tells_its_attempts_its_reason_and_the_tools_last_lines(
    page: Page, failed_job: str
) -> None:
    page.goto(f"/#/jobs/{failed_job}")

    told = page.get_by_role("region", name="History").get_by_role("listitem")
    expect(told.filter(has_text="Attempt 2").first).to_be_visible()
    texts = [" ".join(text.split()) for text in told.all_inner_texts()]
    assert [text.split(" ", 1)[1] if text[0].isdigit() else text for text in texts] == [
        "The app accepted the job.",
        "The orchestrator accepted the job and requested a slot of a container.",
        "Attempt 1",
        "A slot of the container became free.",
        "The container accepted attempt 1.",
        "Attempt 1 ended: The site did not answer within 30 seconds (download_network)."
        " It will be tried again.",
        "Attempt 2",
        "Attempt 2 begins.",
        "The container accepted attempt 2.",
        "The container is working.",
        "Attempt 2 ended: The site shows this video only to people who are signed in"
        " (download_login_required). The job has failed.",
    ]
    expect(page.get_by_text("Cookies of a signed-in browser would help.")).to_be_visible()
    expect(page.locator("pre").first).to_contain_text("Sign in to confirm")


def test_a_job_of_the_earlier_system_is_there_to_be_read(
    page: Page, stack: Stack, media: str
) -> None:
    for statement in imported_job(media):
        stack.sql(statement)
    page.goto("/#/jobs?media=" + media)
    line = row(page, IMPORTED_JOB)
    expect(line).to_contain_text("History of the earlier system")
    line.get_by_role("checkbox").check()
    bulk = page.get_by_role("region", name="Selected jobs")
    expect(bulk.get_by_role("button", name="Retry")).to_be_disabled()

    line.get_by_role("link").click()

    note = page.get_by_role("region", name="History of the earlier system")
    expect(note).to_contain_text("can only be read here")
    expect(page.get_by_text("ffmpeg ended with 1").first).to_be_visible()
    expect(page.get_by_text("failed_in_earlier_system").first).to_be_visible()
    for name in ("Retry", "Cancel", "Again with changes"):
        expect(
            page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))
        ).to_have_count(0)
    expect(page.get_by_text("Same job again").or_(page.get_by_text("Options"))).to_have_count(0)


def test_events_that_were_not_delivered_are_listed_and_delivered_again(
    page: Page, stack: Stack, api: Api, media: str
) -> None:
    job_id = api.burn(media)
    api.job_in(job_id, "completed")
    stack.sql("UPDATE jobs SET dead_letters = 2 WHERE job_id = ?", job_id)
    page.goto("/#/jobs")
    page.get_by_label("Undelivered").press("Space")
    expect(row(page, job_id)).to_contain_text("2 events not delivered")
    expect(page.locator(".job-row", has_not_text="not delivered")).to_have_count(0)
    row(page, job_id).get_by_role("link").click()

    with page.expect_response(f"**/api/jobs/{job_id}/replay") as replayed:
        page.get_by_role("button", name="Deliver again").click()

    assert replayed.value.status == 200
    # As when the event arrives, which the job's page waits for.
    stack.sql("UPDATE jobs SET dead_letters = 0 WHERE job_id = ?", job_id)
    expect(page.get_by_text("not delivered")).to_have_count(0)


def test_the_files_of_a_job_are_deleted_and_its_history_stays(
    page: Page, api: Api, media: str
) -> None:
    job_id = api.burn(media)
    api.job_in(job_id, "completed")
    page.goto(f"/#/jobs/{job_id}")
    page.get_by_role("button", name="Delete files").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()

    expect(page.get_by_role("heading", name="Files")).to_have_count(0)
    expect(page.get_by_text("All promised files are in the bucket")).to_be_visible()


def test_a_job_tells_in_the_reader_s_language_what_there_is_to_know_of_its_result(
    page: Page, stack: Stack, api: Api
) -> None:
    (job_id,) = add_past_jobs(stack, 1, [api.add("Talk")])

    def with_notices(route: Route) -> None:
        answer = route.fetch()
        notice = {"code": "cues_smaller", "message": "Smaller.", "messageValues": {"cues": "3, 7"}}
        told = {**notice, "messageKey": "notice.cues_smaller"}
        other = {"code": "other", "message": "A sentence of before."}
        route.fulfill(response=answer, json={**answer.json(), "notices": [told, other]})

    page.route("**/api/jobs/*/why", with_notices)
    page.goto(f"/#/jobs/{job_id}")

    notes = page.get_by_role("region", name="Notes on the result").get_by_role("listitem")
    expect(notes).to_have_text(
        ["Text set smaller so that it fits the picture: cue 3, 7.", "A sentence of before."]
    )


def test_a_film_goes_on_with_a_fresh_link_when_its_own_has_expired(
    page: Page, api: Api, media: str
) -> None:
    job_id = api.burn(media)
    api.job_in(job_id, "completed", within_s=240)
    page.goto(f"/#/jobs/{job_id}")
    film = page.locator("video")
    until_loaded = "video => new Promise((done) => { video.onloadeddata = done; video.load() })"
    film.evaluate(until_loaded)
    first = film.get_attribute("src") or ""
    film.evaluate("video => { video.currentTime = 1.5 }")
    # A link tells whole seconds: one asked for in the same second would be the same link.
    (expires,) = parse_qs(urlsplit(first).query)["exp"]
    page.wait_for_function(
        "made => Date.now() >= (made + 1) * 1000", arg=int(expires) - LINK_LIFE_S
    )

    # As when a seek is answered 401, a quarter of an hour later.
    page.evaluate("{ const now = Date.now; Date.now = () => now() + 16 * 60_000 }")
    film.evaluate("video => { video.dispatchEvent(new Event('error')) }")

    expect(film).not_to_have_attribute("src", first)
    expect(film).to_have_js_property("currentTime", 1.5)
    assert (film.get_attribute("src") or "").partition("?")[0] == first.partition("?")[0]
