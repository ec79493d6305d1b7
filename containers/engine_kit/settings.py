"""A container's settings from its environment, checked before the port is opened."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine_kit.addresses import LOOPBACK, Networks, networks_from
from engine_kit.ffmpeg import find_ffmpeg
from engine_kit.hardware import HardwareEncoder, chosen_names
from engine_kit.probe import find_ffprobe
from media_jobs import __version__
from media_jobs.errors import SettingError
from media_jobs.networks import is_loopback
from media_jobs.outward import HOST_KEY_SETTING, HostCredential, read_host_key
from media_jobs.settings import text, url
from media_jobs.signing import SECRET_SETTING, parse_secrets

__all__ = ["VERSION", "ContainerSettings", "Outward", "read_settings", "whole_number"]

VERSION = __version__
REGION_CHARS_MAX = 100
ORCHESTRATOR_URL = "ORCHESTRATOR_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outward:
    """Where a host that nobody can call connects to, and as which."""

    url: str
    credential: HostCredential


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerSettings:
    """One container's settings.

    *capacity*: how many attempts run at once. *no_progress_s*: how long a tool or a transfer may
    bring nothing new before it is ended; it is no limit on honest long work. With less free space
    in *work_dir* than *disk_free_bytes_min* nothing is started. *preview_cache_bytes*: of videos
    kept for stills. *own_networks*: where the store and the orchestrator may be, beside public
    addresses; loopback is among them where *host* is: nobody elsewhere calls such a container.
    *pieces*: how many processes burn one film at once, of at least *piece_s_min* seconds each.
    *shared_s_min*: how long a film is at least whose pieces other hosts may make; 0: none is.
    *drain_s*: how long what runs may go on after SIGTERM before it is interrupted.
    *region*, *cost_weight*: what the orchestrator is told of where it is and what it costs beside
    the engine's other hosts. *encoders_tried*: names of hardware encoders to try at the start, None
    for all that the host may have; *encoders*: those that work. *memory_bytes*, *gpus*: what the
    host has (`engine_kit.machine`). *outward*: given to a host that connects by itself; its port is
    for this machine alone then.
    """

    secrets: tuple[str, ...] = field(repr=False)
    port: int
    host: str = "0.0.0.0"  # noqa: S104  A container is reached from outside it.
    capacity: int = 1
    work_dir: Path
    ffmpeg: str
    ffprobe: str | None = None
    no_progress_s: float = 120.0
    drain_s: float = 0.0
    pieces: int = 1
    piece_s_min: float = 60.0
    shared_s_min: float = 600.0
    disk_free_bytes_min: int = 0
    preview_cache_bytes: int = 4 << 30
    own_networks: Networks = ()
    region: str = ""
    cost_weight: float = 1.0
    encoders_tried: tuple[str, ...] | None = ()
    encoders: tuple[HardwareEncoder, ...] = ()
    memory_bytes: int | None = None
    gpus: tuple[str, ...] = ()
    outward: Outward | None = None


def read_settings(env: Mapping[str, str] | None = None) -> ContainerSettings:
    """Read the settings; raises SettingError that names the variable, never its value."""
    env = os.environ if env is None else env
    ffmpeg = find_ffmpeg(env)
    capacity = whole_number(env, "CAPACITY", default_capacity(), low=1, high=256)
    outward = read_outward(env)
    host, port = ("0.0.0.0", 8080) if outward is None else ("127.0.0.1", 0)  # noqa: S104  As above.
    return ContainerSettings(
        secrets=outward.credential.secrets if outward else parse_secrets(env.get(SECRET_SETTING)),
        port=whole_number(env, "PORT", port, low=0, high=65535),
        host=env.get("HOST") or host,
        capacity=capacity,
        pieces=whole_number(env, "BURN_PIECES", default_pieces(capacity), low=1, high=64),
        piece_s_min=whole_number(env, "BURN_PIECE_SECONDS", 60, low=1, high=3600),
        shared_s_min=whole_number(env, "BURN_SHARED_SECONDS", 600, low=0, high=86400),
        work_dir=Path(env.get("WORK_DIR") or tempfile.gettempdir()),
        ffmpeg=ffmpeg,
        ffprobe=find_ffprobe(ffmpeg),
        no_progress_s=whole_number(env, "NO_PROGRESS_SECONDS", 120, low=1, high=86400),
        drain_s=whole_number(env, "DRAIN_SECONDS", 0, low=0, high=7 * 86400),
        disk_free_bytes_min=whole_number(
            env, "DISK_FREE_BYTES_MIN", 512 << 20, low=0, high=1 << 50
        ),
        preview_cache_bytes=whole_number(env, "PREVIEW_CACHE_BYTES", 4 << 30, low=0, high=1 << 50),
        own_networks=_own_networks(env),
        region=(env.get("REGION") or "").strip()[:REGION_CHARS_MAX],
        cost_weight=_cost_weight(env),
        encoders_tried=chosen_names(env.get("HARDWARE_ENCODERS", "")),
        outward=outward,
    )


def read_outward(env: Mapping[str, str]) -> Outward | None:
    """Return where this host connects to; None: it is called. Raises SettingError."""
    if not (env.get(HOST_KEY_SETTING) or env.get(ORCHESTRATOR_URL)):
        return None
    if env.get(SECRET_SETTING):
        raise SettingError(SECRET_SETTING, f"is not for a host that has a {HOST_KEY_SETTING}")
    return Outward(
        url=url(env.get, ORCHESTRATOR_URL),
        credential=read_host_key(text(env.get, HOST_KEY_SETTING)),
    )


def _own_networks(env: Mapping[str, str]) -> Networks:
    given = networks_from(env.get("OWN_NETWORKS", ""))
    return (*given, *LOOPBACK) if is_loopback(env.get("HOST", "")) else given


def _cost_weight(env: Mapping[str, str]) -> float:
    try:
        weight = float(env.get("COST_WEIGHT") or 1)
    except ValueError:
        raise SettingError("COST_WEIGHT", "is not a number") from None
    if not 0.001 <= weight <= 1000:
        raise SettingError("COST_WEIGHT", "must be from 0.001 to 1000")
    return weight


def default_capacity() -> int:
    """One attempt per two processors: an encode keeps about two busy."""
    return max(1, (os.cpu_count() or 1) // 2)


def default_pieces(capacity: int) -> int:
    """One for each four processors that an attempt has: an encoder alone keeps no more busy."""
    return max(1, (os.cpu_count() or 1) // (4 * capacity))


def whole_number(env: Mapping[str, str], name: str, default: int, *, low: int, high: int) -> int:
    """Read the setting *name*; raises SettingError."""
    text = env.get(name) or str(default)
    try:
        number = int(text)
    except ValueError:
        raise SettingError(name, "is not a whole number") from None
    if not low <= number <= high:
        raise SettingError(name, f"must be from {low} to {high}")
    return number
