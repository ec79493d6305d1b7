"""What a host says of its memory and its graphics processors."""

import asyncio
from pathlib import Path

import pytest
from engine_kit.machine import gpu_names, memory_bytes

MEMINFO = "MemTotal:        8000000 kB\nMemFree:         1000000 kB\n"


@pytest.mark.parametrize(
    ("files", "size_bytes"),
    [
        ({"proc/meminfo": MEMINFO}, 8_192_000_000),
        ({"proc/meminfo": MEMINFO, "sys/fs/cgroup/memory.max": "max\n"}, 8_192_000_000),
        ({"proc/meminfo": MEMINFO, "sys/fs/cgroup/memory.max": "1073741824\n"}, 1 << 30),
        (
            {
                "proc/meminfo": MEMINFO,
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            },
            8_192_000_000,
        ),
        ({}, None),
    ],
)
def test_a_container_may_have_its_limit_or_all_there_is(
    tmp_path: Path, files: dict[str, str], size_bytes: int | None
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    assert memory_bytes(tmp_path) == size_bytes


def names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, *drivers: str
) -> tuple[str, ...]:
    """Return what is found where `nvidia-smi` is this program, and devices have these drivers."""
    folder = tmp_path / "bin"
    folder.mkdir()
    if program:
        (folder / "nvidia-smi").write_text(f"#!/bin/sh\n{program}\n")
        (folder / "nvidia-smi").chmod(0o755)
    for number, driver in enumerate(drivers, start=128):
        device = tmp_path / f"sys/class/drm/renderD{number}/device"
        device.mkdir(parents=True)
        (device / "uevent").write_text(f"DRIVER={driver}\nPCI_ID=1002:744C\n")
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return asyncio.run(gpu_names(tmp_path, tmp_path))


def test_gpus_are_called_what_their_own_program_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = '[ "$*" = "--query-gpu=name --format=csv,noheader" ] && printf "Model A\\nModel B\\n"'

    assert names(tmp_path, monkeypatch, program, "nvidia") == ("Model A", "Model B")


@pytest.mark.parametrize("program", ["", "echo It has failed.; exit 9"])
def test_without_that_program_they_are_called_what_drives_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    assert names(tmp_path, monkeypatch, program, "amdgpu", "i915") == ("amdgpu", "i915")


def test_a_host_without_any_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert names(tmp_path, monkeypatch, "") == ()
