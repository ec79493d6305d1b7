"""What went wrong with a download, as a few codes that people and programs can act on.

    download_unavailable      the video is gone, private, or the site answered that it is not there
    download_geo_blocked      the site shows it in other countries only
    download_login_required   the site wants an account: pass cookies
    download_password         the video has a password of its own: pass it
    download_bot_check        the site took the downloader for a robot: pass cookies, or a proxy
    download_rate_limited     the site wants fewer requests: worth another try, or a proxy
    download_live             a live stream, which has no end yet, or a premiere to come
    download_audio_only       there is sound and no picture: use the mode `audio`
    download_no_comments      the video has no comments, or hides them
    download_one_video        a list was asked for, and the URL is one video
    download_unsupported      no extractor for the page, or protected by DRM
    download_network          the connection failed, the site was overloaded, or only a part of the
                              video arrived: worth another try
    download_incomplete       the site has only a part of the video: a piece is missing, or the file
                              ends before its index does
    download_proxy_refused    the proxy wants another login, or does not let the site through
    download_proxy_down       the proxy does not answer: worth another try
    download_too_large        more bytes than the limit
    download_too_long         a longer video than the limit
    download_refused_address  the URL leads to an address inside the network
    disk_full                 the container has no room for it
    download_failed           anything else, most likely the site changed: update yt-dlp

yt-dlp raises a handful of exception classes and puts the rest into English sentences. The classes
are used where they decide, then the HTTP status, then the sentences of its extractors: a status
says what happened, and its words ("Service Unavailable") are those of no video.
"""

import errno
import re
from collections.abc import Iterator, Sequence

from downloader.messages import Failed
from media_jobs.messages import message
from media_jobs.redaction import redact

# What a person can give the next try: `needs_cookies` of a signed-in browser, `needs_password` of
# the video, or `needs_proxy`, an exit in another country or from another kind of network.
_HINTS = {
    "download_geo_blocked": ("needs_proxy",),
    "download_login_required": ("needs_cookies",),
    "download_password": ("needs_password",),
    "download_bot_check": ("needs_cookies", "needs_proxy"),
    "download_rate_limited": ("needs_proxy",),
}
_HINTS_OF_403 = ("needs_cookies", "needs_proxy")

# The same request may work later without any change.
_RETRYABLE = frozenset(
    {"download_network", "download_rate_limited", "download_proxy_down", "disk_full"}
)
# It may work once more: what an extraction promised, the site's next answer may keep.
_RETRYABLE_ONCE = frozenset({"download_incomplete", "download_unavailable"})

_DETAIL_CHARS_MAX = 2000

# Exception classes that leave no doubt, by name: they come from several packages.
_DECIDING = (
    ("download_refused_address", {"RefusedAddress"}),
    ("download_geo_blocked", {"GeoRestrictedError"}),
    ("download_live", {"UserNotLive"}),
    ("download_unsupported", {"UnsupportedError", "RefusedProcess", "UnsupportedRequest"}),
)
_NETWORK_CLASSES = {"TransportError", "IncompleteRead", "SSLError", "TimeoutError"}
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)

# How yt-dlp and urllib3 say a status where they keep it nowhere else.
_STATUS = re.compile(r"HTTP Error (\d{3})\b|Tunnel connection failed: (\d{3})\b")
# "ERROR: [extractor] id: ", whose id is any text of the site's.
_PREFIX = re.compile(r"^(ERROR: )?(\[[\w:+-]+\] [^:\s]{1,200}: )?")

# Sentences of yt-dlp's extractors, most specific first: a private video also says "unavailable",
# and YouTube's robot check also says "sign in".
_SENTENCES = (
    ("disk_full", r"no space left on device|disk quota exceeded"),
    (
        "download_bot_check",
        r"not a bot|captcha|confirm you.?re human|unusual traffic|cloudflare"
        r"|blocked by server|ip address is blocked|验证码|人机验证|风控",
    ),
    (
        "download_proxy_refused",
        r"prox(y|ies)\b.*(authenti|denied|reject|not allowed)|socks.*(authenti|rejected)",
    ),
    ("download_rate_limited", r"rate.?limit|too many requests|try again later|频繁|頻繁"),
    (
        "download_geo_blocked",
        r"geo.?(restrict|block)|(in|from) your (country|location|region)"
        r"|(ihrem|deinem) land|nur in deutschland|votre pays|(su|tu|seu) pa[ií]s|вашей стране"
        r"|所在(的)?(地区|国家|區域|地區)|(地区|地區)(限制|不可)|お住まいの(国|地域)",
    ),
    (
        "download_password",
        r"video.?password|password.protected|protected by a password|wrong password"
        r"|密码(错误|不正确)|(输入|需要)密码",
    ),
    (
        "download_login_required",
        r"log ?in|sign ?in|--cookies|private video|members.only|age.restrict|confirm your age"
        r"|account cookies|subscri(bers|ption) only|premium|fresh cookies|logging.in"
        r"|(registered|authori[sz]ed) users|requires authentication|authentication is required"
        r"|登录|登陆|登入|會員|会员|vip专享|大会员|付费|私密|ログイン|プレミアム|авторизова|войдите"
        r"|anmelden|inici(a|e|ar) sesi[oó]n|connecte(z|r)",
    ),
    ("download_unavailable", r"(live|stream) recording is not available"),
    (
        "download_live",
        r"^offline\b|live event will|live stream|is live|not currently live|premieres in"
        r"|(is|currently) offline|will begin in|has not started|live (hls|dash)",
    ),
    (
        "download_unsupported",
        r"unsupported url|no video formats|drm|requested format is not available"
        r"|unable to extract .*(video|url)|no media found|no m3u header"
        r"|extension .{1,20} is unusual|no video (could be found )?in this|is not a valid url",
    ),
    (
        "download_unavailable",
        r"unavailable|not available|removed|deleted|terminated|does ?n.t exist|not found"
        r"|no longer|copyright|blocked|suspended|only available between"
        r"|不存在|删除|刪除|下架|失效|版权|版權|啥都木有|公開されていません|削除|недоступн|удален"
        r"|nicht (mehr )?verf[uü]gbar|(pas|plus) disponible|no est[aá] disponible",
    ),
    (
        "download_network",
        r"timed? ?out|connection|network|temporary failure|name resolution|getaddrinfo|ssl"
        r"|name or service not known|no address associated|nodename nor servname"
        r"|certificate|incompleteread|bytes read|unreachable|giving up after|data blocks"
        r"|file is empty",
    ),
)

