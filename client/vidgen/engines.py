"""The engines by their ids on the wire.

Generated from src/media_jobs/engines by `python -m dev.docs`; do not edit.
"""

from typing import Final, Literal

__all__ = [
    "BURNER",
    "DOWNLOADER",
    "REMOTION",
    "Engine",
]

BURNER: Final = "burner-ffmpeg"
DOWNLOADER: Final = "media-downloader"
REMOTION: Final = "renderer-remotion"

Engine = Literal[
    "burner-ffmpeg",
    "media-downloader",
    "renderer-remotion",
]
