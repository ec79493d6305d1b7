"""The demo: a real clip through the complete system, as a user would, through the app's API.

Download → burn bilingual subtitles → comments video → transcribe, translate, review and burn by one
recipe. Prints where the four videos are and what is in them; `--keep` leaves the page running.
"""

import argparse
import signal
import sys
import time
from pathlib import Path

import av
from vidgen.client import Client
from vidgen.errors import VidgenError
from vidgen.models import Job

from dev.demo_subtitles import subtitled
from dev.fixtures.clip import CREDIT, clip_path
from dev.fixtures.demo_material import COMMENTS, SUBTITLES, serve
from dev.fixtures.speech_clip import CREDIT as VOICE
from dev.installation import ROOT, NotInstalled
from dev.stack.errors import StackError
from dev.stack.log import LogStream
from dev.stack.overlay import CONTAINERS
from dev.stack.ports import PREFERRED
from dev.stack.stack import Stack

OUT = ROOT / "out"
JOB_TIMEOUT_S = 300


class Terminal:
    """Progress: one line that is drawn again on a terminal, one line per change elsewhere."""

    def __init__(self) -> None:
        self._live = sys.stdout.isatty()
        self._last = ""

    def step(self, text: str) -> None:
        """Start a step."""
        print(f"\n{text}", flush=True)
        self._last = ""

    def progress(self, job: Job) -> None:
        """Show where *job* is."""
        filled = round(job.progress * 30)
        bar = "█" * filled + "░" * (30 - filled)
        line = f"  {bar} {job.progress:4.0%}  {job.status}"
        if self._live:
            print(f"\r\033[K{line}", end="", flush=True)
            if job.ended:
                print(flush=True)
        elif job.status != self._last:
            print(line, flush=True)
        self._last = job.status


def describe(path: Path, frame_at_s: float) -> str:
    """Return what is in a video, and save the frame at *frame_at_s* beside it as a PNG."""
    with av.open(str(path)) as container:
        assert container.duration is not None
        parts = [f"{container.duration / av.time_base:.2f} s"]
        for stream in container.streams:
            if isinstance(stream, av.VideoStream):
                size = f"{stream.width}×{stream.height}"
                parts.append(f"{stream.codec_context.name} {size} {stream.pix_fmt}")
            elif isinstance(stream, av.AudioStream):
                context = stream.codec_context
                parts.append(f"{context.name} {context.sample_rate} Hz {context.layout.name}")
        for frame in container.decode(video=0):
            if frame.time >= frame_at_s:
                # PyAV ships no types for its Pillow conversion.
                frame.to_image().save(path.with_suffix(".png"))  # type: ignore[no-untyped-call]
                break
    return ", ".join(parts)


def play(stack: Stack, terminal: Terminal) -> list[tuple[Path, float]]:
    """Run three jobs and a recipe; return the videos and where in each there is what to see."""
    OUT.mkdir(exist_ok=True)
    clip = clip_path()
    with Client(stack.app_url, stack.admin_token) as client:

        def made(job: Job, name: str) -> Path:
            client.wait(job.job_id, timeout_s=JOB_TIMEOUT_S, on_job=terminal.progress)
            client.save(job.job_id, "video", OUT / name)
            return OUT / name

        with serve(clip.parent) as base:
            terminal.step(f"1/4 Download {clip.name} by its URL")
            download = client.download(f"{base}/{clip.name}")
            videos = [(made(download, "1-downloaded.mp4"), 1.5)]
        media_id = download.media_id
        terminal.step("2/4 Burn bilingual subtitles into it")
        client.add_subtitles(media_id, SUBTITLES)
        burned = client.burn(media_id, options={"bilingual": True})
        videos.append((made(burned, "2-subtitled.mp4"), 1.5))
        terminal.step("3/4 Compose a video of its comments")
        client.add_comments(media_id, COMMENTS)
        comments = client.comments(media_id, options={"height": 720})
        videos.append((made(comments, "3-comments.mp4"), 5.0))
        terminal.step("4/4 Transcribe, translate, review and burn in two languages, by one recipe")
        videos.append(subtitled(client, OUT))
    return videos


def main(argv: list[str] | None = None) -> int:
    """Run the demo: 0 when all four videos are there, 1 when something went wrong."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave the page running until Ctrl-C")
    parser.add_argument("--runtime", choices=("miniflare", "wrangler"), default="miniflare")
    arguments = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    terminal = Terminal()
    log = LogStream(None)
    print(
        f"Starting the local stack: two Workers on workerd, {len(CONTAINERS)} containers …",
        flush=True,
    )
    try:
        with Stack(
            state_dir=ROOT / ".stack" / "demo",
            fresh=True,
            env={"DOWNLOADER_ALLOW_LOOPBACK": "1"},
            ports=PREFERRED,
            runtime=arguments.runtime,
            cron=True,
            log=log,
        ) as stack:
            print(f"Ready: {stack.app_url}", flush=True)
            videos = play(stack, terminal)
            print("\nThe videos:")
            for path, frame_at_s in videos:
                print(f"  {path.relative_to(ROOT)}  {describe(path, frame_at_s)}")
                print(f"    a frame of it: {path.with_suffix('.png').relative_to(ROOT)}")
            print(f"\nThe clip: {CREDIT}\nThe voice: {VOICE}")
            if arguments.keep:
                _keep(stack)
    except KeyboardInterrupt:
        print("\nstopped")
    except (VidgenError, StackError, NotInstalled) as error:
        print(f"\nerror: {error}", file=sys.stderr)
        for line in log.lines(None)[-30:]:
            print(f"  {line}", file=sys.stderr)
        return 1
    return 0


def _keep(stack: Stack) -> None:
    print(f"\nThe page: {stack.app_url}/   sign in with: {stack.admin_token}")
    print("Ctrl-C stops it.", flush=True)
    while True:
        stack.check()
        time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main())
