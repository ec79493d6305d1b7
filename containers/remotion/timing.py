"""When each scene of a comments video begins and how long it lasts. Pure.

The rules:

- The cover stands for `coverSeconds`, then slides away in TRANSITION_S while the source starts.
- A comment stays for the time it takes to read, between `minCommentSeconds` and
  `maxCommentSeconds`, plus TRANSITION_S in which it arrives.
- Reading time: NOTICE_S to find the start, then 17 letters a second, or 8 characters a second in
  Chinese, Japanese and Korean, and a sixth of a second per emoji. With a translation on the card
  people read one of the two: the longer counts.
- The last comment stays END_S longer.

Every boundary falls on a frame, so that no rounding adds up over a long video.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from media_jobs.comments import Comment
from media_jobs.options import CommentsOptions
from remotion.characters import is_cjk
from remotion.emoji import is_pictograph

__all__ = ["END_S", "TRANSITION_S", "Scene", "Schedule", "reading_seconds", "schedule"]

TRANSITION_S = 0.6
END_S = 1.0

# Reading speeds that subtitle guidelines agree on for adults (characters per second).
_LETTERS_PER_S = 17.0
_CJK_PER_S = 8.0
_EMOJI_PER_S = 6.0
NOTICE_S = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One comment's time on screen, in frames; *comment* is its place in the document."""

    comment: int
    start_frame: int
    frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The whole video in frames; the source starts when the cover ends."""

    fps: int
    cover_frames: int
    scenes: tuple[Scene, ...]
    total_frames: int

    def seconds(self, frames: int) -> float:
        """Return the time of a frame number."""
        return frames / self.fps

    @property
    def cover_s(self) -> float:
        """How long the cover stands."""
        return self.cover_frames / self.fps

    @property
    def total_s(self) -> float:
        """The video's length."""
        return self.total_frames / self.fps


def reading_seconds(text: str) -> float:
    """Return how long an adult takes to read *text*, the moment to find it included."""
    letters = cjk = emoji = 0
    for character in text:
        if is_cjk(character):
            cjk += 1
        elif is_pictograph(character):
            emoji += 1
        elif not character.isspace():
            letters += 1
    return NOTICE_S + letters / _LETTERS_PER_S + cjk / _CJK_PER_S + emoji / _EMOJI_PER_S


def schedule(comments: Sequence[Comment], options: CommentsOptions) -> Schedule:
    """Lay the cover and the first `maxComments` comments out in time."""
    fps = options.fps
    cover_frames = round(options.cover_seconds * fps)
    scenes: list[Scene] = []
    at = cover_frames
    for index, comment in enumerate(comments[: options.max_comments]):
        frames = math.ceil((_stay_seconds(comment, options) + TRANSITION_S) * fps)
        scenes.append(Scene(comment=index, start_frame=at, frames=frames))
        at += frames
    total_frames = at + math.ceil(END_S * fps)
    return Schedule(
        fps=fps, cover_frames=cover_frames, scenes=tuple(scenes), total_frames=total_frames
    )


def _stay_seconds(comment: Comment, options: CommentsOptions) -> float:
    texts = [comment.content, comment.translated_content or ""]
    longest = max(options.min_comment_seconds, options.max_comment_seconds)
    wanted = max(reading_seconds(text) for text in texts)
    return min(max(wanted, options.min_comment_seconds), longest)
