"""A step of the set-up that fails says why, and what to look at."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dev.installation import ROOT

pytestmark = pytest.mark.programs

# What npm 11 and pip 26 print, cut to the lines that matter.
CERTIFICATE = """\
npm error code SELF_SIGNED_CERT_IN_CHAIN
npm error errno SELF_SIGNED_CERT_IN_CHAIN
npm error request to https://packages.example/miniflare failed, reason: self-signed certificate \
in certificate chain
npm error A complete log of this run can be found in: /home/ada/.npm/_logs/2026-debug-0.log
"""
DISK = """\
npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left on device, write
npm error code ENOSPC
npm error syscall write
npm error nospc ENOSPC: no space left on device, write
"""
UNREACHABLE = """\
npm error code ENOTFOUND
npm error network request to https://npm.corp.example/esbuild failed, reason: getaddrinfo ENOTFOUND
"""
REFUSED = """\
npm error code E401
npm error Incorrect or missing password.
"""
CHANGED = """\
ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the \
package versions, please update the hashes. Otherwise, examine the package contents carefully;
    httpx==0.28.1 from https://mirror.example/httpx.whl:
"""
NO_ROUTE = """\
WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by \
'NewConnectionError("Failed to establish a new connection: [Errno -2] Name or service not known")'
ERROR: Could not find a version that satisfies the requirement typer==0.29.2 (from versions: none)
ERROR: No matching distribution found for typer==0.29.2
"""
LONG = "npm error code ECONNREFUSED\n" + "npm error     at emit (node:events:509:28)\n" * 90
BEHIND = """\
ERROR: Could not find a version that satisfies the requirement typer==0.29.2 (from versions: 0.9)
ERROR: No matching distribution found for typer==0.29.2
"""


def clone(root: Path, program: str, script: str) -> None:
    """Make a clone whose *program* (`npm`, or `pip` of its Python) is a *script* of sh."""
    (root / "dev").mkdir()
    shutil.copy2(ROOT / "Makefile", root)
    for name in ("setup_step.py", "python_packages.py"):
        shutil.copy2(ROOT / "dev" / name, root / "dev")
    (root / "requirements").mkdir()
    (root / "requirements/dev.txt").touch()
    (root / "package-lock.json").touch()
    bin_ = root / ".venv/bin"
    bin_.mkdir(parents=True)
    pip = script if program == "pip" else "exit 0"
    npm = script if program == "npm" else "exit 0"
    python = f'if [ "$2" = pip ]; then {pip}; fi\nexec "{sys.executable}" "$@"'
    for name, text in (("python", python), ("npm", npm)):
        (bin_ / name).write_text(f"#!/bin/sh\n{text}\n")
        (bin_ / name).chmod(0o755)


def made(root: Path) -> subprocess.CompletedProcess[str]:
    """Make the steps of Python's and Node's packages."""
    command = ["make", "--no-print-directory", "node_modules/.packages"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("program", "printed", "says"),
    [
        ("npm", CERTIFICATE, "NODE_EXTRA_CA_CERTS=/path/ca.pem"),
        ("npm", DISK, "The disk is full: "),
        ("npm", UNREACHABLE, "`npm config get registry`, at HTTPS_PROXY"),
        ("npm", REFUSED, "The registry or a proxy refuses."),
        ("pip", CHANGED, "not what the lock file names"),
        ("pip", BEHIND, "The registry lacks a package"),
        ("pip", NO_ROUTE, "The registry cannot be reached."),
        ("npm", LONG, "The registry cannot be reached."),
        ("npm", "npm error something else", "Look at the lines above"),
    ],
    ids=[
        "certificate",
        "disk",
        "unreachable",
        "refused",
        "changed",
        "behind",
        "no route",
        "long",
        "unknown",
    ],
)
def test_a_step_that_fails_says_why_and_what_to_look_at(
    tmp_path: Path, program: str, printed: str, says: str
) -> None:
    clone(tmp_path, program, f"cat {tmp_path}/printed >&2; exit 7")
    (tmp_path / "printed").write_text(printed)

    ended = made(tmp_path)

    assert ended.returncode != 0
    what = "Node" if program == "npm" else "Python"
    assert f"setup: {what} packages (hash-locked) failed (exit status 7):" in ended.stderr
    assert f"  | {printed.splitlines()[0][:60]}" in ended.stderr
    assert says in ended.stderr
    assert "_logs" not in ended.stderr and "npm error     at" not in ended.stderr
    assert not (tmp_path / "node_modules/.packages").exists()


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("exit 1", "(exit status 1):\n  | (it printed nothing)"),
        ("kill -9 $$", "(killed by signal 9)"),
    ],
    ids=["silent", "killed"],
)
def test_a_step_that_ends_without_a_word_is_named(tmp_path: Path, script: str, says: str) -> None:
    clone(tmp_path, "npm", script)

    ended = made(tmp_path)

    assert f"setup: Node packages (hash-locked) failed {says}" in ended.stderr
    assert "  -> " in ended.stderr


def test_steps_that_go_well_say_nothing_but_their_names_and_are_not_done_twice(
    tmp_path: Path,
) -> None:
    clone(tmp_path, "npm", "echo added 300 packages")

    first, second = made(tmp_path), made(tmp_path)

    assert first.stdout.splitlines() == [
        "setup: Python packages (hash-locked)",
        "setup: Node packages (hash-locked)",
    ]
    assert (first.stderr, second.returncode) == ("", 0)
    assert "setup:" not in second.stdout
