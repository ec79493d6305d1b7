"""The downloader fetches a video, or what is known of it, from a site."""

from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import BaseModel

from media_jobs.engines.declaration import Engine, Limits, OutputSlot, Setting, Words
from media_jobs.engines.downloader.slots import SUBTITLE_SLOTS
from media_jobs.engines.rendering import METADATA
from media_jobs.status import Status

if TYPE_CHECKING:
    from media_jobs.earlier_options import EarlierOptions

__all__ = ["ENGINE"]


def _options() -> type[BaseModel]:
    from media_jobs.engines.downloader.options import DownloadOptions

    return DownloadOptions


def _earlier() -> "EarlierOptions":
    from media_jobs.engines.downloader.earlier import EARLIER

    return EARLIER


ENGINE = Engine(
    id="media-downloader",
    name="downloader",
    words={
        "en": Words(title="Download", running="Downloading"),
        "zh": Words(title="下载", running="下载中"),
    },
    icon="download",
    port=9103,
    base_url_setting="CONTAINER_BASE_URL_DOWNLOADER",
    folder="downloads",
    first_status=Status.FETCHING_METADATA,
    inputs=(),
    outputs=(
        OutputSlot(name="video", file_name="video.mp4", content_type="video/mp4", becomes="video"),
        OutputSlot(
            name="audio",
            file_name="audio.wav",
            content_type="audio/wav",
            also_key="outputAudioProcessedKey",
            required=False,
        ),
        OutputSlot(
            name="audioSource",
            file_name="audio-source.mka",
            content_type="audio/x-matroska",
            required=False,
        ),
        replace(METADATA, required=True),
        OutputSlot(
            name="comments",
            file_name="comments.json",
            content_type="application/json",
            required=False,
            becomes="comments-data",
        ),
        *SUBTITLE_SLOTS,
        OutputSlot(
            name="thumbnail",
            file_name="thumbnail.jpg",
            content_type="image/jpeg",
            required=False,
            becomes="thumbnail",
        ),
    ),
    limits=Limits(
        queue_s=6 * 3600,
        start_s=120,
        heartbeat_s=45,
        no_progress_s=15 * 60,
        total_s=6 * 3600,
        max_attempts=3,
    ),
    options=_options,
    earlier=_earlier,
    modes={
        "full": frozenset({"video", "metadata"}),
        "audio": frozenset({"audio", "audioSource", "metadata"}),
        "metadata": frozenset({"metadata"}),
        "comments": frozenset({"metadata", "comments"}),
        "list": frozenset({"metadata"}),
    },
    media_from="url",
    secret_options=frozenset({"cookies", "proxy", "videoPassword"}),
    settings=(
        Setting(
            "DOWNLOADER_MAX_BYTES",
            "The most that a download may be, whatever a job asks for. Default: 8589934592 bytes, "
            "21600 seconds.",
        ),
        Setting("DOWNLOADER_MAX_DURATION_S"),
    ),
)
