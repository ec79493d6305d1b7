"""The engines by their ids on the wire, and the names of the burner's presets.

Generated from src/media_jobs/engines by `python -m dev.docs`; do not edit.
"""

from typing import Final, Literal

__all__ = [
    "BURNER",
    "BURN_PRESETS",
    "DOWNLOADER",
    "REMOTION",
    "TRANSCRIBER",
    "TRANSLATOR",
    "Engine",
]

BURNER: Final = "burner-ffmpeg"
DOWNLOADER: Final = "media-downloader"
REMOTION: Final = "renderer-remotion"
TRANSCRIBER: Final = "asr-pipeline"
TRANSLATOR: Final = "subtitle-translator"

Engine = Literal[
    "burner-ffmpeg",
    "media-downloader",
    "renderer-remotion",
    "asr-pipeline",
    "subtitle-translator",
]

BURN_PRESETS: Final = (
    "default",
    "contrast",
    "minimal",
    "bold",
    "shorts",
    "reels",
    "tiktok",
    "karaoke",
)
