"""When each comment of a video begins and how long it lasts. Pure.

The rules:

- The source, picture and sound, runs from the first second to the last.
- The cover stands over it for `coverSeconds`, then leaves while the first comment comes.
- A comment stays for the time it takes to read, between `minCommentSeconds` and
  `maxCommentSeconds`, plus the theme's transition in which it arrives.
- A text too tall for its card scrolls, and may stay up to `maxScrollSeconds`, plus SCROLL_RESTS_S;
  `readable` cuts what can't be read by then. What hardly overflows gains hardly anything.
- Reading time: NOTICE_S to find the start, then 17 letters a second, or 8 characters a second in
  Chinese, Japanese and Korean, and a sixth of a second per emoji. With a translation on the card
  people read one of the two: the longer counts. Where they stand a whole card below each other,
  people read both.
- The last comment stays END_S longer.

Every boundary falls on a frame, so that no rounding adds up over a long video.
"""

import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine_kit.text.characters import is_wide
from engine_kit.text.emoji import is_pictograph

from media_jobs.characters import is_invisible
from media_jobs.comments import Comment
from media_jobs.engines.remotion.options import CommentsOptions

END_S = 1.0
SCROLL_RESTS_S = 2.0

# Reading speeds that subtitle guidelines agree on for adults (characters per second).
_LETTERS_PER_S = 17.0
_CJK_PER_S = 8.0
_EMOJI_PER_S = 6.0
NOTICE_S = 0.8
_JOINER = "\u200d"
_SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_FLAG_LETTERS = frozenset(map(chr, range(0x1F1E6, 0x1F200)))
_NONE: Mapping[int, float] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentSpan:
    """One comment's time on screen, in frames."""

    start_frame: int
    frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The whole video in frames."""

    fps: int
    transition_s: float
    cover_frames: int
    spans: tuple[CommentSpan, ...]
    total_frames: int

    def seconds(self, frames: int) -> float:
        """Return the time of a frame number."""
        return frames / self.fps

    @property
    def key_frames(self) -> int:
        """How many frames it is from one key frame to the next."""
        return 2 * self.fps

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
    return NOTICE_S + sum(_reading_times(text))


def readable(text: str, seconds: float) -> str:
    """Return as much of *text* as is read in *seconds*, with an ellipsis for what is cut off."""
    spent_s = NOTICE_S
    for at, taken_s in enumerate(_reading_times(text)):
        spent_s += taken_s
        if spent_s > seconds:
            return text[:at].rstrip() + "…"
    return text


def _reading_times(text: str) -> Iterator[float]:
    """Yield how long each character takes; of an emoji of several the first alone."""
    before, flag = "", False
    for character in text:
        # A flag is two letters, the next two are another flag.
        flag = character in _FLAG_LETTERS and before in _FLAG_LETTERS and not flag
        continues = flag or before == _JOINER or character in _SKIN_TONES
        yield 0.0 if continues and is_pictograph(character) else _reading_seconds(character)
        before = character


def _reading_seconds(character: str) -> float:
    if is_wide(character):
        return 1 / _CJK_PER_S
    if is_pictograph(character):
        return 1 / _EMOJI_PER_S
    silent = is_invisible(character) or unicodedata.category(character)[0] == "M"
    return 0.0 if silent else 1 / _LETTERS_PER_S


def schedule(
    comments: Sequence[Comment],
    options: CommentsOptions,
    *,
    transition_s: float,
    overflows: Mapping[int, float] = _NONE,
) -> Schedule:
    """Lay the cover and the first `maxComments` comments out in time.

    *overflows*: for the comments whose text is too tall for its card, by their place, how much of
    it has no room there, in heights of what has.
    """
    fps = options.fps
    cover_frames = round(options.cover_seconds * fps)
    spans: list[CommentSpan] = []
    at = cover_frames
    for index, comment in enumerate(comments[: options.max_comments]):
        stay_s = _stay_seconds(comment, options, min(overflows.get(index, 0.0), 1.0))
        frames = math.ceil((stay_s + transition_s) * fps)
        spans.append(CommentSpan(start_frame=at, frames=frames))
        at += frames
    total_frames = at + math.ceil(END_S * fps)
    return Schedule(
        fps=fps,
        transition_s=transition_s,
        cover_frames=cover_frames,
        spans=tuple(spans),
        total_frames=total_frames,
    )


def _stay_seconds(comment: Comment, options: CommentsOptions, overflow: float) -> float:
    texts = [text for text in (comment.content, comment.translated_content) if text]
    times_s = [reading_seconds(text) for text in texts]
    wanted_s = max(times_s) + (sum(times_s) - max(times_s)) * overflow
    scrolled_s = max(options.max_scroll_seconds - options.max_comment_seconds, 0) * overflow
    most_s = max(options.min_comment_seconds, options.max_comment_seconds + scrolled_s)
    return min(max(wanted_s, options.min_comment_seconds), most_s) + SCROLL_RESTS_S * overflow
