"""Two languages are edited beside each other, each a track of its own."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.api import Api
from tests.browser.axe import AXE, serious
from tests.browser.test_drafts import leave_and_return
from tests.browser.test_editor import START, cues

SPANISH = START.replace("one two", "uno dos").replace("three", "tres")
LONG = "cincuenta y seis letras que nadie lee en tan poco tiempo"


def english(page: Page, n: int) -> Locator:
    return page.get_by_label(f"Text of cue {n}", exact=True)


def spanish(page: Page, n: int) -> Locator:
    return page.get_by_label(f"Text of cue {n} in Spanish")


def expect_texts(page: Page, *texts: str) -> None:
    """Wait for the texts of both, the English ones first."""
    fields = (english(page, 1), english(page, 2), spanish(page, 1), spanish(page, 2))
    for field, text in zip(fields, texts, strict=True):
        expect(field).to_have_value(text)


def put(api: Api, media_id: str, text: str, **query: str) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    door = f"/api/media/{media_id}/subtitles?{asked}"
    return str(api.call("PUT", door, text.encode())["inputId"])


def newest(api: Api, media_id: str) -> dict[str, tuple[str, str]]:
    """Return the newest text of each language, and what it was made of."""
    found: dict[str, tuple[str, str]] = {}
    for item in api.call("GET", f"/api/media/{media_id}/inputs?slot=subtitles")["items"]:
        content = f"/api/media/{media_id}/inputs/{item['inputId']}/content"
        found.setdefault(item["language"], (api.api("GET", content).text, item["parent"]))
    return found


def test_two_languages_are_edited_checked_undone_kept_and_saved_each_as_its_own_track(
    page: Page, api: Api
) -> None:
    media_id = api.add("Two languages")
    first = put(api, media_id, START, language="en")
    second = put(api, media_id, SPANISH, language="es")
    page.goto(f"/#/media/{media_id}/subtitles?version={first}&beside={second}&at=3000")
    expect(english(page, 2)).to_be_focused()
    expect(spanish(page, 2)).to_have_value("tres")
    expect(spanish(page, 2)).to_have_attribute("lang", "es")
    page.get_by_label("Save by itself").uncheck()
    undo_over_both(page)
    check_and_key_the_second(page)

    # Left at once: each has its draft.
    page.reload()
    expect(page.get_by_text("Spanish: Unsaved changes from")).to_be_visible()
    expect(page.get_by_text("English: Unsaved changes from")).to_be_visible()
    expect_texts(page, "one, two", "three!", "uno, dos", "tres")
    theirs = SPANISH.replace("tres", "tres de otra persona")
    other = put(api, media_id, theirs, language="es", parent=second)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("No changes")).to_be_visible()
    expect(spanish(page, 2)).to_have_value("tres de otra persona")
    edited = START.replace("one two", "one, two").replace("three", "three!")
    merged = theirs.replace("uno dos", "uno, dos")
    assert newest(api, media_id) == {"en": (edited, first), "es": (merged, other)}

    # And by itself on leaving, wherever the address says that one was.
    page.get_by_label("Save by itself").check()
    english(page, 1).fill("one")
    spanish(page, 1).fill("uno")
    leave_and_return(page)
    expect_texts(page, "one", "three!", "uno", "tres de otra persona")
    expect(page.get_by_text("No changes")).to_be_visible()
    saved = newest(api, media_id)
    assert saved["en"][0] == edited.replace("one, two", "one")
    assert saved["es"][0] == merged.replace("uno, dos", "uno")


def undo_over_both(page: Page) -> None:
    """One undo by action over both, in the order in which they were done."""
    english(page, 1).fill("one, two")
    spanish(page, 1).fill("uno, dos")
    english(page, 2).fill("three!")
    for _ in range(2):
        page.keyboard.press("Control+z")
    expect(spanish(page, 1)).to_have_value("uno dos")
    expect_texts(page, "one, two", "three", "uno dos", "tres")
    for _ in range(2):
        page.keyboard.press("Control+y")
    expect(english(page, 2)).to_have_value("three!")


def check_and_key_the_second(page: Page) -> None:
    """Its own checks, and keys that mean the text in which they are pressed."""
    spanish(page, 2).fill(LONG)
    expect(cues(page).nth(1)).to_contain_text("Long line: 56 characters (limit 42).")
    expect(page.get_by_text("Spanish: 1 cue to look at")).to_be_visible()
    page.evaluate(AXE)
    assert serious(page) == []
    spanish(page, 2).press("Control+z")
    spanish(page, 2).press("Alt+ArrowUp")
    expect(spanish(page, 1)).to_be_focused()
    page.keyboard.press("Control+m")
    expect(spanish(page, 2)).to_have_value("uno, dos\ntres")
    # What is typed where nothing is said becomes a cue.
    spanish(page, 1).press_sequentially("nada")
    expect(spanish(page, 1)).to_have_value("nada")
    for _ in range(2):
        page.keyboard.press("Control+z")
    expect(spanish(page, 2)).to_have_value("tres")
    expect_texts(page, "one, two", "three!", "uno, dos", "tres")
    # A field that is left empty is no cue.
    spanish(page, 2).fill("")
    english(page, 2).focus()
    expect(spanish(page, 2)).to_have_attribute("data-beside", "")
    for _ in range(2):
        page.keyboard.press("Control+z")
    expect(spanish(page, 2)).to_have_value("tres")


def test_two_versions_of_one_text_are_read_beside_each_other(page: Page, api: Api) -> None:
    media_id = api.add("One text")
    first = put(api, media_id, START, language="en")
    second = put(api, media_id, START.replace("three", "3"), language="en", parent=first)
    page.goto(f"/#/media/{media_id}/subtitles?version={second}&beside={first}")

    expect(cues(page).nth(1).get_by_text("three")).to_be_visible()
    expect(cues(page).nth(1).get_by_role("textbox", name="Text")).to_have_count(1)
