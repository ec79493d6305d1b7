"""Every view: for those who listen, in both colours, on a phone, empty, and without an answer."""

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

from dev.fixtures.clip import clip_path
from tests.browser.answers import answered_by
from tests.browser.api import Api
from tests.browser.axe import AXE, serious

DESKTOP = ViewportSize(width=1280, height=844)
PHONE = ViewportSize(width=390, height=844)
TABLET = ViewportSize(width=768, height=900)
SETTINGS = ("health", "usage", "tokens", "presets", "webhooks", "translation")
VIEWS = {
    "library": "library",
    "media": "media/{media}",
    "editor": "media/{media}/subtitles",
    "transcript": "media/{heard}/transcript",
    "transcribed": "jobs/{transcribed}",
    "compare": "media/{media}/compare",
    "burn": "new/burn?media={media}",
    "transcribe": "new/transcribe?media={media}",
    "translate": "new/translate?media={media}",
    "comments": "new/comments?media={media}",
    "download": "new/download",
    "video": "new/video",
    "recipe": "new/recipe",
    "jobs": "jobs",
    "runs": "runs",
    "subscriptions": "subscriptions",
    "job": "jobs/{job}",
    "failed": "jobs/{failed}",
    "status": "status",
    **{part: f"settings/{part}" for part in SETTINGS},
}


@pytest.fixture(scope="session")
def places(api: Api, media: str, failed_job: str, heard: tuple[str, str]) -> dict[str, str]:
    """What stands in the addresses: a media, a job that is done, one that failed, a transcript."""
    job = api.burn(media, bilingual=True)
    api.job_in(job, "completed")
    return {
        "media": media,
        "job": job,
        "failed": failed_job,
        **dict(zip(("heard", "transcribed"), heard, strict=True)),
    }


def settle(page: Page, view: str) -> None:
    """Go to a view and wait until nothing in it loads any more."""
    page.goto(f"/#/{view}")
    page.locator("main h1").wait_for()
    expect(page.locator(".skeleton, [aria-busy=true]")).to_have_count(0)


WIDTHS = (360, 768, 1024, 1280, 1920)
LYING_OVER = """() => {
  const shown = { opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true };
  // What lies over a picture lies there on purpose.
  const meant = ".visually-hidden, .maker-view, .stage, .tile-select, [aria-hidden=true]";
  const parts = "input, select, textarea, button, output, label, legend, a, h1, h2, h3, .badge";
  const boxes = [...document.querySelectorAll(`main :is(${parts})`)]
    .filter((part) => part.checkVisibility(shown) && !part.closest(meant))
    .map((part) => ({ part, box: part.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 1 && box.height > 1);
  const name = (part) => `${part.tagName} ${(part.ariaLabel || part.textContent).trim()}`;
  const found = [];
  boxes.forEach((one, at) => boxes.slice(at + 1).forEach((other) => {
    const label = one.part.closest("label");
    if (one.part.contains(other.part) || (label && label === other.part.closest("label"))) return;
    const right = Math.min(one.box.right, other.box.right);
    const bottom = Math.min(one.box.bottom, other.box.bottom);
    const width = right - Math.max(one.box.left, other.box.left);
    const height = bottom - Math.max(one.box.top, other.box.top);
    if (width > 1 && height > 1) found.push([name(one.part), name(other.part)]);
  }));
  return found;
}"""
"""Controls and labels whose boxes intersect."""


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_serious_and_nothing_hangs_over(
    page: Page, view: str, places: dict[str, str]
) -> None:
    page.set_viewport_size(DESKTOP)
    settle(page, VIEWS[view].format_map(places))
    # Playwright's world: the page's policy would refuse a script from outside.
    page.evaluate(AXE)
    for theme, size in (("light", DESKTOP), ("dark", PHONE)):
        page.set_viewport_size(size)
        page.evaluate("theme => (document.documentElement.dataset.theme = theme)", theme)

        assert serious(page) == [], theme
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, theme
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(LYING_OVER) == [], width


def test_a_long_title_without_a_space_hangs_over_nowhere(page: Page, api: Api) -> None:
    media_id = api.add("Aufnahmeprotokoll" * 17)
    page.set_viewport_size(PHONE)

    for view in ("library", f"media/{media_id}", f"new/burn?media={media_id}"):
        settle(page, view)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, view


