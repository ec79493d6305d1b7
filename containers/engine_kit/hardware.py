"""Encoders of the graphics hardware: their arguments, and which of them work on this host.

That a program has an encoder says nothing of the host: driver, rights and the chip decide. So each
one that may be there encodes a few frames when the container starts, confined as a job's is, with
the arguments of a job. What passes may still fail later: other programs share the hardware.
"""

import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine_kit.failures import EngineFailure
from engine_kit.logs import log
from engine_kit.processes import run_process
from media_jobs.errors import SettingError

__all__ = ["HardwareEncoder", "candidates", "chosen_names", "devices", "find_encoders"]

_TRIAL_S = 20.0
_CODECS = ("h264", "hevc", "av1")
_TAIL_CHARS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class _Family:
    """Encoders of one maker's interface. *quality*: by codec, of `small`, `standard` and `high`.

    *nodes*: one of these files is there where the hardware is; none are needed on *platform*.
    """

    quality: Mapping[str, tuple[int, int, int]]
    nodes: tuple[str, ...] = ()
    platform: str = "linux"


# Scales of their own: docs/containers.md says where the figures are from.
_FAMILIES: Mapping[str, _Family] = {
    "nvenc": _Family(
        quality={"h264": (29, 23, 19), "hevc": (31, 25, 21), "av1": (42, 32, 24)},
        nodes=("/dev/nvidiactl", "/dev/dxg"),
    ),
    "qsv": _Family(
        quality={"h264": (28, 23, 18), "hevc": (29, 24, 20), "av1": (31, 26, 21)},
        nodes=("/dev/dri/renderD*",),
    ),
    "vaapi": _Family(
        quality={"h264": (28, 23, 19), "hevc": (30, 25, 21), "av1": (168, 128, 96)},
        nodes=("/dev/dri/renderD*",),
    ),
    "videotoolbox": _Family(
        quality={"h264": (57, 71, 79), "hevc": (56, 68, 76)}, platform="darwin"
    ),
}
_LEVELS = ("small", "standard", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class HardwareEncoder:
    """An encoder by FFmpeg's *name*; *device*: the render node that VA-API opens."""

    name: str
    device: str = ""

    @property
    def codec(self) -> str:
        """What it makes: h264, hevc or av1."""
        return self.name.partition("_")[0]

    @property
    def family(self) -> str:
        """The interface to the hardware: nvenc, qsv, vaapi or videotoolbox."""
        return self.name.partition("_")[2]

    @property
    def before_inputs(self) -> list[str]:
        """FFmpeg's arguments that stand before the first input."""
        return ["-vaapi_device", self.device] if self.family == "vaapi" else []

    @property
    def uploading(self) -> list[str]:
        """The filters that hand frames of 4:2:0 to it, the last of all."""
        return ["format=nv12", "hwupload"] if self.family == "vaapi" else []

    def arguments(self, quality: str) -> list[str]:
        """Return what chooses and sets it, for 8 bits at constant quality: small, standard, high.

        Key frames that are asked for can be read without what is before them.
        """
        number = str(_FAMILIES[self.family].quality[self.codec][_LEVELS.index(quality)])
        tagged = ["-tag:v", "hvc1"] if self.codec == "hevc" else []
        profile = [] if self.codec == "av1" else ["-profile:v", _PROFILES[self.codec]]
        chosen = ["-c:v", self.name, *profile, *tagged]
        match self.family:
            case "nvenc":
                constant = ["-rc", "vbr", "-cq", number, "-b:v", "0"]
                return [*chosen, "-preset", "p4", "-tune", "hq", *constant, "-forced-idr", "1"]
            case "qsv":
                return [*chosen, "-preset", "medium", "-global_quality", number, *_QSV]
            case "vaapi":
                return [*chosen, "-rc_mode", "CQP", "-global_quality", number]
            case _:
                return [*chosen, "-q:v", number]

    @property
    def pixel_format(self) -> list[str]:
        """FFmpeg's arguments that say which frames it gets; none where filters have uploaded them.

        What it makes is 4:2:0 of 8 bits, however it gets it.
        """
        return [] if self.uploading else ["-pix_fmt", "nv12"]


_PROFILES = {"h264": "high", "hevc": "main"}
_QSV = ("-forced_idr", "1")


def chosen_names(text: str) -> tuple[str, ...] | None:
    """Read `HARDWARE_ENCODERS`: `auto` (None), `off`, or names in order; raises SettingError."""
    if text in ("", "auto"):
        return None
    names = () if text == "off" else tuple(name.strip() for name in text.split(","))
    for name in names:
        codec, _, family = name.partition("_")
        if family not in _FAMILIES or codec not in _FAMILIES[family].quality:
            raise SettingError("HARDWARE_ENCODERS", "names an encoder that is not known")
    return names


def devices(root: Path = Path("/")) -> list[str]:
    """Return the files of this host that lead to graphics hardware."""
    patterns = dict.fromkeys(node for family in _FAMILIES.values() for node in family.nodes)
    return [
        f"/{path.relative_to(root)}"
        for pattern in patterns
        for path in sorted(root.glob(pattern.lstrip("/")))
    ]


def candidates(
    listed: Iterable[str],
    nodes: Sequence[str],
    *,
    names: Sequence[str] | None = None,
    platform: str = sys.platform,
) -> list[HardwareEncoder]:
    """Return the encoders worth a trial, by codec, the best interface first.

    *listed*: what FFmpeg has; *nodes*: what the host has; *names*: those that were chosen, which
    are tried whatever is seen of the host.
    """
    has = set(listed)
    if names is not None:
        return [_encoder(name, nodes) for name in names if name in has]
    return [
        _encoder(f"{codec}_{name}", nodes)
        for codec in _CODECS
        for name, family in _FAMILIES.items()
        if codec in family.quality
        and f"{codec}_{name}" in has
        and _is_likely(family, nodes, platform)
    ]


def _is_likely(family: _Family, nodes: Sequence[str], platform: str) -> bool:
    wanted = tuple(node.rstrip("*") for node in family.nodes)
    return platform == family.platform and (not wanted or any(n.startswith(wanted) for n in nodes))


def _encoder(name: str, nodes: Sequence[str]) -> HardwareEncoder:
    render = next((node for node in nodes if "renderD" in node), "/dev/dri/renderD128")
    return HardwareEncoder(name=name, device=render if name.endswith("vaapi") else "")


async def find_encoders(
    ffmpeg: str, names: Sequence[str] | None, folder: Path
) -> tuple[HardwareEncoder, ...]:
    """Return the encoders that work on this host, at most one for each codec.

    *names*: of `chosen_names`. What fails is logged, and the container starts without it.
    """
    nodes = devices()
    if names == () or (names is None and not nodes and sys.platform != "darwin"):
        return ()
    found: dict[str, HardwareEncoder] = {}
    refused: dict[str, str] = {}
    for encoder in candidates(await _listed(ffmpeg, folder), nodes, names=names):
        if encoder.codec in found:
            continue
        why = await _why_not(encoder, ffmpeg, folder)
        if why is None:
            found[encoder.codec] = encoder
        else:
            refused[encoder.name] = why
    level = logging.INFO if found or not refused else logging.WARNING
    log("encoders_tried", level, found=[one.name for one in found.values()], refused=refused)
    return tuple(found.values())


async def _listed(ffmpeg: str, folder: Path) -> set[str]:
    """Return the names of FFmpeg's encoders."""
    names: set[str] = set()

    def read(line: str) -> None:
        words = line.split(maxsplit=2)
        if len(words) > 1 and words[0].startswith("V"):
            names.add(words[1])

    argv = [ffmpeg, "-nostdin", "-hide_banner", "-encoders"]
    await run_process(argv, cwd=folder, on_line=read, no_progress_s=_TRIAL_S)
    return names


def trial_argv(encoder: HardwareEncoder) -> list[str]:
    """Return FFmpeg's arguments that encode half a second, as a job would."""
    filters = ",".join(["format=yuv420p", *encoder.uploading])
    return [
        *encoder.before_inputs,
        *("-f", "lavfi", "-i", "testsrc2=size=640x360:rate=30:duration=0.5", "-vf", filters),
        *encoder.arguments("standard"),
        *encoder.pixel_format,
        *("-force_key_frames", "0.2", "-f", "null", "-"),
    ]


async def _why_not(encoder: HardwareEncoder, ffmpeg: str, folder: Path) -> str | None:
    """Return why the trial failed, in FFmpeg's first words; None if it works."""
    argv = [ffmpeg, "-nostdin", "-hide_banner", "-v", "error", *trial_argv(encoder)]
    try:
        ended = await run_process(argv, cwd=folder, no_progress_s=_TRIAL_S)
    except EngineFailure as failure:
        return failure.message
    if ended.stalled:
        return "It did not end."
    return None if ended.code == 0 else ended.stderr_tail[:_TAIL_CHARS] or f"code {ended.code}"
