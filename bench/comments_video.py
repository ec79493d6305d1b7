"""`python -m bench remotion`: what a comments video costs, beside its limit and the other way.

In one run, at 1080p30: encoding the same frames and nothing else (the limit), the engine's own way
from the document to the file, and screenshots of an equivalent page in headless Chromium, encoded
with the engine's settings and with those that such renderers have by default (`bench.browser`).
The source is Big Buck Bunny's clip, looped, at 30 frames a second. CPU seconds are comparable on a
shared machine; wall seconds are shown beside them.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from engine_kit.ffmpeg import find_ffmpeg
from engine_kit.probe import find_ffprobe, probe
from remotion.composition import compose, draw_all
from remotion.plan import SOURCE_FILE, VIDEO_FILE, Source, argv

from bench.browser import Browser, browser, page
from bench.cpu_usage import CpuUsage, measured_usage, ran
from dev.chromium import find_chromium
from dev.engines.stage import surroundings
from dev.fixtures.clip import clip_path
from media_jobs.comments import CommentsDocument
from media_jobs.engines.remotion.options import CommentsOptions

FPS = 30
COMMENTS = 8
SIZE = (1920, 1080)
# One comment from its arrival to the next one's: movement and rest have their true shares.
SCENE_S = 4
SCREENSHOTS = SCENE_S * FPS
_SOURCE_S = 12
_QUIET = ("-nostdin", "-v", "error", "-y")
_SOURCE_ENCODE = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p")
THEIR_ENCODE = ("-c:v", "libx264", "-preset", "medium", "-crf", "18", "-pix_fmt", "yuv420p")
_TEXTS = (
    (
        "Mira Kowalski",
        "I have wondered about this since I was a child 😍",
        "我从小就在想这个问题。",
    ),
    ("田中さくら", "宇宙の年齢が有限だという説明が一番わかりやすかったです。", "The clearest one."),
    ("أحمد", "شرح رائع جدا 👏", "Great explanation 👏"),
)


OUR_FRAMES = "this project: frames alone"
OURS = "this project: draw, compose, encode"
THEIR_FRAMES = "Chromium: frames alone"
THEIRS = "Chromium: frames, and the encode of this project"
THEIR_OWN = "Chromium: frames, and the encode it has by default"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """Milliseconds per frame; *wall_ms* None for what was computed, not run by itself."""

    name: str
    cpu_ms: float
    wall_ms: float | None

    @classmethod
    def of(cls, name: str, cpu_s: float, wall_s: float | None, frames: int) -> "_Row":
        """Divide by the number of frames."""
        wall_ms = None if wall_s is None else wall_s * 1000 / frames
        return cls(name=name, cpu_ms=cpu_s * 1000 / frames, wall_ms=wall_ms)


def main(rounds: int) -> None:
    """Measure *rounds* times, interleaved, and print medians per frame."""
    document = comments_document(COMMENTS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_source(folder)
        measured = [_round(document, folder) for _ in range(rounds)]
        frames = measured[0][0]
    rows = [_median([rows[at] for _, rows in measured]) for at in range(len(measured[0][1]))]
    print(f"{frames} frames at 1920 × 1080, medians of {rounds} rounds, per frame:\n")
    print("| Way | CPU ms | × encode alone | wall ms | frames/s |")
    print("|---|---:|---:|---:|---:|")
    for row in rows:
        wall = "| |" if row.wall_ms is None else f"| {row.wall_ms:.1f} | {1000 / row.wall_ms:.1f} |"
        print(f"| {row.name} | {row.cpu_ms:.1f} | {row.cpu_ms / rows[0].cpu_ms:.2f} {wall}")
    by_name = {row.name: row for row in rows}
    if THEIRS in by_name:
        pairs = (
            (OUR_FRAMES, THEIR_FRAMES, "frames alone"),
            (OURS, THEIRS, "the whole job, both with the same encoder settings"),
            (OURS, THEIR_OWN, "the whole job, each as it is by default"),
        )
        print()
        for our, their, what in pairs:
            ratio = by_name[their].cpu_ms / by_name[our].cpu_ms
            print(f"Chromium takes {ratio:.1f} × the CPU time of this project: {what}.")


def _median(rows: list[_Row]) -> _Row:
    walls = [row.wall_ms for row in rows if row.wall_ms is not None]
    return _Row(
        name=rows[0].name,
        cpu_ms=statistics.median(row.cpu_ms for row in rows),
        wall_ms=statistics.median(walls) if walls else None,
    )


def comments_document(comments: int) -> CommentsDocument:
    """Return a document of so many comments in three languages."""
    said = [
        {"author": author, "content": text, "translatedContent": other, "likes": 812}
        for author, text, other in (_TEXTS[number % len(_TEXTS)] for number in range(comments))
    ]
    video = {"title": "Why the night sky is dark: Olbers' paradox", "author": "Star Matters"}
    return CommentsDocument.model_validate_json(json.dumps({"video": video, "comments": said}))


def make_source(folder: Path) -> Path:
    """Make a film of 720 lines with sound, as most sources are."""
    subprocess.run(
        [
            *(find_ffmpeg(), *_QUIET, "-stream_loop", "-1", "-r", str(FPS), "-i", str(clip_path())),
            *("-f", "lavfi", "-i", f"sine=440:d={_SOURCE_S}", "-map", "0:v", "-map", "1:a"),
            *("-t", str(_SOURCE_S), *_SOURCE_ENCODE, "-c:a", "aac", "-f", "mp4", SOURCE_FILE),
        ],
        cwd=folder,
        check=True,
    )
    return folder / SOURCE_FILE


def prepared(folder: Path) -> list[str]:
    """Make the source and every picture in *folder*; return the arguments of a silent video."""
    make_source(folder)
    options = CommentsOptions(cover_seconds=2)
    composition = compose(comments_document(COMMENTS), options, source_size=(1280, 720))
    draw_all(composition, folder, advance=lambda _: None)
    return argv(composition.scene, replace(_source(folder), audio=None))


def _source(folder: Path) -> Source:
    probed = asyncio.run(probe(folder / SOURCE_FILE, ffprobe=find_ffprobe(find_ffmpeg())))
    assert probed.video is not None
    return Source(duration_s=_SOURCE_S, video=probed.video, audio=probed.audio)


def _round(document: CommentsDocument, folder: Path) -> tuple[int, list[_Row]]:
    ffmpeg = find_ffmpeg()
    options = CommentsOptions(cover_seconds=2)
    with measured_usage() as drawing:
        composition = compose(document, options, source_size=(1280, 720))
        draw_all(composition, folder, advance=lambda _: None)
    source = _source(folder)
    ours = argv(composition.scene, source)
    frames = composition.scene.schedule.total_frames
    encoding = ran([ffmpeg, *_QUIET, *ours], folder=folder)
    null = ("-an", "-f", "null", "-")
    silent = argv(composition.scene, replace(source, audio=None))
    graph = ran([ffmpeg, *_QUIET, *_without_encode(silent)], folder=folder)
    read = ran([ffmpeg, *_QUIET, "-i", VIDEO_FILE, *null], folder=folder)
    again = ran([ffmpeg, *_QUIET, "-i", VIDEO_FILE, *_encode(ours), *null], folder=folder)
    # The encode of the very same frames, without their decoding.
    limit_cpu_s = again.cpu_s - read.cpu_s
    looped = ("-stream_loop", "-1", "-t", f"{frames / options.fps}", "-i", SOURCE_FILE)
    source_read = ran([ffmpeg, *_QUIET, *looped, *null], folder=folder)
    drawn_cpu_s, drawn_wall_s = drawing.cpu_s + graph.cpu_s, drawing.wall_s + graph.wall_s
    rows = [
        _Row.of("encode alone (the limit)", limit_cpu_s, None, frames),
        _Row.of(
            "encode, and decoding of the source", limit_cpu_s + source_read.cpu_s, None, frames
        ),
        _Row.of(OUR_FRAMES, drawn_cpu_s, drawn_wall_s, frames),
        _Row.of(OURS, drawing.cpu_s + encoding.cpu_s, drawing.wall_s + encoding.wall_s, frames),
    ]
    chromium = find_chromium()
    if chromium is None:
        print("Chromium is not installed: its rows are left out.", file=sys.stderr)
        return frames, rows
    return frames, rows + _their_rows(chromium, document, folder, _encode(ours))


def _their_rows(
    chromium: str, document: CommentsDocument, folder: Path, our_encode: list[str]
) -> list[_Row]:
    shots, taking = _screenshots(chromium, document, folder)
    rows = [_Row.of(THEIR_FRAMES, taking.cpu_s, taking.wall_s, SCREENSHOTS)]
    for name, encode in ((THEIRS, our_encode), (THEIR_OWN, list(THEIR_ENCODE))):
        # The encode goes on beside the screenshots: it adds no wall time, in Chromium's favour.
        spent = ran(
            [
                *(find_ffmpeg(), *_QUIET, "-r", str(FPS), "-f", "image2pipe"),
                *("-s", "{}x{}".format(*SIZE), "-vcodec", "mjpeg", "-i", "-"),
                *(*encode, "-f", "mp4", "theirs.mp4"),
            ],
            folder=folder,
            stdin=b"".join(shots),
        )
        rows.append(_Row.of(name, taking.cpu_s + spent.cpu_s, taking.wall_s, SCREENSHOTS))
    return rows


def _encode(arguments: list[str]) -> list[str]:
    """Return the encoder and its settings out of the engine's arguments."""
    return arguments[arguments.index("-c:v") : arguments.index("-colorspace")]


