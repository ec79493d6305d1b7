"""What the demo works on: the clip on a loopback server, its subtitles and its comments."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

__all__ = ["COMMENTS", "SUBTITLES", "serve"]

SUBTITLES = """\
WEBVTT

00:00:00.400 --> 00:00:02.300
A quiet morning in the meadow.
草地上一个宁静的早晨。

00:00:02.500 --> 00:00:05.000
“Who's there?” – the rabbit wakes up.
“谁在那儿？”——兔子醒了。
"""

COMMENTS = json.dumps(
    {
        "video": {
            "title": "Big Buck Bunny",
            "translatedTitle": "大雄兔",
            "author": "Blender Foundation",
            "viewCount": 1250345,
        },
        "comments": [
            {
                "author": "Mira",
                "content": "Still the friendliest rabbit on the internet 🐰💛",
                "translatedContent": "依然是网上最友善的兔子",
                "likes": 4211,
            },
            {
                "author": "小林",
                "content": "十年前第一次看，现在和孩子一起看。",
                "translatedContent": "Saw it ten years ago; now I watch it with my kids.",
                "likes": 980,
            },
            {
                "author": "ليلى",
                "content": "أجمل فيلم قصير رأيته 🌸",
                "translatedContent": "The most beautiful short film I have seen",
                "likes": 312,
            },
        ],
    },
    ensure_ascii=False,
)


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal belongs to the demo."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve *folder* on a free loopback port; yield the base URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_QuietHandler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
