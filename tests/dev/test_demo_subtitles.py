"""The demo's clip with speech, and the line that its script corrects."""

from pathlib import Path

import av
import pytest

from dev.demo_subtitles import _with_first_line
from dev.fixtures.speech_clip import READ, speech_clip, words_read


def test_a_correction_changes_the_first_line_and_nothing_else() -> None:
    subtitles = (
        "WEBVTT\n\n1\n00:00:00.260 --> 00:00:02.600 line:10%\nNo fue\nun enfermo,\n\n"
        "00:00:03.220 --> 00:00:06.190\nIncluso podría\n"
    )

    assert _with_first_line(subtitles, "No era un joven,") == (
        "WEBVTT\n\n1\n00:00:00.260 --> 00:00:02.600 line:10%\nNo era un joven,\n\n"
        "00:00:03.220 --> 00:00:06.190\nIncluso podría\n"
    )


@pytest.mark.programs
def test_the_clip_with_speech_is_as_long_as_the_sentences_read_in_it(tmp_path: Path) -> None:
    clip = speech_clip(tmp_path / "talk.mp4")

    with av.open(str(clip)) as opened:
        assert opened.duration is not None
        seconds = opened.duration / av.time_base
        kinds = [stream.type for stream in opened.streams]

    # The recordings are 2.99 s and 3.29 s long.
    assert seconds == pytest.approx(6.28, abs=0.15)
    assert kinds == ["video", "audio"]
    assert (len(READ), len(words_read().split())) == (2, 16)
