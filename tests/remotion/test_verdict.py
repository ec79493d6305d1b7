"""Cards whose text is not seen, or is cut off, are not encoded (F10)."""

from pathlib import Path

import pytest
from engine_kit.failures import EngineFailure, FailureCode
from PIL import Image, ImageDraw
from remotion.composition import Composition, compose, draw_all
from remotion.layers import Picture, PictureKind
from remotion.review import looks_of
from remotion.timing import CommentSpan, Schedule
from remotion.verdict import check_picture

from media_jobs.comments import CommentsDocument
from media_jobs.engines.remotion.options import CommentsOptions

pytestmark = pytest.mark.heavy

FEED = Picture(PictureKind.FEED, 0)


def composed(*contents: str, **options: object) -> Composition:
    """Return a composition of comments with these texts."""
    document = CommentsDocument.model_validate(
        {
            "video": {"title": "A title"},
            "comments": [{"author": "Emma", "content": content} for content in contents],
        }
    )
    chosen = CommentsOptions.model_validate({"height": 360, **options})
    return compose(document, chosen, source_size=(320, 180))


def body(made: Composition, number: int) -> tuple[int, int, int, int]:
    """Return where a card of the landscape template is in the picture of the feed."""
    margin, place, card = made.scene.margin, made.scene.feed.places[number], made.cards[number]
    left, top = margin + place.across, margin + place.start
    return left, top, left + card.width, top + card.height


@pytest.mark.parametrize(
    ("preset", "template"),
    [
        ("paper", "vertical"),
        ("mono", "landscape"),
        *(
            pytest.param(preset, template, marks=pytest.mark.long)
            for preset in ("midnight", "ocean", "sunset", "forest")
            for template in ("landscape", "vertical")
        ),
    ],
)
def test_cards_of_every_look_pass(preset: str, template: str, tmp_path: Path) -> None:
    contents = ("Hello", "word " * 60, "你好，世界", "مرحبا بالعالم", "😀👍", "word " * 900)
    made = composed(*contents, preset=preset, template=template)

    draw_all(made, tmp_path, advance=lambda _: None, check=check_picture)


def test_a_card_without_its_text_is_found() -> None:
    made = composed("One", "Two")
    painted = made.paint(FEED)
    left, top, right, bottom = body(made, 1)
    blank = Image.new("RGB", (right - left, (bottom - top) // 2), made.renderer.theme.card)
    painted.paste(blank, (left, bottom - blank.height))

    with pytest.raises(EngineFailure, match="Nothing would be seen of comment 2") as failed:
        check_picture(made, FEED, painted)
    assert failed.value.code is FailureCode.OUTPUT_INVALID


def test_a_text_that_runs_out_of_its_card_is_found() -> None:
    made = composed("One", "Two")
    painted = made.paint(FEED)
    left, top, right, bottom = body(made, 0)
    middle = (top + bottom) // 2
    ImageDraw.Draw(painted).rectangle(
        (left + 40, middle + 20, right, middle + 24), fill=made.renderer.theme.text
    )

    with pytest.raises(EngineFailure, match="The text of comment 1 would be cut off"):
        check_picture(made, FEED, painted)


def test_a_text_that_scrolls_has_to_be_there_too() -> None:
    made = composed("word " * 900)
    picture = Picture(PictureKind.SCROLL, 0)
    painted = made.paint(picture)

    check_picture(made, picture, painted)
    with pytest.raises(EngineFailure, match="Nothing would be seen of comment 1"):
        check_picture(made, picture, Image.new("RGBA", painted.size))


def test_cards_are_looked_at_where_they_stand_still() -> None:
    spans = tuple(CommentSpan(start_frame=48 + 96 * n, frames=96) for n in range(20))
    schedule = Schedule(
        fps=24, transition_s=0.5, cover_frames=48, spans=spans, total_frames=48 + 96 * 20 + 24
    )

    looks = looks_of(schedule)

    assert [look.card for look in looks] == [0, 3, 7, 11, 15, 19]
    for look in looks:
        span = spans[look.card]
        assert span.start_frame + 12 < look.frame < span.start_frame + span.frames
        # A key frame in any case: no more of them come.
        assert look.frame % 48 == 0
