"""What yt-dlp and FFmpeg are told, as data."""

from dataclasses import replace

import pytest
from downloader.plan import (
    audio_argv,
    expected_bytes,
    frame_argv,
    thumbnail_argv,
    video_argv,
    within_height,
    ytdlp_options,
)

from tests.downloader.orders import an_order
from tests.engine_kit.streams import AUDIO, SILENT, SOURCE, TIMELINE, VIDEO

FORMATS = "mov,matroska,mpegts,mpeg,avi,flv,asf,mxf,rm,dv,gif,apng,mp3,aac,wav,ogg,flac"
READ = ["-protocol_whitelist", "file", "-format_whitelist", FORMATS, "-i", "file:source.mp4"]


def test_of_one_size_the_most_frames_a_second_up_to_the_limit_come_first() -> None:
    assert ytdlp_options(an_order())["format_sort"] == [
        *("res:720", "fps:60", "vcodec:h264", "acodec:aac")
    ]
    assert ytdlp_options(an_order(max_fps=30))["format_sort"] == [
        *("res:720", "fps:30", "vcodec:h264", "acodec:aac")
    ]


LANDSCAPE = [{"width": 640, "height": 360}, {"width": 1280, "height": 720}]
UPRIGHT = [{"width": 480, "height": 854}, {"width": 720, "height": 1280}]
SOUND: dict[str, object] = {"vcodec": "none", "width": None, "height": None}


@pytest.mark.parametrize(
    ("formats", "height", "left"),
    [
        (LANDSCAPE, 720, LANDSCAPE),
        (LANDSCAPE, 719, LANDSCAPE[:1]),
        (UPRIGHT, 720, UPRIGHT),
        (UPRIGHT, 500, UPRIGHT[:1]),
        # Where all are larger, the smallest is the nearest.
        (UPRIGHT, 144, UPRIGHT[:1]),
        ([*UPRIGHT, SOUND], 144, [UPRIGHT[0], SOUND]),
        ([{"height": 720}, {}], 144, [{"height": 720}, {}]),
        ([], 144, []),
    ],
)
def test_formats_are_limited_by_their_shorter_side(
    formats: list[dict[str, object]], height: int, left: list[dict[str, object]]
) -> None:
    assert within_height(formats, height) == left


def test_a_referer_and_a_video_s_password_are_passed_on() -> None:
    options = ytdlp_options(an_order(referer="https://page.example/v", video_password="open"))

    assert options["http_headers"] == {"Referer": "https://page.example/v"}
    assert options["videopassword"] == "open"
    assert {"http_headers", "videopassword"}.isdisjoint(ytdlp_options(an_order()))


def test_no_option_is_made_of_the_url_or_of_the_cookies() -> None:
    order = an_order(cookies="a=b", url="https://example.com/--exec=reboot")

    assert ytdlp_options(order) == ytdlp_options(an_order(url="https://other.example/"))


def test_only_the_jobs_own_proxy_is_used() -> None:
    assert ytdlp_options(an_order())["proxy"] == ""
    assert ytdlp_options(an_order(proxy="http://p:1"))["proxy"] == "http://p:1"


def test_playlists_are_no_format_that_ffmpeg_may_read() -> None:
    options = ytdlp_options(an_order())

    assert options["postprocessor_args"] == {"ffmpeg_i": READ[:4]}
    assert options["hls_prefer_native"] is True


def test_sizes_of_picture_and_sound_are_added() -> None:
    info = {"duration": 10, "requested_formats": [{"filesize": 1000}, {"tbr": 8.0}]}

    assert expected_bytes(info) == 1000 + 10_000


def test_an_unknown_size_is_no_size() -> None:
    assert expected_bytes({"requested_formats": [{"filesize": 1000}, {}]}) is None
    assert expected_bytes({"duration": None, "tbr": 100}) is None


def test_a_playable_video_is_copied_with_its_index_first() -> None:
    assert video_argv("source.mp4", SOURCE, TIMELINE) == [
        *READ,
        *("-map", "0:0", "-map", "0:1", "-sn", "-dn"),
        *("-c:v", "copy", "-c:a", "copy", "-movflags", "+faststart", "-f", "mp4", "video.mp4"),
    ]


def test_the_tracks_that_players_take_are_taken() -> None:
    videos = (VIDEO, replace(VIDEO, index=2, is_default=True))
    audios = (AUDIO, replace(AUDIO, index=3, is_default=True))

    argv = video_argv("source.mp4", replace(SOURCE, videos=videos, audios=audios), TIMELINE)

    assert [argv[i + 1] for i, word in enumerate(argv) if word == "-map"] == ["0:2", "0:3"]


def test_what_is_encoded_again_keeps_the_colours_that_players_show() -> None:
    old = replace(SILENT, codec="mpeg2video", interlaced=True, height=576)

    argv = video_argv("source.mp4", replace(SOURCE, videos=(old,)), TIMELINE)

    filters = argv[argv.index("-vf") + 1]
    assert filters.startswith("bwdif=")
    assert filters.endswith(
        "format=yuv420p,setparams=range=tv:colorspace=bt470bg:color_primaries=bt470bg"
        ":color_trc=smpte170m"
    )


def test_sound_with_holes_is_filled_instead_of_copied() -> None:
    argv = video_argv("source.mp4", SOURCE, replace(TIMELINE, sound_has_holes=True))

    assert argv[argv.index("-af") + 1] == "aresample=async=1:first_pts=0"
    assert argv[argv.index("-c:v") + 1] == "copy"


def test_speech_audio_is_16_khz_mono_16_bit_and_in_step() -> None:
    assert audio_argv("source.mp4", SOURCE, AUDIO) == [
        *READ,
        *("-map", "0:1", "-vn", "-sn", "-dn"),
        *("-af", "aresample=async=1:first_pts=0", "-ac", "1", "-ar", "16000"),
        *("-c:a", "pcm_s16le", "-fflags", "+bitexact", "-f", "wav", "audio.wav"),
    ]


def test_only_a_picture_s_own_file_is_read_for_a_thumbnail() -> None:
    argv = thumbnail_argv("thumbnail.picture")

    assert argv[:4] == [
        *("-protocol_whitelist", "file"),
        *("-format_whitelist", "jpeg_pipe,png_pipe,webp_pipe,gif,bmp_pipe,mov"),
    ]
    assert argv[4:6] == ["-i", "file:thumbnail.picture"]
    assert argv[-1] == "thumbnail.jpg"


def test_a_frame_of_the_video_is_looked_for_before_it_is_decoded() -> None:
    assert frame_argv("video.mp4", VIDEO, at_s=12.5)[:2] == ["-ss", "12.500"]


def test_comments_are_asked_for_without_their_answers_and_no_more_than_wanted() -> None:
    options = ytdlp_options(an_order(mode="comments", max_comments=40, comments_order="new"))

    assert options["getcomments"] is True
    assert options["extractor_args"] == {
        "youtube": {"comment_sort": ["new"], "max_comments": ["40", "40", "0", "0"]}
    }


def test_a_full_download_takes_one_video_of_a_list() -> None:
    options = ytdlp_options(an_order())

    assert (options["noplaylist"], options["playlist_items"]) == (True, "1")
    assert "getcomments" not in options
