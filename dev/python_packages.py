"""`python dev/python_packages.py LOCK PIP…` installs what LOCK names into the Python it is run by;
PIP… is how pip installs, as `python -m pip install --quiet`.

uv does it, which the lock names too and pip installs first: it takes a fifth of pip's processor
time, and every processor. It gets its packages from where pip would. Where pip has settings that
have no equal here, or uv fails, pip installs them all, and says what is wrong. Needs nothing but
pip.
"""

import ast
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

SAME: Mapping[str, str] = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "trusted-host": "UV_INSECURE_HOST",
}
"""What uv's environment calls a setting of pip's."""
WITHOUT_EFFECT = frozenset(
    {
        "cache-dir",
        "constraint",
        "disable-pip-version-check",
        "no-cache-dir",
        "no-color",
        "no-input",
        "progress-bar",
        "quiet",
        "require-virtualenv",
        "retries",
        "root-user-action",
    }
)
"""Settings of pip's that change nothing of what a lock with hashes installs."""
_LISTED = re.compile(r"^(global|install|:env:)\.(\S+?)=('.*'|\".*\")$")
_LAST_WINS = ("global", "install", ":env:")


def uv_environment(listed: str) -> dict[str, str] | None:
    """Return the environment that has uv do as pip does by its settings; *listed* is what `pip
    config list` prints. None: there is one that only pip knows.
    """
    found = [match.groups() for line in listed.splitlines() if (match := _LISTED.match(line))]
    told: dict[str, str] = {}
    for section in _LAST_WINS:
        for where, name, value in found:
            if where != section or name in WITHOUT_EFFECT:
                continue
            if name not in SAME:
                return None
            words = str(ast.literal_eval(value)).split()
            # Of a list, uv has this one with commas and the others with spaces, as pip.
            told[SAME[name]] = ("," if name == "find-links" else " ").join(words)
    return told


def with_uv(lock: Path, pip: Sequence[str]) -> bool:
    """Install *lock* with uv; return whether that is done. Raises CalledProcessError when pip, by
    which uv comes, fails: it would with all the others, too.
    """
    own = re.search(r"^uv==.*(?:\n[ \t].*)*", lock.read_text(), re.MULTILINE)
    if own is None:
        return False
    listed = _printed([*pip[:3], "config", "list"])  # Without the flags of an installation.
    told = None if listed is None else uv_environment(listed)
    if told is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        only = Path(folder, "uv.txt")
        only.write_text(own[0])
        subprocess.run([*pip, "--no-compile", "-r", str(only)], check=True)
    environment = {
        # pip looks in all indexes for what a hash names, and trusts what the system trusts.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_SYSTEM_CERTS": "true",
        **told,
        **os.environ,
    }
    uv = Path(sys.executable).with_name("uv")
    argv = [uv, "pip", "install", "--python", sys.executable, "--require-hashes", "-r", lock]
    return _printed([str(part) for part in argv], environment) is not None


def _printed(argv: Sequence[str], environment: Mapping[str, str] | None = None) -> str | None:
    """Return what a program prints; None when it fails."""
    try:
        ended = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return ended.stdout if ended.returncode == 0 else None


def main(argv: Sequence[str]) -> int:
    """Install, and return the exit status of what has."""
    lock, *pip = argv
    try:
        if with_uv(Path(lock), pip):
            return 0
    except subprocess.CalledProcessError as error:
        return error.returncode
    return subprocess.run([*pip, "-r", lock], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
