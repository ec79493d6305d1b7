"""The metadata output: yt-dlp's info, reduced to what is documented and nothing secret."""

from downloader.metadata import list_from_info, metadata_from_info

INFO = {
    "id": "aqz-KE-bpKQ",
    "extractor_key": "Youtube",
    "title": "Big Buck Bunny",
    "uploader": "Blender",
    "duration": 635,
    "width": 1920,
    "height": 1080,
    "fps": 60.0,
    "view_count": 21_000_000,
    "like_count": None,
    "upload_date": "20141110",
    "webpage_url": "https://www.youtube.com/watch?v=aqz-KE-bpKQ",
    "thumbnails": [
        {"url": "https://i.example/small.jpg", "width": 120, "height": 90},
        {"url": "https://i.example/large.jpg?sqp=abc&sig=def", "width": 1280, "height": 720},
        {"id": "no url"},
    ],
    "http_headers": {"Cookie": "session=1"},
    "cookies": "session=1",
    "requested_formats": [{"url": "https://signed.example/?sig=1"}],
}


def test_the_known_fields_are_kept_and_the_rest_is_left_out() -> None:
    document = metadata_from_info(INFO, yt_dlp="2026.10.26").model_dump(
        mode="json", by_alias=True, exclude_none=True
    )

    assert document == {
        "kind": "video",
        "subtitleLanguages": [],
        "automaticLanguages": [],
        "notices": [],
        "id": "aqz-KE-bpKQ",
        "extractor": "Youtube",
        "title": "Big Buck Bunny",
        "uploader": "Blender",
        "webpageUrl": "https://www.youtube.com/watch?v=aqz-KE-bpKQ",
        "durationS": 635.0,
        "width": 1920,
        "height": 1080,
        "fps": 60.0,
        "viewCount": 21_000_000,
        "uploadDate": "2014-11-10",
        "thumbnails": [
            {"url": "https://i.example/large.jpg", "width": 1280, "height": 720},
            {"url": "https://i.example/small.jpg", "width": 120, "height": 90},
        ],
        "hasAudio": True,
        "tools": {"ytDlp": "2026.10.26"},
    }


def test_a_page_url_loses_login_signature_and_fragment() -> None:
    url = "https://user:pw@cdn.example/a.mp4?X-Amz-Signature=0123&X-Amz-Credential=AK#t=1"

    document = metadata_from_info({"id": "a", "webpage_url": url}, yt_dlp="1")

    assert document.webpage_url == "https://cdn.example/a.mp4"


def test_d18_a_page_s_address_keeps_whatever_says_which_page_it_is() -> None:
    url = "https://v.example/watch?v=1&list=" + "P" * 60 + "&design=2&key=a&t=3s&signature_style=b"

    assert metadata_from_info({"webpage_url": url}, yt_dlp="1").webpage_url == url


def test_chapters_have_a_name_and_a_beginning() -> None:
    chapters = [
        {"title": "One", "start_time": 0, "end_time": 5.5},
        {"title": "Two", "start_time": 5.5},
        {"title": "", "start_time": 7},
        {"title": "No time"},
        7,
    ]

    found = metadata_from_info({"chapters": chapters}, yt_dlp="1").chapters

    assert [chapter.model_dump() for chapter in found or ()] == [
        {"title": "One", "start_s": 0.0, "end_s": 5.5},
        {"title": "Two", "start_s": 5.5, "end_s": None},
    ]
    assert metadata_from_info({"chapters": "none"}, yt_dlp="1").chapters is None


def test_values_of_unexpected_types_count_as_missing() -> None:
    odd = {
        "id": 7,
        "title": ["x"],
        "duration": float("nan"),
        "width": "1920",
        "view_count": True,
        "like_count": -3,
        "upload_date": "yesterday",
        "webpage_url": "file:///etc/passwd",
        "thumbnails": "none",
    }

    document = metadata_from_info(odd, yt_dlp="1").model_dump(exclude_none=True)

    assert document == {
        "kind": "video",
        "subtitle_languages": (),
        "automatic_languages": (),
        "notices": (),
        "id": "unknown",
        "extractor": "unknown",
        "thumbnails": (),
        "has_audio": True,
        "tools": {"yt_dlp": "1"},
    }


def test_the_languages_on_offer_are_named_and_the_live_chat_is_none() -> None:
    info = {"id": "a", "subtitles": {"fr": [], "live_chat": [], "en": []}}

    document = metadata_from_info(info, yt_dlp="1")

    assert document.subtitle_languages == ("en", "fr")


def test_entries_of_a_list_that_have_no_address_are_left_out() -> None:
    entries = [
        {"id": "a", "url": "https://v.example/watch?v=a", "view_count": 3},
        {"id": "b", "url": "ytsearch:b"},
        None,
        {
            "url": "https://v.example/c?sig=1#__youtubedl_smuggle=%7B%7D",
            "thumbnails": [{"url": "https://i.example/c.jpg"}],
        },
    ]

    document = list_from_info({"id": "l", "entries": entries, "playlist_count": 90}, yt_dlp="1")

    assert document.entry_count == 90
    assert document.entries is not None
    assert [e.model_dump(exclude_none=True) for e in document.entries] == [
        {"id": "a", "url": "https://v.example/watch?v=a", "view_count": 3},
        {
            "id": "https://v.example/c?sig=1",
            "url": "https://v.example/c?sig=1",
            "thumbnail_url": "https://i.example/c.jpg",
        },
    ]


def test_an_entry_says_why_it_is_no_video_that_everybody_can_download() -> None:
    said: list[tuple[dict[str, object], str | None]] = [
        ({}, None),
        ({"live_status": "not_live", "availability": "public"}, None),
        ({"live_status": "was_live"}, None),
        ({"live_status": "is_live"}, "live"),
        ({"live_status": "is_upcoming", "availability": "subscriber_only"}, "upcoming"),
        ({"availability": "subscriber_only"}, "members"),
        ({"availability": "private"}, "private"),
        ({"title": "[Private video]"}, "private"),
        ({"_type": "url", "ie_key": "YoutubeTab"}, "list"),
        ({"_type": "url", "ie_key": "Youtube"}, None),
        ({"_type": "playlist"}, "list"),
        ({"live_status": ["is_live"], "availability": 5}, None),
    ]
    entries = [{"id": "a", "url": "https://v.example/a", **more} for more, _ in said]

    document = list_from_info({"id": "l", "entries": entries}, yt_dlp="1")

    assert document.entries is not None
    assert [entry.unavailable for entry in document.entries] == [why for _, why in said]


def test_the_one_video_of_a_page_is_called_as_the_page_is() -> None:
    def title(**info: object) -> str | None:
        return metadata_from_info({**INFO, **info}, yt_dlp="2026.10.26").title

    of_page = {"id": "watch-1", "title": "How wrens sing (1)"}
    assert title(**of_page, extractor_key="HTML5MediaEmbed") == "How wrens sing"
    assert title(**{**of_page, "id": "watch"}, extractor_key="Generic") == "How wrens sing (1)"
    assert title(**of_page) == "How wrens sing (1)"
