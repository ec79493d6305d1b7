"""Scenes last as long as their text takes to read, on frame boundaries."""

import itertools

import pytest
from remotion.composition import compose
from remotion.timing import readable, reading_seconds, schedule

from media_jobs.comments import Comment, CommentedVideo, CommentsDocument
from media_jobs.engines.remotion.options import CommentsOptions


def a_comment(content: str, translated: str | None = None) -> Comment:
    return Comment(author="A", content=content, translated_content=translated)


def test_reading_time_follows_the_script() -> None:
    assert reading_seconds("") == pytest.approx(0.8)
    assert reading_seconds("a" * 34) == pytest.approx(0.8 + 2.0)
    assert reading_seconds("字" * 16) == pytest.approx(0.8 + 2.0)
    assert reading_seconds("😂" * 6) == pytest.approx(0.8 + 1.0)
    assert reading_seconds("a b\nc") == pytest.approx(0.8 + 3 / 17)


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("👨\u200d👩\u200d👧\u200d👦", 1),
        ("👍🏽👍🏽", 2),
        ("🇩🇪🇨🇳🇫🇷", 3),
        ("😂😂\ufe0f\u200b", 2),
    ],
)
def test_an_emoji_of_several_characters_is_read_as_one(text: str, signs: int) -> None:
    assert reading_seconds(text) == pytest.approx(0.8 + signs / 6)


def test_the_whole_video_is_laid_out_in_frames_without_gaps() -> None:
    options = CommentsOptions(cover_seconds=2, max_comment_seconds=10, fps=30)

    times = schedule([a_comment("short"), a_comment("a" * 170)], options, transition_s=0.6)

    assert times.cover_frames == 60
    # 3 s at least, and 0.6 s to arrive; 0.8 + 170 / 17 = 10.8 s, cut to the 10 s allowed.
    assert [(scene.start_frame, scene.frames) for scene in times.spans] == [(60, 108), (168, 318)]
    assert times.total_frames == 168 + 318 + 30
    assert times.total_s == pytest.approx(17.2)


def test_the_longer_of_text_and_translation_decides() -> None:
    options = CommentsOptions(cover_seconds=0, min_comment_seconds=1, max_comment_seconds=60)

    times = schedule([a_comment("短", "a" * 85)], options, transition_s=0.6)

    # 0.8 + 85 / 17 + 0.6 = 6.4 s.
    assert times.spans[0].frames == 192


def test_no_more_comments_than_asked_for_are_shown() -> None:
    times = schedule([a_comment("x")] * 5, CommentsOptions(max_comments=2), transition_s=0.6)

    assert len(times.spans) == 2


def test_a_minimum_above_the_maximum_wins() -> None:
    options = CommentsOptions(min_comment_seconds=8, max_comment_seconds=2, cover_seconds=0)

    # 8 + 0.6 s at 30 frames a second.
    assert schedule([a_comment("x")], options, transition_s=0.6).spans[0].frames == 258


def test_a_text_that_scrolls_stays_until_it_is_read_or_the_limit_is_reached() -> None:
    options = CommentsOptions(cover_seconds=0, max_comment_seconds=10, max_scroll_seconds=30)
    comments = [a_comment("a" * 340), a_comment("a" * 3400), a_comment("a" * 170, "b" * 170)]

    times = schedule(comments, options, transition_s=0.5, overflows={0: 1.0, 1: 9.0, 2: 2.0})

    # 0.8 + 340 / 17 s, at most 30 s, and both texts after each other, with a moment to find each;
    # 2 s of rest, 0.5 s to arrive.
    assert [scene.frames / 30 for scene in times.spans] == pytest.approx(
        [20.8 + 2.5, 30 + 2.5, 21.6 + 2.5], abs=1 / 30
    )


@pytest.mark.heavy
@pytest.mark.parametrize(("translated", "step_s"), [(None, 1.5), ("b", 4.0)])
def test_c12_time_grows_with_the_text_without_a_leap_to_20_letters_a_second_at_most(
    translated: str | None, step_s: float
) -> None:
    seconds = []
    for letters in range(50, 1000, 10):
        words = ("river " * 200)[:letters]
        other = (translated * 4 + " ") * (letters // 5) if translated else None
        document = CommentsDocument(
            video=CommentedVideo(title="T"), comments=[a_comment(words, other)]
        )
        composition = compose(document, CommentsOptions(), source_size=(1920, 1080))
        (span,) = composition.scene.schedule.spans
        theirs_s = span.frames / 30 - composition.scene.schedule.transition_s
        read = sum(not character.isspace() for character in words)
        assert read / theirs_s <= 20, letters
        seconds.append(theirs_s)

    steps = [after - before for before, after in itertools.pairwise(seconds)]
    # Ten letters are half a second. With a translation, a line more of each has no room on the card
    # at once, and so much more of the second text is read.
    assert min(steps) >= -1 / 30
    assert max(steps) < step_s


def test_what_cannot_be_read_in_time_is_cut_with_an_ellipsis() -> None:
    assert readable("a" * 17, 1.85) == "a" * 17
    assert readable("a" * 18, 1.85) == "a" * 17 + "…"
    assert readable("字" * 100, 1.85) == "字" * 8 + "…"
    assert readable("word " * 4, 1.3) == "word word…"
