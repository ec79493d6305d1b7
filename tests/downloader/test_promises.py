"""What sites and playlists say of a video's length, and what of it counts."""

import pytest
from downloader.promises import Promise, is_open_ended, playlist_promise, site_promise

HEAD = "#EXTM3U\n#EXT-X-VERSION:3\n"


def playlist(*lengths: str, tail: str = "#EXT-X-ENDLIST\n") -> str:
    return HEAD + "".join(f"#EXTINF:{length},\np.ts\n" for length in lengths) + tail


def hls(text: str, **chosen: object) -> Promise | None:
    return playlist_promise(chosen, text)


def test_the_pieces_of_a_playlist_add_up() -> None:
    assert hls(playlist("2.0", "2.5")) == Promise(by="playlist", seconds=4.5, continuous=True)


def test_lengths_in_whole_seconds_are_taken_for_rounded_ones() -> None:
    promise = hls(playlist("10", "10", "3"))

    assert promise is not None
    assert promise.seconds == 21.5


def test_of_pictures_and_sound_apart_each_has_its_own() -> None:
    text = playlist("2.0")

    streams = [
        promise.stream
        for chosen in ({"acodec": "none"}, {"vcodec": "none"}, {"acodec": "mp4a"})
        if (promise := playlist_promise(chosen, text)) is not None
    ]
    assert streams == ["video", "audio", "any"]


@pytest.mark.parametrize(
    "text",
    [
        playlist("2.0", tail=""),
        playlist("2.0", tail="#ANVATO-SEGMENT-INFO:type=ad\n#EXT-X-ENDLIST\n"),
        playlist("two"),
        playlist("nan"),
        "<html></html>",
        "",
    ],
)
def test_a_playlist_that_is_not_all_promises_nothing(text: str) -> None:
    assert hls(text) is None


def test_a_playlist_without_an_end_may_go_on_unless_it_says_otherwise() -> None:
    live = playlist("2.0", tail="")

    assert is_open_ended(live)
    assert not is_open_ended(playlist("2.0"))
    assert not is_open_ended(live.replace("#EXTINF", "#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF"))
    assert not is_open_ended("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n")


def test_after_a_discontinuity_a_gap_proves_nothing() -> None:
    promise = hls(playlist("2.0").replace("#EXTINF", "#EXT-X-DISCONTINUITY\n#EXTINF"))

    assert promise is not None
    assert promise.continuous is False


def test_of_a_dash_manifest_the_last_piece_does_not_count() -> None:
    fragments = [{"url": "init"}, *({"url": "p", "duration": 2.0} for _ in range(6))]

    promise = playlist_promise({"fragments": fragments}, None)

    assert promise is not None
    assert promise.seconds == 10.0
    assert playlist_promise({"fragments": [{"url": "a"}, {"url": "b"}]}, None) is None
    assert playlist_promise({}, None) is None


def test_a_site_promises_what_it_says_if_that_is_a_length() -> None:
    assert site_promise({"duration": 12}) == Promise(by="site", seconds=12.0)
    odds: list[object] = [None, 0, -1, float("nan"), float("inf"), "soon", True, []]
    for odd in odds:
        assert site_promise({"duration": odd}) is None
