"""Hosts that connect outward: containers that nobody can call, each with a line to its dispatcher.

Their handshakes are signed here by the standard library, with keys that are derived here. What they
do with a job is what every simulated container does.
"""

import hashlib
import hmac
import json
from random import Random
from typing import Any

from tests.sim.containers import ContainerHost
from tests.sim.fleets import DRAIN_MS_MAX
from tests.sim.lines import Line
from tests.sim.network import Answer, HttpRequest

OUTWARD = 0.3
"""In how many worlds some hosts connect outward."""

SETTINGS = {
    "CONTAINER_BASE_URL": "burner",
    "CONTAINER_BASE_URL_REMOTION": "remotion",
    "CONTAINER_BASE_URL_DOWNLOADER": "downloader",
    "CONTAINER_BASE_URL_TRANSCRIBER": "transcriber",
}
ENGINES = {
    "CONTAINER_BASE_URL": "burner-ffmpeg",
    "CONTAINER_BASE_URL_REMOTION": "renderer-remotion",
    "CONTAINER_BASE_URL_DOWNLOADER": "media-downloader",
    "CONTAINER_BASE_URL_TRANSCRIBER": "asr-pipeline",
}
HOSTS_MAX = 2
AGAIN_MS, AGAIN_MS_MAX = 1_000, 30_000
REPLACED = 4002
REPLACED_MS = 60_000
TIMEOUT_MS = 15_000
DEPLOYS_MAX = 3
IN_TWO_PARTS = 0.2
"""How many answers come in two frames."""


class Outwards:
    """Which hosts of a world connect outward, and which engines have no others.

    By a source of its own: a world without them is the same as before there were any.
    """

    def __init__(self, world: Any, share: float) -> None:
        self._world = world
        self.random = Random(f"outward {world.seed}")  # noqa: S311 - a seed must give the same.
        self.alone: set[str] = set()
        self.hosts: list[OutwardHost] = []
        if self.random.random() >= share:
            return
        world.faults.add_lines()
        for setting, engine in SETTINGS.items():
            count = self._below(HOSTS_MAX + 1)
            self.hosts += [self._made(engine, number) for number in range(1, count + 1)]
            if count and self.random.random() < 0.5:
                self.alone.add(setting)

    def _below(self, limit: int) -> int:
        return int(self.random.random() * limit)

    def are_alone(self, engine: str) -> bool:
        """Whether all hosts of an engine connect outward."""
        return any(ENGINES[setting] == engine for setting in self.alone)

    def _made(self, engine: str, number: int) -> "OutwardHost":
        return OutwardHost(self._world, engine, f"{engine}-at-{number}", 1 + self._below(3))

    def plan(self, faulty_ms: int) -> None:
        """Start the hosts, and plan what operators do."""
        if not self.hosts:
            return
        at = self._world.kernel.at
        for host in self.hosts:
            # Most are there from the beginning; some are new.
            late_ms = self._below(faulty_ms) if self.random.random() < 0.2 else self._below(5_000)
            at(late_ms, host.connect)
            if self.random.random() < 0.4:
                drain = self._world.fleets.drain
                at(self._below(faulty_ms), drain, host, self._below(DRAIN_MS_MAX))
        for _ in range(self._below(DEPLOYS_MAX + 1)):
            at(self._below(faulty_ms), self._world.fleets.deploy)


