"""A headless Chromium that takes one screenshot per frame: the other way to make such a video.

As Remotion, the best-known renderer of this kind, does it: FFmpeg extracts the source's frames, the
page shows one through `<img>` over HTTP, uncompressed (its OffthreadVideo without `transparent`);
the DevTools protocol takes each frame as JPEG of quality 80, clipped, from the surface, optimised
for speed (its screenshot-task.ts); the JPEGs go to FFmpeg's standard input (its
prespawn-ffmpeg.ts), and libx264 encodes them with crf 18 and preset medium (its crf.ts and
x264-preset.ts).
Left out, in its favour: React, waiting for a page to be ready, the sound, the start of the browser.
"""

import base64
import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

from websockets.sync.client import ClientConnection, connect

from dev.chromium import FLAGS
from dev.engines.usage import tree_cpu_s
from media_jobs.comments import CommentsDocument

_START_S = 20.0


class Browser:
    """One page, spoken to by the DevTools protocol."""

    def __init__(self, process: subprocess.Popen[bytes], socket: ClientConnection) -> None:
        self._process = process
        self._socket = socket
        self._sent = 0

    def call(self, method: str, **parameters: object) -> dict[str, object]:
        """Send one command and return its result."""
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv(timeout=30))
            if answer.get("id") == self._sent:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                result: dict[str, object] = answer["result"]
                return result

    def screenshot(self, width: int, height: int) -> bytes:
        """Return the page as JPEG of quality 80."""
        shot = self.call(
            "Page.captureScreenshot",
            format="jpeg",
            quality=80,
            clip={"x": 0, "y": 0, "width": width, "height": height, "scale": 1},
            captureBeyondViewport=True,
            fromSurface=True,
            optimizeForSpeed=True,
        )
        return base64.b64decode(str(shot["data"]))

    def cpu_s(self) -> float:
        """Return the CPU time of all of its processes so far."""
        return tree_cpu_s(self._process.pid)


@contextmanager
def browser(program: str, html: str, *, width: int, height: int) -> Iterator[Browser]:
    """Open *html* in a window of this size."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "page.html"
        path.write_text(html, encoding="utf-8")
        process = subprocess.Popen(
            [
                program,
                *("--headless=new", *FLAGS, "--hide-scrollbars", "--remote-debugging-port=0"),
                *(f"--user-data-dir={folder}/profile", f"--window-size={width},{height}"),
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            with connect(_page_socket(process), max_size=1 << 26, proxy=None) as socket:
                one = Browser(process, socket)
                size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
                one.call("Emulation.setDeviceMetricsOverride", **size)
                one.call("Page.navigate", url=path.as_uri())
                ready = "document.fonts.ready.then(() => document.readyState)"
                one.call("Runtime.evaluate", expression=ready, awaitPromise=True)
                yield one
        finally:
            process.terminate()
            process.wait(10)
            if process.stderr is not None:
                process.stderr.close()


def _page_socket(process: subprocess.Popen[bytes]) -> str:
    """Read where the browser listens, and return the address of its page."""
    from urllib.request import ProxyHandler, build_opener

    assert process.stderr is not None
    for line in process.stderr:
        _, found, address = line.decode().partition("DevTools listening on ws://")
        if found:
            host = address.split("/", 1)[0]
            opener = build_opener(ProxyHandler({}))
            with opener.open(f"http://{host}/json/list", timeout=_START_S) as answer:
                targets = json.load(answer)
            return str(next(t for t in targets if t["type"] == "page")["webSocketDebuggerUrl"])
    raise RuntimeError("Chromium ended before it listened")


def page(document: CommentsDocument, *, scene_s: float, frames: str) -> str:
    """Return an equivalent scene: the video, title, cards that move up, progress bar.

    `seek(seconds, n)` sets it to a time, with the source's frame number *n*, a picture below the
    address *frames*: a page cannot be trusted to show an exact one of a video.
    """
    cards = "".join(
        f"<article><h2>{escape(c.author or '')}</h2><small>♥ {c.likes or 0}</small>"
        f"<p>{escape(c.content)}</p><p class=t>{escape(c.translated_content or '')}</p></article>"
        for c in document.comments
    )
    return f"""<!doctype html><meta charset=utf-8><style>
*{{margin:0;box-sizing:border-box;font-family:'Noto Sans','Noto Sans CJK SC',sans-serif}}
body{{width:1920px;height:1080px;overflow:hidden;color:#f2f5fa;
background:linear-gradient(135deg,#10141c,#16293a)}}
#video{{position:absolute;object-fit:cover;left:56px;top:92px;width:1088px;height:612px;background:#000;
border-radius:20px;box-shadow:0 0 60px #000a}}
h1{{position:absolute;left:56px;top:740px;width:1088px;font-size:42px}}
#feed{{position:absolute;right:0;top:0;width:720px;height:1080px;background:#0c0f15;
overflow:hidden}}
#strip{{position:absolute;left:44px;width:632px;will-change:transform}}
article{{background:#1c2330;border-radius:28px;padding:34px;margin-bottom:28px;font-size:36px;
box-shadow:0 8px 40px #0009;line-height:1.4}}
h2{{font-size:29px}}.t{{border-left:5px solid #4cc2ff;padding-left:18px;margin-top:20px}}
#bar{{position:absolute;left:0;bottom:0;height:6px;background:#4cc2ff}}
</style><img id=video><h1>{escape(document.video.title)}</h1>
<div id=feed><div id=strip>{cards}</div></div><div id=bar></div><script>
const cards=[...document.querySelectorAll('article')],strip=document.getElementById('strip');
const stops=cards.map(c=>540-c.offsetTop-c.offsetHeight/2);
async function seek(s,f){{const n=Math.min(cards.length-1,Math.floor(s/{scene_s}));
const p=Math.min(1,(s-n*{scene_s})/0.6),e=1-(1-p)**3,from=n?stops[n-1]:1080;
strip.style.transform=`translateY(${{from+(stops[n]-from)*e}}px)`;
cards.forEach((c,i)=>c.style.opacity=i==n?1:0.35);
document.getElementById('bar').style.width=100*s/({scene_s}*cards.length)+'%';
const v=document.getElementById('video');
v.src=`{frames}/${{String(f).padStart(4,'0')}}.bmp`;await v.decode()}}
</script>"""
