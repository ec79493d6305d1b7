"""Videos in the shape of files that people have, made once for all tests of a process.

Each name is one of the cases' (docs/conformance.md, series F); they are shorter and smaller than
there wherever their kind stays the same.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from dev.scratch import scratch_folder
from tests.media.pictures import ffmpeg

SUBTITLES = Path(__file__).parents[1] / "vectors/cases/subtitles"

AAC = ("-c:a", "aac")
PCM = ("-c:a", "pcm_s16le", "-ar", "48000")
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def picture(size: str = "640x360", rate: str = "25", seconds: float = 2) -> tuple[str, ...]:
    """Return the input of a moving test picture."""
    return ("-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}")


def tone(hertz: int = 440, seconds: float = 2) -> tuple[str, ...]:
    """Return the input of a tone."""
    return ("-f", "lavfi", "-i", f"sine={hertz}:d={seconds}")


TAGGED_PC = (
    *("-color_range", "pc", "-colorspace", "bt709"),
    *("-color_primaries", "bt709", "-color_trc", "bt709"),
)
TAGGED_TV = ("-color_range", "tv", *TAGGED_PC[2:])
SILENT = "hevc_metadata=colour_primaries=2:transfer_characteristics=2:matrix_coefficients=2"
"""What takes the names of colours out of a codec, and leaves the container's."""
BARS = "drawbox=c=black:w=40:h=40:t=fill,drawbox=c=white:x=40:w=40:h=40:t=fill"
"""Black and white in the upper left corner."""
TO_PQ = "zscale=tin=bt709:min=bt709:pin=bt709:rin=pc:t={}:m=bt2020nc:p=bt2020:r=tv:npl=203"


MASTERING = "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"
"""A display of P3's colours, of 1000 cd/m²."""


def _hdr(transfer: str) -> tuple[str, ...]:
    names = f"colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc"
    drawn = f"{BARS},drawbox=c=red:x=80:w=40:h=40:t=fill,format=gbrp"
    return (
        *(*picture(seconds=0.4), "-vf", f"{drawn},{TO_PQ.format(transfer)},format=yuv420p10le"),
        *("-c:v", "libx265", "-preset", "ultrafast"),
        *("-x265-params", f"log-level=error:hdr10=1:{names}:max-cll=1000,400:{MASTERING}"),
    )


def _kept(times: str) -> tuple[str, ...]:
    return ("-vf", f"select='{times}'", "-fps_mode", "vfr")


