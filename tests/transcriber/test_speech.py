"""Where sound is cut, and the way back from joined speech to the time that it was said."""

import numpy as np
import pytest
from transcriber.recogniser import RATE
from transcriber.speech import InSlices, JoinedSpeech, Stretch, cut_at, cut_near, speech_in

from tests.media.speaking import joined


def test_a_piece_ends_in_the_middle_of_its_quietest_third_of_a_second_near_its_end() -> None:
    sound = np.full(60 * RATE, 0.2, np.float32)
    sound[10 * RATE : 12 * RATE] = 0.0  # Too early: the piece would be short.
    sound[40 * RATE : 41 * RATE] = 0.01
    sound[50 * RATE : round(50.4 * RATE)] = 0.0

    cut = cut_at(sound) / RATE

    assert 50.15 <= cut <= 50.25


def test_a_sound_without_a_pause_is_cut_in_its_second_half_all_the_same() -> None:
    sound = np.full(50 * RATE, 0.2, np.float32)

    assert 25 * RATE <= cut_at(sound) <= 50 * RATE


def test_a_sound_that_is_shorter_than_a_pause_is_not_cut() -> None:
    assert cut_at(np.zeros(100, np.float32)) == 100


def test_parts_are_cut_where_it_is_quietest_near_their_edge() -> None:
    sound = np.full(20 * RATE, 0.2, np.float32)
    sound[4 * RATE : 5 * RATE] = 0.01
    sound[14 * RATE : round(14.4 * RATE)] = 0.0

    cut = cut_near(sound, ())

    assert 14.15 <= cut / RATE <= 14.25
    assert cut % (RATE // 1000) == 0


def test_of_places_that_are_as_quiet_the_nearest_to_the_edge_is_cut_at() -> None:
    assert cut_near(np.zeros(20 * RATE, np.float32), ()) == 10 * RATE


def test_parts_are_cut_where_nobody_speaks_though_music_is_louder_there() -> None:
    sound = np.full(20 * RATE, 0.05, np.float32)
    sound[12 * RATE : 15 * RATE] = 0.4
    speech = [Stretch(0, 12 * RATE), Stretch(15 * RATE, 20 * RATE)]

    assert 12.15 <= cut_near(sound, speech) / RATE <= 14.85


def test_where_somebody_speaks_all_the_time_parts_are_cut_at_the_quietest_place() -> None:
    sound = np.full(20 * RATE, 0.2, np.float32)
    sound[7 * RATE : 8 * RATE] = 0.01

    assert 7.15 <= cut_near(sound, [Stretch(0, 20 * RATE)]) / RATE <= 7.85
    assert cut_near(sound[:100], ()) == 48


def test_what_was_heard_in_joined_speech_has_the_times_of_the_sound() -> None:
    sound = np.arange(10 * RATE, dtype=np.float32)

    joined = JoinedSpeech(sound, [Stretch(RATE, 2 * RATE), Stretch(5 * RATE, 7 * RATE)])

    assert len(joined.sound) == 3 * RATE
    assert joined.sound[RATE] == 5 * RATE
    assert joined.original_ms(0.25, 0.5) == (1250, 1500)
    assert joined.original_ms(1.5, 3.0) == (5500, 7000)


def test_a_word_over_a_joint_stays_in_the_stretch_that_its_middle_is_in() -> None:
    joined = JoinedSpeech(
        np.zeros(10 * RATE, np.float32), [Stretch(RATE, 2 * RATE), Stretch(5 * RATE, 7 * RATE)]
    )

    assert joined.original_ms(0.6, 1.1) == (1600, 2000)
    assert joined.original_ms(0.9, 1.4) == (5000, 5400)


@pytest.mark.heavy
def test_speech_is_found_in_slices_as_it_is_found_at_once() -> None:
    # Here, because it takes a second to import.
    from faster_whisper.vad import (  # type: ignore[import-untyped]
        get_speech_timestamps,
        get_vad_model,
    )

    read, times = joined(["0880", "0930", "0890"], 14.0)
    sound = read.astype(np.float32)

    found = speech_in(sound)
    detector = get_vad_model()
    assert isinstance(detector.session, InSlices)
    detector.session = detector.session._session
    at_once = [Stretch(one["start"], one["end"]) for one in get_speech_timestamps(sound)]

    assert len(sound) > 1000 * 512  # More than a slice.
    assert found == at_once
    assert len(found) == len(times)
    for stretch, (start, end) in zip(found, times, strict=True):
        assert stretch.start <= start * RATE <= end * RATE <= stretch.end
