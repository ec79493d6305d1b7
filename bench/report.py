"""The table and the JSON document of one run."""

import json
import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Measurement
from dev.installation import ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a route may cost, as a multiple of the trivial route of the same Worker."""

    name: str
    ratio_max: float


TARGETS = (
    Target(name="POST /callbacks/container", ratio_max=4.0),
    Target(name="POST /jobs", ratio_max=6.0),
)


def describe_machine() -> dict[str, object]:
    """Return what the figures depend on."""
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    return {
        "cpus": os.cpu_count(),
        "cpu": model[1] if model else platform.machine(),
        "python": platform.python_version(),
        "loadAverage": round(os.getloadavg()[0], 2),
        **json.loads((ROOT / "package.json").read_text())["devDependencies"],
    }


def base_of(measurements: Sequence[Measurement], name: str) -> Measurement:
    """Return the trivial route of the Worker that *name* belongs to."""
    worker, colon, _ = name.partition(": ")
    wanted = f"{worker}: GET /healthz" if colon else "GET /healthz"
    return next(item for item in measurements if item.name == wanted)


def table(measurements: Sequence[Measurement]) -> str:
    """Return the figures as a Markdown table, ratios first."""
    limits = {target.name: target.ratio_max for target in TARGETS}
    rows = [
        "| Route | × /healthz | target | CPU ms | least | most |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for item in measurements:
        ratio = item.ratio_to(base_of(measurements, item.name))
        limit = f"≤ {limits[item.name]:g}" if item.name in limits else ""
        rows.append(
            f"| {item.name} | {ratio:.2f} | {limit} | {item.median_ms:.2f}"
            f" | {min(item.rounds_ms):.2f} | {max(item.rounds_ms):.2f} |"
        )
    return "\n".join(rows)


def document(
    measurements: Sequence[Measurement], imports_s: dict[str, float], stamp: str
) -> dict[str, object]:
    """Return everything that was measured."""
    return {
        "measuredAt": stamp,
        "machine": describe_machine(),
        "importCpuSeconds": imports_s,
        "routes": [
            {
                "name": item.name,
                "requestsPerRound": item.requests,
                "cpuMsPerRequest": round(item.median_ms, 3),
                "ratioToHealthz": round(item.ratio_to(base_of(measurements, item.name)), 2),
                "rounds": [round(value, 3) for value in item.rounds_ms],
            }
            for item in measurements
        ],
    }
