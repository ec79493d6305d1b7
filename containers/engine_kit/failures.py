"""Why an attempt failed, as what the orchestrator decides by: a code, and whether to try again.

An engine raises `EngineFailure`; anything else that leaves its `run` is reported as
`internal_error` and logged with its traceback.
"""

from collections.abc import Sequence
from enum import StrEnum

from media_jobs.redaction import without_paths
from media_jobs.said import Said

__all__ = ["EngineFailure", "FailureCode"]

TAIL_CHARS_MAX = 4000
"""How much of a tool's last output goes into a report; the wire model allows 8,000."""


class FailureCode(StrEnum):
    """`error.code` of a failed callback."""

    # The input is at fault: another attempt would fail the same way.
    INPUT_MISSING = "input_missing"
    INPUT_UNREADABLE = "input_unreadable"
    INPUT_UNSUPPORTED = "input_unsupported"
    SUBTITLES_INVALID = "subtitles_invalid"
    COMMENTS_INVALID = "comments_invalid"
    GLYPHS_MISSING = "glyphs_missing"
    DOWNLOAD_UNAVAILABLE = "download_unavailable"
    DOWNLOAD_GEO_BLOCKED = "download_geo_blocked"
    DOWNLOAD_LOGIN_REQUIRED = "download_login_required"
    DOWNLOAD_PASSWORD = "download_password"  # noqa: S105  A code, and no password.
    DOWNLOAD_BOT_CHECK = "download_bot_check"
    DOWNLOAD_LIVE = "download_live"
    DOWNLOAD_AUDIO_ONLY = "download_audio_only"
    DOWNLOAD_NO_COMMENTS = "download_no_comments"
    DOWNLOAD_ONE_VIDEO = "download_one_video"
    DOWNLOAD_PROXY_REFUSED = "download_proxy_refused"
    DOWNLOAD_UNSUPPORTED = "download_unsupported"
    DOWNLOAD_TOO_LARGE = "download_too_large"
    DOWNLOAD_TOO_LONG = "download_too_long"
    DOWNLOAD_REFUSED_ADDRESS = "download_refused_address"
    # The circumstances are at fault: another attempt may succeed.
    INPUT_FORBIDDEN = "input_forbidden"
    OUTPUT_FORBIDDEN = "output_forbidden"
    TRANSFER_FAILED = "transfer_failed"
    DOWNLOAD_NETWORK = "download_network"
    DOWNLOAD_PROXY_DOWN = "download_proxy_down"
    DOWNLOAD_RATE_LIMITED = "download_rate_limited"
    DOWNLOAD_INCOMPLETE = "download_incomplete"
    DOWNLOAD_FAILED = "download_failed"
    DISK_FULL = "disk_full"
    TIMEOUT = "timeout"
    INTERRUPTED = "interrupted"
    TOOL_FAILED = "tool_failed"
    OUTPUT_INVALID = "output_invalid"
    INTERNAL_ERROR = "internal_error"


_RETRYABLE = frozenset(
    {
        FailureCode.INPUT_FORBIDDEN,
        FailureCode.OUTPUT_FORBIDDEN,
        FailureCode.TRANSFER_FAILED,
        FailureCode.DOWNLOAD_NETWORK,
        FailureCode.DOWNLOAD_PROXY_DOWN,
        FailureCode.DOWNLOAD_RATE_LIMITED,
        FailureCode.DOWNLOAD_INCOMPLETE,
        FailureCode.DOWNLOAD_FAILED,
        FailureCode.DISK_FULL,
        FailureCode.TIMEOUT,
        FailureCode.INTERRUPTED,
        FailureCode.TOOL_FAILED,
        FailureCode.OUTPUT_INVALID,
        FailureCode.INTERNAL_ERROR,
    }
)


class EngineFailure(Exception):
    """An attempt failed for a known reason.

    *message* is a sentence for people and *tool_tail* the last lines of the tool: both are shown
    outside, so neither may hold a presigned query or a cookie. What is `said` by the catalogue is
    read in every language; of a text, others than English read what its code means. Paths of this
    machine are cut to the file's name in *tool_tail*. *code* may be one of the engine's own, which
    has its words in the engine's messages. *retryable* is decided by the code unless given: one of
    an engine's own is not. *hints* name what the person who asked can add for another try to
    succeed, such as `needs_cookies`.
    """

    def __init__(
        self,
        code: FailureCode | str,
        message: str | Said,
        *,
        retryable: bool | None = None,
        tool_tail: str | None = None,
        hints: Sequence[str] = (),
    ) -> None:
        said = message if isinstance(message, Said) else Said(message)
        super().__init__(said.text)
        self.code = code
        self.message = said.text
        self.said = said
        self.retryable = code in _RETRYABLE if retryable is None else retryable
        self.hints = tuple(hints)
        self.tool_tail = without_paths(tool_tail)[-TAIL_CHARS_MAX:] if tool_tail else None
