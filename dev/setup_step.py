"""`python dev/setup_step.py WHAT COMMAND…` runs one step of the set-up, silent unless it fails.

Then it says what has failed, the last lines of what was printed, and what to look at, by what pip
and npm say of certificates, registries, proxies and full disks. One that takes long
says so now and then. Needs nothing but Python.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence

LINES_MAX = 15
SAY_EVERY_S = 20
NOISE = re.compile(r"^\s*$|^npm error\s*$|^npm error\s+at |A complete log of this run|^\[notice\]")
MIB = 1024 * 1024

HINTS: tuple[tuple[str, str], ...] = (
    (
        r"CERTIFICATE|certificate|self[- ]signed|SSLError|UNABLE_TO_VERIFY_LEAF|TLSV1_ALERT",
        "The server's certificate is not trusted here. Behind a proxy that opens TLS, name its "
        "certificate: PIP_CERT=/path/ca.pem and NODE_EXTRA_CA_CERTS=/path/ca.pem.",
    ),
    (
        r"ENOSPC|No space left|Errno 28|Disk quota|EDQUOT",
        "The disk is full: {free} MiB are free here; the set-up needs about 2 GiB.",
    ),
    (
        r"EACCES|EPERM|Errno 13|Permission denied",
        "A file may not be written. Was an earlier set-up run as another user (sudo)? Then: "
        "sudo chown -R $(id -u):$(id -g) . or make clean.",
    ),
    (
        r"EINTEGRITY|DO NOT MATCH THE HASHES|HASHES ARE REQUIRED|integrity checksum failed",
        "What came is not what the lock file names: a mirror that changes packages, a broken "
        "download, or an attack. Compare with another registry ({registries}).",
    ),
    (
        r"\b(E401|E403|E407)\b|\b(401|403|407) (Client Error|Forbidden|Unauthorized|Proxy)"
        r"|Unauthorized|ProxyError|Proxy Authentication",
        "The registry or a proxy refuses. Look at {registries}, at HTTPS_PROXY and HTTP_PROXY, "
        "and at the registry's password.",
    ),
    (
        r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ERR_SOCKET"
        r"|NewConnectionError|NameResolutionError|Connection refused|timed out|Network is unreach"
        r"|from versions: none",
        "The registry cannot be reached. Look at {registries}, at HTTPS_PROXY and HTTP_PROXY, and "
        "at the network.",
    ),
    (
        r"E404|No matching distribution|Could not find a version|ETARGET|notarget",
        "The registry lacks a package that the lock file names: a mirror that is behind, or "
        "a Python or a machine for which there is no build. Look at {registries}.",
    ),
    (
        r"Cannot allocate memory|MemoryError|heap out of memory|\bKilled\b",
        "There is not enough memory.",
    ),
)
"""What the lines of a step that failed look like, and what is to be looked at then."""
REGISTRIES = "`pip config list` and `npm config get registry`"
ELSE = "Look at the lines above, at {registries}, and at the disk ({free} MiB are free here)."


def hints(output: str) -> list[str]:
    """Return what to look at, by what a step that failed has printed."""
    free = shutil.disk_usage(".").free // MIB
    found = [hint for pattern, hint in HINTS if re.search(pattern, output)]
    return [hint.format(free=free, registries=REGISTRIES) for hint in found[:1] or [ELSE]]


def failure(what: str, status: int, output: str) -> str:
    """Return what is said of a step that failed."""
    lines = [line.rstrip() for line in output.splitlines() if not NOISE.search(line)]
    if len(lines) > LINES_MAX:
        # The first lines name the fault, the last ones what follows from it.
        lines = [*lines[: LINES_MAX // 2], "…", *lines[-LINES_MAX // 2 :]]
    said = [f"  | {line}" for line in lines] or ["  | (it printed nothing)"]
    ended = f"exit status {status}" if status >= 0 else f"killed by signal {-status}"
    looks = [f"  -> {hint}" for hint in hints(output if status >= 0 else f"{output}\nKilled")]
    return "\n".join([f"setup: {what} failed ({ended}):", *said, *looks])


def _run(what: str, command: Sequence[str]) -> tuple[int, str]:
    """Run a step, and say now and then that it is still at work; return status and output."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        waited = 0
        while True:
            try:
                output, _ = process.communicate(timeout=SAY_EVERY_S)
            except subprocess.TimeoutExpired:
                waited += SAY_EVERY_S
                print(f"setup: {what}, {waited} s", flush=True)
            else:
                return process.returncode, output


def main(argv: Sequence[str]) -> int:
    """Run one step; return its exit status, at least 1 if it failed."""
    what, *command = argv
    print(f"setup: {what}", flush=True)
    try:
        status, output = _run(what, command)
    except OSError as error:
        status, output = 127, f"{command[0]}: {error.strerror}"
    if status == 0:
        return 0
    print(failure(what, status, output), file=sys.stderr, flush=True)
    return status if status > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
