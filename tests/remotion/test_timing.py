"""Scenes last as long as their text takes to read, on frame boundaries."""

import pytest
from remotion.timing import readable, reading_seconds, schedule

from media_jobs.comments import Comment
from media_jobs.engines.remotion.options import CommentsOptions


def a_comment(content: str, translated: str | None = None) -> Comment:
    return Comment(author="A", content=content, translated_content=translated)


def test_reading_time_follows_the_script() -> None:
    assert reading_seconds("") == pytest.approx(0.8)
    assert reading_seconds("a" * 34) == pytest.approx(0.8 + 2.0)
    assert reading_seconds("字" * 16) == pytest.approx(0.8 + 2.0)
    assert reading_seconds("😂" * 6) == pytest.approx(0.8 + 1.0)
    assert reading_seconds("a b\nc") == pytest.approx(0.8 + 3 / 17)


def test_the_whole_video_is_laid_out_in_frames_without_gaps() -> None:
    options = CommentsOptions(cover_seconds=2, min_comment_seconds=3, fps=30)

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
    options = CommentsOptions(cover_seconds=0, max_scroll_seconds=30)
    comments = [a_comment("a" * 340), a_comment("a" * 3400), a_comment("a" * 170, "b" * 170)]

    times = schedule(comments, options, transition_s=0.5, scrolling=[0, 1, 2])

    # 0.8 + 340 / 17 s, at most 30 s, and both texts after each other; 2 s of rest, 0.5 s to arrive.
    assert [scene.frames / 30 for scene in times.spans] == pytest.approx(
        [20.8 + 2.5, 30 + 2.5, 21.6 + 2.5], abs=1 / 30
    )


def test_what_cannot_be_read_in_time_is_cut_with_an_ellipsis() -> None:
    assert readable("a" * 17, 1.85) == "a" * 17
    assert readable("a" * 18, 1.85) == "a" * 17 + "…"
    assert readable("字" * 100, 1.85) == "字" * 8 + "…"
    assert readable("word " * 4, 1.3) == "word word…"
