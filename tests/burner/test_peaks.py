"""Peaks of a sound, and where somebody speaks in it, by hand-made sounds."""

import pytest
from burner.peaks import Peaks
from burner.peaks_file import Span, peaks_file
from burner.speech import speech_of

SILENCE, FULL, QUARTER = b"\xff", b"\x80", b"\x9f"
"""Of mu-law (ITU-T G.711): 0, the highest amplitude (0.98), and a quarter of full scale (0.254)."""


def made(*sounds: bytes, channels: int = 1) -> bytes:
    peaks = Peaks(channels=channels)
    for sound in sounds:
        peaks.add(sound)
    return peaks.found()


def test_a_peak_is_the_root_of_the_highest_amplitude_of_ten_milliseconds() -> None:
    sound = SILENCE * 160 + SILENCE * 159 + FULL + QUARTER * 160

    assert made(sound) == bytes([0, 252, 128])


def test_a_negative_amplitude_is_as_high_as_a_positive_one() -> None:
    assert made(b"\x00" * 160) == made(FULL * 160)


def test_channels_that_cancel_each_other_out_are_as_loud_as_each() -> None:
    assert made(b"\x80\x00" * 160, channels=2) == made(FULL * 160)


def test_peaks_do_not_depend_on_how_the_sound_comes_in() -> None:
    sound = (SILENCE * 100 + FULL) * 40

    pieces = [sound[at : at + 333] for at in range(0, len(sound), 333)]

    assert made(*pieces) == made(sound)
    assert (
        len(made(sound)) == 26
    )  # 4,040 samples of 1/16,000 s are a quarter of a second, and more.


def test_speech_is_what_is_loud_beside_what_is_heard_around_it() -> None:
    """Two words with a breath between them are one; hum is none, nor is a click."""
    hum, word, click = 40, 120, 200
    sound = (
        bytes([hum]) * 300
        + bytes([word]) * 50
        + bytes([hum]) * 20
        + bytes([word]) * 50
        + bytes([hum]) * 300
        + bytes([click]) * 5
        + bytes([hum]) * 300
    )

    assert speech_of(sound) == [Span(start_ms=3000, end_ms=4200)]


def test_speech_is_found_where_it_goes_over_the_tenth_second() -> None:
    sound = bytes(950) + bytes([90]) * 100 + bytes(1500)

    assert speech_of(sound) == [Span(start_ms=9500, end_ms=10_500)]


def test_nobody_speaks_in_silence_or_in_a_steady_sound() -> None:
    assert speech_of(b"") == speech_of(bytes(3000)) == speech_of(bytes([90]) * 3000) == []


@pytest.mark.parametrize(
    ("rate", "ratio"),
    [
        (29.97002997002997, b"\x30\x75\x00\x00\xe9\x03\x00\x00"),
        (25.0, b"\x19\x00\x00\x00\x01\x00\x00\x00"),
        (None, b"\x00\x00\x00\x00\x01\x00\x00\x00"),
    ],
)
def test_the_file_is_what_its_table_says(rate: float | None, ratio: bytes) -> None:
    content = peaks_file(
        duration_s=1.5, rate=rate, speech=[Span(start_ms=1, end_ms=258)], peaks=b"\x07\x08"
    )

    assert content == (
        b"VGPK\x01\x00\x64\x00"
        b"\xdc\x05\x00\x00" + ratio + b"\x01\x00\x00\x00\x02\x00\x00\x00"
        b"\x01\x00\x00\x00\x02\x01\x00\x00"
        b"\x07\x08"
    )
