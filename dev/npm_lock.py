"""Complete package-lock.json with the platform packages that npm did not write into it.

npm refuses a lock ("Missing … from lock file") in which an optional dependency for another
platform has no entry, and it writes none for a package that it could not look up while it made the
lock. Each gets its hash from the registry too, so that no platform installs what was not seen.
"""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

LOCK = Path("package-lock.json")
PLATFORMS = {
    "@cloudflare/workerd-darwin-64": ("darwin", "x64"),
    "@cloudflare/workerd-darwin-arm64": ("darwin", "arm64"),
    "@cloudflare/workerd-windows-64": ("win32", "x64"),
}

Lock = dict[str, dict[str, dict[str, object]]]


def complete(lock: Lock, integrity_of: Callable[[str], str]) -> None:
    """Add the entries, and their hashes, that *lock* lacks, in npm's own order.

    *integrity_of*: what the registry says of `name@version`.
    """
    packages = lock["packages"]
    wanted = packages["node_modules/workerd"]["optionalDependencies"]
    assert isinstance(wanted, dict)
    for name, (system, cpu) in PLATFORMS.items():
        place, version = f"node_modules/{name}", wanted[name]
        if "integrity" in packages.get(place, {}):
            continue
        packages[place] = {
            "version": version,
            "integrity": integrity_of(f"{name}@{version}"),
            "cpu": [cpu],
            "dev": True,
            "license": "Apache-2.0",
            "optional": True,
            "os": [system],
            "engines": {"node": ">=16"},
        }
    lock["packages"] = dict(sorted(packages.items()))


def _integrity_of(package: str) -> str:
    argv = ["npm", "view", package, "dist.integrity"]  # The package's name is in PLATFORMS.
    ended = subprocess.run(argv, capture_output=True, text=True, check=True)
    return ended.stdout.strip()


if __name__ == "__main__":
    document = json.loads(LOCK.read_text())
    complete(document, _integrity_of)
    LOCK.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
