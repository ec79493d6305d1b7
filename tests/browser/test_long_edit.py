"""An hour of subtitles, edited with all that interrupts it: the stored bytes are the script's."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dev.stack.stack import Stack
from tests.browser.api import Api
from tests.browser.conftest import sign_in
from tests.browser.editing import texts, timeline, times
from tests.browser.editing.cues import STEP_MS, events, plain, subrip, webvtt
from tests.browser.editing.film import film_of
from tests.browser.editing.script import Operation, Script
from tests.browser.test_sessions import sign_in_over

FIRST: tuple[Operation, ...] = (
    *(timeline.drag_to_speech, timeline.drag_to_a_frame, timeline.drag_to_the_neighbour),
    *(timeline.drag_a_block, timeline.play_a_cue_again_and_again),
    *(times.set_start_and_end_by_key, times.split_at_word, texts.use_aegisub_keys),
)
"""What needs the film, cues as they lie at first, or the server."""
ANYWHERE: tuple[Operation, ...] = (
    *(texts.type_text, texts.type_beside, times.type_time, texts.undo, times.stretch),
    *(texts.split_at_cursor, texts.merge, times.convert_the_rate, texts.remove),
    *(times.shift_several, times.fit_to_two_points, texts.add, texts.see_next_problem),
    *(times.ripple, times.shift),
)
SEARCHES: tuple[Operation, ...] = (texts.replace_pattern, texts.replace_in_both)
ALL = (*FIRST, *ANYWHERE, *SEARCHES)
EITHER = {"times of one column", "times of both columns"}


@dataclass(frozen=True)
class Size:
    """Cues, operations between two interruptions beside those of `ALL`, and time without a line."""

    cues: int
    more: int
    offline_s: float


def go_on(script: Script, count: int, among: tuple[Operation, ...] = ALL) -> None:
    for _ in range(count):
        script.do(script.draw.choice(among))


def reload(script: Script) -> None:
    script.page.reload()
    expect(script.page.get_by_text("Unsaved changes from").first).to_be_visible()


def drop_session(script: Script, token: str) -> None:
    script.page.context.clear_cookies()
    script.save()
    sign_in_over(script.page, token)


def be_offline(script: Script, seconds: float) -> None:
    """Go on for so long, through each operation at least once."""
    script.page.context.set_offline(True)
    until = time.monotonic() + seconds
    for at, operation in enumerate(cycle(ANYWHERE)):
        if at >= len(ANYWHERE) and time.monotonic() >= until:
            break
        script.do(operation)
    script.save()
    expect(script.page.get_by_role("alert").get_by_text("does not answer").first).to_be_visible()
    script.page.context.set_offline(False)


def in_two_tabs(script: Script, steps: int) -> None:
    """Type in both by turns, and go on in the second, with the first one closed."""
    first = script.page
    second = first.context.new_page()
    second.goto(first.url)
    expect(second.get_by_text("open in another tab")).to_have_count(2)  # Of each column.
    for n in range(2 * steps):
        script.page = (first, second)[n % 2]
        script.do((texts.type_text, texts.type_beside)[n // 2 % 2])
    script.page = first
    script.field("Text", 1).fill("last of the first tab")
    script.cues[0] = replace(script.cues[0], text="last of the first tab")
    script.page = second
    expect(script.field("Text", 1)).to_have_value("last of the first tab")
    with first.expect_event("close"):
        first.close(run_before_unload=True)


def undo_all_and_do_it_again(script: Script) -> int:
    """Every action since the editor was opened; return how many there were."""
    page = script.page
    page.get_by_label("Text of cue").first.click()
    counts = []
    for key, name in (("Control+z", "Undo"), ("Control+y", "Redo")):
        button = page.get_by_role("button", name=name, exact=True)  # It names what there is to do.
        counts.append(0)
        while button.count() == 0:
            page.keyboard.press(key)
            counts[-1] += 1
    assert counts[0] == counts[1]
    return counts[0]


def saved(script: Script, api: Api, media_id: str) -> None:
    """Wait until all is saved, and compare it."""
    expect(script.page.get_by_text("No changes")).to_be_visible()
    found: dict[str, str] = {}
    for item in api.call("GET", f"/api/media/{media_id}/inputs?slot=subtitles")["items"]:
        content = f"/api/media/{media_id}/inputs/{item['inputId']}/content"
        if item["language"] not in found:
            found[item["language"]] = api.api("GET", content).text
    assert found["en"] == webvtt(script.cues)
    assert found["es"] == subrip(script.others)


def export(script: Script, folder: Path) -> None:
    panel = script.page.locator("details").filter(has_text="as a file")
    panel.locator("summary").click()
    found = {}
    for kind in ("VTT", "SRT", "ASS", "TXT"):
        with script.page.expect_download() as download:
            panel.get_by_role("link", name=kind).first.click()
        path = folder / f"exported.{kind}"
        download.value.save_as(path)
        found[kind] = path.read_text(encoding="utf-8")
    assert found["VTT"] == webvtt(script.cues)
    assert found["SRT"] == subrip(script.cues)
    assert found["TXT"] == plain(script.cues)
    lines = found["ASS"].splitlines()
    assert [line for line in lines if line.startswith("Dialogue")] == events(script.cues)


def opened(page: Page, api: Api, script: Script, folder: Path) -> str:
    """Have the editor open with both columns and the film; return the media's id."""
    film = film_of(script.film_ms // 1000, folder)
    media_id = api.add(f"Script of {len(script.cues)}", film)
    door = f"/api/media/{media_id}/subtitles?language="
    # The newest version is the media's own.
    second = api.call("PUT", f"{door}es", subrip(script.others).encode())["inputId"]
    first = api.call("PUT", f"{door}en", webvtt(script.cues).encode())["inputId"]
    page.goto(f"/#/media/{media_id}/subtitles?version={first}&beside={second}")
    expect(page.get_by_label("Text of cue 1 in Spanish")).to_be_visible()
    return media_id


@pytest.mark.parametrize(
    "size",
    [
        Size(24, 0, 0),
        pytest.param(Size(1500, 40, 60), marks=[pytest.mark.long, pytest.mark.timeout(3600)]),
    ],
    ids=["short", "an hour"],
)
def test_an_interrupted_script_of_edits_is_stored_to_the_byte(
    visitor: Page, stack: Stack, api: Api, size: Size, tmp_path: Path
) -> None:
    sign_in(visitor, stack.admin_token)
    page = visitor.context.new_page()
    script = Script(page, size.cues, seed=size.cues, film_ms=size.cues * STEP_MS)
    media_id = opened(page, api, script, tmp_path)
    for operation in FIRST:
        script.do(operation)
    go_on(script, size.more)
    reload(script)
    go_on(script, size.more)
    drop_session(script, stack.admin_token)
    saved(script, api, media_id)

    be_offline(script, size.offline_s)
    in_two_tabs(script, 1 + size.more // 2)
    for operation in SEARCHES:
        script.do(operation)
    go_on(script, size.more)
    done = undo_all_and_do_it_again(script)
    script.save()

    saved(script, api, media_id)
    export(script, tmp_path)
    assert done > size.more
    assert set(script.used) == {operation.__name__ for operation in ALL} | EITHER
    print(f"{sum(script.used.values())} operations: {dict(script.used)}; {done} undone at once")
