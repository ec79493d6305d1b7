"""What can't be shown is told before anything is encoded, and is not tried again."""

from dataclasses import replace

import pytest
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.probe import VideoStream
from engine_kit.source_video import source_video

from tests.engine_kit.streams import SOURCE, VIDEO


def test_the_default_stream_is_the_one_to_show() -> None:
    default = replace(VIDEO, index=2, is_default=True)

    assert source_video(replace(SOURCE, videos=(VIDEO, default))) == default
    layered = replace(VIDEO, dynamic_metadata=("Dolby Vision",))
    assert source_video(replace(SOURCE, videos=(layered,))) == layered


@pytest.mark.parametrize(
    ("videos", "why"),
    [
        ((), "no video stream"),
        ((replace(VIDEO, codec="rv99", width=0, height=0),), "rv99"),
        ((replace(VIDEO, is_dolby_alone=True),), "Dolby Vision"),
    ],
)
def test_what_cannot_be_shown_is_refused_for_good(
    videos: tuple[VideoStream, ...], why: str
) -> None:
    with pytest.raises(EngineFailure, match=why) as caught:
        source_video(replace(SOURCE, videos=videos))

    assert (caught.value.code, caught.value.retryable) == (FailureCode.INPUT_UNSUPPORTED, False)
