"""Encoders of graphics hardware: what they are told, and which are found."""

import asyncio
import re
import stat
import subprocess
from pathlib import Path

import pytest
from engine_kit.ffmpeg import find_ffmpeg
from engine_kit.hardware import (
    HardwareEncoder,
    candidates,
    chosen_names,
    devices,
    find_encoders,
    trial_argv,
)

from media_jobs.errors import SettingError

LISTED = [
    f"{codec}_{family}"
    for family in ("vaapi", "qsv", "nvenc", "videotoolbox")
    for codec in ("av1", "hevc", "h264")
]
NVIDIA, RENDER = "/dev/nvidiactl", "/dev/dri/renderD129"


def encoder(name: str) -> HardwareEncoder:
    """Return an encoder by its name, on the second render node where it needs one."""
    return HardwareEncoder(name=name, device=RENDER if name.endswith("vaapi") else "")


def names(*nodes: str, platform: str = "linux") -> list[str]:
    """Return what is tried of the codec H.264 on a host with these files."""
    found = candidates(LISTED, nodes, platform=platform)
    return [one.name for one in found if one.codec == "h264"]


def test_what_a_host_cannot_have_is_not_tried() -> None:
    assert names() == []
    assert names(NVIDIA) == ["h264_nvenc"]
    assert names(RENDER) == ["h264_qsv", "h264_vaapi"]
    assert names(NVIDIA, RENDER) == ["h264_nvenc", "h264_qsv", "h264_vaapi"]
    assert names(platform="darwin") == ["h264_videotoolbox"]
    assert candidates(["libx264"], [NVIDIA, RENDER]) == []


def test_chosen_encoders_are_tried_in_their_order_whatever_is_seen_of_the_host() -> None:
    chosen = ("hevc_vaapi", "h264_nvenc", "h264_amf")

    assert candidates(LISTED, [RENDER], names=chosen) == [
        encoder("hevc_vaapi"),
        encoder("h264_nvenc"),
    ]


def test_a_render_node_is_found_where_linux_has_it(tmp_path: Path) -> None:
    node = tmp_path / "dev/dri/renderD129"
    node.parent.mkdir(parents=True)
    node.touch()

    assert devices(tmp_path) == [RENDER]
    assert candidates(["h264_vaapi"], devices(tmp_path), platform="linux") == [
        encoder("h264_vaapi")
    ]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", None),
        ("auto", None),
        ("off", ()),
        ("h264_qsv, hevc_vaapi", ("h264_qsv", "hevc_vaapi")),
    ],
)
def test_the_setting_says_what_is_tried(text: str, read: tuple[str, ...] | None) -> None:
    assert chosen_names(text) == read


@pytest.mark.parametrize("text", ["h264", "libx264", "h264_nvenc,", "av1_videotoolbox"])
def test_an_unknown_encoder_is_refused_by_the_settings_name(text: str) -> None:
    with pytest.raises(SettingError, match="HARDWARE_ENCODERS"):
        chosen_names(text)


@pytest.mark.parametrize(
    ("name", "quality", "told"),
    [
        (
            "h264_nvenc",
            "standard",
            "-profile:v high -preset p4 -tune hq -rc vbr -cq 23 -b:v 0 -forced-idr 1",
        ),
        (
            "hevc_nvenc",
            "small",
            "-profile:v main -tag:v hvc1 -preset p4 -tune hq -rc vbr -cq 31 -b:v 0 -forced-idr 1",
        ),
        ("av1_nvenc", "high", "-preset p4 -tune hq -rc vbr -cq 24 -b:v 0 -forced-idr 1"),
        (
            "h264_qsv",
            "high",
            "-profile:v high -preset medium -global_quality 18 -forced_idr 1",
        ),
        ("hevc_vaapi", "high", "-profile:v main -tag:v hvc1 -rc_mode CQP -global_quality 21"),
        ("h264_videotoolbox", "standard", "-profile:v high -q:v 71"),
    ],
)
def test_quality_is_a_number_of_the_encoders_own_scale(name: str, quality: str, told: str) -> None:
    assert encoder(name).arguments(quality) == ["-c:v", name, *told.split()]


def test_a_trial_is_a_short_encode_as_a_job_has_it() -> None:
    assert trial_argv(encoder("h264_vaapi")) == [
        *("-vaapi_device", RENDER),
        *("-f", "lavfi", "-i", "testsrc2=size=640x360:rate=30:duration=0.5"),
        *("-vf", "format=yuv420p,format=nv12,hwupload"),
        *("-c:v", "h264_vaapi", "-profile:v", "high", "-rc_mode", "CQP", "-global_quality", "23"),
        *("-force_key_frames", "0.2", "-f", "null", "-"),
    ]
    argv = trial_argv(encoder("h264_qsv"))
    assert argv[argv.index("-vf") + 1] == "format=yuv420p"
    assert argv[argv.index("-pix_fmt") + 1] == "nv12"


def test_ffmpeg_knows_each_option_of_its_encoders() -> None:
    """Those of VideoToolbox can be asked on macOS alone; options of all encoders are left out."""
    common = {"-c:v", "-profile:v", "-tag:v", "-b:v", "-q:v", "-global_quality"}
    for name in (name for name in LISTED if not name.endswith("videotoolbox")):
        ask = [find_ffmpeg(), "-hide_banner", "-h", f"encoder={name}"]
        said = subprocess.run(ask, capture_output=True, text=True, check=True).stdout
        known = set(re.findall(r"^  (-[\w-]+) ", said, re.MULTILINE))
        told = {word for word in encoder(name).arguments("high") if re.match(r"-[a-z]", word)}
        assert told - common <= known, name


_FAKE = """#!/bin/sh
case "$*" in
  *-encoders*) printf ' V....D %s x\\n' libx264 h264_nvenc hevc_nvenc h264_qsv h264_vaapi ;;
  *h264_qsv*|*hevc_nvenc*) exit 0 ;;
  *h264_nvenc*) echo 'Cannot load libcuda.so.1' >&2; exit 1 ;;
  *) exit 9 ;;
esac
"""


def test_of_each_codec_the_first_that_passes_its_trial_is_found(tmp_path: Path) -> None:
    fake = tmp_path / "ffmpeg"
    fake.write_text(_FAKE)
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    tried = ("h264_nvenc", "h264_qsv", "h264_vaapi", "hevc_nvenc", "hevc_qsv")

    found = asyncio.run(find_encoders(str(fake), tried, tmp_path))

    assert found == (encoder("h264_qsv"), encoder("hevc_nvenc"))
    assert asyncio.run(find_encoders("/nonexistent", (), tmp_path)) == ()