def _without_encode(arguments: list[str]) -> list[str]:
    """Let FFmpeg do everything but the encode, as a browser's screenshots are not encoded."""
    end = arguments.index("-c:v")
    return [*arguments[:end], "-c:v", "wrapped_avframe", *_limit(arguments), "-f", "null", "-"]


def _limit(arguments: list[str]) -> list[str]:
    at = arguments.index("-frames:v")
    return arguments[at : at + 2]


def _screenshots(
    chromium: str, document: CommentsDocument, folder: Path
) -> tuple[list[bytes], CpuUsage]:
    """Take SCREENSHOTS frames one after the other; starting the browser is not counted."""
    frames = folder / "frames"
    frames.mkdir(exist_ok=True)
    extract = ("-i", SOURCE_FILE, "-frames:v", str(SCREENSHOTS), "-start_number", "0")
    extracting = ran([find_ffmpeg(), *_QUIET, *extract, "frames/%04d.bmp"], folder=folder)
    pictures = {f"{n:04}.bmp": frames / f"{n:04}.bmp" for n in range(SCREENSHOTS)}
    shots = []
    with surroundings(pictures) as served:
        html = page(document, scene_s=SCENE_S, frames=served.origin)
        with browser(chromium, html, width=SIZE[0], height=SIZE[1]) as one:
            _seek(one, 0, 0)
            one.screenshot(*SIZE)
            cpu_s = one.cpu_s()
            with measured_usage() as spent:
                for number in range(SCREENSHOTS):
                    _seek(one, SCENE_S + number / FPS, number)
                    shots.append(one.screenshot(*SIZE))
            spent.cpu_s += one.cpu_s() - cpu_s
    whole = CpuUsage(wall_s=spent.wall_s + extracting.wall_s, cpu_s=spent.cpu_s + extracting.cpu_s)
    return shots, whole


def _seek(one: Browser, at_s: float, frame: int) -> None:
    one.call("Runtime.evaluate", expression=f"seek({at_s},{frame})", awaitPromise=True)
