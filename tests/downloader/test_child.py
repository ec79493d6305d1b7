"""The child's view of what yt-dlp tells: limits, the one video of a page, lists and comments.

Sites are played by extractors of our own, inside the real yt-dlp.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yt_dlp  # type: ignore[import-untyped]  # It ships no types.
from downloader.child import _check_limits, _single, fetch
from downloader.failures import DownloadFailed
from downloader.messages import DownloadOrder, Fetched
from downloader.plan import ytdlp_options
from downloader.progress import DownloadProgress
from yt_dlp.extractor.common import InfoExtractor  # type: ignore[import-untyped]  # As above.

from media_jobs.notices import Notice
from tests.downloader.orders import an_order


@pytest.mark.parametrize(
    ("info", "code"),
    [
        ({"is_live": True}, "download_live"),
        ({"live_status": "is_upcoming"}, "download_live"),
        ({"vcodec": "none"}, "download_audio_only"),
        ({"filesize": 1 << 60}, "disk_full"),
        ({"duration": 61}, "download_too_long"),
        ({"filesize": 1001}, "download_too_large"),
        ({"requested_formats": [{"filesize": 900}, {"filesize": 101}]}, "download_too_large"),
        ({"tbr": 8, "duration": 2}, "download_too_large"),
    ],
)
def test_a_limit_is_checked_before_anything_is_downloaded(
    info: dict[str, object], code: str
) -> None:
    with pytest.raises(DownloadFailed) as refused:
        _check_limits(info, an_order(bytes_max=1 << 62 if code == "disk_full" else 1000))

    assert refused.value.failure.code == code


def test_what_is_within_the_limits_or_unknown_is_let_through() -> None:
    _check_limits({"duration": 60, "filesize": 1000}, an_order())
    _check_limits({}, an_order())
    _check_limits({"vcodec": "none"}, an_order(mode="audio"))


def test_of_a_page_with_several_videos_the_first_is_taken() -> None:
    page = {"_type": "playlist", "entries": [{"id": "1"}, {"id": "2"}], "playlist_count": 2}

    assert _single(page) == ({"id": "1"}, [Notice(code="more_videos_on_page", facts={"count": 2})])
    assert _single({**page, "playlist_count": 1}) == ({"id": "1"}, [])
    with pytest.raises(DownloadFailed):
        _single({"_type": "playlist", "entries": []})
    with pytest.raises(DownloadFailed):
        _single(None)


class _Talk(InfoExtractor):  # type: ignore[misc]  # As above: its base is Any.
    """A site with one video that has comments, some of them answers."""

    _VALID_URL = r"https://talk\.example/(?P<id>\w+)"

    def _real_extract(self, url: str) -> dict[str, object]:
        name = self._match_id(url)
        return {
            "id": name,
            "title": "A talk",
            "uploader": "Mira",
            "view_count": 12,
            "formats": [],
            "__post_extractor": self.extract_comments(name),
        }

    def _get_comments(self, name: str) -> Iterator[dict[str, object]]:
        if name == "silent":
            return
        yield {"id": "c1", "parent": "root", "author": "Ada", "text": "First", "like_count": 7}
        yield {"id": "c2", "parent": "c1", "author": "Bo", "text": "An answer"}
        yield {"id": "c3", "parent": "root", "author": "Cem", "text": "Second"}


class _Channel(InfoExtractor):  # type: ignore[misc]  # As above.
    """A site with a channel of five videos, which it would be slow to open one by one."""

    _VALID_URL = r"https://channel\.example/(?P<id>all)"

    def _real_extract(self, url: str) -> dict[str, object]:
        entries = [
            self.url_result(
                f"https://talk.example/v{number}",
                video_id=f"v{number}",
                video_title=f"Video {number}",
                duration=number * 10,
            )
            for number in range(1, 6)
        ]
        channel: dict[str, object] = self.playlist_result(entries, "all", "A channel")
        return channel | {"uploader": "Mira"}


def run(order: DownloadOrder) -> Fetched:
    """Fetch as the child does, with these sites alone."""
    options = ytdlp_options(order)
    said: list[object] = []
    with yt_dlp.YoutubeDL(options, auto_init=False) as downloader:
        for site in (_Talk, _Channel):
            downloader.add_info_extractor(site(downloader))
        return fetch(downloader, order, DownloadProgress(order, said.append), said.append, "1.0")


def written(fetched: Fetched, folder: Path) -> Any:
    assert fetched.comments is not None
    return json.loads((folder / fetched.comments).read_text())


def test_comments_become_the_document_of_a_comments_video(tmp_path: Path) -> None:
    order = an_order(url="https://talk.example/v1", mode="comments", directory=str(tmp_path))

    fetched = run(order)

    assert written(fetched, tmp_path) == {
        "video": {"title": "A talk", "author": "Mira", "viewCount": 12},
        "comments": [
            {"id": "c1", "author": "Ada", "content": "First", "likes": 7, "replyCount": 1},
            {"id": "c3", "author": "Cem", "content": "Second"},
        ],
    }
    assert (fetched.file, fetched.metadata.title) == (None, "A talk")


def test_no_more_comments_than_ordered_are_kept(tmp_path: Path) -> None:
    order = an_order(
        url="https://talk.example/v1", mode="comments", directory=str(tmp_path), max_comments=1
    )

    assert [c["author"] for c in written(run(order), tmp_path)["comments"]] == ["Ada"]


def test_a_video_without_comments_is_no_result_of_a_download_of_comments(tmp_path: Path) -> None:
    order = an_order(url="https://talk.example/silent", mode="comments", directory=str(tmp_path))

    with pytest.raises(DownloadFailed) as refused:
        run(order)

    assert refused.value.failure.code == "download_no_comments"
    assert not refused.value.failure.retryable


def test_a_channel_is_listed_from_the_entry_asked_for_without_opening_its_videos() -> None:
    order = an_order(url="https://channel.example/all", mode="list", first_entry=2, max_entries=2)

    metadata = run(order).metadata

    assert (metadata.kind, metadata.title, metadata.uploader) == ("list", "A channel", "Mira")
    assert metadata.entries is not None
    assert [(e.id, e.url, e.title, e.duration_s) for e in metadata.entries] == [
        ("v2", "https://talk.example/v2", "Video 2", 20.0),
        ("v3", "https://talk.example/v3", "Video 3", 30.0),
    ]


def test_one_video_is_no_list() -> None:
    with pytest.raises(DownloadFailed) as refused:
        run(an_order(url="https://talk.example/v1", mode="list"))

    assert refused.value.failure.code == "download_one_video"
    assert "one video" in refused.value.failure.message