COMMANDS: dict[str, tuple[str, ...]] = {
    "fullrange.mp4": (
        *(*picture(), "-vf", f"{BARS},scale=out_range=full:out_color_matrix=bt709,format=yuvj420p"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-qp", "4", *TAGGED_PC),
    ),
    "gray.mp4": (
        *(*picture(), "-vf", BARS),
        *("-c:v", "libx264", "-preset", "ultrafast", "-qp", "4", "-pix_fmt", "gray"),
    ),
    "mjpeg.mov": (*picture(), "-vf", BARS, "-c:v", "mjpeg", "-q:v", "3"),
    "gap.mp4": (
        *(*picture(rate="10", seconds=12), *tone(seconds=12), *_kept("lt(t,2)+gte(t,11)")),
        *(*X264, *AAC),
    ),
    "still1.mp4": (*picture(rate="1", seconds=12), *tone(seconds=12), *X264, *AAC),
    "still01.mp4": (*picture(rate="1/10", seconds=30), *tone(seconds=30), *X264, *AAC),
    "oneframe.mp4": (
        *(*picture(seconds=0.04), *tone(seconds=12)),
        *(*X264, *AAC),
    ),
    "clip.wmv": (
        *(*picture("320x180", "30", 4), "-f", "lavfi", "-i", "sine=440:d=4:r=44100"),
        *("-c:v", "wmv2", "-c:a", "wmav2"),
    ),
    "clip.mpg": (
        *(*picture("320x180", "30000/1001", 10), *tone(seconds=10)),
        *("-c:v", "mpeg2video", "-c:a", "mp2", "-ar", "48000"),
    ),
    "tail.mkv": (
        *(*picture("320x180", "20", 8), *_kept("lt(t,3)+gte(t,7.9)")),
        *("-c:v", "libx264", "-preset", "ultrafast"),
    ),
    "lastheld.mkv": (*picture(rate="10", seconds=10), *_kept("lt(t,5)+gte(t,9.9)"), *X264),
    "hdr10.mp4": _hdr("smpte2084"),
    "hlg.mp4": _hdr("arib-std-b67"),
    # The container says what they are, the codec does not.
    "silent-codec.mkv": (
        *_hdr("smpte2084"),
        *("-bsf:v", SILENT),
    ),
    "rgb.mkv": (
        *(*picture("1280x720", "10", 0.4), "-vf", "drawbox=c=red:w=64:h=64:t=fill,format=rgb24"),
        *("-c:v", "libx264rgb", "-preset", "ultrafast", "-qp", "0"),
    ),
    "untagged.mp4": ("-f", "lavfi", "-i", "color=gray:s=1280x720:d=1:r=5", *X264),
    "untagged-small.mp4": ("-f", "lavfi", "-i", "color=gray:s=640x360:d=1:r=5", *X264),
    "reserved.mp4": (
        *("-f", "lavfi", "-i", "color=gray:s=1280x720:d=1:r=5", *X264),
        *("-bsf:v", "h264_metadata=matrix_coefficients=3:colour_primaries=3"),
    ),
    # The container says BT.709, the codec nothing.
    "container-says.mkv": (
        *("-f", "lavfi", "-i", "color=gray:s=640x360:d=1:r=5,format=yuv420p"),
        *("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error"),
        *(*TAGGED_TV, "-bsf:v", SILENT),
    ),
    "derived.mp4": (
        *("-f", "lavfi", "-i", "color=gray:s=1280x720:d=1:r=5", *X264),
        *("-pix_fmt", "yuv444p", "-bsf:v", "h264_metadata=matrix_coefficients=12"),
    ),
    "alpha.mov": (
        *("-f", "lavfi", "-i"),
        "color=c=0x00ff00@0.0:s=640x360:r=10:d=1,format=rgba,"
        "drawbox=x=100:y=50:w=200:h=100:color=red@1:t=fill:replace=1",
        *("-c:v", "qtrle"),
    ),
    "alpha.webm": (
        *("-f", "lavfi", "-i"),
        "color=c=0x00ff00@0.0:s=640x360:r=10:d=0.5,format=rgba,"
        "drawbox=x=100:y=50:w=200:h=100:color=red@1:t=fill:replace=1,format=yuva420p",
        *("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"),
    ),
    "bits.mov": (
        *(*picture(seconds=0.2), "-vf", f"format=gray,{BARS},format=monob"),
        "-c:v",
        "png",
    ),
    "grey-alpha.mov": (*(*picture(seconds=0.2), "-vf", f"{BARS},format=ya8", "-c:v", "png"),),
    "interlaced.mpg": (
        *(*picture("720x576", "50", 2), "-vf"),
        "tinterlace=interleave_top,fieldorder=tff,setsar=64/45",
        *("-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-b:v", "5M", "-pix_fmt", "yuv420p"),
    ),
    "loop.apng": ("-f", "lavfi", "-i", "color=c=black:s=320x180:r=10:d=1", "-f", "apng"),
    "loop.avif": (
        *("-f", "lavfi", "-i", "color=c=black:s=320x180:r=10:d=1"),
        *("-c:v", "libsvtav1", "-preset", "12", "-f", "avif"),
    ),
    "camera.mxf": (*picture("1280x720", "25", 1), *tone(seconds=1), "-c:v", "mpeg2video", *PCM),
    "tape.dv": (*picture("720x576", "25", 1), *tone(seconds=1), "-ac", "2", "-pix_fmt", "yuv420p"),
    "older.rm": (*picture("352x288", "25", 1), *tone(seconds=1), "-c:v", "rv20", "-c:a", "ac3"),
    "loop.gif": ("-f", "lavfi", "-i", "color=c=black:s=320x180:r=10:d=1"),
    "sixteen.mov": (
        *(*picture("320x180"), "-f", "lavfi", "-i", "aevalsrc=0.5*sin(880*PI*t):s=48000:d=2"),
        *("-af", f"pan=hexadecagonal|{'|'.join(f'c{n}=c0' for n in range(16))}"),
        *(*X264, "-c:a", "pcm_s24le"),
    ),
    "deflang.mkv": (
        *(*picture(), *tone(200), *tone(900), "-map", "0", "-map", "1", "-map", "2"),
        *(*X264, *AAC, "-disposition:a:0", "0", "-disposition:a:1", "default"),
    ),
    "default-video.mkv": (
        *(*picture("320x180"), *picture("640x360"), "-map", "0", "-map", "1"),
        *(*X264, "-disposition:v:0", "0", "-disposition:v:1", "default"),
    ),
    "lateaudio.mp4": (
        *(*picture("320x180", seconds=12), "-itsoffset", "3", *tone(seconds=9), *X264, *AAC),
    ),
    "latevideo.mp4": (*("-itsoffset", "2", *picture("320x180"), *tone(seconds=4), *X264, *AAC),),
    "cutout.mkv": (*(*picture("320x180"), *tone(), *X264, *AAC, "-output_ts_offset", "5"),),
    "hole.mkv": (
        *(*picture("320x180", seconds=4), *tone(seconds=4)),
        *("-af", "aselect='not(between(t,1,2))'", *X264, *AAC),
    ),
}


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="cases-", dir=scratch_folder())


@cache
def case(name: str) -> Path:
    """Return the video *name*, made by its command in COMMANDS."""
    path = Path(_folder().name, name)
    ffmpeg(*COMMANDS[name], str(path))
    return path


def made(folder: Path) -> Callable[..., Path]:
    """Return a function that makes another video in *folder*, of a name and ffmpeg's arguments."""

    def make(name: str, *arguments: str) -> Path:
        ffmpeg(*arguments, str(folder / name))
        return folder / name

    return make
