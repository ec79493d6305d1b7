"""What is done to sound."""

from dataclasses import replace

import pytest
from engine_kit.probe import AudioStream
from engine_kit.sound import channel_filters, fits_mp4, in_step
from engine_kit.source_notices import source_notices

from tests.engine_kit.streams import SOURCE


def audio(codec: str = "aac", channels: int = 2) -> AudioStream:
    return AudioStream(index=1, codec=codec, channels=channels, sample_rate=48000, duration_s=1.0)


@pytest.mark.parametrize("codec", ["aac", "mp3", "ac3", "eac3", "opus", "flac", "alac"])
def test_what_mp4_holds_and_players_know_can_be_copied(codec: str) -> None:
    assert fits_mp4(audio(codec))
    assert not fits_mp4(audio("vorbis"))


@pytest.mark.parametrize(("channels", "many"), [(1, False), (8, False), (9, True), (16, True)])
def test_of_more_than_eight_channels_two_are_left(channels: int, many: bool) -> None:
    assert bool(channel_filters(audio("pcm_s24le", channels))) is many
    assert fits_mp4(audio(channels=channels)) is not many


@pytest.mark.parametrize(
    ("start_s", "padded"), [(0.0, False), (0.0005, False), (0.02, True), (3.0, True), (None, True)]
)
def test_silence_comes_before_sound_that_does_not_begin_at_once(
    start_s: float | None, padded: bool
) -> None:
    assert in_step(replace(audio(), start_s=start_s)).endswith(":first_pts=0") is padded


@pytest.mark.parametrize(
    ("tracks", "told"),
    [
        ((("pcm_s24le", 1), ("pcm_s24le", 1), ("pcm_s24le", 1)), [3]),
        ((("pcm_s24le", 1),), []),
        ((("pcm_s24le", 2), ("pcm_s24le", 2)), []),
        # Of two languages, one in each.
        ((("aac", 1), ("aac", 1)), []),
    ],
)
def test_it_is_told_that_one_of_several_microphones_is_heard(
    tracks: tuple[tuple[str, int], ...], told: list[int]
) -> None:
    source = replace(SOURCE, audios=tuple(audio(*track) for track in tracks))

    notices = source_notices(source, None)

    assert [one.facts["count"] for one in notices if one.code == "first_microphone"] == told
