"""The downloader container: yt-dlp behind the render protocol. `python -m downloader` starts it."""
