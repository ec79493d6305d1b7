"""What a process of its own does where there is no ffprobe: it looks at a file by PyAV."""

from engine_kit.fork_server import ForkServer

__all__ = ["FORKS", "examined"]

CPU_S_MAX = 60
MEMORY_BYTES_MAX = 4 << 30
"""A frame of 8192 × 8192 in 16 bits with transparency has half a gibibyte."""

FORKS = ForkServer(
    "engine_kit.probe_child",
    "engine_kit.probe_work",
    cpu_s=CPU_S_MAX,
    memory_bytes=MEMORY_BYTES_MAX,
)
"""Importing PyAV takes four times as long as looking at a file."""


def examined(path: str, formats: str) -> tuple[dict[str, object] | None, str]:
    """Return the report of the file, or None and what PyAV has told.

    *formats*: those that may be opened, by FFmpeg's names, separated by commas.
    """
    # Neither in the images nor in this process.
    import av

    from engine_kit.probe_child import report

    try:
        return report(path, formats), ""
    except (av.FFmpegError, ValueError) as error:
        return None, f"{type(error).__name__}: {getattr(error, 'strerror', error)}"
