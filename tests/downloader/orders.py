"""An order of the engine to its child, for tests."""

from downloader.messages import DownloadOrder


def an_order(**changes: object) -> DownloadOrder:
    """Return an order of a video of at most 1000 bytes and 60 s."""
    given: dict[str, object] = {
        "url": "https://example.com/v",
        "directory": "/tmp",  # noqa: S108  It is there, and nothing is written to it.
        "ffmpeg": "/ffmpeg",
        "max_height": 720,
        "bytes_max": 1000,
        "duration_max_s": 60,
    }
    return DownloadOrder.model_validate(given | changes)
