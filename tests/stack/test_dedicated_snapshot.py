"""Both Workers on Cloudflare's own Python runtime, from the memory that a deploy keeps of them.

workerd fetches that runtime; where it cannot, nothing of this is run.
"""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from dev.installation import CONFIGS, ROOT, node_path
from dev.stack.ports import any_free_port
from media_jobs import __version__

pytestmark = pytest.mark.long

WORKERD = ROOT / "node_modules/workerd/bin/workerd"
BUNDLES = ROOT / "build/pyodide-bundles"
NO_RUNTIME = "Request for Pyodide bundle failed"
START_TIMEOUT_S = 300.0
SNAPSHOT_BYTES_MIN = 10 * 1024 * 1024
"""The memory of an interpreter; nothing smaller is one."""

CONFIG = """
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:{port}", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [{modules}],
  compatibilityDate = "{date}",
  compatibilityFlags = {flags},
);
"""
LIST = """
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";
import { uploadedModules } from "./dev/stack/runtimes/modules.mjs";
const config = unstable_readConfig({ config: process.env.CONFIG });
const { workerOptions } = unstable_getMiniflareWorkerOptions(config);
const modules = uploadedModules(config, workerOptions.modulesRules);
const { compatibility_date, compatibility_flags } = config;
console.log(JSON.stringify({ modules, compatibility_date, compatibility_flags }));
"""


def write_config(config: str, folder: Path, port: int) -> Path:
    """Write what workerd runs: the modules of a deploy, without bindings."""
    listed = subprocess.run(
        [node_path(), "--input-type=module", "--eval", LIST],
        cwd=ROOT,
        env={**os.environ, "CONFIG": config, "WRANGLER_SEND_METRICS": "false"},
        capture_output=True,
        text=True,
        check=True,
    )
    worker = json.loads(listed.stdout)
    modules = []
    for module in worker["modules"]:
        name = module["name"]
        place = folder / "modules" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(Path(module["file"]).read_bytes())
        is_own = not name.startswith("python_modules/")
        # As wrangler uploads them: what is vendored is data, but for the SDK's JavaScript.
        kind = "pythonModule" if is_own else "esModule" if name.endswith(".js") else "data"
        modules.append(f'(name = "{name}", {kind} = embed "modules/{name}")')
    written = folder / "config.capnp"
    flags = json.dumps(worker["compatibility_flags"])
    date = worker["compatibility_date"]
    written.write_text(CONFIG.format(port=port, modules=",".join(modules), date=date, flags=flags))
    return written


@contextmanager
def started(config: Path, port: int, *options: str) -> Iterator[dict[str, object]]:
    """Start workerd, yield what `/healthz` answers, and end it. Skips where it has no runtime."""
    BUNDLES.mkdir(parents=True, exist_ok=True)
    folders = (
        f"--pyodide-bundle-disk-cache-dir={BUNDLES}",
        f"--python-snapshot-dir={config.parent}",
    )
    log = config.with_suffix(".log")
    with log.open("w") as lines:
        running = subprocess.Popen(
            [WORKERD, "serve", "--experimental", config, *folders, *options],
            stdout=lines,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _answer(f"http://127.0.0.1:{port}/healthz", running, log)
    finally:
        running.terminate()
        running.wait(30)


def _answer(url: str, running: subprocess.Popen[bytes], log: Path) -> dict[str, object]:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and running.poll() is None:
        if NO_RUNTIME in log.read_text(errors="replace"):
            break
        try:
            answer = httpx.get(url, timeout=60, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            assert answer.status_code == 200, answer.text
            answered: dict[str, object] = answer.json()
            return answered
    if NO_RUNTIME in log.read_text(errors="replace"):
        pytest.skip("not run here: Cloudflare's Python runtime cannot be fetched from this machine")
    raise AssertionError(log.read_text(errors="replace")[-4000:])


@pytest.mark.parametrize(("worker", "config"), CONFIGS.items())
def test_a_worker_is_saved_to_and_started_from_its_dedicated_snapshot(
    worker: str, config: str, tmp_path: Path
) -> None:
    port = any_free_port()
    written = write_config(config, tmp_path, port)

    with started(written, port, "--python-save-snapshot") as first:
        assert first["version"] == __version__, worker
    saved = tmp_path / "snapshot.bin"
    assert saved.stat().st_size > SNAPSHOT_BYTES_MIN

    with started(written, port, f"--python-load-snapshot={saved.name}") as again:
        assert again == first
