"""The host serves the modules that `wrangler deploy` uploads, and no others."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from dev.installation import CONFIGS, ROOT, node_path

LIST = """
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";
import { uploadedModules } from "./dev/stack/runtimes/modules.mjs";
const config = unstable_readConfig({ config: process.env.CONFIG });
const { workerOptions } = unstable_getMiniflareWorkerOptions(config);
const modules = uploadedModules(config, workerOptions.modulesRules);
console.log(JSON.stringify(modules.map((module) => module.name)));
"""


def run_node(*argv: str, config: str) -> str:
    env = {**os.environ, "CONFIG": config, "WRANGLER_SEND_METRICS": "false", "CI": "1"}
    done = subprocess.run(
        [node_path(), *argv], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("config", CONFIGS.values())
def test_the_host_serves_exactly_what_a_deploy_uploads(config: str, tmp_path: Path) -> None:
    wrangler = "node_modules/wrangler/bin/wrangler.js"
    run_node(
        wrangler, "deploy", "--dry-run", "--outdir", str(tmp_path), "-c", config, config=config
    )
    uploaded = {
        str(file.relative_to(tmp_path))
        for file in tmp_path.rglob("*")
        if file.is_file() and file != tmp_path / "README.md"  # wrangler's note on the folder.
    }

    served = json.loads(run_node("--input-type=module", "--eval", LIST, config=config))

    assert set(served) == uploaded
    assert len(served) == len(set(served))
