"""Engines that are done at once: what is left is what the Workers do.

A work uploads its outputs to the URLs that it was given, and reports its end. A work that is *held*
says nothing until it is cancelled, so that it is in mid-flight then.
"""

import json
import queue
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from bench.calls import BenchCall, KeptConnection, signed_post
from bench.peers import BenchPeers
from media_jobs.engines import ENGINES

WORKERS = 8
TRIES, PAUSE_S = 200, 0.5
BODY = b"\0" * 1024

Render = dict[str, Any]


class InstantEngines(BenchPeers):
    """Hosts of *capacity* slots each. *secret* signs their reports; *is_held* picks works.

    Use it as a context manager. *refused*: answers to reports that say nothing of their work.
    """

    def __init__(self, capacity: int, is_held: Callable[[Render], bool]) -> None:
        super().__init__(capacity)
        self.secret = ""
        self.cancelled: set[str] = set()
        self.refused = 0
        self._is_held = is_held
        self._over = threading.Event()
        self._works: queue.SimpleQueue[Render | None] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(WORKERS)]
        for thread in self._threads:
            thread.start()

    def __exit__(self, *error: object) -> None:
        self._over.set()
        for _ in self._threads:
            self._works.put(None)
        for thread in self._threads:
            thread.join()
        super().__exit__(*error)

    def take(self, path: str, body: dict[str, Any]) -> int:
        """Keep a request and return the status of its answer."""
        if path.endswith("/cancel"):
            self.cancelled.add(path.split("/")[-2])
            return 200
        if path == "/render" and not self._is_held(body):
            self._works.put(body)
        return super().take(path, body)

    def _work(self) -> None:
        lines: dict[str, KeptConnection] = {}
        while (render := self._works.get()) is not None and not self._over.is_set():
            outputs = {}
            for slot in ENGINES[render["engine"]].outputs:
                if slot.required:
                    headers = {
                        "content-type": slot.content_type,
                        "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
                    }
                    self._send(lines, render[slot.put_field], "PUT", BODY, headers)
                    outputs[slot.name] = {"key": render[slot.key_field], "sizeBytes": len(BODY)}
            self._report(lines, render, outputs)
        for line in lines.values():
            line.close()

    def _report(self, lines: dict[str, KeptConnection], render: Render, outputs: object) -> None:
        said = {"jobId": render["jobId"], "attempt": render["attempt"], "status": "completed"}
        place = urlsplit(render["callbackUrl"])
        call = signed_post(
            f"{place.path}?{place.query}",
            "container.callback",
            {**said, "outputs": outputs},
            self.secret,
        )
        self._send(lines, render["callbackUrl"], "POST", call.body, call.headers)

    def _send(
        self,
        lines: dict[str, KeptConnection],
        url: str,
        method: str,
        body: bytes,
        headers: dict[str, str],
    ) -> None:
        """Send until there is an answer that a container would take for one."""
        place = urlsplit(url)
        call = BenchCall(
            method=method, target=f"{place.path}?{place.query}", body=body, headers=headers
        )
        for _ in range(TRIES):
            line = lines.setdefault(place.netloc, KeptConnection(url))
            try:
                status, _ = line.exchange(call)
            except OSError:
                status = 0
                line.close()
            if 200 <= status < 500 and status != 429:
                if status >= 300 and status != 410:
                    self.refused += 1
                return
            if self._over.wait(PAUSE_S):
                return
        self.refused += 1


def engine_options(render: Render) -> dict[str, Any]:
    """Return the options in a start call, as an object or as its text."""
    options = render.get("engineOptions") or {}
    return json.loads(options) if isinstance(options, str) else options
