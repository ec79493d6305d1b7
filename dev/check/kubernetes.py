"""Kubernetes' manifests are what Kubernetes and KEDA know, and kustomize finds its files.

The models are packages that nothing else needs, in a folder of their own (`build/kubernetes`), so a
process of its own reads them. They pass fields that they do not know: what an object's model would
not write again is such a field.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # It ships no types.
from pydantic import ValidationError

from dev.check.faults import Fault
from dev.kubernetes_files import FOLDER

MODELS = "build/kubernetes"
_KINDS = {
    ("v1", "Namespace"): "kubernetes.core.v1",
    ("v1", "Service"): "kubernetes.core.v1",
    ("apps/v1", "Deployment"): "kubernetes.apps.v1",
    ("networking.k8s.io/v1", "NetworkPolicy"): "kubernetes.networking.v1",
    ("keda.sh/v1alpha1", "ScaledObject"): "keda.v1alpha1",
    ("keda.sh/v1alpha1", "TriggerAuthentication"): "keda.v1alpha1",
}
_MADE_ELSEWHERE = {"keys.env"}
_FIX = "compare it with the object's reference."


def kubernetes_faults(root: Path) -> Iterator[Fault]:
    """Yield what is wrong with the manifests."""
    folder = root / FOLDER
    yield from _file_faults(folder)
    files = [str(path) for path in sorted(folder.glob("*.yaml"))]
    path = os.pathsep.join([str(root / MODELS), os.environ.get("PYTHONPATH", "")])
    ended = subprocess.run(
        [sys.executable, "-m", __name__, *files],
        cwd=root,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    if ended.returncode != 0:
        yield Fault(where=FOLDER, what=ended.stderr[-500:], fix="run `make setup`.")
        return
    for where, what in json.loads(ended.stdout):
        yield Fault(where=f"{FOLDER}/{where}", what=what, fix=_FIX)


def _file_faults(folder: Path) -> Iterator[Fault]:
    """Yield files that the kustomization names and that are not there, or the other way round."""
    said = yaml.safe_load((folder / "kustomization.yaml").read_text(encoding="utf-8"))
    generated = [*said["configMapGenerator"], *said["secretGenerator"]]
    named = {*said["resources"], *(name for one in generated for name in one["envs"])}
    there = {path.name for path in folder.iterdir()} - {"kustomization.yaml"}
    for name in sorted((named ^ there) - _MADE_ELSEWHERE):
        yield Fault(where=f"{FOLDER}/{name}", what="is either not named or not there.", fix=_FIX)


def object_faults(document: Any) -> list[str]:  # Any: whatever a file has.
    """Return what is wrong with one object, by its model."""
    kind = (document.get("apiVersion"), document.get("kind"))
    if kind not in _KINDS:
        return [f"{kind[0]} {kind[1]} has no model."]
    model = getattr(import_module(f"cloudcoil.models.{_KINDS[kind]}"), kind[1])
    try:
        read = model.model_validate(document)
    except ValidationError as error:
        return [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
    written = read.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return [f"{path} is not known." for path in _left_out(document, written, kind[1])]


def _left_out(given: Any, written: Any, path: str) -> Iterator[str]:
    if isinstance(given, dict) and isinstance(written, dict):
        for name, value in given.items():
            if name not in written:
                yield f"{path}.{name}"
            else:
                yield from _left_out(value, written[name], f"{path}.{name}")
    elif isinstance(given, list) and isinstance(written, list):
        for number, (one, other) in enumerate(zip(given, written, strict=True)):
            yield from _left_out(one, other, f"{path}.{number}")


def main(files: list[str]) -> None:
    """Print the faults of the objects in *files* as JSON: file and sentence."""
    faults = [
        (Path(name).name, what)
        for name in files
        for document in yaml.safe_load_all(Path(name).read_text(encoding="utf-8"))
        if document.get("kind") != "Kustomization"
        for what in object_faults(document)
    ]
    print(json.dumps(faults))


if __name__ == "__main__":
    main(sys.argv[1:])
