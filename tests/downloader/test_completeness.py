"""The length of what was made, against who has promised more."""

from dataclasses import replace

import pytest
from downloader.completeness import check_length
from downloader.failures import DownloadFailed
from downloader.promises import Promise
from engine_kit.probe import AudioStream, ProbeResult, VideoStream


def a_file(
    name: str, whole_s: float | None, video_s: float | None = None, audio_s: float | None = None
) -> ProbeResult:
    video = VideoStream(
        index=0,
        codec="h264",
        pixel_format="yuv420p",
        width=320,
        height=180,
        rotation=0,
        sample_aspect=1.0,
        average_rate=25.0,
        base_rate=25.0,
        time_base=(1, 90000),
        duration_s=video_s,
    )
    audio = AudioStream(index=1, codec="aac", channels=2, sample_rate=48000, duration_s=audio_s)
    return ProbeResult(
        format_name=name, duration_s=whole_s, size_bytes=1, videos=(video,), audios=(audio,)
    )


MP4, TS = "mov,mp4,m4a,3gp,3g2,mj2", "mpegts"


def site(seconds: float) -> Promise:
    return Promise(by="site", seconds=seconds)


def pieces(seconds: float, stream: str = "any") -> Promise:
    return Promise.model_validate({"by": "playlist", "seconds": seconds, "stream": stream})


SHORT = [
    ("by its index", a_file(MP4, 12, 12, 12), a_file(MP4, 6, 6, 6), [], "download_incomplete"),
    ("its sound", a_file(MP4, 12, 12, 12), a_file(MP4, 12, 12, 9), [], "download_incomplete"),
    ("by Matroska", a_file("matroska,webm", 12), a_file(MP4, 6, 6, 6), [], "download_incomplete"),
    (
        "by its pieces",
        a_file(TS, 11, 11),
        a_file(MP4, 11, 11, 11),
        [pieces(12)],
        "download_network",
    ),
    (
        "by the pieces of its sound",
        *(a_file(TS, 12, 12), a_file(MP4, 12, 12, 10), [pieces(12, "audio")], "download_network"),
    ),
    ("by its page", a_file(TS, 6, 6), a_file(MP4, 6, 6, 6), [site(12)], "download_network"),
    ("by half", a_file(MP4, 6, 6, 6), a_file(MP4, 6, 6, 6), [site(12)], "download_network"),
]


@pytest.mark.parametrize(
    ("source", "made", "promises", "code"),
    [pytest.param(*values, id=name) for name, *values in SHORT],
)
def test_d06_to_d09_a_video_that_is_shorter_than_promised_fails(
    source: ProbeResult, made: ProbeResult, promises: list[Promise], code: str
) -> None:
    with pytest.raises(DownloadFailed) as first:
        check_length(source, made, promises, attempt=1)
    with pytest.raises(DownloadFailed) as second:
        check_length(source, made, promises, attempt=2)

    assert (first.value.failure.code, first.value.failure.retryable) == (code, True)
    assert second.value.failure.retryable is False


WHOLE = [
    ("its index rounds", a_file(MP4, 12, 12, 12), a_file(MP4, 11.6, 11.6, 11.5), []),
    ("a stream's length is an estimate", a_file(TS, 20), a_file(MP4, 12, 12, 12), []),
    ("its page rounds", a_file(TS, 11, 11), a_file(MP4, 10.8, 10.8, 10.8), [site(12)]),
    ("it is longer", a_file(TS, 13, 13), a_file(MP4, 13, 13, 13), [site(12), pieces(12.0)]),
    ("there is no sound to be short", a_file(TS, 12), a_file(MP4, 12, 12), [pieces(12, "video")]),
]


@pytest.mark.parametrize(
    ("source", "made", "promises"), [pytest.param(*values, id=name) for name, *values in WHOLE]
)
def test_what_is_within_the_accuracy_of_a_promise_is_whole(
    source: ProbeResult, made: ProbeResult, promises: list[Promise]
) -> None:
    assert check_length(source, made, promises, attempt=1) == []


def test_of_several_tracks_the_one_that_is_taken_counts() -> None:
    source = a_file(MP4, 12, 12, 12)
    commentary = replace(source.audios[0], index=2, is_default=True, duration_s=6)
    source = replace(source, audios=(*source.audios, commentary))

    assert check_length(source, a_file(MP4, 12, 12, 6), [], attempt=1) == []
    with pytest.raises(DownloadFailed):
        check_length(source, a_file(MP4, 12, 12, 3), [], attempt=1)


def test_much_more_than_a_playlist_says_is_another_film() -> None:
    file = a_file(TS, 72)
    made = a_file(MP4, 72, 72, 72)

    with pytest.raises(DownloadFailed) as refused:
        check_length(file, made, [pieces(12)], attempt=1)

    assert (refused.value.failure.code, refused.value.failure.retryable) == (
        "download_failed",
        False,
    )


def test_a_whole_file_that_is_a_little_shorter_than_its_page_says_is_told() -> None:
    file = a_file(MP4, 100, 100, 100)

    notices = check_length(file, file, [site(110)], attempt=1)

    assert [notice.message for notice in notices] == [
        "The site says 110.0 s, and the whole video is 100.0 s long."
    ]
