"""The database that the real wrangler keeps locally, in a clone of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

from dev.installation import node_path
from ops.app_database import AppDatabase
from ops.project import Project

ROOT = Path(__file__).resolve().parents[2]


def quiet(folder: Path) -> dict[str, str]:
    """Return the variables that keep wrangler off the network and its logs in *folder*."""
    return {"CLOUDFLARE_CF_FETCH_ENABLED": "false", "WRANGLER_LOG_PATH": str(folder / "logs")}


def local_database(folder: Path) -> AppDatabase:
    """Make a clone in *folder*, and its local database with all migrations."""
    for name in ("wrangler.root.jsonc", "account.toml"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "drizzle", folder / "drizzle")
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / ".venv/bin/node").symlink_to(node_path())
    (folder / "src/app").mkdir(parents=True)
    (folder / "public").mkdir()
    (folder / "src/app/entry.py").touch()
    project = Project(root=folder)
    config = ("--config", "wrangler.root.jsonc", "--local")
    project.must_wrangler("d1", "migrations", "apply", "vidgen_app", *config)
    return AppDatabase(project=project, remote=False)
