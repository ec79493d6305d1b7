"""What becomes of a result: its name, the next step, a link for others, the library it is in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from dev.fixtures.clip import clip_path
from dev.fixtures.demo_material import SUBTITLES
from dev.fixtures.seed_history import add_past_jobs
from dev.stack.stack import Stack
from tests.browser.api import Api
from tests.browser.axe import AXE, serious


@pytest.fixture(scope="session")
def burned(api: Api) -> tuple[str, str]:
    """A media with Chinese subtitles, and the burn of them."""
    media_id = api.add("会议 talk: part 1/2", clip_path())
    api.call("PUT", f"/api/media/{media_id}/subtitles?language=zh", SUBTITLES.encode())
    job_id = api.burn(media_id, preset="bold", style={"fontSize": 31})
    api.job_in(job_id, "completed")
    return media_id, job_id


def test_a_finished_job_is_saved_under_its_media_s_name_shared_and_made_again_with_changes(
    page: Page, burned: tuple[str, str]
) -> None:
    media_id, job_id = burned
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/#/jobs/{job_id}")
    following = page.get_by_role("region", name="What next")
    with page.expect_download() as saved:
        following.get_by_role("link", name="Save the video").click()
    assert saved.value.suggested_filename == "会议 talk part 1 2.zh.burned.mp4"

    following.get_by_role("button", name="Share…").click()
    dialog = page.get_by_role("dialog", name="A link for others")
    dialog.get_by_label("7 days").press("Space")
    dialog.get_by_role("button", name="Make and copy the link").click()

    expect(dialog.get_by_role("status")).to_contain_text("Copied. The link opens until")
    page.evaluate(AXE)
    assert serious(page) == []
    link = page.evaluate("() => navigator.clipboard.readText()")
    assert link == dialog.get_by_label("Link").input_value()
    expires = datetime.fromtimestamp(int(httpx.URL(link).params["exp"]), UTC)
    assert timedelta(days=6, hours=23) < expires - datetime.now(UTC) <= timedelta(days=7)
    assert httpx.get(link).content == saved.value.path().read_bytes()
    page.keyboard.press("Escape")

    following.get_by_role("link", name="Again with changes").click()

    expect(page.get_by_label("Text size", exact=True)).to_have_value("31")
    with page.expect_request("**/api/jobs") as sent:
        page.get_by_role("button", name="Burn subtitles", exact=True).click()
    document: Any = sent.value.post_data_json
    assert (document["mediaId"], document["options"]["preset"]) == (media_id, "bold")
    assert document["options"]["style"] == {"fontSize": 31}


def test_jobs_are_filtered_by_what_stands_in_the_address(
    page: Page, api: Api, stack: Stack
) -> None:
    titles = [f"Orchard {name}" for name in ("spring", "autumn", "winter")]
    media = [api.add(title) for title in titles]
    jobs = [add_past_jobs(stack, 1, [media_id])[0] for media_id in media]
    rows = page.locator(".job-row")
    # A page of another filter, so that the list is seen to change.
    page.goto("/#/jobs?query=orchard%20spring")
    expect(rows).to_have_count(1)

    page.get_by_role("searchbox", name="Search by title or job id").fill("orchard ")
    expect(rows).to_have_count(3)
    expect(rows.get_by_role("link")).to_contain_text(["Orchard"] * 3)
    assert "query=orchard" in page.url
    page.get_by_label("From", exact=True).fill("2020-01-01")
    page.get_by_label("To", exact=True).fill("2020-12-31")
    expect(page.get_by_text("No matching jobs")).to_be_visible()
    page.reload()
    expect(page.get_by_label("To", exact=True)).to_have_value("2020-12-31")
    page.get_by_role("button", name="Clear filters").click()
    expect(rows.first).to_be_visible()
    assert page.url.endswith("#/jobs")

    page.goto(f"/#/media/{media[1]}")
    page.get_by_role("link", name="All jobs").click()
    expect(page.get_by_text("Only of “Orchard autumn”")).to_be_visible()
    expect(rows).to_have_count(1)
    page.get_by_role("searchbox").fill(jobs[0])
    expect(page.get_by_text("No matching jobs").or_(rows)).to_be_visible()
    page.get_by_role("button", name="Of every media").click()
    expect(rows).to_have_count(1)
    page.evaluate(AXE)
    assert serious(page) == []


def test_what_the_tool_of_a_running_job_says_is_shown_as_it_comes(
    page: Page, api: Api, slow_media: str
) -> None:
    job_id = api.slow_burn(slow_media)
    api.job_in(job_id, "running")
    page.goto(f"/#/jobs/{job_id}")
    page.get_by_text("What the tool says").click()
    log = page.get_by_label("What the tool says")

    expect(log).to_contain_text("[preparing]")
    expect(log).to_contain_text("ffmpeg: frame=")
    first = log.inner_text()
    expect(log).not_to_have_text(first)

    api.call("POST", f"/api/jobs/{job_id}/cancel")
    expect(log).to_have_count(0)


def test_media_are_tagged_sorted_thrown_away_and_taken_back_many_at_once(
    page: Page, api: Api
) -> None:
    names = ("zorilla", "Aardvark", "mole")
    media = {name: api.add(f"Burrow {name}") for name in names}
    tiles = page.locator(".tile")
    tag, selected = "burrows 2026", page.get_by_role("region", name="Selected media")
    page.goto("/#/library?query=burrow&sort=title")
    expect(tiles.locator("strong")).to_have_text(
        [f"Burrow {n}" for n in sorted(names, key=str.lower)]
    )

    page.get_by_label("Select Burrow zorilla").check()
    page.get_by_label("Select Burrow mole").check()
    selected.get_by_role("button", name="Tags…").click()
    page.get_by_label("Add", exact=True).fill(f" {tag} , mammals")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    page.get_by_label("Tag", exact=True).select_option(tag)
    expect(tiles.locator("strong")).to_have_text(["Burrow mole", "Burrow zorilla"])
    expect(tiles.first.locator(".tag")).to_have_text([tag, "mammals"])
    page.get_by_label("Order", exact=True).select_option("oldest")
    expect(tiles.locator("strong")).to_have_text(["Burrow zorilla", "Burrow mole"])
    page.evaluate(AXE)
    assert serious(page) == []

    for name in ("zorilla", "mole"):
        page.get_by_label(f"Select Burrow {name}").check()
    selected.get_by_role("button", name="Move to the trash").click()
    undo = page.get_by_role("region", name="Trash")
    expect(undo).to_contain_text("2 media are in the trash now.")
    expect(tiles).to_have_count(0)
    undo.get_by_role("button", name="Undo").click()
    expect(tiles).to_have_count(2)
    expect(undo).to_have_count(0)

    page.goto(f"/#/media/{media['Aardvark']}")
    page.get_by_role("button", name="Move to the trash").click()
    expect(undo).to_contain_text("1 media is in the trash now.")
    page.get_by_role("link", name="Trash", exact=True).click()
    page.get_by_role("searchbox").fill("burrow")
    expect(tiles.locator("strong")).to_have_text(["Burrow Aardvark"])
    tiles.get_by_role("link").click()
    expect(page.get_by_text("will be deleted for good on")).to_be_visible()
    page.get_by_role("button", name="Delete for good").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("heading", name="Trash", exact=True)).to_be_visible()
    assert api.api("GET", f"/api/media/{media['Aardvark']}").status_code == 404


HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
NOTED = """() => {
  window.shown = [];
  window.Notification = class {
    static permission = "default";
    static async requestPermission() { return (this.permission = "granted"); }
    constructor(text) { window.shown.push(text); }
  };
}"""


def test_the_end_of_a_job_is_told_in_the_title_and_by_the_system_while_nobody_looks(
    page: Page, api: Api, slow_media: str
) -> None:
    job_id = api.slow_burn(slow_media)
    page.add_init_script(f"({NOTED})()")
    page.goto(f"/#/jobs/{job_id}")
    # Asked for by a click, and by nothing else.
    page.get_by_role("button", name="Tell me when it ends").click()
    expect(page.get_by_text("You will be told when it ends")).to_be_visible()
    title = page.title()
    with page.expect_response("**/api/runs?*"):
        page.evaluate(HIDE, True)

    api.call("POST", f"/api/jobs/{job_id}/cancel")

    expect(page).to_have_title("(1) Canceled: Burn subtitles, Meadow, all night")
    assert page.evaluate("shown") == ["Canceled: Burn subtitles, Meadow, all night"]
    page.evaluate(HIDE, False)
    expect(page).to_have_title(title)


def test_an_operation_is_called_from_the_reference_and_asked_about_if_it_takes_away(
    page: Page, api: Api
) -> None:
    media_id = api.add("To be called for")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/reference.html#op-getMedia")
    card = page.locator("#op-getMedia")
    card.get_by_text("Call it").click()
    card.get_by_role("textbox", name="mediaId").fill(media_id)
    card.get_by_role("button", name="Copy curl").click()
    assert media_id in page.evaluate("() => navigator.clipboard.readText()")
    card.get_by_role("button", name="Send").click()
    expect(card.get_by_role("status")).to_contain_text("200")
    expect(card.get_by_label("Answer")).to_contain_text("To be called for")

    removing = page.locator("#op-removeMedia")
    removing.get_by_text("Call it").click()
    removing.get_by_role("textbox", name="mediaId").fill(media_id)
    removing.get_by_role("button", name="Send").click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text(f"DELETE /api/media/{media_id}")
    page.evaluate(AXE)
    assert serious(page) == []
    question.get_by_role("button", name="Don't send").click()
    assert api.api("GET", f"/api/media/{media_id}").status_code == 200
    removing.get_by_role("button", name="Send").click()
    question.get_by_role("button", name="Send", exact=True).click()
    expect(removing.get_by_role("status")).to_contain_text("204")

    page.goto(f"/media/{media_id}")
    expect(page).to_have_url(f"/#/media/{media_id}")
    page.goto("/jobs")
    expect(page).to_have_url("/#/jobs")
    expect(page.get_by_role("heading", name="Jobs", level=1)).to_be_visible()


SEARCH_AS_IT_COMES = """(typed) => new Promise((done) => {
  const painted = () => new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
  const observer = new MutationObserver(async () => {
    const field = document.querySelector("input[type=search]");
    if (!field) return;
    observer.disconnect();  // It is in the document now, and nothing of it was painted.
    field.value = typed;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await painted();
    await painted();
    done(field.value);
  });
  observer.observe(document.body, { childList: true, subtree: true });
  location.hash = "#/jobs";
})"""


def test_what_is_typed_into_a_search_that_has_just_come_stays(page: Page) -> None:
    page.goto("/#/settings")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    assert page.evaluate(SEARCH_AS_IT_COMES, "talk") == "talk"
