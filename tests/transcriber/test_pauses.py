"""The ends of words are where it becomes quiet."""

import numpy as np
import pytest
from transcriber.pauses import Pause, pauses_in, settled
from transcriber.recogniser import RATE

from media_jobs.subtitles.words import Word


def word(text: str, start_ms: int, end_ms: int) -> Word:
    return Word(text=text, start_ms=start_ms, end_ms=end_ms)


def times(words: list[Word]) -> list[tuple[int, int]]:
    return [(one.start_ms, one.end_ms) for one in words]


def loud(seconds: float, level: float = 0.3) -> np.ndarray:
    at = np.arange(round(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * 220 * at)).astype(np.float32)


def quiet(seconds: float) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 0.0003, round(seconds * RATE)).astype(np.float32)


def test_pauses_of_a_fifth_of_a_second_are_found_and_shorter_ones_are_not() -> None:
    sound = np.concatenate([loud(1.0), quiet(0.15), loud(1.0), quiet(0.4), loud(1.0), quiet(0.1)])

    found = pauses_in(sound)

    # The last one is at the end, where it is no part of a word.
    assert found == [Pause(2150, 2550), Pause(3550, 3650)]


def test_over_a_hum_pauses_are_found_and_over_loud_music_there_are_none() -> None:
    speech = np.concatenate([loud(1.0), quiet(0.5), loud(1.0)])

    assert pauses_in(speech + loud(2.5, level=0.02)) == [Pause(1000, 1500)]
    assert pauses_in(speech + loud(2.5, level=0.2)) == []


def test_silence_and_nothing_have_no_words_to_part() -> None:
    assert settled([], pauses_in(np.zeros(RATE, np.float32))) == []
    assert pauses_in(np.zeros(0, np.float32)) == []


def test_words_beside_a_pause_end_and_begin_with_it() -> None:
    words = [word(" he", 0, 400), word(" was.", 400, 700), word(" He", 900, 1900)]

    made = settled(words, [Pause(0, 150), Pause(1000, 1500), Pause(2100, 2600)])

    assert times(made) == [(150, 400), (400, 1000), (1500, 2100)]


def test_a_pause_far_from_a_word_s_end_does_not_lengthen_it() -> None:
    made = settled([word(" one", 0, 400), word(" two", 5000, 5400)], [Pause(2000, 4000)])

    assert times(made) == [(0, 400), (5000, 5400)]


@pytest.mark.parametrize("pause", [Pause(390, 1010), Pause(0, 2000), Pause(10, 5000)])
def test_no_word_is_swallowed_by_a_pause(pause: Pause) -> None:
    made = settled([word(" one", 380, 420), word(" two", 980, 1020)], [pause])

    assert all(start < end for start, end in times(made))
    assert times(made) == [(380, 420), (980, 1020)]
