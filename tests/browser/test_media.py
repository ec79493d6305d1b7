"""One media: its player, the versions of its texts, its results, and files that are refused."""

from pathlib import Path

from playwright.sync_api import Page, Route, expect

from dev.fixtures.clip import clip_path
from dev.fixtures.demo_material import SUBTITLES
from tests.browser.answers import answered_by
from tests.browser.api import Api

CASES = Path(__file__).parents[1] / "vectors/cases/subtitles"


def test_the_player_shows_the_subtitles_where_they_belong(page: Page, media: str) -> None:
    page.goto(f"/#/media/{media}")
    video = page.locator("video")
    expect(video).to_be_visible()

    shown = video.evaluate(
        """video => new Promise((done) => {
             const look = () => {
               const track = video.textTracks[0]; // It comes with the subtitles, after the film.
               const cue = track?.activeCues?.[0];
               if (cue) done({ mode: track.mode, text: cue.text });
               else requestAnimationFrame(look);
             };
             video.currentTime = 1.2;
             look();
           })"""
    )

    assert shown == {
        "mode": "showing",
        "text": "A quiet morning in the meadow.\n草地上一个宁静的早晨。",
    }


def test_versions_are_added_and_restored(page: Page, api: Api, subtitles: Path) -> None:
    media_id = api.add("Versions")
    api.call("PUT", f"/api/media/{media_id}/subtitles", SUBTITLES.encode())
    page.goto(f"/#/media/{media_id}")
    part = page.get_by_role("region", name="Subtitles")
    subtitles.write_text(SUBTITLES.replace("quiet", "loud"))

    part.get_by_label("Add a version").set_input_files(subtitles)
    expect(part.get_by_text("Version 2", exact=True)).to_be_visible()
    part.get_by_role("button", name="Restore version 1").click()

    expect(part.get_by_text("Version 3", exact=True)).to_be_visible()
    current = api.call("GET", f"/api/media/{media_id}")["inputs"]["subtitles"]
    assert current["sizeBytes"] == len(SUBTITLES.encode())


def test_a_version_says_what_it_was_made_of_and_is_saved_in_another_format(
    page: Page, api: Api
) -> None:
    media_id = api.add("Origins")
    door = f"/api/media/{media_id}/subtitles"
    first = api.call("PUT", door, SUBTITLES.encode())["inputId"]
    api.call("PUT", f"{door}?parent={first}", SUBTITLES.replace("quiet", "loud").encode())
    page.goto(f"/#/media/{media_id}")
    part = page.get_by_role("region", name="Subtitles")

    expect(part.get_by_text("edited, from version 1")).to_be_visible()
    part.get_by_text("Save version 2 as").click()
    with page.expect_download() as saving:
        part.get_by_role("link", name="SRT").click()

    assert saving.value.suggested_filename == "Origins.srt"
    assert "00:00:00,400 --> 00:00:02,300" in saving.value.path().read_text("utf-8")


def test_the_language_of_a_version_is_said_with_the_file_and_changed_later(
    page: Page, api: Api, subtitles: Path
) -> None:
    media_id = api.add("Languages")
    page.goto(f"/#/media/{media_id}")
    part = page.get_by_role("region", name="Subtitles")
    subtitles.write_text(SUBTITLES)

    def known() -> str | None:
        listed = api.call("GET", f"/api/media/{media_id}/inputs?slot=subtitles")["items"]
        found: str | None = listed[0]["language"]
        return found

    part.get_by_label("Language of a new version").select_option("zh-Hans")
    part.get_by_label("Add a version").set_input_files(subtitles)
    shown = part.get_by_label("Language of version 1")
    expect(shown).to_have_value("zh-Hans")
    assert known() == "zh-Hans"
    shown.select_option("Traditional Chinese")
    expect(page.get_by_text("The language was saved.")).to_be_attached()
    assert known() == "zh-Hant"

    # An edited version keeps it.
    page.goto(f"/#/media/{media_id}/subtitles")
    page.get_by_label("Text of cue 1").fill("changed")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved as a new version.")).to_be_attached()
    assert known() == "zh-Hant"


