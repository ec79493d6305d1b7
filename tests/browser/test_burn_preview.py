"""The preview of a burn is what is burned: compared by its pixels, as a person sees the page."""

from collections.abc import Iterator
from io import BytesIO
from itertools import product
from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, StorageState, expect

from dev.stack.stack import Stack
from media_jobs.engines.burner.presets import PRESETS
from tests.browser.api import Api
from tests.media.burning import vtt
from tests.media.pictures import Box, Picture, difference, ffmpeg, frame_at

pytestmark = pytest.mark.timeout(600)

CASES = Path(__file__).parents[1] / "vectors/cases/subtitles"
SHAPES = ("1920x1080", "1080x1920", "1440x1080", "1080x1080")
LOOKS: dict[str, str] = {
    "default": "Default",
    "contrast": "High contrast",
    "minimal": "Minimal",
    "bold": "Bold",
    "shorts": "YouTube Shorts",
    "reels": "Instagram Reels",
    "tiktok": "TikTok",
    "karaoke": "Karaoke",
}
LONG = (CASES / "chinese-long.vtt").read_text().strip().splitlines()[-1]
TEXTS = (
    LONG,
    "The quick brown fox jumps over the lazy dog, and then it sleeps 😀 until evening",
    "هذا النص العربي طويل بما يكفي ليحتاج إلى أكثر من سطر واحد في الفيديو",
    "ภาษาไทยเขียนติดกันโดยไม่มีช่องว่างระหว่างคำจึงต้องตัดบรรทัดที่คำ",
    "<00:00:04.000>हर <00:00:04.300>शब्द <00:00:04.600>अपने समय पर",
)
WITHIN_PX = 4
"""At 1080 lines."""
SCALE = 3
"""Pixels of the screen to one of CSS: the stage is about as large as the video then."""
SEED = 113


def combinations() -> Iterator[object]:
    """Yield all looks and shapes; those that are not long are a sample, of the shapes of U03."""
    random = Random(SEED)  # noqa: S311  Not cryptography: a sample that stays the same.
    sample = set(zip(random.sample(list(LOOKS), 2), ("1920x1080", "1080x1920"), strict=True))
    for look, shape in product(LOOKS, SHAPES):
        marks = () if (look, shape) in sample else (pytest.mark.long,)
        yield pytest.param(look, shape, marks=marks, id=f"{look}-{shape}")


def test_every_look_of_the_burner_is_compared() -> None:
    assert set(LOOKS) == set(PRESETS)


@pytest.fixture(scope="module")
def films(api: Api, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, Path]]:
    """A media and its film of one colour in each shape, with a cue of each text."""
    folder = tmp_path_factory.mktemp("plain")
    text = vtt(*((n, n + 1, words) for n, words in enumerate(TEXTS)))
    made = {}
    for shape in SHAPES:
        path = folder / f"{shape}.mp4"
        ffmpeg(
            *("-f", "lavfi", "-i", f"color=c=0x406080:s={shape}:r=5:d={len(TEXTS)}"),
            *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(path)),
        )
        media_id = api.add(f"Plain {shape}", path)
        api.call("PUT", f"/api/media/{media_id}/subtitles", text.encode())
        made[shape] = (media_id, path)
    return made


@pytest.fixture
def sharp(browser: Browser, stack: Stack, session: StorageState) -> Iterator[Page]:
    """A page on a screen as sharp as the video."""
    context = browser.new_context(
        base_url=stack.app_url,
        locale="en-US",
        storage_state=session,
        viewport={"width": 1400, "height": 900},
        device_scale_factor=SCALE,
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("look", "shape"), list(combinations()))
def test_u03_the_preview_is_what_is_burned(
    sharp: Page,
    api: Api,
    films: dict[str, tuple[str, Path]],
    tmp_path: Path,
    look: str,
    shape: str,
) -> None:
    media_id, film = films[shape]
    sharp.goto(f"/#/new/burn?media={media_id}")
    sharp.get_by_role("button", name=LOOKS[look], exact=True).click()
    expect(sharp.get_by_test_id("layer")).to_be_visible()
    shown = all_seen(sharp)

    burned = burned_film(api, media_id, look, tmp_path)
    plain = frame_at(film, 0)
    height, width = plain.shape[:2]
    for n, (words, (seen, size)) in enumerate(zip(TEXTS, shown, strict=True)):
        drawn = difference(frame_at(burned, n + 0.5), plain)
        assert drawn is not None, words
        assert apart(scaled(seen, width / size[0], height / size[1]), drawn) <= WITHIN_PX, words


