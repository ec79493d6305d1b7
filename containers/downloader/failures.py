"""What went wrong with a download, as a few codes that people and programs can act on.

    download_unavailable      the video is gone, private, or the site answered that it is not there
    download_geo_blocked      the site shows it in other countries only
    download_login_required   the site wants an account: pass cookies
    download_bot_check        the site took the downloader for a robot: pass cookies, or a proxy
    download_unsupported      no extractor for the page, protected by DRM, or a live stream
    download_network          the connection failed or the site was overloaded: worth another try
    download_too_large        more bytes than the limit
    download_too_long         a longer video than the limit
    download_refused_address  the URL leads to an address inside the network
    download_failed           anything else, most likely the site changed: update yt-dlp

yt-dlp raises a handful of exception classes and puts the rest into English sentences. The classes
are used where they decide, then the HTTP status, then the sentences of its extractors.
"""

import re
from collections.abc import Iterator, Sequence

from downloader.messages import Failed
from media_jobs.messages import message
from media_jobs.redaction import redact

# What a person can give the next try: `needs_cookies` of a signed-in browser, or `needs_proxy`, an
# exit in another country or from another kind of network.
_HINTS = {
    "download_geo_blocked": ("needs_proxy",),
    "download_login_required": ("needs_cookies",),
    "download_bot_check": ("needs_cookies", "needs_proxy"),
}

_DETAIL_CHARS_MAX = 2000

# Exception classes that leave no doubt, by name: they come from several packages.
_DECIDING = (
    ("download_refused_address", {"RefusedAddress"}),
    ("download_geo_blocked", {"GeoRestrictedError"}),
    (
        "download_unsupported",
        {"UnsupportedError", "UserNotLive", "RefusedProcess", "UnsupportedRequest"},
    ),
)
_NETWORK_CLASSES = {"TransportError", "IncompleteRead", "SSLError", "ProxyError", "TimeoutError"}

# Sentences of yt-dlp's extractors, most specific first: a private video also says "unavailable",
# and YouTube's robot check also says "sign in".
_SENTENCES = (
    ("download_bot_check", r"not a bot|captcha|confirm you.?re human|unusual traffic|cloudflare"),
    ("download_geo_blocked", r"geo.?(restrict|block)|(in|from) your (country|location|region)"),
    (
        "download_login_required",
        r"log ?in|sign ?in|--cookies|private video|members.only|age.restrict|confirm your age"
        r"|account cookies|subscri(bers|ption) only|premium",
    ),
    (
        "download_unsupported",
        r"unsupported url|no video formats|drm|live event|is live|not currently live"
        r"|requested format is not available|unable to extract .*(video|url)|no media found",
    ),
    (
        "download_unavailable",
        r"unavailable|not available|removed|deleted|terminated|does ?n.t exist|not found"
        r"|no longer|copyright|blocked|premieres in",
    ),
    (
        "download_network",
        r"timed? ?out|connection|network|temporary failure|name resolution|getaddrinfo|ssl"
        r"|certificate|incompleteread|bytes read|unreachable|giving up after",
    ),
)

_STATUSES = {
    401: "download_login_required",
    403: "download_unavailable",
    404: "download_unavailable",
    407: "download_network",
    408: "download_network",
    410: "download_unavailable",
    429: "download_network",
    451: "download_geo_blocked",
}


def failure(code: str, detail: str = "", *, secrets: Sequence[str] = ()) -> Failed:
    """Return the report of a failure, with *code*'s sentence and what may help."""
    return Failed(
        code=code,
        message=message(f"failure.{code}"),
        detail=redact(detail, secrets)[-_DETAIL_CHARS_MAX:],
        # The same request may work later without any change.
        retryable=code == "download_network",
        hints=_HINTS.get(code, ()),
    )


class DownloadFailed(Exception):
    """The download ends here, for a reason that the downloader found itself."""

    def __init__(self, failure: Failed) -> None:
        super().__init__(failure.message)
        self.failure = failure


def classify(error: BaseException, *, secrets: Sequence[str] = ()) -> Failed:
    """Give the code for what yt-dlp raised; *secrets* never appear in the result."""
    chain = list(_chain(error))
    names = {type(link).__name__ for link in chain}
    statuses = [link.status for link in chain if hasattr(link, "status")]
    sentence = str(error)
    return failure(_code(names, statuses, sentence), sentence, secrets=secrets)


def _code(names: set[str], statuses: Sequence[object], sentence: str) -> str:
    decided = next((code for code, classes in _DECIDING if names & classes), None)
    if decided is not None:
        return decided
    spoken = next((code for code, words in _SENTENCES if re.search(words, sentence, re.I)), None)
    if spoken == "download_bot_check":
        return spoken
    status = next((s for s in statuses if isinstance(s, int) and s >= 400), None)
    if status is not None:
        otherwise = "download_network" if status >= 500 else "download_unavailable"
        return _STATUSES.get(status, otherwise)
    if names & _NETWORK_CLASSES:
        return "download_network"
    return spoken or "download_failed"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield *error* and what it was made from; yt-dlp keeps causes in its own attributes."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        link = waiting.pop(0)
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        kept = getattr(link, "exc_info", None)
        waiting += [
            getattr(link, "cause", None),
            kept[1] if isinstance(kept, tuple) else None,
            link.__cause__,
            link.__context__,
        ]
