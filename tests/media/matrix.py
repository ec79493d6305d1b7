"""Short videos of every kind, drawn from a seed: container, codec, rate, colours, shape, sound.

Each shows a flat grey with black, white and red patches in its upper left corner, and something
that moves in the middle: what a player shows for it is known without knowing how it is stored.
"""

import random
from dataclasses import dataclass
from pathlib import Path

from tests.media.pictures import ffmpeg

SECONDS = 1.2
HERTZ = 440
PATCH = 32
MOVING = 48
PATCHES = (("black", (0, 0, 0)), ("white", (255, 255, 255)), ("red", (255, 0, 0)))

CONTAINERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "mp4": (("h264", "hevc", "mpeg4", "vp9"), ("aac", "mp3", "ac3", "libopus", "flac", "alac")),
    "mov": (("h264", "prores_ks", "mjpeg", "qtrle"), ("aac", "pcm_s24le", "alac")),
    "mkv": (
        ("h264", "hevc", "mpeg2video", "libvpx", "vp9", "ffv1", "libtheora", "mjpeg"),
        ("aac", "libvorbis", "libopus", "flac", "mp3", "pcm_s16le", "ac3"),
    ),
    "webm": (("libvpx", "vp9"), ("libvorbis", "libopus")),
    "avi": (("mpeg4", "mjpeg", "h264", "rawvideo"), ("mp3", "pcm_s16le", "ac3")),
    "ts": (("h264", "mpeg2video", "hevc"), ("aac", "mp2", "ac3")),
    "mpg": (("mpeg2video", "mpeg1video"), ("mp2", "ac3")),
    "wmv": (("wmv1", "wmv2", "msmpeg4"), ("wmav2",)),
    "flv": (("flv1", "h264"), ("mp3", "aac")),
    "ogv": (("libtheora",), ("libvorbis",)),
    "gif": (("gif",), ()),
}
"""What people have: of each container, the usual video and audio codecs."""

FORMATS: dict[str, tuple[str, ...]] = {
    "h264": ("yuv420p", "yuvj420p", "yuv422p", "yuv444p", "gray", "yuv420p10le"),
    "hevc": ("yuv420p", "yuv420p10le", "smpte2084", "arib-std-b67"),
    "vp9": ("yuv420p", "yuva420p", "yuv444p"),
    "libvpx": ("yuv420p", "yuva420p"),
    "prores_ks": ("yuv422p10le", "yuva444p10le"),
    "mjpeg": ("yuvj420p", "yuvj422p", "yuvj444p"),
    "qtrle": ("rgb24", "argb", "gray"),
    "ffv1": ("yuv420p", "gbrp", "bgra", "gray", "yuv444p10le", "gbrp10le"),
    "gif": ("bgr8",),
}
"""How a codec's pictures are stored; names of transfers are high dynamic range. Else yuv420p."""