class OutwardHost(ContainerHost):
    """A container behind NAT. Its *name* as a node is its id as a host."""

    def __init__(self, world: Any, engine: str, called: str, capacity: int) -> None:
        super().__init__(world, f"socket:{called}", capacity)
        self.engine, self.called_name = engine, called
        self.line: Line | None = None
        self._tries = 0
        self._attempt = 0
        self._random = Random(f"{called} {world.seed}")  # noqa: S311 - as above.

    @property
    def secrets(self) -> tuple[str, ...]:
        """The texts of its key, derived from each root secret that it was given."""
        return tuple(
            _derived(root, f"host/{self.engine}@{self.called_name}/1") for root in self._roots
        )

    @secrets.setter
    def secrets(self, roots: tuple[str, ...]) -> None:
        self._roots = roots

    # --- its line ---------------------------------------------------------------------------------

    def connect(self) -> None:
        """Shake hands, for a line in place of the one that it may have had."""
        if self.line is not None or self.kernel.now_ms < self.down_until_ms:
            return
        self._attempt += 1
        attempt, epoch = self._attempt, self.epoch
        query = f"ts={self.clock_ms()}&nonce=handshake-{self.world.nonce()}"
        target = f"/hosts/{self.engine}/{self.called_name}?{query}"
        headers = {"x-signature": self.sign(f"GET {target}".encode()), "upgrade": "websocket"}
        self.world.network.send(
            self,
            "GET",
            f"http://orchestrator.sim{target}",
            b"",
            headers,
            TIMEOUT_MS,
            lambda answer: self.soon(0, epoch, lambda: self._shaken(answer, attempt)),
            lambda: self.soon(0, epoch, lambda: self._again(attempt)),
        )

    def _shaken(self, answer: Answer, attempt: int) -> None:
        if attempt != self._attempt or self.line is not None:
            return
        if answer.status == 401 and self.correct(answer.date_ms):
            self.connect()
        elif answer.socket is None or not answer.socket.take(self):
            self._again(attempt)
        else:
            self.kernel.trace(self.name, f"has line {answer.socket.number}")
            self.line, self._tries = answer.socket, 0

    def _again(self, attempt: int, delay_ms: int | None = None) -> None:
        if attempt != self._attempt:
            return
        self._tries += 1
        backoff_ms = min(AGAIN_MS_MAX, AGAIN_MS << min(self._tries, 10))
        self.soon(delay_ms or backoff_ms, self.epoch, self.connect)

    def cut_off(self, line: Line, code: int) -> None:
        """Take note that a line has ended; connect again if it was the present one."""
        if line is self.line:
            self.kernel.trace(self.name, f"loses line {line.number} ({code})")
            self.line = None
            self._again(self._attempt, REPLACED_MS if code == REPLACED else None)

    def kill(self, down_ms: int) -> None:
        """Die with the process; the next one connects anew."""
        super().kill(down_ms)
        line, self.line = self.line, None
        if line is not None:
            line.dropped()
        self.kernel.at(down_ms + self._pause_ms(), self.connect)

    def _pause_ms(self) -> int:
        return 1 + int(self._random.random() * 3_000)

    # --- what comes over it -----------------------------------------------------------------------

    def called(self, line: Line, frame: str) -> None:
        """Answer a call as one that comes to a port; over its own line, if that is still there."""
        call = json.loads(frame)
        path, _, query = call["path"].partition("?")
        body = (call["body"] or "").encode()
        request = HttpRequest(call["method"], path, query, body, call["headers"])
        number = self.world.nonce()

        def reply(answer: Answer | None) -> None:
            if answer is not None and self.line is line:
                for part in self._frames(call["id"], answer, number):
                    line.to_owner(part)

        self.receive(request, reply)

    def _frames(self, call_id: str, answer: Answer, number: str) -> list[str]:
        headers = {"Content-Type": "application/json", "X-Answer": number}
        if answer.retry_after_s is not None:
            headers["Retry-After"] = str(answer.retry_after_s)
        first = {"id": call_id, "status": answer.status, "headers": headers, "more": False}
        if self._random.random() >= IN_TWO_PARTS:
            return [json.dumps({**first, "body": answer.text})]
        half = len(answer.text) // 2
        rest = {"id": call_id, "status": answer.status, "more": False, "body": answer.text[half:]}
        return [json.dumps({**first, "more": True, "body": answer.text[:half]}), json.dumps(rest)]


def _derived(root: str, label: str) -> str:
    """Return the text of a key (HKDF with SHA-256, RFC 5869, one block)."""
    extracted = hmac.digest(bytes(32), root.encode(), hashlib.sha256)
    return hmac.digest(extracted, label.encode() + b"\x01", hashlib.sha256).hex()