@pytest.mark.parametrize(
    ("view", "path", "words"),
    [
        ("library", "media", "Nothing here yet"),
        ("jobs", "jobs", "No jobs yet"),
        ("settings/tokens", "tokens", "No tokens"),
        ("settings/webhooks", "webhooks", "No webhooks"),
        ("settings/presets", "presets", "No presets"),
    ],
)
def test_an_empty_list_says_so(page: Page, view: str, path: str, words: str) -> None:
    nothing = '{"items": [], "nextCursor": null}'
    page.route(f"**/api/{path}?**", lambda route: route.fulfill(body=nothing))

    page.goto(f"/#/{view}")

    expect(page.get_by_role("heading", name=words)).to_be_visible()


def test_without_an_answer_the_page_says_so_and_tries_again(page: Page) -> None:
    alert = page.get_by_role("alert")
    with answered_by(page, "**/api/jobs?**", Route.abort):
        page.goto("/#/jobs")
        expect(alert).to_contain_text("does not answer")

    with page.expect_response("**/api/jobs?**") as answered:
        page.get_by_role("button", name="Try again").click()

    assert answered.value.ok, answered.value.text()
    expect(page.locator(".job-row").or_(page.locator(".empty")).first).to_be_visible()
    expect(alert).to_have_count(0)


def test_while_the_answer_is_on_its_way_the_page_says_that_it_loads(page: Page) -> None:
    page.route("**/api/jobs?**", lambda _: None)

    page.goto("/#/jobs")

    expect(page.get_by_role("status", name="Loading…")).to_be_visible()


def test_language_and_colours_stay_as_chosen(page: Page) -> None:
    page.goto("/#/library")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="媒体库", level=1)).to_be_visible()
    page.get_by_role("button", name="配色").click()
    page.get_by_role("button", name="配色").click()

    page.reload()

    expect(page.get_by_role("heading", name="媒体库", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_library_finds_by_title_and_leads_to_the_media(page: Page, api: Api) -> None:
    media_id = api.add("Zebra crossing")
    page.goto("/#/library")
    page.get_by_role("searchbox").fill("zebra")
    expect(page.get_by_role("list").get_by_role("link")).to_have_count(1)

    page.get_by_role("link", name="Zebra crossing").click()

    expect(page).to_have_url(f"/#/media/{media_id}")
    page.goto("/#/library?query=nowhere")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()


COVERED = """() => {
  const controls = [...document.querySelectorAll("main form :is(input, select, textarea, button)")];
  return controls.filter((control) => {
    if (control.closest(".maker-view") || control.disabled) return false;
    if (!control.checkVisibility()) return false;
    control.focus();
    const { left, top, width, height } = control.getBoundingClientRect();
    const there = document.elementFromPoint(left + width / 2, top + height / 2);
    return there && there.closest(".maker-view, .navigation");
  }).map((control) => control.id || control.textContent);
}"""
"""Controls of a form that stand behind its picture or the navigation when they have the focus."""


@pytest.mark.parametrize("size", [PHONE, TABLET], ids=["phone", "tablet"])
def test_what_has_the_focus_in_a_new_job_is_not_behind_its_picture(
    page: Page, size: ViewportSize
) -> None:
    page.set_viewport_size(size)
    page.goto("/#/new/burn")
    page.get_by_label("Upload a video").set_input_files(clip_path())
    page.locator("video").wait_for()
    for details in page.locator("main details").all():
        details.evaluate("details => { details.open = true; }")

    assert page.evaluate(COVERED) == []


OVERFLOWING = """() => [...document.querySelectorAll(".fields > *")]
  .filter((field) => field.scrollWidth > field.clientWidth + 1)
  .map((field) => field.textContent)"""
"""Fields whose controls lie over their neighbours."""


def test_u10_no_control_of_a_new_job_lies_over_its_neighbour(page: Page) -> None:
    page.goto("/#/new/burn")
    page.locator("main form").wait_for()
    for details in page.locator("main details").all():
        details.evaluate("details => { details.open = true; }")

    for width in (360, 768, 1024, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(OVERFLOWING) == [], width


def test_a_picture_takes_the_width_of_a_wide_screen(page: Page, media: str) -> None:
    page.set_viewport_size({"width": 2560, "height": 1440})

    for view, picture in (("new/burn?media={}", ".stage"), ("media/{}", ".player")):
        settle(page, view.format(media))
        # Its width follows the picture, whose size comes with the film.
        page.wait_for_function(
            "(picture) => document.querySelector(picture).clientWidth >= 1300", arg=picture
        )
