"""Makes the videos of the matrix."""

from pathlib import Path

from tests.media.matrix import HERTZ, MOVING, PATCH, PATCHES, SECONDS, Sample
from tests.media.pictures import ffmpeg

# Transparency goes without frames that are never shown.
_FAST = ("-deadline", "realtime", "-cpu-used", "8", "-auto-alt-ref", "0")
ENCODERS = {
    "h264": ("libx264", "-preset", "ultrafast", "-qp", "12"),
    "hevc": ("libx265", "-preset", "ultrafast", "-tag:v", "hvc1"),
    "vp9": ("libvpx-vp9", *_FAST, "-crf", "20", "-b:v", "0"),
    "libvpx": ("libvpx", *_FAST, "-b:v", "2M"),
    "libtheora": ("libtheora", "-q:v", "10"),
}


def made(sample: Sample, folder: Path) -> Path:
    """Make the video of *sample*."""
    path = folder / f"{sample.name}.{sample.container}"
    rate = "25" if sample.rate == "uneven" else sample.rate
    # An untagged file is made as players take it.
    lines = int(sample.size.partition("x")[2])
    matrix = sample.tags or ("bt709" if lines >= 720 else "smpte170m")
    ground = f"color=c=0x808080:s={sample.size}:r={rate}:d={SECONDS}"
    filters = ["overlay=(W-w)/2:(H-h)/2:format=gbrp", *_patches(sample)]
    filters += _stored_as(sample, matrix)
    if sample.rate == "uneven":
        filters.append("select='not(mod(n\\,3))+lt(n\\,8)'")
    if sample.wide_pixels:
        filters.append("setsar=4/3")
    moving = f"testsrc2=s={MOVING}x{MOVING}:r={rate}:d={SECONDS}"
    inputs = ["-f", "lavfi", "-i", f"{ground},format=gbrp", "-f", "lavfi", "-i", moving]
    maps = ["-map", "[video]"]
    if sample.sound != "none":
        inputs += ["-itsoffset", "0.5"] if sample.sound == "late" else []
        inputs += ["-f", "lavfi", "-i", _heard(sample)]
        maps += ["-map", "2:a", "-c:a", sample.audio_codec, "-strict", "-2"]
    target = path.with_name(f"flat-{path.name}") if sample.turned or sample.harm else path
    ffmpeg(
        *(*inputs, "-filter_complex", f"[0:v][1:v]{','.join(filters)}[video]"),
        *(*maps, "-fps_mode", "vfr"),
        *("-c:v", *ENCODERS.get(sample.codec, (sample.codec, "-q:v", "2"))),
        *(*_said(sample), str(target)),
    )
    if sample.harm == "cut off":
        path.write_bytes(target.read_bytes()[: target.stat().st_size * 2 // 5])
    elif target != path:
        turn = ("-display_rotation", str(sample.turned)) if sample.turned else ()
        kept = ("-map", "0:a") if sample.harm else ("-map", "0")
        ffmpeg(*turn, "-i", str(target), *kept, "-c", "copy", "-strict", "-2", str(path))
    return path


def _patches(sample: Sample) -> list[str]:
    """Draw the patches. Where there may be, black is what lies behind transparent green."""
    names = [name for name, _ in PATCHES]
    names[0] = "0x00ff00@0" if sample.is_transparent else names[0]
    boxes = (
        f"drawbox=x={n * PATCH}:w={PATCH}:h={PATCH}:c={name}:t=fill:replace=1"
        for n, name in enumerate(names)
    )
    return [*(["format=rgba"] if sample.is_transparent else []), *boxes]


def _stored_as(sample: Sample, matrix: str) -> list[str]:
    if sample.is_hdr:
        to = f"t={sample.stored}:m=bt2020nc:p=bt2020:r=tv:npl=203"
        return [
            "format=gbrp",
            f"zscale=tin=bt709:min=gbr:pin=bt709:rin=pc:{to}",
            "format=yuv420p10le",
        ]
    full = "pc" if sample.stored.startswith("yuvj") else "tv"
    if sample.stored.startswith(("yuv", "gray")) and sample.codec != "qtrle":
        in_range = "pc" if sample.stored.startswith("yuvj") else full
        # Pictures in a row are BT.601, whatever their size.
        matrix = "smpte170m" if sample.codec == "mjpeg" else matrix
        named = "bt709" if matrix == "bt709" else "bt601"
        return [f"scale=out_color_matrix={named}:out_range={in_range}", f"format={sample.stored}"]
    # Where errors are spread, all pixels change with what moves; a pattern tints white.
    plain = ["scale=sws_dither=none"] if sample.codec == "gif" else []
    return [*plain, f"format={sample.stored}"]


def _said(sample: Sample) -> list[str]:
    if sample.is_hdr:
        names = f"colorprim=bt2020:transfer={sample.stored}:colormatrix=bt2020nc"
        return ["-x265-params", f"log-level=error:{names}"]
    quiet = ["-x265-params", "log-level=error"] if sample.codec == "hevc" else []
    if sample.tags is None or sample.stored.startswith(("gbr", "bgr")):
        return quiet
    primaries = {"bt709": "bt709", "smpte170m": "smpte170m", "bt470bg": "bt470bg"}[sample.tags]
    transfer = "bt709" if sample.tags == "bt709" else "smpte170m"
    told = ["-colorspace", sample.tags, "-color_primaries", primaries, "-color_trc", transfer]
    return [*quiet, *told]


def _heard(sample: Sample) -> str:
    layout = {"stereo": "stereo", "5.1": "5.1"}.get(sample.sound, "mono")
    wave = "|".join([f"0.4*sin({HERTZ}*2*PI*t)"] * {"mono": 1, "stereo": 2, "5.1": 6}[layout])
    hole = ",aselect='not(between(t\\,0.4\\,0.8))'" if sample.sound == "hole" else ""
    seconds = SECONDS - (0.5 if sample.sound == "late" else 0)
    return f"aevalsrc={wave}:c={layout}:s=48000:d={seconds}{hole}"
