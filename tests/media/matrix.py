"""Short videos of every kind, drawn from a seed: container, codec, rate, colours, shape, sound, and
the script that is burned into them.

Each shows a flat grey with black, white and red patches in its upper left corner, and something
that moves in the middle: what a player shows for it is known without knowing how it is stored.
"""

import random
from dataclasses import dataclass

from tests.media.scripts import SCRIPTS

FEW, MANY = 8, 240
"""How many are burned in each run, and in a long one."""
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

ALPHA = ("yuva420p", "yuva444p10le", "argb", "bgra")
"""Pictures that can be transparent, and are behind the black patch."""
MPEG_RATES = ("24000/1001", "24", "25", "30000/1001", "30", "50", "60")
RATES = (*MPEG_RATES, "1", "4", "10", "15", "120", "uneven")
STRICT = ("mpeg1video", "mpeg2video")
"""Codecs with a list of rates."""
SIZES = ("320x180", "180x320", "320x240", "352x288", "322x182", "640x480", "1280x720")
HARMS = {"cut off": "input_unreadable", "no picture": "input_unsupported"}
"""What is wrong with some of them, and the code with which they are refused."""
EXACT = ("mp4", "mov", "mkv", "webm", "avi")
"""Containers that say how long they are: the others are whole wherever they end."""
SOUNDS = ("none", "mono", "stereo", "5.1", "late", "hole")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One video. *stored*: its pixel format, or the transfer of its high dynamic range.

    *script*: of what is burned into it, a sentence where *is_long*, else a word. *harm*: what keeps
    it from being burned.
    """

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
    script: str
    is_long: bool
    harm: str = ""

    @property
    def text(self) -> str:
        """What is burned into it."""
        script = SCRIPTS[self.script]
        return script.sentence if self.is_long else script.word

    @property
    def is_hdr(self) -> bool:
        """Whether it is brighter than any screen of old."""
        return self.stored in ("smpte2084", "arib-std-b67")

    @property
    def is_transparent(self) -> bool:
        """Whether its black patch is a hole: MP4 stores no second picture, which VP9 needs."""
        return self.stored in ALPHA and self.container != "mp4"

    @property
    def name(self) -> str:
        """All that is special of it."""
        words = [self.container, self.codec, self.stored, self.tags or "untagged", self.rate]
        words += [self.size, f"turned{self.turned}" if self.turned else ""]
        words += ["wide" if self.wide_pixels else "", self.sound]
        words += [self.audio_codec if self.sound != "none" else ""]
        words += [self.script, "sentence" if self.is_long else "", self.harm]
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
    sound = chance.choice(_sounds(container, audio_codec)) if audio_codecs else "none"
    return Sample(
        container=container,
        codec=codec,
        stored=stored,
        tags=tags,
        rate=chance.choice(MPEG_RATES if codec in STRICT else RATES),
        size=chance.choice(SIZES),
        wide_pixels=chance.random() < 0.15 and container in ("mp4", "mkv", "mov"),
        turned=chance.choice((0, 0, 0, 90, 180, 270)) if container in ("mp4", "mov") else 0,
        sound=sound,
        audio_codec=audio_codec,
        script=chance.choice(list(SCRIPTS)),
        is_long=chance.random() < 0.3,
        harm=chance.choice(_harms(container, sound)) if chance.random() < 0.08 else "",
    )


def _harms(container: str, sound: str) -> list[str]:
    """Return what can be wrong with a video."""
    harms = ["cut off"] if container in EXACT else []
    return [*harms, *([] if sound == "none" else ["no picture"])] or [""]


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
