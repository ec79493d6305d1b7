"""The process of floor.mjs."""

import json
import subprocess
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from dev.installation import ROOT, node_path


def _workerd_in(session: int) -> int:
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            name, _, rest = entry.read_text().rpartition(")")
            if name.endswith("(workerd") and int(rest.split()[3]) == session:
                return int(entry.parent.name)
    raise LookupError("workerd is not running")


class Floor:
    """Runs floor.mjs. Use it as a context manager."""

    def __init__(self, folder: Path, container_url: str) -> None:
        self._process = subprocess.Popen(
            [node_path(), "bench/floor.mjs", str(folder), container_url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def __enter__(self) -> "Floor":
        assert self._process.stdout is not None
        ready = json.loads(self._process.stdout.readline())
        self.url: str = ready["url"]
        self.secret: str = ready["secret"]
        self.workerd_pid = _workerd_in(self._process.pid)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
