"""What the engines share that make a video of a video."""

from media_jobs.engines.declaration import InputSlot, Limits, OutputSlot

__all__ = ["METADATA", "RENDERED_VIDEO", "RENDER_LIMITS", "SOURCE_VIDEO"]

SOURCE_VIDEO = InputSlot(name="video", url_field="inputVideoUrl")
RENDERED_VIDEO = OutputSlot(
    name="video", put="outputPutUrl", file_name="video.mp4", content_type="video/mp4"
)
METADATA = OutputSlot(
    name="metadata", file_name="metadata.json", content_type="application/json", required=False
)
RENDER_LIMITS = Limits(
    queue_s=6 * 3600,
    start_s=120,
    heartbeat_s=45,
    no_progress_s=15 * 60,
    total_s=12 * 3600,
    max_attempts=3,
)
