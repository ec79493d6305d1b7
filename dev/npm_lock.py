"""Complete package-lock.json with the optional platform packages that the registry in use lacks.

npm refuses a lock ("Missing … from lock file") in which an optional dependency for another
platform has no entry, and it writes none for a package it could not look up. An entry with the
exact version, os and cpu is enough: npm skips it everywhere but on that platform.
"""

import json
from pathlib import Path

LOCK = Path("package-lock.json")
PLATFORMS = {
    "@cloudflare/workerd-darwin-64": ("darwin", "x64"),
    "@cloudflare/workerd-darwin-arm64": ("darwin", "arm64"),
    "@cloudflare/workerd-windows-64": ("win32", "x64"),
}


def complete(lock: dict[str, dict[str, dict[str, object]]]) -> None:
    """Add the entries that *lock* lacks, in npm's own order."""
    packages = lock["packages"]
    wanted = packages["node_modules/workerd"]["optionalDependencies"]
    assert isinstance(wanted, dict)
    for name, (system, cpu) in PLATFORMS.items():
        packages.setdefault(
            f"node_modules/{name}",
            {
                "version": wanted[name],
                "cpu": [cpu],
                "dev": True,
                "license": "Apache-2.0",
                "optional": True,
                "os": [system],
                "engines": {"node": ">=16"},
            },
        )
    lock["packages"] = dict(sorted(packages.items()))


if __name__ == "__main__":
    document = json.loads(LOCK.read_text())
    complete(document)
    LOCK.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
