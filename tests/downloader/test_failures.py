"""What yt-dlp raises becomes one of a few codes, without anything secret."""

import pytest
from downloader.failures import classify, in_transit
from engine_kit.failures import FailureCode
from yt_dlp.utils import (  # type: ignore[import-untyped]  # It ships no types.
    DownloadError,
    ExtractorError,
    GeoRestrictedError,
    UnsupportedError,
)


def wrapped(error: Exception) -> DownloadError:
    """Wrap *error* as YoutubeDL does before it reaches the caller."""
    return DownloadError(f"ERROR: {error}", (type(error), error, None))


SENTENCES = [
    ("Video unavailable. This video has been removed by the uploader", "download_unavailable"),
    ("This video is no longer available due to a copyright claim", "download_unavailable"),
    ("Private video. Sign in if you've been granted access", "download_login_required"),
    ("This video is only available for registered users. Use --cookies", "download_login_required"),
    ("Sign in to confirm your age", "download_login_required"),
    ("Sign in to confirm you're not a bot. Use --cookies", "download_bot_check"),
    ("The uploader has not made this video available in your country", "download_geo_blocked"),
    ("This video is DRM protected", "download_unsupported"),
    ("This live event will begin in 3 hours", "download_live"),
    ("No video formats found!", "download_unsupported"),
    ("The read operation timed out", "download_network"),
    ("Something that nobody has seen before", "download_failed"),
]


@pytest.mark.parametrize(("sentence", "code"), SENTENCES)
def test_an_extractors_sentence_decides_the_code(sentence: str, code: str) -> None:
    assert classify(wrapped(ExtractorError(sentence, expected=True))).code == code


NEW_SENTENCES = [
    ("This video is protected by a password, use the --video-password", "download_password"),
    ("The channel is not currently live", "download_live"),
    ("Premieres in 3 days", "download_live"),
    ("Video unavailable. The current session has been rate-limited", "download_rate_limited"),
    ("unable to write data: [Errno 28] No space left on device", "disk_full"),
    ("Did not get any data blocks", "download_network"),
    ("The extracted extension ('pdf') is unusual and will be skipped", "download_unsupported"),
    ("Response data has no m3u header", "download_unsupported"),
    ("This live stream recording is not available.", "download_unavailable"),
    ("Offline.", "download_live"),
    ("Fresh cookies (not necessarily logged in) are needed", "download_login_required"),
    ("Niconico videos now require logging in", "download_login_required"),
    ("Your IP address is blocked from accessing this post", "download_bot_check"),
    ("Request is blocked by server (412), please add cookies", "download_bot_check"),
    ("Wrong password", "download_password"),
    ("No video could be found in this tweet", "download_unsupported"),
    ("There is no video in this post", "download_unsupported"),
    ("'foo bar' is not a valid URL", "download_unsupported"),
    ("<urlopen error [Errno -2] Name or service not known>", "download_network"),
    ("This video is only available between 20:00 and 6:00", "download_unavailable"),
]

OTHER_LANGUAGES = [
    ("请登录", "download_login_required"),
    ("该视频为VIP专享", "download_login_required"),
    ("该视频被设为私密", "download_login_required"),
    ("この動画を見るにはログインしてください", "download_login_required"),
    ("Контент доступен только авторизованным пользователям", "download_login_required"),
    ("Dieses Video ist in Ihrem Land nicht verfügbar", "download_geo_blocked"),
    ("Cette vidéo n'est pas disponible dans votre pays", "download_geo_blocked"),
    ("抱歉,您所在的地区不可观看", "download_geo_blocked"),
    ("抱歉，因版权原因无法观看此视频", "download_unavailable"),
    ("视频已下架", "download_unavailable"),
    ("この動画は公開されていません", "download_unavailable"),
    ("Это видео недоступно", "download_unavailable"),
    ("Dieses Video ist nicht mehr verfügbar", "download_unavailable"),
    ("操作过于频繁", "download_rate_limited"),
    ("请输入验证码", "download_bot_check"),
    ("需要密码", "download_password"),
]


@pytest.mark.parametrize(("sentence", "code"), OTHER_LANGUAGES)
def test_what_a_site_says_in_its_own_language_is_understood(sentence: str, code: str) -> None:
    assert classify(wrapped(ExtractorError(sentence, expected=True))).code == code


