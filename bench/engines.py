"""One engine's program, for the benchmarks: started, given jobs, and watched."""

import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from bench.cpu_usage import peak_mib, tree_rss_mib
from bench.store import Store
from media_jobs.signing import SIGNATURE_HEADER, sign

SECRET = "bench-secret"  # noqa: S105  Of this run alone.
_NUMBERS = itertools.count(1)
_LOOK_S = 0.02


class Engine:
    """The running program."""

    def __init__(self, process: "subprocess.Popen[str]", origin: str) -> None:
        self.process = process
        self._origin = origin

    def peak_mib(self) -> float:
        """Return the most memory that Python itself has had, in MiB."""
        return peak_mib(self.process.pid)

    def order(self, served: Store, name: str, fields: Mapping[str, object]) -> str:
        """Order a job of the engine called *name* on the wire; return its id."""
        job_id = f"job_{next(_NUMBERS)}"
        message = {
            "type": "container.render",
            "ts": time.time_ns() // 1_000_000,
            "nonce": f"bench-{job_id}",
            "jobId": job_id,
            "mediaId": "med_bench",
            "engine": name,
            "callbackUrl": served.url(f"callback/{job_id}"),
            "engineOptions": {},
            **fields,
        }
        body = json.dumps(message).encode()
        headers = {SIGNATURE_HEADER: sign(body, (SECRET,))}
        answer = httpx.post(f"{self._origin}/render", content=body, headers=headers)
        answer.raise_for_status()
        return job_id

    @contextmanager
    def watched(self) -> Iterator[dict[str, float]]:
        """Note the most that programs which it starts have had at once, in MiB, by their names."""
        most: dict[str, float] = {}
        over = threading.Event()

        def watch() -> None:
            while not over.wait(_LOOK_S):
                for program, mib in tree_rss_mib(self.process.pid).items():
                    most[program] = max(most.get(program, 0.0), mib)

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            yield most
        finally:
            over.set()
            watching.join()


@contextmanager
def engine(module: str, folder: Path, **settings: str) -> Iterator[Engine]:
    """Run `python -m` *module* with its work below *folder*."""
    work = folder / "work"
    work.mkdir(exist_ok=True)
    env = {
        **os.environ,
        "JOB_CALLBACK_HMAC_SECRET": SECRET,
        "HOST": "127.0.0.1",
        "PORT": "0",
        "WORK_DIR": str(work),
        **settings,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", module], env=env, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        yield Engine(process, f"http://127.0.0.1:{ready['port']}")
    finally:
        process.terminate()
        process.communicate(timeout=20)
