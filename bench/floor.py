"""The processes of floor.mjs and queue_rows.mjs."""

import json
import subprocess
from pathlib import Path
from types import TracebackType

from dev.installation import ROOT, node_path
from dev.stack.process import pid_in_session


class Floor:
    """Runs *program*, a file of this folder. Use it as a context manager."""

    def __init__(self, folder: Path, container_url: str, program: str = "floor.mjs") -> None:
        self._process = subprocess.Popen(
            [node_path(), f"bench/{program}", str(folder), container_url],
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
        found = pid_in_session(self._process.pid, "workerd")
        assert found is not None, "workerd is not running"
        self.workerd_pid = found
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
