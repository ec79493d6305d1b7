"""Everything that a video's layers name can be painted, and nothing is measured twice."""

import gc
import weakref
from pathlib import Path

import pytest
from engine_kit.fonts import system_font_files
from PIL import Image
from remotion.composition import compose, draw_all

from media_jobs.comments import CommentsDocument
from media_jobs.engines.remotion.options import CommentsOptions

pytestmark = pytest.mark.heavy

CASES = Path(__file__).parents[1] / "vectors/cases/comments"
DOCUMENT = CommentsDocument.model_validate(
    {
        "video": {"title": "A title", "translatedTitle": "一个标题"},
        "comments": [
            {"author": "Emma", "content": "Hello"},
            {"author": "Bo", "content": "word " * 200},
        ],
    }
)
OPTIONS = CommentsOptions.model_validate(
    {"height": 360, "countdown": True, "watermark": {"text": "MARK"}, "preset": "mono"}
)


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


@pytest.mark.parametrize("template", ["landscape", "vertical"])
def test_every_picture_is_painted_once_under_its_name(tmp_path: Path, template: str) -> None:
    options = OPTIONS.model_copy(update={"template": template})
    composition = compose(DOCUMENT, options, source_size=(320, 180))
    heard: list[float] = []

    draw_all(composition, tmp_path, advance=heard.append)

    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        picture.file for picture in composition.wanted
    )
    assert heard == sorted(heard) and heard[-1] == 1
    sizes = {path.name: size_of(path) for path in tmp_path.iterdir()}
    scroll = composition.scene.scrolls[0]
    assert sizes["scroll-001.tif"] == (scroll.width, scroll.text_height)
    assert sizes["background.tif"] == sizes["cover.tif"]
    assert sizes["countdown.tif"][0] == 60 * sizes["countdown.tif"][1]
    assert composition.missing == frozenset()


def test_the_pictures_of_a_job_are_out_of_memory_when_it_has_ended(tmp_path: Path) -> None:
    composition = compose(DOCUMENT, OPTIONS, source_size=(320, 180))
    draw_all(composition, tmp_path, advance=lambda _: None)
    kept = weakref.ref(composition)

    gc.disable()
    try:
        del composition
        assert kept() is None
    finally:
        gc.enable()


def test_characters_that_no_font_draws_are_known_after_measuring() -> None:
    odd = DOCUMENT.model_copy(
        update={"comments": [DOCUMENT.comments[0].model_copy(update={"content": "a\U0003fffdb"})]}
    )

    assert compose(odd, OPTIONS, source_size=(320, 180)).missing == {0x3FFFD}


def test_what_would_scroll_beyond_what_fits_into_memory_is_cut_instead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = DOCUMENT.model_copy(update={"comments": [DOCUMENT.comments[1]] * 5})

    one = compose(document, OPTIONS, source_size=(320, 180)).scene.scrolls[0]
    pixels = one.width * one.text_height
    monkeypatch.setattr("remotion.composition.SCROLL_PIXELS_MAX", pixels + 1)
    few = compose(document, OPTIONS, source_size=(320, 180))

    assert [scroll.card for scroll in few.scene.scrolls] == [0, 1]
    assert not few.cards[2].scrolls


def test_c09_fancy_names_and_braille_pictures_are_drawn() -> None:
    document = CommentsDocument.model_validate_json((CASES / "fancy.json").read_bytes())

    made = compose(document, OPTIONS, source_size=(320, 180))

    ornaments = {ord(c) for c in "꧁༺༻꧂"}
    assert made.missing == (set() if system_font_files() else ornaments)


def test_a_character_without_a_font_is_drawn_as_what_it_stands_for() -> None:
    # A square of four kana that Noto Sans CJK lacks.
    given = {"video": {"title": "㌬"}, "comments": [{"author": "a", "content": "one ㌬ two"}]}

    made = compose(CommentsDocument.model_validate(given), OPTIONS, source_size=(320, 180))

    assert made.missing == set()
    assert made.document.comments[0].content == "one パーツ two"
