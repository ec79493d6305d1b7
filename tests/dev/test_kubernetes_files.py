"""Kubernetes' manifests agree with what the containers and the orchestrator offer."""

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # It ships no types.
from engine_kit.metrics import Metrics

from dev.check.kubernetes import MODELS, kubernetes_faults
from dev.container_files import EXAMPLE
from dev.installation import ROOT
from dev.kubernetes_files import FOLDER
from media_jobs.engines import ENGINES
from orchestrator.metrics import waiting_jobs
from tests.platform.loop import run

Object = dict[str, Any]  # Of YAML.


def objects(kind: str) -> Iterator[Object]:
    """Yield the objects of one kind, one of each engine."""
    for engine in ENGINES.values():
        text = (ROOT / FOLDER / f"{engine.name}.yaml").read_text(encoding="utf-8")
        yield next(one for one in yaml.safe_load_all(text) if one["kind"] == kind)


def test_what_keda_reads_is_what_is_offered() -> None:
    async def none(_: object) -> int:
        return 0

    for engine, scaled in zip(ENGINES.values(), objects("ScaledObject"), strict=True):
        waiting, active = (one["metadata"] for one in scaled["spec"]["triggers"])
        asked = re.search(r"/metrics\?engine=([\w-]+)$", waiting["url"])
        assert asked is not None
        assert asked[1] == engine.id
        offered = run(waiting_jobs(asked[1], none))
        assert re.findall(r"^(\w+)\{", offered, re.MULTILINE) == [waiting["valueLocation"]]
        own = Metrics(engine.id).text(active=0, capacity=1, disk_free_bytes=1, tools={})
        assert re.findall(rf"^{active['valueLocation']}\{{", own, re.MULTILINE)
        assert f"//{engine.name}.media-jobs.svc:8080/" in active["url"]
        assert scaled["spec"]["maxReplicaCount"] == 1


def test_a_pod_is_given_the_time_that_its_container_drains() -> None:
    for deployment in objects("Deployment"):
        pod = deployment["spec"]["template"]["spec"]
        [container] = pod["containers"]
        drain = next(one for one in container["env"] if one["name"] == "DRAIN_SECONDS")
        assert pod["terminationGracePeriodSeconds"] >= int(drain["value"]) + 30


def test_each_container_gets_its_own_key_and_no_other() -> None:
    example = (ROOT / EXAMPLE).read_text(encoding="utf-8")
    for engine, deployment in zip(ENGINES.values(), objects("Deployment"), strict=True):
        [container] = deployment["spec"]["template"]["spec"]["containers"]
        read = [
            one["valueFrom"]["secretKeyRef"]["key"]
            for one in container["env"]
            if "valueFrom" in one
        ]
        keys = [name for name in read if name.startswith("JOB_CALLBACK_HMAC_SECRET")]
        assert keys == [f"JOB_CALLBACK_HMAC_SECRET_{engine.name.upper()}"]
        assert all(f"\n{name}=" in example for name in read)


@pytest.mark.long
def test_the_check_finds_what_kubernetes_would_refuse(tmp_path: Path) -> None:
    copytree(ROOT / FOLDER, tmp_path / FOLDER, ignore=lambda *_: ["keys.env"])
    (tmp_path / MODELS).parent.mkdir()
    (tmp_path / MODELS).symlink_to(ROOT / MODELS)
    (tmp_path / "dev").symlink_to(ROOT / "dev")
    assert list(kubernetes_faults(tmp_path)) == []

    burner = tmp_path / FOLDER / "burner.yaml"
    text = burner.read_text(encoding="utf-8")
    for found, instead in (
        ("readOnlyRootFilesystem", "readOnlyRootFileSystem"),
        ("cooldownPeriod: 600", "cooldownPeriod: soon"),
        ("kind: Service\n", "kind: Servise\n"),
    ):
        assert found in text
        text = text.replace(found, instead)
    burner.write_text(text, encoding="utf-8")
    (tmp_path / FOLDER / "stray.yaml").write_text("", encoding="utf-8")

    said = "\n".join(fault.what for fault in kubernetes_faults(tmp_path))
    assert "readOnlyRootFileSystem is not known" in said
    assert "cooldownPeriod" in said
    assert "v1 Servise has no model" in said
    assert "is either not named or not there" in said
