"""What the engine and its child process say to each other.

The order goes in as one JSON document on standard input, so that no part of it is ever seen as a
command-line option, by `ps`, or in a log. Reports come out as JSON lines on standard output.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from downloader.metadata import DownloadMetadata
from downloader.promises import Promise
from media_jobs.cookies import read_cookies
from media_jobs.engines.downloader.options import DownloadOptions


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DownloadOrder(DownloadOptions):
    """What to download, and within which limits, in bytes and seconds. *directory* is empty.

    *attempt*: the job's, from 1 on.
    """

    directory: str
    ffmpeg: str
    attempt: int = 1
    bytes_max: int
    duration_max_s: int

    def secrets(self) -> tuple[str, ...]:
        """Return the strings that may appear in no log and no error."""
        cookie_values = {cookie.value for cookie in read_cookies(self.cookies or "")}
        login = (self.proxy or "").rpartition("@")[0].rpartition("//")[2]
        parts = {*cookie_values, self.proxy or "", login, login.partition(":")[2]}
        parts.add(self.video_password or "")
        # A one-letter cookie value would blank half of every message.
        return tuple(sorted((p for p in parts if len(p) > 3), key=lambda p: (-len(p), p)))


class Described(_Line):
    """The site has described the video; the limits that could be checked were."""

    event: Literal["described"] = "described"
    metadata: DownloadMetadata


class Working(_Line):
    """The site is being asked, page after page; shows that the child is alive."""

    event: Literal["working"] = "working"


class Fetching(_Line):
    """Bytes have arrived; *fraction* is of the whole download, 0 to 1, and never goes back."""

    event: Literal["fetching"] = "fetching"
    fraction: float
    bytes_read: int


class Fetched(_Line):
    """Everything ordered is in the directory; a video that came in parts is merged.

    Names of files, None for what was not ordered or does not exist; *subtitles*: of each language,
    in the order of *metadata.subtitle_tracks*. *promises*: how long the video has to be.
    """

    event: Literal["fetched"] = "fetched"
    file: str | None = None
    subtitles: tuple[str, ...] = ()
    thumbnail: str | None = None
    comments: str | None = None
    promises: tuple[Promise, ...] = ()
    metadata: DownloadMetadata


class Failed(_Line):
    """The download ended without a result; the codes are those of downloader.failures.

    *message* is for people, *detail* for operators, both free of secrets; *hints* name what may
    help, as words that programs can act on.
    """

    event: Literal["failed"] = "failed"
    code: str
    message: str
    detail: str = ""
    retryable: bool = False
    hints: tuple[str, ...] = ()


Report = Annotated[Described | Working | Fetching | Fetched | Failed, Field(discriminator="event")]

_REPORT: TypeAdapter[Report] = TypeAdapter(Report)


def read_report(line: str | bytes) -> Report:
    """Parse one line of the child's output; raises pydantic's ValidationError."""
    return _REPORT.validate_json(line)