@pytest.mark.parametrize(("sentence", "code"), NEW_SENTENCES)
def test_d14_to_d17_each_reason_has_a_code_of_its_own(sentence: str, code: str) -> None:
    assert classify(wrapped(ExtractorError(sentence, expected=True))).code == code


def test_the_words_of_an_address_or_of_an_id_decide_nothing() -> None:
    said = DownloadError("ERROR: [generic] private-video-login-drm: The read operation timed out")

    assert classify(said).code == "download_network"


def test_d13_a_status_decides_before_its_words_also_where_it_is_said_in_words_alone() -> None:
    said = DownloadError("ERROR: Got error: HTTP Error 503: Service Unavailable. Giving up")

    assert classify(said).code == "download_network"
    assert classify(said).retryable


def test_a_full_disk_is_known_by_its_number() -> None:
    assert classify(OSError(28, "Kein Speicherplatz mehr")).code == "disk_full"


def test_d12_of_a_refusal_after_the_page_was_shown_one_more_attempt_is_made() -> None:
    refused = classify(wrapped(ExtractorError("Unable to download", cause=Answered(403))))
    gone = classify(wrapped(ExtractorError("Unable to download", cause=Answered(404))))

    assert (refused.code, refused.retryable) == ("download_unavailable", False)
    assert refused.hints == ("needs_cookies", "needs_proxy")
    assert in_transit(refused, attempt=1).retryable
    assert not in_transit(refused, attempt=2).retryable
    assert (in_transit(gone, attempt=1).code, gone.hints) == ("download_incomplete", ())


def test_the_exception_class_decides_before_the_sentence() -> None:
    geo = GeoRestrictedError("Video unavailable")
    unsupported = UnsupportedError("https://example.com/not-found")

    assert classify(wrapped(geo)).code == "download_geo_blocked"
    assert classify(wrapped(unsupported)).code == "download_unsupported"


class Answered(Exception):
    """An HTTP failure; like yt-dlp's it carries the status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP Error {status}")
        self.status = status


STATUSES = [
    (401, "download_login_required"),
    (402, "download_login_required"),
    (412, "download_bot_check"),
    (999, "download_bot_check"),
    (403, "download_unavailable"),
    (404, "download_unavailable"),
    (410, "download_unavailable"),
    (418, "download_unavailable"),
    (407, "download_proxy_refused"),
    (429, "download_rate_limited"),
    (451, "download_geo_blocked"),
    (500, "download_network"),
    (503, "download_network"),
]


@pytest.mark.parametrize(("status", "code"), STATUSES)
def test_the_sites_http_status_decides_the_code(status: int, code: str) -> None:
    cause = Answered(status)
    error = ExtractorError("Unable to download webpage", cause=cause, expected=True)

    assert classify(wrapped(error)).code == code


def test_every_code_is_one_that_a_callback_may_carry() -> None:
    for _, code in [*SENTENCES, *STATUSES]:
        assert FailureCode(code).value == code
    assert FailureCode("download_refused_address")
    assert FailureCode("download_too_large")
    assert FailureCode("download_too_long")


def test_network_failures_alone_are_worth_another_try() -> None:
    assert classify(wrapped(ExtractorError("Connection reset by peer"))).retryable
    assert not classify(wrapped(ExtractorError("Video unavailable"))).retryable


def test_no_query_login_or_given_secret_is_left_in_the_detail() -> None:
    text = "at http://user:pw1@proxy:80/x and https://a.example/v?sig=abc#t with cookie-9f"

    failure = classify(wrapped(ExtractorError(text)), secrets=["cookie-9f"])

    assert "at http://proxy:80/x and https://a.example/v?… with …" in failure.detail


@pytest.mark.parametrize(
    ("sentence", "hints"),
    [
        ("Private video. Sign in", ("needs_cookies",)),
        ("not available in your country", ("needs_proxy",)),
        ("confirm you're not a bot", ("needs_cookies", "needs_proxy")),
        ("Video unavailable", ()),
    ],
)
def test_a_failure_says_what_would_help(sentence: str, hints: tuple[str, ...]) -> None:
    assert classify(wrapped(ExtractorError(sentence))).hints == hints
