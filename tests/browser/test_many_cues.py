"""What is done to many cues at once in the editor."""

from playwright.sync_api import Page, expect

from tests.browser.api import Api
from tests.browser.editing.cues import long_file


def test_several_are_chosen_moved_merged_and_undone_by_name(page: Page, api: Api) -> None:
    media_id = api.add("Several")
    api.call("PUT", f"/api/media/{media_id}/subtitles", long_file(6).encode())
    page.goto(f"/#/media/{media_id}/subtitles")
    page.get_by_label("Text of cue 2").click()
    page.get_by_role("button", name="Cue 4", exact=True).click(modifiers=["Shift"])
    expect(page.get_by_role("button", name="Cue 3", pressed=True)).to_be_visible()
    page.get_by_text("Times of many cues").click()
    page.get_by_label("Selected (3)").check()
    page.get_by_label("By", exact=True).fill("0.25")
    page.get_by_role("button", name="Shift", exact=True).click()
    expect(page.get_by_label("Start of cue 3")).to_have_value("0:05.250")
    expect(page.get_by_label("Start of cue 5")).to_have_value("0:10.000")
    page.get_by_role("button", name="Cue 4", exact=True).click(modifiers=["Control"])
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_label("Text of cue 2")).to_have_value("Line 2 of it\nLine 3 of it")
    page.get_by_role("button", name="Undo: merging").click()
    page.get_by_role("button", name="Undo: shifting times").click()
    expect(page.get_by_label("Start of cue 3")).to_have_value("0:05.000")
    page.get_by_label("What to do").select_option("Fit to two points")
    page.get_by_label("Begins at").nth(0).fill("0:01")
    page.get_by_label("Begins at").nth(1).fill("soon")
    page.get_by_label("Begins at").nth(1).press("Enter")
    expect(page.get_by_text("Not a time: use 1:02.5 or 00:01:02.500.")).to_be_visible()
    page.get_by_label("Begins at").nth(1).fill("0:26")
    page.get_by_role("button", name="Fit", exact=True).click()

    # From 0 and 12.5 s to 1 and 26 s: twice as long, and a second later.
    expect(page.get_by_label("Start of cue 2")).to_have_value("0:06.000")
    expect(page.get_by_label("End of cue 6")).to_have_value("0:30.000")


TYPE_AS_IT_COMES = """async ([way, typed]) => {
  const named = (text, kind) => [...document.querySelectorAll(kind)]
    .find((field) => field.labels[0]?.textContent.includes(text));
  const choice = named("What to do", "select");
  choice.value = way;
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  await Promise.resolve();  // It is in the document now, and nothing of it was painted.
  const field = named("Begins at", "input");
  field.value = typed;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  await painted();
  await painted();
  return field.value;
}"""


def test_what_is_typed_into_a_field_of_time_that_has_just_come_stays(page: Page, api: Api) -> None:
    media_id = api.add("Just come")
    api.call("PUT", f"/api/media/{media_id}/subtitles", long_file(6).encode())
    page.goto(f"/#/media/{media_id}/subtitles")
    page.get_by_text("Times of many cues").click()
    assert page.evaluate(TYPE_AS_IT_COMES, ["fit", "0:01"]) == "0:01"