def all_seen(page: Page) -> list[tuple[Box, tuple[int, int]]]:
    """Return where each text is on the stage, and the stage's size, in screen pixels."""
    stage, overlay = page.locator(".stage"), page.locator(".overlay")
    with_text = []
    for n in range(len(TEXTS)):
        go_to(page, n + 0.5)
        expect(page.locator(".stage video")).to_have_js_property("seeking", False)
        expect(page.get_by_test_id("exactness")).to_have_attribute("data-state", "exact")
        with_text.append(screenshot(stage.screenshot()))
    # The film is of one colour: without its text it looks the same all the time.
    overlay.evaluate("e => { e.style.visibility = 'hidden'; }")
    without = screenshot(stage.screenshot())
    found = [difference(picture, without) for picture in with_text]
    size = (without.shape[1], without.shape[0])
    return [(box, size) for box in found if box is not None]


def go_to(page: Page, at_s: float) -> None:
    page.get_by_role("slider", name="Position").fill(str(round(at_s * 1000)))


def screenshot(png: bytes) -> Picture:
    return np.asarray(Image.open(BytesIO(png)).convert("RGB")).astype(np.int16)


def burned_film(api: Api, media_id: str, look: str, folder: Path) -> Path:
    """Burn a media in a look, and return the result."""
    job_id = api.burn(media_id, preset=look, quality="high")
    job = api.job_in(job_id, "completed", within_s=120)
    path = folder / "burned.mp4"
    path.write_bytes(api.http.get(job["artifacts"]["video"]["url"]).content)
    return path


def scaled(box: Box, across: float, down: float) -> Box:
    return Box(
        left=round(box.left * across),
        top=round(box.top * down),
        right=round(box.right * across),
        bottom=round(box.bottom * down),
    )


def apart(one: Box, other: Box) -> int:
    """Return how many pixels the edges of two boxes are apart at most."""
    pairs = zip(
        (one.left, one.top, one.right, one.bottom),
        (other.left, other.top, other.right, other.bottom),
        strict=True,
    )
    return max(abs(a - b) for a, b in pairs)


def test_the_burned_frame_is_shown_on_demand(
    page: Page, films: dict[str, tuple[str, Path]]
) -> None:
    media_id, _ = films["1080x1080"]
    page.goto(f"/#/new/burn?media={media_id}")
    expect(page.get_by_test_id("layer")).to_be_visible()
    go_to(page, 1.6)
    page.get_by_role("button", name="Show the burned frame").click()

    frame = page.get_by_role("img", name="The burned frame at 0:01.600")

    expect(frame).to_be_visible()
    expect(frame).to_have_js_property("naturalWidth", 1080)
    page.get_by_role("button", name="Back to the preview").click()
    expect(frame).to_have_count(0)
    page.get_by_role("button", name="Show the burned frame").click()
    expect(frame).to_be_visible()
    # Another place, or another look, is another frame.
    go_to(page, 2.5)
    expect(frame).to_have_count(0)


def test_subtitles_from_this_computer_are_drawn_by_the_burner_too(
    page: Page, films: dict[str, tuple[str, Path]], subtitles: Path
) -> None:
    page.goto("/#/new/burn")
    page.get_by_label("Upload a video").set_input_files(films["1080x1080"][1])
    page.get_by_label("Subtitles", exact=True).set_input_files(subtitles)

    expect(page.get_by_test_id("layer")).to_be_visible()
    # There is no video yet that the burner could fetch.
    expect(page.get_by_role("button", name="Show the burned frame")).to_have_count(0)


def test_where_no_burner_answers_the_page_draws_and_says_that_it_is_approximate(
    page: Page, media: str
) -> None:
    page.route("**/subtitles/preview", lambda route: route.abort())
    page.goto(f"/#/new/burn?media={media}")

    expect(page.get_by_text("Approximate: the burner does not answer.")).to_be_visible()
    expect(page.get_by_test_id("burned")).to_contain_text("A quiet morning in the meadow.")
    expect(page.get_by_test_id("layer")).to_have_count(0)