_STATUSES = {
    401: "download_login_required",
    402: "download_login_required",
    407: "download_proxy_refused",
    408: "download_network",
    # Bilibili's and LinkedIn's, for who asks like a program.
    412: "download_bot_check",
    425: "download_network",
    429: "download_rate_limited",
    451: "download_geo_blocked",
    999: "download_bot_check",
}
# A robot check comes with one of these statuses, or without any.
_STATUSES_OF_CHECKS = frozenset({None, 200, 401, 403, 429, 503})


def failure(
    code: str,
    detail: str = "",
    *,
    secrets: Sequence[str] = (),
    hints: Sequence[str] | None = None,
    retryable: bool | None = None,
) -> Failed:
    """Return the report of a failure, with *code*'s sentence and what may help.

    *hints* and *retryable* are the code's own unless given.
    """
    return Failed(
        code=code,
        message=message(f"failure.{code}"),
        detail=redact(detail, secrets)[-_DETAIL_CHARS_MAX:],
        retryable=code in _RETRYABLE if retryable is None else retryable,
        hints=_HINTS.get(code, ()) if hints is None else tuple(hints),
    )


class DownloadFailed(Exception):
    """The download ends here, for a reason that the downloader found itself."""

    def __init__(self, failure: Failed) -> None:
        super().__init__(failure.message)
        self.failure = failure


def classify(error: BaseException, *, secrets: Sequence[str] = ()) -> Failed:
    """Give the code for what yt-dlp raised; *secrets* never appear in the result."""
    chain = list(_chain(error))
    own = next((link.failure for link in chain if isinstance(link, DownloadFailed)), None)
    if own is not None:
        return own
    status = status_of(error)
    code = _code(chain, status, _PREFIX.sub("", str(error), count=1))
    hints = _HINTS_OF_403 if status == 403 and code == "download_unavailable" else None
    return failure(code, str(error), secrets=secrets, hints=hints)


def in_transit(failed: Failed, *, attempt: int) -> Failed:
    """Return *failed* as it is for a video that the site had promised and then did not hand out.

    Its address may have expired, so that a fresh one helps: one more attempt, no third.
    """
    if failed.code == "download_unavailable" and not failed.hints:
        failed = failure("download_incomplete", failed.detail)
    if failed.code not in _RETRYABLE_ONCE:
        return failed
    return failed.model_copy(update={"retryable": attempt < 2})


def status_of(error: BaseException) -> int | None:
    """Return the HTTP status, from 400 on, that *error* is about, if it is about one."""
    kept = (getattr(link, "status", None) for link in _chain(error))
    found = next((status for status in kept if isinstance(status, int) and status >= 400), None)
    if found is not None:
        return found
    said = _STATUS.search(str(error))
    return int(said[1] or said[2]) if said else None


def _code(chain: Sequence[BaseException], status: int | None, sentence: str) -> str:
    names = {type(link).__name__ for link in chain}
    decided = next((code for code, classes in _DECIDING if names & classes), None)
    if any(isinstance(link, OSError) and link.errno in _DISK_FULL for link in chain):
        decided = "disk_full"
    if decided is not None:
        return decided
    spoken = next((code for code, words in _SENTENCES if re.search(words, sentence, re.I)), None)
    if spoken == "download_bot_check" and status in _STATUSES_OF_CHECKS:
        return spoken
    if status is not None:
        otherwise = "download_network" if status >= 500 else "download_unavailable"
        return _STATUSES.get(status, otherwise)
    if "ProxyError" in names and spoken != "download_proxy_refused":
        return "download_proxy_down"
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