# Transparency goes without frames that are never shown.
_FAST = ("-deadline", "realtime", "-cpu-used", "8", "-auto-alt-ref", "0")
ENCODERS = {
    "h264": ("libx264", "-preset", "ultrafast", "-qp", "12"),
    "hevc": ("libx265", "-preset", "ultrafast", "-tag:v", "hvc1"),
    "vp9": ("libvpx-vp9", *_FAST, "-crf", "20", "-b:v", "0"),
    "libvpx": ("libvpx", *_FAST, "-b:v", "2M"),
    "libtheora": ("libtheora", "-q:v", "10"),
}
MPEG_RATES = ("24000/1001", "24", "25", "30000/1001", "30", "50", "60")
RATES = (*MPEG_RATES, "1", "4", "10", "15", "120", "uneven")
STRICT = ("mpeg1video", "mpeg2video")
"""Codecs with a list of rates."""
SIZES = ("320x180", "180x320", "320x240", "352x288", "322x182", "640x480", "1280x720")
SOUNDS = ("none", "mono", "stereo", "5.1", "late", "hole")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One video. *stored*: its pixel format, or the transfer of its high dynamic range."""

    container: str
    codec: str
    stored: str
    tags: str | None
    rate: str
    size: str
    wide_pixels: bool
    turned: int
    sound: str
    audio_codec: str

    @property
    def is_hdr(self) -> bool:
        """Whether it is brighter than any screen of old."""
        return self.stored in ("smpte2084", "arib-std-b67")

    @property
    def name(self) -> str:
        """All that is special of it."""
        words = [self.container, self.codec, self.stored, self.tags or "untagged", self.rate]
        words += [self.size, f"turned{self.turned}" if self.turned else ""]
        words += ["wide" if self.wide_pixels else "", self.sound]
        words += [self.audio_codec if self.sound != "none" else ""]
        return "-".join(word.replace("/", ":") for word in words if word)


def drawn(seed: int, count: int) -> list[Sample]:
    """Return *count* samples of *seed*, no two alike."""
    chance = random.Random(seed)  # noqa: S311  Not for secrets.
    found: dict[str, Sample] = {}
    while len(found) < count:
        sample = _drawn(chance)
        found.setdefault(sample.name, sample)
    return list(found.values())


def _drawn(chance: random.Random) -> Sample:
    container = chance.choice(list(CONTAINERS))
    codecs, audio_codecs = CONTAINERS[container]
    codec = chance.choice(codecs)
    stored = chance.choice(FORMATS.get(codec, ("yuv420p",)))
    can_say = codec in ("h264", "hevc", "ffv1", "prores_ks", "vp9") and container != "avi"
    tags = chance.choice((None, "bt709", "smpte170m", "bt470bg")) if can_say else None
    audio_codec = chance.choice(audio_codecs) if audio_codecs else ""
    return Sample(
        container=container,
        codec=codec,
        stored=stored,
        tags=tags,
        rate=chance.choice(MPEG_RATES if codec in STRICT else RATES),
        size=chance.choice(SIZES),
        wide_pixels=chance.random() < 0.15 and container in ("mp4", "mkv", "mov"),
        turned=chance.choice((0, 0, 0, 90, 180, 270)) if container in ("mp4", "mov") else 0,
        sound=chance.choice(_sounds(container, audio_codec)) if audio_codecs else "none",
        audio_codec=audio_codec,
    )


def _sounds(container: str, codec: str) -> list[str]:
    """Return the sounds that can be stored."""
    refused = set()
    if codec in ("mp2", "mp3", "wmav2"):
        refused.add("5.1")
    if container in ("avi", "ogv"):
        # FFmpeg writes sound there that begins with the picture and goes on.
        refused |= {"late", "hole"}
    if codec.startswith("pcm"):
        refused.add("hole")
    return [sound for sound in SOUNDS if sound not in refused]


def made(sample: Sample, folder: Path) -> Path:
    """Make the video of *sample*."""
    path = folder / f"{sample.name}.{sample.container}"
    rate = "25" if sample.rate == "uneven" else sample.rate
    # An untagged file is made as players take it.
    lines = int(sample.size.partition("x")[2])
    matrix = sample.tags or ("bt709" if lines >= 720 else "smpte170m")
    ground = f"color=c=0x808080:s={sample.size}:r={rate}:d={SECONDS}"
    patches = ",".join(
        f"drawbox=x={n * PATCH}:w={PATCH}:h={PATCH}:c={name}:t=fill"
        for n, (name, _) in enumerate(PATCHES)
    )
    filters = ["overlay=(W-w)/2:(H-h)/2:format=gbrp", patches, *_stored_as(sample, matrix)]
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
    target = path if not sample.turned else path.with_name(f"flat-{path.name}")
    ffmpeg(
        *(*inputs, "-filter_complex", f"[0:v][1:v]{','.join(filters)}[video]"),
        *(*maps, "-fps_mode", "vfr"),
        *("-c:v", *ENCODERS.get(sample.codec, (sample.codec, "-q:v", "2"))),
        *(*_said(sample), str(target)),
    )
    if sample.turned:
        turn = ("-display_rotation", str(sample.turned))
        ffmpeg(*turn, "-i", str(target), "-map", "0", "-c", "copy", str(path))
    return path


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
    return [f"format={sample.stored}"]


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
