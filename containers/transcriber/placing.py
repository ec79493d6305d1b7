"""Where a model runs: on an NVIDIA GPU, or on the processor."""

import os
from collections.abc import Sequence
from pathlib import Path

_CUDA_PACKAGES = ("nvidia/cublas/lib", "nvidia/cuda_nvrtc/lib")


def placed(device: str, gpus: int) -> list[tuple[str, str]]:
    """Return where to load a model, and in which numbers, in order of preference.

    *device* is `auto`, `cpu` or `cuda`; *gpus*: how many there are. On `auto` a GPU that can't be
    used gives way to the processor.
    """
    gpu = [("cuda", "float16"), ("cuda", "int8_float32")]
    cpu = [("cpu", "int8")]
    if device == "cuda":
        return gpu
    return [*gpu, *cpu] if device == "auto" and gpus > 0 else cpu


def cuda_library_path(paths: Sequence[str]) -> str | None:
    """Return where NVIDIA's packages among *paths* have their libraries, if they are there."""
    found = [str(Path(p) / name) for p in paths for name in _CUDA_PACKAGES if p]
    return os.pathsep.join(path for path in found if Path(path).is_dir()) or None
