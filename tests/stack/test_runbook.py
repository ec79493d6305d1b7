"""docs/deploy.md from a fresh clone to the end, command by command, as an operator types them.

The account is the recording fake, the deployed system answers as that account is, and make, npm and
the commands are real. Nothing is edited but the account's own names.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ops.project import Project
from tests.ops.fake_internet import FakeInternet
from tests.ops.fake_wrangler import CloudflareApi, FakeWrangler
from tests.ops.test_account import OURS

ROOT = Path(__file__).resolve().parents[2]
CLONED: tuple[str, ...] = (
    "Makefile",
    "account.toml",
    "client",
    "containers",
    "dev",
    "drizzle",
    "ops",
    "package-lock.json",
)
CLONED += ("package.json", "public", "requirements", "src", "wrangler.root.jsonc", "wrangler.toml")
MADE = shutil.ignore_patterns("__pycache__", ".env", "*.egg-info")
OLD = {"video.films.test/*": "old-app", "shop.films.test/*": "old-app"}
COMMANDS = (
    *("auth token", "d1 create", "d1 execute", "d1 export", "d1 list", "d1 migrations apply"),
    *("deploy", "deployments list", "kv namespace create", "kv namespace list", "r2 bucket create"),
    *("r2 bucket cors set", "r2 bucket info", "rollback", "secret list", "secret put"),
    *("versions view", "whoami"),
)
"""The commands of wrangler that the runbook uses."""
OURS_ORCHESTRATOR = "https://orchestrator.films.test"
DOCUMENT = (ROOT / "docs/deploy.md").read_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Somebody at a fresh clone, with an account in which another Worker has the domain."""

    root: Path
    wrangler: FakeWrangler
    internet: FakeInternet
    env: dict[str, str]

    def types(self, command: list[str], **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the runbook."""
        return subprocess.run(
            command,
            cwd=self.root,
            env={**self.env, **settings},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def ops(self, arguments: str, **settings: str) -> str:
        """Run `make ops`, which must go well; return what it printed."""
        ended = self.types(["make", "-s", "ops", f"ARGS={arguments}"], **settings)
        assert ended.returncode == 0, f"{arguments}: {ended.stdout}{ended.stderr}"
        return ended.stdout

    def npm(self, script: str) -> None:
        """Run a script, which must go well."""
        assert f"npm run {script}" in DOCUMENT
        ended = self.types(["npm", "run", "--silent", script])
        assert ended.returncode == 0, f"{script}: {ended.stdout}{ended.stderr}"

    @property
    def checks(self) -> int:
        """How often `make check` was run."""
        return len((self.root / "checked").read_text().splitlines())


def _program(file: Path, script: str) -> None:
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


def _clone(root: Path) -> None:
    """Make a clone after `make setup`, with the tools of this one, whose check only says so."""
    for name in CLONED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=MADE)
        else:
            shutil.copy2(ROOT / name, root / name)
    bin_ = root / ".venv/bin"
    bin_.mkdir(parents=True)
    checked = f'[ "$*" = "-m dev.check" ] && echo >> "{root}/checked" && exit 0'
    _program(bin_ / "python", f'{checked}\nexec "{sys.executable}" "$@"')
    (bin_ / "npm").symlink_to(Path(sys.executable).with_name("npm"))
    (root / "node_modules").mkdir()
    for module in (ROOT / "node_modules").iterdir():
        if module.name not in ("wrangler", ".packages"):
            (root / "node_modules" / module.name).symlink_to(module)
    (root / "python_modules").symlink_to(ROOT / "python_modules")
    for stamp in _stamps():
        (root / stamp).parent.mkdir(parents=True, exist_ok=True)
        (root / stamp).touch()


def _stamps() -> list[str]:
    """Return what says that a step of `make setup` is done, as the Makefile lists them."""
    makefile = (ROOT / "Makefile").read_text()
    [listed] = re.findall(r"(?m)^STAMPS := (.*)$", makefile)
    return str(listed).replace("$(VENV)", ".venv").split()


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    _clone(tmp_path)
    project = Project(root=tmp_path)
    # The one thing that a person edits.
    made = project.account()
    replace(
        OURS,
        orchestrator_url=OURS_ORCHESTRATOR,
        d1_database_id=made.d1_database_id,
        kv_namespace_id=made.kv_namespace_id,
    ).write(tmp_path)
    wrangler = FakeWrangler(tmp_path)
    wrangler.add_worker("old-app", *OLD)
    with CloudflareApi(wrangler) as api, FakeInternet(project, wrangler) as internet:
        env = {
            "PATH": f"{tmp_path}/.venv/bin:{os.environ['PATH']}",
            "HOME": str(tmp_path / "home"),
            "CLOUDFLARE_API_BASE_URL": api.url,
            "HTTPS_PROXY": internet.url,
            "NO_PROXY": "127.0.0.1",
            "SSL_CERT_FILE": str(internet.certificate),
            "NO_COLOR": "1",
        }
        yield Operator(root=tmp_path, wrangler=wrangler, internet=internet, env=env)


def _hold_to_the_real_wrangler(calls: list[str]) -> None:
    """Assert that the pinned wrangler has each command and each option that the fake was given."""
    used: dict[str, set[str]] = {}
    for call in calls:
        command = next(name for name in COMMANDS if f"{call} ".startswith(f"{name} "))
        used.setdefault(command, set()).update(w for w in call.split() if w.startswith("--"))
    assert used.keys() == set(COMMANDS)
    with ThreadPoolExecutor(max_workers=2) as pool:
        helps = dict(zip(used, pool.map(_help, used), strict=True))
    for command, text in helps.items():
        assert text.startswith(f"wrangler {command}"), command
        assert used[command] <= set(re.findall(r"--[\w-]+", text)), command


def _help(command: str) -> str:
    wrangler = ROOT / "node_modules/wrangler/bin/wrangler.js"
    node = Path(sys.executable).with_name("node")
    env = {**os.environ, "WRANGLER_SEND_METRICS": "false", "CLOUDFLARE_CF_FETCH_ENABLED": "false"}
    argv = [str(node), str(wrangler), *command.split(), "--help"]
    ended = subprocess.run(argv, env=env, capture_output=True, text=True, check=True)
    return ended.stdout.lstrip()


def _cut_over(operator: Operator, known: dict[str, str]) -> None:
    """Look, be asked, fail, and go well."""
    planned = json.loads(operator.ops("cutover --dry-run --json"))["plan"]
    assert "add the route video.films.test/__legacy/* to old-app" in planned
    asked = operator.types(["make", "-s", "ops", "ARGS=cutover --json"], **known)
    assert "add --yes" in asked.stderr
    assert operator.wrangler.routes == OLD
    operator.internet.presign = False
    failed = operator.types(["make", "-s", "ops", "ARGS=cutover --yes"], **known)
    assert "old-app has its routes again" in failed.stdout
    assert failed.returncode != 0
    assert operator.wrangler.routes == OLD
    operator.internet.presign = True
    operator.ops("cutover --yes", **known)
    assert operator.wrangler.routes == {
        "video.films.test/*": "vid-genius-start",
        "video.films.test/__legacy/*": "old-app",
        "shop.films.test/*": "old-app",
    }
    operator.ops("smoke", **known)
    assert "Everything is fine." in operator.ops("doctor --remote")


@pytest.mark.long
@pytest.mark.timeout(400)
def test_the_runbook_goes_from_a_fresh_clone_to_the_end(operator: Operator) -> None:
    # 1. The account.
    keys = {"S3_ACCESS_KEY_ID": "the key", "S3_SECRET_ACCESS_KEY": "the other half"}
    operator.ops("init", **keys)
    assert "Everything is fine." in operator.ops("doctor")

    # 4. The order, up to the route that another Worker has.
    operator.npm("cf:deploy")
    operator.npm("db:d1:migrate:remote")
    refused = operator.types(["npm", "run", "--silent", "deploy:root"])
    assert refused.returncode != 0
    assert "assigned to another worker" in refused.stderr
    found = operator.types(["make", "-s", "ops", "ARGS=doctor --remote --json"])
    named = [item["name"] for item in json.loads(found.stdout)["findings"]]
    assert [name for name in named if name.startswith("route")] == ["route_conflict"]
    token = operator.ops("token --remote").strip()

    # 5. The cut-over: once it fails, once it goes well.
    known = {"VIDGEN_TOKEN": token}
    _cut_over(operator, known)

    # 5. An upgrade, and back.
    operator.wrangler.change(code="code 2")
    operator.npm("deploy:root")
    assert "vid-genius-start-v" in operator.ops("rollback app --yes")

    # 3. A rotation. Containers take containers/.env at once here.
    before = operator.wrangler.state["secrets"]
    for step in ("add", "switch", "remove"):
        operator.ops(f"rotate-secret {step}")
    after = operator.wrangler.state["secrets"]
    assert after["vid-genius-start"] != before["vid-genius-start"]
    assert "Everything is fine." in operator.ops("doctor --remote")

    # 6. A back-up, and 5. the domain's way back.
    kept = json.loads(operator.ops("backup --remote --json"))
    assert kept["rows"]["tokens"] == 1
    operator.ops(f"restore --remote --replace --yes {kept['file']}")
    operator.ops("smoke", **known)
    operator.ops("rollback cutover --yes")
    assert operator.wrangler.routes == OLD

    _hold_to_the_real_wrangler(operator.wrangler.state["calls"])
    deploys = [call for call in operator.wrangler.state["calls"] if call.startswith("deploy ")]
    assert operator.checks == len(deploys) == 5


# --- as it stands ---------------------------------------------------------------------------------


def _blocks(heading: str, document: str = DOCUMENT) -> list[str]:
    """Return the shell blocks of a section of a document, without the indent of its lists."""
    section = re.split(r"(?m)^## ", document.partition(f"\n## {heading}\n")[2])[0]
    return [
        "\n".join(line.removeprefix("   ") for line in block.splitlines())
        for block in re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    ]


def test_both_languages_have_the_same_commands_in_the_same_order() -> None:
    chinese = (ROOT / "docs/deploy.zh.md").read_text()

    assert _blocks("1. 一次性准备", chinese) == _blocks("1. Once, in the Cloudflare account")
    assert _blocks("4. 顺序", chinese) == _blocks("4. Order")
    assert _blocks("9. 从旧系统迁移", chinese) == _blocks("9. Coming from the earlier system")


def test_the_readme_has_the_order_of_the_document() -> None:
    in_short = (ROOT / "README.md").read_text().partition("\n## Deploy\n")[2].partition("```\n")[0]
    typed = "\n".join([*_blocks("1. Once, in the Cloudflare account"), *_blocks("4. Order")])

    def commands(text: str) -> list[str]:
        shown = (line.partition(" #")[0].strip() for line in text.splitlines())
        return [line for line in shown if re.match(r"make |npx |npm |docker |export VIDGEN", line)]

    of_readme = commands(in_short.partition("```sh\n")[2])
    assert of_readme == [line for line in commands(typed) if line in of_readme]
    assert set(commands(typed)) - set(of_readme) == {"npx wrangler whoami"}


def _add_npx(operator: Operator) -> None:
    """Add what runs wrangler by its name."""
    bin_ = operator.root / ".venv/bin"
    wrangler = operator.root / "node_modules/wrangler/bin/wrangler.js"
    _program(bin_ / "npx", f'shift\nexec "{bin_}/node" "{wrangler}" "$@"')


@pytest.mark.long
@pytest.mark.timeout(400)
def test_the_document_is_followed_literally_from_a_clone_to_a_system_that_works(
    operator: Operator,
) -> None:
    operator.wrangler.change(workers={}, routes=[], logged_in=False)
    _add_npx(operator)
    # docker is not here.
    _program(operator.root / ".venv/bin/docker", f'echo "$@" >> "{operator.root}/docker"')
    script = "\n".join([*_blocks("1. Once, in the Cloudflare account"), *_blocks("4. Order")])
    for placeholder, value in {
        "<access key id>": "the-key",
        "<secret access key>": "the-other-half",
        "https://media-orchestrator.<subdomain>.workers.dev": OURS_ORCHESTRATOR,
        "<app_domain>": OURS.app_domain,
    }.items():
        assert placeholder in script
        script = script.replace(placeholder, value)
    assert "<" not in script

    ended = operator.types(["sh", "-e", "-c", script], CURL_CA_BUNDLE=operator.env["SSL_CERT_FILE"])

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Everything is fine." in ended.stdout
    # What the document shows of the two requests.
    assert len(re.findall(r"(?m)^HTTP/[\d.]+ 200", ended.stdout)) >= 2, ended.stdout
    assert (operator.root / "docker").read_text().split()[-3:] == ["--build", "--detach", "--wait"]
    assert operator.wrangler.routes == {f"{OURS.app_domain}/*": "vid-genius-start"}
    calls = operator.wrangler.state["calls"]
    assert calls.index("r2 bucket create vidgen-render") < calls.index("d1 create vidgen_app")
    assert sum(call.startswith("r2 bucket create") for call in calls) == 1
    assert operator.checks == 2


def _types_all(operator: Operator, script: str) -> None:
    """Run the commands of a block of the document, which must go well."""
    ended = operator.types(["sh", "-e", "-c", script])
    assert ended.returncode == 0, f"{script}: {ended.stdout}{ended.stderr}"


@pytest.mark.long
@pytest.mark.timeout(400)
def test_the_earlier_system_is_left_alone_then_stands_aside_and_can_be_had_again(
    operator: Operator,
) -> None:
    wrangler, domain = operator.wrangler, f"{OURS.app_domain}/*"
    wrangler.change(workers={}, routes=[], d1={"vidgen_app": OURS.d1_database_id})
    wrangler.add_worker("media-orchestrator", classes=["RenderJobDO"], migration="v1")
    wrangler.add_worker("vid-genius-start", domain)
    deletes, creates, cuts_over, imports = _blocks("9. Coming from the earlier system")
    assert "import earlier.sql --remote" in imports
    keys = {"S3_ACCESS_KEY_ID": "the key", "S3_SECRET_ACCESS_KEY": "the other half"}

    refused = operator.types(["make", "-s", "ops", "ARGS=init"], **keys)
    assert refused.returncode == 2, refused.stderr
    assert "the Worker media-orchestrator" in refused.stderr
    assert "the Worker vid-genius-start" in refused.stderr
    assert wrangler.changes == []

    # 1. By the earlier system's manual, and in the dashboard.
    wrangler.add_worker("media-orchestrator-earlier", classes=["RenderJobDO"], migration="v1")
    wrangler.add_worker("vid-genius-start-earlier")
    route = {"id": "1", "pattern": domain, "script": "vid-genius-start-earlier"}
    wrangler.change(routes=[route])
    _add_npx(operator)
    _types_all(operator, deletes)
    _types_all(operator, creates)
    project = Project(root=operator.root)
    own = wrangler.state["d1"]["vidgen_app_media_jobs"]
    replace(project.account(), d1_database_id=own).write(operator.root)
    # 4. Sections 1 and 4.
    operator.ops("init", **keys)
    assert project.account().d1_database_id == own
    operator.npm("cf:deploy")
    operator.npm("db:d1:migrate:remote")
    # 7. It asks, so somebody is there.
    assert "make ops ARGS=cutover" in cuts_over
    _types_all(operator, cuts_over.replace("ARGS=cutover", "ARGS='cutover --yes'"))
    legacy = f"{OURS.app_domain}/__legacy/*"
    assert wrangler.routes == {domain: "vid-genius-start", legacy: "vid-genius-start-earlier"}

    operator.ops("rollback cutover --yes")
    assert wrangler.routes == {domain: "vid-genius-start-earlier"}
    assert wrangler.state["d1"]["vidgen_app"] == OURS.d1_database_id
