"""The programs a download is made with."""

from engine_kit.ffmpeg import ffmpeg_version, find_ffmpeg

from downloader.metadata import ToolVersions


def versions() -> dict[str, str]:
    """Return what `/health` shows."""
    from yt_dlp.version import __version__  # type: ignore[import-untyped]  # It ships no types.

    tools = ToolVersions(yt_dlp=str(__version__), ffmpeg=ffmpeg_version(find_ffmpeg()))
    return {"yt-dlp": tools.yt_dlp, "ffmpeg": tools.ffmpeg or "unknown"}
