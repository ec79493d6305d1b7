"""The host serves the modules that `wrangler deploy` uploads, and no others."""

import json
import os
import shlex
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


def run_node(*argv: str, config: str = "", given: object = None) -> str:
    env = {**os.environ, "CONFIG": config, "WRANGLER_SEND_METRICS": "false", "CI": "1"}
    done = subprocess.run(
        [node_path(), *argv],
        cwd=ROOT,
        env=env,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(("worker", "config"), CONFIGS.items())
def test_the_host_serves_exactly_what_a_deploy_uploads(
    worker: str, config: str, tmp_path: Path
) -> None:
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
    assert "entry.py" in uploaded
    assert {name.split("/")[0] for name in uploaded - {"entry.py"}} == {
        *("edge", "media_jobs", "python_modules", worker),
    }


@pytest.mark.parametrize(("worker", "config"), CONFIGS.items())
def test_wrangler_dev_gathers_exactly_what_the_host_serves(
    worker: str, config: str, tmp_path: Path
) -> None:
    launched: dict[str, object] = {"label": worker, "config": str(ROOT / config)}
    launched |= {"bindings": {}, "assets": None}
    launch = {"folder": str(tmp_path), "workers": [launched], "s3Credentials": {}}
    written = json.loads(run_node("dev/stack/runtimes/wrangler_configs.mjs", given=launch))
    (file,) = written["configs"]
    made = json.loads(Path(file).read_text())

    subprocess.run(shlex.split(made["build"]["command"]), cwd=ROOT, check=True)

    base = Path(made["base_dir"])
    gathered = {
        str(path.relative_to(base)): path.read_bytes() for path in base.rglob("*") if path.is_file()
    }
    served = json.loads(run_node("--input-type=module", "--eval", LIST, config=config))
    own = [name for name in served if not name.startswith("python_modules/")]
    assert {"entry.py", *gathered} == {*own}
    assert all(text == (ROOT / "src" / name).read_bytes() for name, text in gathered.items())
    assert (Path(file).parent / made["build"]["watch_dir"]).resolve() == ROOT / "src"


def test_what_is_gone_or_changed_in_the_sources_is_gathered_anew(tmp_path: Path) -> None:
    source = tmp_path / "src"
    for name in ("app/entry.py", "app/jobs.py", "edge/d1.py", "orchestrator/entry.py"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text("first = 1\n")
    gather = ("dev/upload/build.mjs", str(source / "app/entry.py"), str(tmp_path / "made"))
    run_node(*gather)

    (source / "edge/d1.py").unlink()
    (source / "edge/kv.py").touch()
    (source / "app/jobs.py").write_text("second = 2\n")
    run_node(*gather)

    made = {str(p.relative_to(tmp_path / "made")): p for p in (tmp_path / "made").rglob("*.py")}
    assert {*made} == {"app/jobs.py", "edge/kv.py"}
    assert made["app/jobs.py"].read_text() == "second = 2\n"
