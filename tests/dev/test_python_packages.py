"""uv installs the Python packages from where pip would, and pip does when uv can't."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dev.installation import ROOT
from dev.python_packages import uv_environment

LOCK = "\n".join(("uv==1.0 \\", "    --hash=sha256:00", "zzz==2.0 \\", "    --hash=sha256:11", ""))
INSTALL_UV = "pip uv.txt 1"
INSTALL_ALL = "pip lock.txt 2"
UV = "uv lock.txt 2 https://mirror.example/simple"
"""Who has installed what file, of so many packages, and from where."""


def test_uv_gets_its_packages_from_where_pip_does() -> None:
    listed = """\
:env:.extra-index-url='file:///mirror/one file:///mirror/two'
global.index-url='https://ada:x@packages.example/simple'
global.find-links='/wheels\\n/more'
install.index-url='https://other.example/simple'
global.cert='/etc/ca.pem'
global.trusted-host='packages.example'
global.constraint='/etc/constraints.txt'
"""

    assert uv_environment(listed) == {
        "UV_DEFAULT_INDEX": "https://other.example/simple",
        "UV_INDEX": "file:///mirror/one file:///mirror/two",
        "UV_FIND_LINKS": "/wheels,/more",
        "SSL_CERT_FILE": "/etc/ca.pem",
        "UV_INSECURE_HOST": "packages.example",
    }
    assert uv_environment("") == {}


@pytest.mark.parametrize("setting", ["global.client-cert='/ada.pem'", ":env:.no-binary='uv'"])
def test_settings_that_only_pip_knows_are_pip_s(setting: str) -> None:
    assert uv_environment(f"global.retries='9'\n{setting}\n") is None


def _script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.programs
@pytest.mark.parametrize(
    ("settings", "pip_status", "uv_status", "status", "called"),
    [
        ("", 0, 0, 0, [INSTALL_UV, UV]),
        ("", 0, 2, 0, [INSTALL_UV, UV, INSTALL_ALL]),
        ("", 3, 0, 3, [INSTALL_UV]),
        ("global.client-cert='/ada.pem'", 0, 0, 0, [INSTALL_ALL]),
        ("global.client-cert='/ada.pem'", 3, 0, 3, [INSTALL_ALL]),
    ],
    ids=["uv", "uv fails", "pip fails", "settings", "pip alone fails"],
)
def test_pip_installs_what_uv_cannot(
    tmp_path: Path,
    settings: str,
    pip_status: int,
    uv_status: int,
    status: int,
    called: list[str],
) -> None:
    python = tmp_path / "bin/python"
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    (tmp_path / "lock.txt").write_text(LOCK)
    log = tmp_path / "log"
    listed = f'echo "global.index-url=\'https://mirror.example/simple\'"; echo "{settings}"'
    says = 'for file; do :; done; echo "$(basename $0) $(basename $file) $(grep -c == $file)'
    # As `python -m pip` with `config list` or `install … -r FILE`.
    asked = f'if [ "$3" = config ]; then {listed}; exit; fi'
    _script(tmp_path / "pip", f'{asked}; {says}" >> {log}; exit {pip_status}')
    _script(tmp_path / "bin/uv", f'{says} $UV_DEFAULT_INDEX" >> {log}; exit {uv_status}')
    pip = [str(tmp_path / "pip"), "-m", "pip", "install", "--quiet"]

    program = [python, ROOT / "dev/python_packages.py", tmp_path / "lock.txt"]
    ended = subprocess.run([*program, *pip], check=False)

    assert ended.returncode == status
    assert log.read_text().splitlines() == called
