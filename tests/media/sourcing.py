"""Downloads by the child's own code and the real yt-dlp, in this process: no engine, no FFmpeg but
where picture and sound come apart.
"""

import gc
import warnings
from pathlib import Path

from downloader.child import download
from downloader.messages import Failed, Fetched
from engine_kit.ffmpeg import find_ffmpeg

from tests.downloader.orders import an_order
from tests.media.pictures import H264, ffmpeg
from tests.media.sites import Site

WHOLE_S = 12.0
"""How long the clips are."""
BOTH = ("needs_cookies", "needs_proxy")
CASES = Path(__file__).parents[1] / "vectors" / "cases"


def report_of(site: Site, name: str, folder: Path, **options: object) -> Fetched | Failed:
    """Download a file of *site*, or another address, into *folder*; return the child's report."""
    folder.mkdir(exist_ok=True, parents=True)
    given: dict[str, object] = {
        "url": name if "://" in name else site.url(name),
        "directory": str(folder),
        "ffmpeg": find_ffmpeg(),
        "bytes_max": 1 << 30,
        "duration_max_s": 3600,
        "max_height": 1080,
    }
    with warnings.catch_warnings():
        # yt-dlp leaves its connections to the end of its process, which this one is not.
        warnings.simplefilter("ignore", ResourceWarning)
        # Of what tests before this one have left, there may be a gibibyte: it is not looked at.
        gc.freeze()
        report = download(an_order(**(given | options)), lambda _: None)
        gc.collect()
        gc.unfreeze()
    return report


def fetched(site: Site, name: str, folder: Path, **options: object) -> Fetched:
    """Download what can be, and return the report."""
    report = report_of(site, name, folder, **options)
    assert isinstance(report, Fetched), report
    return report


def failed(site: Site, name: str, folder: Path, **options: object) -> Failed:
    """Download what can't be, and return the report."""
    report = report_of(site, name, folder, **options)
    assert isinstance(report, Failed), report
    return report


def make_clips(folder: Path) -> None:
    """Make the sources of the cases: 12 s of picture and a tone, in one file and in pieces of 2 s.

    The commands are those of the cases' own list, but for `single` (one file, by byte ranges) and
    `dash`.
    """

    def of_fast(*arguments: str) -> None:
        ffmpeg("-i", str(folder / "fast.mp4"), *arguments)

    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=12"),
        *("-f", "lavfi", "-i", "sine=440:d=12:r=48000"),
        *(*H264, "-g", "50", "-keyint_min", "50", "-sc_threshold", "0"),
        *("-c:a", "aac", "-movflags", "+faststart", str(folder / "fast.mp4")),
    )
    hls = ("-f", "hls", "-hls_time", "2", "-hls_playlist_type", "vod")
    of_fast("-c", "copy", str(folder / "clip.ts"))
    of_fast("-map", "0:v", "-c", "copy", str(folder / "silent.mp4"))
    of_fast("-vn", "-c:a", "copy", str(folder / "sound.m4a"))
    for name, prefix, chosen in (
        ("hls", "h", ()),
        ("sv", "sv", ("-map", "0:v")),
        ("sa", "sa", ("-map", "0:a")),
    ):
        pieces = ("-hls_segment_filename", str(folder / f"{prefix}%d.ts"))
        of_fast(*chosen, "-c", "copy", *hls, *pieces, str(folder / f"{name}.m3u8"))
    of_fast(
        *("-c", "copy", *hls, "-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", "fi.mp4"),
        *("-hls_segment_filename", str(folder / "f%d.m4s"), str(folder / "f.m3u8")),
    )
    of_fast(
        *("-c", "copy", *hls, "-hls_flags", "single_file"),
        *("-hls_segment_filename", str(folder / "single.ts"), str(folder / "single.m3u8")),
    )
    of_fast(
        *("-c", "copy", "-f", "dash", "-seg_duration", "2", "-use_template", "1"),
        *("-media_seg_name", "d$RepresentationID$-$Number$.m4s"),
        *("-init_seg_name", "di$RepresentationID$.m4s", str(folder / "dash.mpd")),
    )