def test_a_guessed_encoding_is_shown_with_the_text_and_can_be_changed(
    page: Page, api: Api, tmp_path: Path
) -> None:
    media_id = api.add("Guessed")
    page.goto(f"/#/media/{media_id}")
    part = page.get_by_role("region", name="Subtitles")
    text = "1\n00:00:01,000 --> 00:00:02,000\nHadi, gidiyoruz şimdi.\n"
    file = tmp_path / "turkish.srt"
    file.write_bytes(text.encode("cp1254"))

    part.get_by_label("Add a version").set_input_files(file)
    expect(part.get_by_text("Hadi, gidiyoruz þimdi.")).to_be_visible()
    expect(part.get_by_text("windows-1252 is a guess")).to_be_visible()
    part.get_by_label("Encoding").select_option("windows-1254")
    expect(part.get_by_text("Hadi, gidiyoruz şimdi.")).to_be_visible()

    expect(part.get_by_text("is a guess")).to_have_count(0)
    input_id = api.call("GET", f"/api/media/{media_id}")["inputs"]["subtitles"]["inputId"]
    assert api.api("GET", f"/api/media/{media_id}/inputs/{input_id}/content").text == text


def test_webvtt_that_is_not_utf_8_is_taken_once_its_encoding_is_chosen(
    page: Page, api: Api
) -> None:
    media_id = api.add("Latin")
    page.goto(f"/#/media/{media_id}")
    part = page.get_by_role("region", name="Subtitles")

    part.get_by_label("Add a version").set_input_files(CASES / "latin1.vtt")
    expect(part.get_by_role("alert")).to_contain_text("seems to be in windows-1252")
    part.get_by_label("Encoding").select_option("windows-1252")

    expect(part.get_by_text("Où est passée la clé du café ?")).to_be_visible()
    expect(part.get_by_role("alert")).to_have_count(0)
    expect(part.get_by_text("Version 1", exact=True)).to_be_visible()


def test_a_file_that_is_none_is_refused_with_the_reason(
    page: Page, api: Api, tmp_path: Path
) -> None:
    media_id = api.add("Refused")
    page.goto(f"/#/media/{media_id}")
    letter = tmp_path / "letter.json"
    letter.write_text("Dear Mira,")

    page.get_by_role("region", name="Comments").get_by_label("Add a version").set_input_files(
        letter
    )

    expect(page.get_by_role("alert")).to_contain_text("JSON")
    expect(page.get_by_text("No comments yet.")).to_be_visible()


def test_an_upload_that_the_storage_refuses_is_told_and_can_be_repeated(
    page: Page, api: Api
) -> None:
    media_id = api.add("Upload")

    def refuse(route: Route) -> None:
        route.fulfill(status=403, headers={"access-control-allow-origin": "*"})

    with answered_by(page, "**/cdn-cgi/local/r2/s3/**", refuse):
        page.goto(f"/#/media/{media_id}")
        page.get_by_label("Upload a video").set_input_files(clip_path())
        expect(page.get_by_role("alert")).to_contain_text("refused the upload (status 403)")

    page.get_by_label("Upload a video").set_input_files(clip_path())

    expect(page.locator("video")).to_be_visible()


def test_a_media_is_renamed_and_deleted_with_what_it_owns(page: Page, api: Api) -> None:
    media_id = api.add("Old name")
    page.goto(f"/#/media/{media_id}")
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Title", exact=True).fill("New name")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="New name", level=1)).to_be_visible()

    page.get_by_role("button", name="Move to the trash").click()

    expect(page.get_by_role("heading", name="Library", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="New name")).to_have_count(0)


def test_a_media_that_is_not_there_is_said_not_to_be(page: Page) -> None:
    page.goto("/#/media/med_none")

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("heading", name="This could not be loaded")).to_be_visible()
