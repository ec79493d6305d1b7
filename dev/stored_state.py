"""What this version stores in Durable Objects, as fixtures: `python -m dev.stored_state`.

The shipped storage classes write each object's SQLite, and its dump goes to
tests/vectors/state/<version>/<object>/<name>.sql. Later versions must read it (docs/storage.md);
`make check` sees to it that the present version's set is there and is what the code stores now.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from dev.object_storage import ObjectStorage, storage_classes
from dev.stack_errors import ROOT
from dev.stored_lives import SCENES, T0
from media_jobs import __version__
from media_jobs.dispatch import DispatchState, Ticket
from media_jobs.engines import EngineId

__all__ = ["FOLDER", "main", "released_versions", "stored_state"]

FOLDER = Path("tests/vectors/state")


def stored_state() -> dict[str, str]:
    """Return the dump of each object by its file's path below the version's folder."""
    return {**dict(_jobs()), **dict(_dispatchers()), **dict(_others())}


def _jobs() -> Iterator[tuple[str, str]]:
    store_of = storage_classes().job
    for name, tell in SCENES.items():
        life, objects = tell(), ObjectStorage()
        store = store_of(objects)
        store.save(life.job)
        for nonce, seen_ms in life.nonces:
            store.save(life.job.model_copy(update={"updated_ms": seen_ms}), nonce)
        store.save(life.job)
        yield f"RenderJobDO/{name}.sql", objects.dump()


def _dispatchers() -> Iterator[tuple[str, str]]:
    """Tell of a queue whose container is known, and of one that nobody has asked yet."""
    store_of = storage_classes().ticket
    busy = ObjectStorage()
    store = store_of(busy)
    tickets = {
        "job_given_up": {"granted_ms": T0 + 3000, "check_ms": T0 + 603_000},
        "job_running": {"granted_ms": T0 + 4000, "check_ms": T0 + 604_000},
        "job_submitted": {"head_start_s": 60, "running_max": 4},
    }
    for job_id, more in tickets.items():
        ticket = Ticket(job_id=job_id, attempt=1, caller="caller-1", since_ms=T0)
        store.put(ticket.model_copy(update={"request_id": f"request-of-{job_id}", **more}))
    known = {"capacity": 2, "ask_ms": T0 + 300_000, "failures": 0, "mean_run_ms": 90_000}
    store.put_state(DispatchState(engine=EngineId.BURNER, **known))
    yield "DispatcherDO/busy.sql", busy.dump()

    silent = ObjectStorage()
    store = store_of(silent)
    store.put(Ticket(job_id="job_waiting", attempt=1, since_ms=T0))
    store.put_state(DispatchState(engine=EngineId.REMOTION, failures=2, ask_ms=T0 + 8000))
    yield "DispatcherDO/silent.sql", silent.dump()


def _others() -> Iterator[tuple[str, str]]:
    hub = ObjectStorage()
    sockets = storage_classes().hub(hub)
    sockets.watch(f"{T0 + 3_600_000}-viewer-1", ["job_running", "job_waiting"])
    sockets.watch(f"{T0 - 1000}-viewer-2", ["job_running"])
    yield "LiveDO/watched.sql", hub.dump()

    sender = ObjectStorage()
    storage_classes().sender(sender).keep_name("whk_1")
    yield "WebhookDO/named.sql", sender.dump()


def released_versions(root: Path) -> list[str]:
    """Return the versions that have a heading in the changelog, the newest first."""
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    return re.findall(r"^## \[?(\d+\.\d+\.\d+)\b", changelog, re.MULTILINE)


def main() -> int:
    """Write the fixtures of this version; status 1 when it was released, as they never change."""
    if __version__ in released_versions(ROOT):
        print(f"{__version__} was released: raise the version in pyproject.toml.", file=sys.stderr)
        return 1
    made = stored_state()
    folder = ROOT / FOLDER / __version__
    for path in folder.rglob("*.sql"):
        path.unlink()
    for name, dump in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dump, encoding="utf-8")
    print(f"wrote {len(made)} files to {FOLDER / __version__}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
