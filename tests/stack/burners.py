"""Real burners as several hosts of one engine, each a program of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from dev.installation import ROOT
from dev.stack.ports import HOST, HeldPorts
from tests.stack.api_client import eventually

_ON_CORE = """import os, sys
os.sched_setaffinity(0, {int(sys.argv[1])})
os.execv(sys.argv[2], sys.argv[2:])"""


class Burners:
    """So many burners, numbered from 0; none runs until it is started."""

    def __init__(self, folder: Path, count: int) -> None:
        self._held = HeldPorts()
        chosen = self._held.choose({str(number): 0 for number in range(count)})
        self.urls = [f"http://{HOST}:{port}" for port in chosen.values()]
        self._folder = folder
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    def start(
        self, number: int, secret: str, env: Mapping[str, str], core: int | None = None
    ) -> None:
        """Start a burner, on one *core* alone if one is named, and wait until it answers."""
        work = self._folder / str(number)
        work.mkdir(exist_ok=True)
        environment = {
            **os.environ,
            "JOB_CALLBACK_HMAC_SECRET": secret,
            "HOST": HOST,
            "OWN_NETWORKS": f"{HOST}/32",
            "PORT": self.urls[number].rpartition(":")[2],
            "WORK_DIR": str(work),
            "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("src", "containers")),
            "PYTHONUNBUFFERED": "1",
            **env,
        }
        with self._log(number).open("ab") as log:
            argv = [sys.executable, "-m", "burner"]
            if core is not None:
                argv = [sys.executable, "-c", _ON_CORE, str(core), *argv]
            self._running[number] = subprocess.Popen(
                argv, env=environment, cwd=ROOT, stdout=log, stderr=log
            )
        eventually(lambda: self._answers(number), f"burner {number} answers")

    def _answers(self, number: int) -> bool:
        assert self._running[number].poll() is None, self._log(number).read_text()
        try:
            answer = httpx.get(f"{self.urls[number]}/health", trust_env=False, timeout=5)
        except httpx.TransportError:
            return False
        return answer.status_code == 200

    def _log(self, number: int) -> Path:
        return self._folder / f"{number}.log"

    def said(self, number: int, event: str) -> list[dict[str, Any]]:
        """Return the records of *event* that a burner has logged."""
        lines = self._log(number).read_text(encoding="utf-8").splitlines()
        records = [json.loads(line) for line in lines if line.startswith("{")]
        return [record for record in records if record.get("event") == event]

    def stop(self, number: int, how: signal.Signals = signal.SIGTERM) -> float:
        """End a burner; return the CPU seconds that it and its tools have taken."""
        program = self._running.pop(number)
        program.send_signal(how)
        _, status, usage = os.wait4(program.pid, 0)
        program.returncode = os.waitstatus_to_exitcode(status)
        return usage.ru_utime + usage.ru_stime

    def close(self) -> None:
        """End all that run."""
        for number in list(self._running):
            self.stop(number)
        self._held.release()


@contextmanager
def burners(folder: Path, count: int) -> Iterator[Burners]:
    """Give burners that end with the block."""
    given = Burners(folder, count)
    try:
        yield given
    finally:
        given.close()
