"""The names that deployments and older containers depend on (docs/contracts): they never change.

Written out here once more, on purpose: the check compares the configs with this, not with the code.
The vars of the containers' addresses are the engines' own.
"""

from __future__ import annotations

from collections.abc import Mapping

from media_jobs.engines import ENGINES

# From this date on, the flag `python_workers` means Python 3.14 on Pyodide 314.
COMPATIBILITY_DATE_MIN = "2026-09-08"
GZIP_KIB_MAX = 3 * 1024
DO_CLASS = "RenderJobDO"

# Dotted settings, with `[NAME]` for the table of a list that has this binding, class or name.
APP: Mapping[str, object] = {
    "name": "vid-genius-start",
    "main": "src/app/entry.py",
    "base_dir": "build/app",
    "build.command": "node dev/page/build.mjs public build/page"
    " && node dev/upload/build.mjs src/app/entry.py build/app",
    "assets.directory": "build/page",
    "d1_databases[DB].database_name": "vidgen_app",
    "d1_databases[DB].migrations_dir": "drizzle",
    "r2_buckets[RENDER_BUCKET].bucket_name": "vidgen-render",
    "services[ORCHESTRATOR].service": "media-orchestrator",
}

ORCHESTRATOR: Mapping[str, object] = {
    "name": "media-orchestrator",
    "main": "src/orchestrator/entry.py",
    "base_dir": "build/orchestrator",
    "build.command": "node dev/upload/build.mjs src/orchestrator/entry.py build/orchestrator",
    "r2_buckets[RENDER_BUCKET].bucket_name": "vidgen-render",
    "kv_namespaces[JOBS].binding": "JOBS",
    "durable_objects.bindings[RENDER_JOB_DO].class_name": DO_CLASS,
    "vars.S3_BUCKET_NAME": "vidgen-render",
    "vars.S3_REGION": "auto",
}
# An engine without an address of its own would be asked at the first one's.
CONTAINER_VARS = frozenset(engine.base_url_setting for engine in ENGINES.values())
# Set with `wrangler secret put`; a var of the same name would be readable by everybody.
SECRETS = frozenset({"JOB_CALLBACK_HMAC_SECRET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"})
