"""The port behind which somebody hears: sound in, words with their times out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from media_jobs.subtitles.words import Word
from transcriber.orders import RATE

__all__ = ["RATE", "HeardSpeech", "HearingFailed", "Recogniser", "Sound", "nobody"]

Sound = npt.NDArray[np.float32]
"""Samples from -1 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardSpeech:
    """What was said in a piece. Times of *words* count from its start.

    *language*: BCP 47, None where nobody knows; *probability*: that it is this language, 0 to 1,
    where that is known. *unsure_s*: when something was heard that was hardly speech, and was left
    out. *estimated*: the words' times were not heard but spread over their sentence.
    """

    words: tuple[Word, ...]
    language: str | None
    probability: float | None = None
    unsure_s: tuple[float, ...] = ()
    estimated: bool = False


class HearingFailed(Exception):
    """No more can be heard. *code*: of `engine_kit.failures`; *message*: for people, no secrets."""

    def __init__(self, code: str, message: str, *, retryable: bool, detail: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retryable = retryable
        self.detail = detail


def nobody(language: str, probability: float | None) -> None:
    """Be told of the language, and do nothing."""


class Recogniser(Protocol):
    """What hears one piece after the other."""

    def hear(
        self,
        sound: Sound,
        language: str | None,
        on_heard: Callable[[float], None],
        on_spoken: Callable[[str, float | None], None] = nobody,
    ) -> HeardSpeech:
        """Return what is said in *sound*, in *language* (BCP 47) or in the one that is detected.

        *on_heard* gets the seconds of *sound* that have been heard so far; *on_spoken* a language
        that was detected, and how probable it is, where that is known before the words are. Raises
        HearingFailed.
        """
        ...
